#!/bin/sh
# What the agent on {{.Bridge}} may reach, for iptables with ipset. Run it as root; running
# it again gives the same, in one step without a gap, and `brink baseline firewall --undo`
# prints the way back. Rules do not outlive a reboot, nor a reload of firewalld. To have
# them again, keep this file as /usr/local/sbin/{{.Name}}-firewall and add a unit:
#
#   [Unit]
#   Description=What {{.Name}} may reach
#   Before=docker.service
#   [Service]
#   Type=oneshot
#   ExecStart=/usr/local/sbin/{{.Name}}-firewall
#   [Install]
#   WantedBy=multi-user.target docker.service
#
# Why it is like this:
# - The jump is inserted at the head of DOCKER-USER. Engines up to 28.2.1 put an
#   unconditional RETURN at its end, and what is appended behind that never matches.
# - What is allowed RETURNs to the engine's own rules. ACCEPT would pass by them, and with
#   them by the isolation of internal networks.
# - Answers to what is established come first, else published ports fall silent.
# - No DNS is let through: containers ask the engine at 127.0.0.11, and the engine asks from
#   the host. Port 53 to everywhere is a way out for whatever fits into a name.
# - DOCKER-USER sees what is forwarded. What the agent sends to the host itself, such as to a
#   service on the bridge's address, goes through INPUT and is held back there.
# - IPv6 has rules of its own, also while the network has none: one line of compose changes that.
set -eu

[ "$(id -u)" = 0 ] || {
	echo "this has to be run as root" >&2
	exit 1
}

# The addresses that may be reached. They are swapped in whole; to open one more without new
# rules: ipset add {{.Name}}-v4 192.0.2.7
ipset -exist restore <<'SETS'
create {{.Name}}-v4 hash:net family inet
create {{.Name}}-v4-new hash:net family inet
flush {{.Name}}-v4-new
{{- range .IPv4}}
add {{$.Name}}-v4-new {{.}}
{{- end}}
swap {{.Name}}-v4-new {{.Name}}-v4
destroy {{.Name}}-v4-new
create {{.Name}}-v6 hash:net family inet6
create {{.Name}}-v6-new hash:net family inet6
flush {{.Name}}-v6-new
{{- range .IPv6}}
add {{$.Name}}-v6-new {{.}}
{{- end}}
swap {{.Name}}-v6-new {{.Name}}-v6
destroy {{.Name}}-v6-new
SETS

# apply TOOL SET REFUSAL reads further rules and puts all of one family in force.
apply() {
	# The engine takes a DOCKER-USER that is there before it. It makes none for IPv6 where
	# it does not manage ip6tables.
	"$1" -w -n -L DOCKER-USER >/dev/null 2>&1 || "$1" -w -N DOCKER-USER
	"$1" -w -C FORWARD -j DOCKER-USER 2>/dev/null || "$1" -w -I FORWARD 1 -j DOCKER-USER
	{
		echo '*filter'
		echo ':{{.Egress}} - [0:0]'
		echo ':{{.Host}} - [0:0]'
		"$1" -w -S DOCKER-USER | sed -n 's/^-A \(.* -j {{.Egress}}\)$/-D \1/p'
		"$1" -w -S INPUT | sed -n 's/^-A \(.* -j {{.Host}}\)$/-D \1/p'
		echo '-I DOCKER-USER 1 -i {{.Bridge}} -j {{.Egress}}'
		echo '-I INPUT 1 -i {{.Bridge}} -j {{.Host}}'
		echo '-A {{.Egress}} -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN'
		echo '-A {{.Egress}} -o {{.Bridge}} -j RETURN'
{{- if .TCP}}
		echo "-A {{.Egress}} -p tcp -m set --match-set $2 dst -m multiport --dports {{.Multiport .TCP}} -j RETURN"
{{- end}}
{{- if .UDP}}
		echo "-A {{.Egress}} -p udp -m set --match-set $2 dst -m multiport --dports {{.Multiport .UDP}} -j RETURN"
{{- end}}
		echo "-A {{.Egress}} -j REJECT --reject-with $3"
		echo '-A {{.Host}} -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN'
		cat
		echo "-A {{.Host}} -j REJECT --reject-with $3"
		echo COMMIT
	} | "$1-restore" -w --noflush
}

apply iptables {{.Name}}-v4 icmp-admin-prohibited </dev/null
# A kernel without IPv6 has nothing to leave open. With it, neighbours have to find each other.
if [ -e /proc/net/if_inet6 ]; then
	apply ip6tables {{.Name}}-v6 icmp6-adm-prohibited <<'RULES'
-A {{.Host}} -p ipv6-icmp -m icmp6 --icmpv6-type neighbour-solicitation -j RETURN
-A {{.Host}} -p ipv6-icmp -m icmp6 --icmpv6-type neighbour-advertisement -j RETURN
RULES
fi
