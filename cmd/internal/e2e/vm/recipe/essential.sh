#!/bin/sh
# Runs before the kernel package is unpacked ($1 is the new root): the initial RAM disk gets only what it takes to
# mount a virtio disk, which makes it a third as large and the boot under emulation some seconds shorter.
set -eu
mkdir -p "$1/etc/initramfs-tools/conf.d" "$1/usr/share/initramfs-tools/modules.d"
echo 'MODULES=list' >"$1/etc/initramfs-tools/conf.d/brink"
printf '%s\n' virtio_pci virtio_blk ext4 >"$1/usr/share/initramfs-tools/modules.d/brink"
