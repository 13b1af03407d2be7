package collectors

// Firewall is what the packet filter of a host does with what it forwards, as far as
// it could be read.
type Firewall struct {
	// IPv4 and IPv6 are the filter tables of iptables and ip6tables. They are absent on
	// a host that has no such tool.
	IPv4, IPv6 Fact[[]FilterChain]
	// Tables are those of nftables, of any family.
	Tables Fact[[]FilterChain]
}

// FilterChain is a list of rules. Its texts are clean.
type FilterChain struct {
	// Family is ip, ip6, inet or another of nftables, in which a table has its name.
	Family, Table, Name string
	// Hook is where packets enter it, such as forward; empty for a chain that only others
	// lead to. Of several at one hook the one of the lowest priority is first.
	Hook     string
	Priority int
	// Policy is what becomes of a packet that no rule of a hook's chain has ended.
	Policy FilterVerdict
	Rules  []FilterRule
}

// FilterRule is what becomes of packets that have all of some marks.
type FilterRule struct {
	// Text is the rule in the words of its tool.
	Text    string
	Matches []FilterMatch
	Verdict FilterVerdict
	// Target is the chain of a jump.
	Target string
}

// FilterVerdict is what a rule does.
type FilterVerdict string

// The verdicts. FilterNext is that of a rule which only counts or logs, FilterOther one
// that is not known here.
const (
	FilterNext   FilterVerdict = ""
	FilterAccept FilterVerdict = "accept"
	FilterDrop   FilterVerdict = "drop"
	FilterReject FilterVerdict = "reject"
	FilterReturn FilterVerdict = "return"
	FilterJump   FilterVerdict = "jump"
	FilterGoto   FilterVerdict = "goto"
	FilterOther  FilterVerdict = "other"
)

// FilterMatch asks for one mark of a packet: one of the values, or with Negated none of
// them.
type FilterMatch struct {
	Key     FilterKey
	Negated bool
	Values  []string
}

// FilterKey is what a match looks at.
type FilterKey string

// The keys. Interfaces may end in + or * for any end; addresses are prefixes or ranges
// "a-b", ports are numbers or ranges; states are as NEW and ESTABLISHED; families are
// ip and ip6. FilterUnknown is what is not known here.
const (
	FilterIn              FilterKey = "in"
	FilterOut             FilterKey = "out"
	FilterSource          FilterKey = "source"
	FilterDestination     FilterKey = "destination"
	FilterDestinationSet  FilterKey = "destination set"
	FilterDestinationType FilterKey = "destination type"
	FilterDestinationPort FilterKey = "destination port"
	FilterProtocol        FilterKey = "protocol"
	FilterState           FilterKey = "state"
	FilterFamily          FilterKey = "family"
	FilterUnknown         FilterKey = "unknown"
)
