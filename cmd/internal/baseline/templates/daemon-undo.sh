#!/bin/sh
# The way back from `brink baseline daemon`. Run it as root, with the same flags; running
# it again changes nothing. It stops what runs under the engine, and the images and
# containers of before are there again. Those of the meantime stay in
# /var/lib/docker/{{.FirstID}}.{{.FirstID}}, for you to delete.
set -eu

{{template "daemon-settings.sh" .}}if [ -e "$settings" ] && ! printf '%s\n' "$wanted" | cmp -s - "$settings"; then
	fail "$settings holds other settings than those of the baseline: take these out by hand. Nothing was changed."
fi

# Under live-restore containers would go on, with ids that the engine no longer maps.
if [ -e "$settings" ]; then
	running=$(docker ps -q)
	# shellcheck disable=SC2086 # one argument per container
	[ -z "$running" ] || docker stop $running
	rm "$settings"
	systemctl restart docker
fi
for file in /etc/subuid /etc/subgid; do
	[ -e "$file" ] || continue
	sed -i "/^$account:$first:$count\$/d" "$file"
done
echo "done: the account $account is kept (userdel $account)"
