package collectors

import "testing"

func TestFactHasThreeStates(t *testing.T) {
	for _, test := range []struct {
		name                   string
		fact                   Fact[int]
		known, absent, unknown bool
		value                  int
		why                    string
		from                   Witness
	}{
		{name: "nobody asked", unknown: true, why: "nobody has looked"},
		{name: "refused", fact: UnknownFact[int]("not permitted"), unknown: true, why: "not permitted"},
		{name: "nothing there", fact: AbsentFact[int](WitnessKernel, "no such file"), absent: true, why: "no such file", from: WitnessKernel},
		{name: "zero is a value", fact: KnownFact(WitnessEngine, 0), known: true, from: WitnessEngine},
		{name: "a value", fact: KnownFact(WitnessKernel, 7), known: true, value: 7, from: WitnessKernel},
	} {
		value, ok := test.fact.Get()
		if ok != test.known || test.fact.Known() != test.known || test.fact.Absent() != test.absent || test.fact.Unknown() != test.unknown {
			t.Errorf("%s: %+v", test.name, test.fact)
		}
		if value != test.value || test.fact.Why() != test.why || test.fact.Witness() != test.from {
			t.Errorf("%s: %+v", test.name, test.fact)
		}
	}
}
