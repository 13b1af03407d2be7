package report

import "brink/collectors"

// verdicts keeps the latest verdicts of a watchman, the health check or the audit. One
// can be amended after it was told.
type verdicts struct{ kept[collectors.Event] }

// verdictsKept bounds how many of each watchman are in the JSON.
const verdictsKept = 50

func (v *verdicts) hear(event collectors.Event) {
	for i := range v.list {
		if known := &v.list[i]; amends(*known, event) {
			*known = event
			return
		}
	}
	v.add(event, verdictsKept)
}

// health are the verdicts of the health check.
func (v *verdicts) health() []HealthChange {
	var list []HealthChange
	for _, event := range v.list {
		list = append(list, HealthChange{At: event.At, Health: word(event.Health)})
	}
	return list
}

// hardening are those of the audit.
func (v *verdicts) hardening() []HardeningChange {
	var list []HardeningChange
	for _, event := range v.list {
		drift, _ := event.Drift.Get()
		list = append(list, HardeningChange{
			At: event.At, Lost: event.Kind == collectors.EventHardeningLost, Grave: drift.Grave,
			Check: name(drift.Check), Was: reason(drift.Was), Is: reason(drift.Is),
		})
	}
	return list
}

// healthBlock is what the health check said.
func (c chapter) healthBlock() block {
	b := block{title: "Health check"}
	changes, left := latest(c.c.HealthChanges, shown, c.c.HealthChangeCount)
	for _, change := range changes {
		b.say(c.clock(change.At), " ", string(change.Health))
	}
	if left != "" {
		b.say(left)
	}
	return b
}

// hardeningBlock is what changed of how it is shut in.
func (c chapter) hardeningBlock() block {
	b := block{title: "Hardening"}
	changes, left := latest(c.c.HardeningChanges, shown, c.c.HardeningChangeCount)
	for i := range changes {
		b.say(c.clock(changes[i].At), " ", hardeningText(&changes[i]))
	}
	if left != "" {
		b.say(left)
	}
	return b
}

func hardeningText(change *HardeningChange) string {
	switch {
	case !change.Lost:
		return "as before again, " + change.Check + ": " + change.Is
	case change.Grave:
		return "lost, and grave, " + change.Check + ": " + change.Was + " -> " + change.Is
	default:
		return "lost, " + change.Check + ": " + change.Was + " -> " + change.Is
	}
}
