#!/bin/sh
# Turns root.tar into disk.img, vmlinuz and initrd, in the current directory. Neither a loop device nor a mount is
# involved; under fakeroot it needs no root either. The devices are left out: the kernel mounts its own /dev.
set -eu
PATH=$PATH:/usr/sbin:/sbin
mkdir tree
tar --extract --file root.tar --directory tree --numeric-owner --preserve-permissions --exclude './dev/*'
cp tree/boot/vmlinuz-* vmlinuz
cp tree/boot/initrd.img-* initrd
cp tree/etc/ssh/ssh_host_ed25519_key.pub host.pub
cp tree/var/lib/dpkg/status dpkg-status
mke2fs -q -t ext4 -L brink-e2e -E lazy_itable_init=1,lazy_journal_init=1 -d tree disk.img "$1"
rm -rf tree root.tar
chmod 644 vmlinuz initrd
