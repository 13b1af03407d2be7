#!/bin/sh
# Runs after all packages are installed ($1 is the new root): network, ssh, users, and quiet.
set -eu
root=$1

echo brink-e2e >"$root/etc/hostname"
echo '127.0.0.1 localhost brink-e2e' >"$root/etc/hosts"
echo '/dev/vda / ext4 rw,discard 0 1' >"$root/etc/fstab"
printf '[Match]\nName=eth0\n\n[Network]\nDHCP=yes\n' >"$root/etc/systemd/network/eth0.network"

# The key of this image opens root; every command of the suite is one channel of one connection, and the default of
# ten channels is too few for a suite that keeps several watchers running.
printf 'MaxSessions 64\nPermitRootLogin prohibit-password\nPasswordAuthentication no\n' >"$root/etc/ssh/sshd_config.d/brink.conf"
chmod 700 "$root/root/.ssh"
chmod 600 "$root/root/.ssh/authorized_keys"

# keeper may use the engine's socket, visitor may not: both are ordinary users.
chroot "$root" useradd --create-home --shell /bin/bash --groups docker keeper
chroot "$root" useradd --create-home --shell /bin/bash visitor

chroot "$root" systemctl enable systemd-networkd systemd-resolved ssh docker
chroot "$root" systemctl set-default multi-user.target
# Started by the scenarios that want them.
chroot "$root" systemctl disable prometheus-alertmanager opensmtpd
# The engine loads the one profile that it uses by itself; compiling Debian's own would be a long part of the boot.
chroot "$root" systemctl mask apparmor
# Nothing may wake up in the middle of a measurement.
chroot "$root" systemctl mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer \
	fstrim.timer man-db.timer logrotate.timer systemd-networkd-wait-online.service e2scrub_reap.service
