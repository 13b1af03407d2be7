#!/bin/sh
# The engine's settings for the hardened agent. Run it as root; running it again changes
# nothing, and `brink baseline daemon --undo` prints the way back.
#
#   userns-remap        root in a container is user {{.FirstID}} of the host, who owns nothing
#   no-new-privileges   no program in any container gives privileges, whoever forgot to ask
#   live-restore        an update of the engine does not end the agent (not with swarm)
#   icc                 containers on the default bridge do not reach each other
#   log-driver          local compresses, and has a bound: {{.LogFiles}} files of {{.LogSize}} a container
#   default-ulimits     for containers that set none: open files, and no core dumps
#
# With userns-remap the engine keeps everything in another directory,
# /var/lib/docker/{{.FirstID}}.{{.FirstID}}: the images and containers of before are not to be
# seen until the way back. What the agent may write to belongs to {{.FirstID}} + its user.
set -eu

{{template "daemon-settings.sh" .}}if [ -e "$settings" ] && ! printf '%s\n' "$wanted" | cmp -s - "$settings"; then
	printf '%s\n' "$wanted" >&2
	fail "$settings is there already: put the settings above into it by hand. Nothing was changed."
fi

# Whoever else has an id of the range may touch what is the agent's.
for file in /etc/subuid /etc/subgid; do
	[ -e "$file" ] || continue
	if awk -F: -v a="$account" -v f="$first" -v n="$count" \
		'($1 == a && ($2 != f || $3 != n)) || ($1 != a && $2 < f + n && f < $2 + $3) { print; bad = 1 } END { exit !bad }' "$file" >&2; then
		fail "$file: the lines above stand against $account:$first:$count: choose another --first-id. Nothing was changed."
	fi
done

id -u "$account" >/dev/null 2>&1 || useradd --system --user-group --no-create-home --shell /usr/sbin/nologin "$account"
for file in /etc/subuid /etc/subgid; do
	grep -qx "$account:$first:$count" "$file" 2>/dev/null || echo "$account:$first:$count" >>"$file"
done

if ! [ -e "$settings" ]; then
	mkdir -p /etc/docker
	printf '%s\n' "$wanted" >"$settings.new"
	# Engines from 23.0 on can tell beforehand whether they would start.
	if dockerd --help 2>/dev/null | grep -q -- --validate; then
		dockerd --validate --config-file "$settings.new" || fail "the engine refuses these settings: see $settings.new"
	fi
	mv "$settings.new" "$settings"
	systemctl restart docker
fi
docker info --format '{{"{{"}}.SecurityOptions{{"}}"}}' | grep -q name=userns || fail "the engine runs without userns-remap: see journalctl -u docker"
echo "done: look with brink audit"
