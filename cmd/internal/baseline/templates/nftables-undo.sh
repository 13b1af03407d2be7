#!/usr/sbin/nft -f
# The way back from `brink baseline firewall --backend nftables`. Run it as root, or nft -f
# FILE, with the same --name; running it again changes nothing.
table inet {{.Table}}
delete table inet {{.Table}}
