// Package netfilter reads the rules by which the kernel forwards packets: those of
// iptables and ip6tables, and those of nftables.
//
// The kernel tells them over netlink to whoever may change them, in a form that only
// the tools of each make sense of. So this package executes the tools that print and
// change nothing (iptables-save, nft list ruleset), with a bound on their time and on
// what they print. The parsers take bytes, never panic, and answer rules or an error.
// Texts are those of whoever made the rules: the caller cleans them.
package netfilter
