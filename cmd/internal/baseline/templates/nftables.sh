#!/usr/sbin/nft -f
# What the agent on {{.Bridge}} may reach, for nftables. Run it as root, or nft -f FILE; running
# it again gives the same, in one step without a gap, and `brink baseline firewall --backend
# nftables --undo` prints the way back. Rules do not outlive a reboot: keep this file as
# /etc/nftables.d/{{.Name}}.nft, and include "/etc/nftables.d/*.nft" in /etc/nftables.conf.
#
# Why it is like this:
# - A table of its own holds on every engine, whether that uses iptables or nftables itself,
#   where there is no DOCKER-USER: a refusal in one table is final, an accept is not. So
#   nothing here accepts; what is allowed goes on to the engine's own rules.
# - Answers to what is established come first, else published ports fall silent.
# - No DNS is let through: containers ask the engine at 127.0.0.11, and the engine asks from
#   the host. Port 53 to everywhere is a way out for whatever fits into a name.
# - What the agent sends to the host itself, such as to a service on the bridge's address, goes
#   through input and is held back there.
# - The family inet is IPv4 and IPv6: neither is left open.

# The first line makes the table, so that the second one has something to delete.
table inet {{.Table}}
delete table inet {{.Table}}

table inet {{.Table}} {
	# To open one more address without new rules:
	# nft add element inet {{.Table}} allowed4 { 192.0.2.7 }
	set allowed4 {
		type ipv4_addr
		flags interval
		auto-merge
{{- if .IPv4}}
		elements = { {{.List .IPv4}} }
{{- end}}
	}

	set allowed6 {
		type ipv6_addr
		flags interval
		auto-merge
{{- if .IPv6}}
		elements = { {{.List .IPv6}} }
{{- end}}
	}

	chain forward {
		type filter hook forward priority -5; policy accept;
		iifname "{{.Bridge}}" jump egress
	}

	chain egress {
		ct state established,related return
		oifname "{{.Bridge}}" return
{{- if .TCP}}
		ip daddr @allowed4 tcp dport { {{.List .TCP}} } return
		ip6 daddr @allowed6 tcp dport { {{.List .TCP}} } return
{{- end}}
{{- if .UDP}}
		ip daddr @allowed4 udp dport { {{.List .UDP}} } return
		ip6 daddr @allowed6 udp dport { {{.List .UDP}} } return
{{- end}}
		counter reject with icmpx type admin-prohibited
	}

	chain input {
		type filter hook input priority -5; policy accept;
		iifname "{{.Bridge}}" jump host
	}

	chain host {
		ct state established,related return
		# IPv6 neighbours have to find each other.
		icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } return
		counter reject with icmpx type admin-prohibited
	}
}
