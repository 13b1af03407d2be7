#!/bin/sh
# The way back from `brink baseline firewall`. Run it as root, with the same --name; running
# it again changes nothing. DOCKER-USER itself stays, for it is the engine's.
set -eu

[ "$(id -u)" = 0 ] || {
	echo "this has to be run as root" >&2
	exit 1
}

# undo TOOL CHAIN OURS takes the jumps from CHAIN away, and then OURS.
undo() {
	"$1" -w -n -L "$3" >/dev/null 2>&1 || return 0
	{
		echo '*filter'
		"$1" -w -S "$2" | sed -n "s/^-A \(.* -j $3\)$/-D \1/p"
		echo "-F $3"
		echo "-X $3"
		echo COMMIT
	} | "$1-restore" -w --noflush
}

undo iptables DOCKER-USER {{.Egress}}
undo iptables INPUT {{.Host}}
if [ -e /proc/net/if_inet6 ]; then
	undo ip6tables DOCKER-USER {{.Egress}}
	undo ip6tables INPUT {{.Host}}
fi
for set in {{.Name}}-v4 {{.Name}}-v6; do
	ipset list -n "$set" >/dev/null 2>&1 || continue
	ipset destroy "$set"
done
