package dockerd

import (
	"strconv"
	"strings"
	"time"

	"github.com/moby/moby/api/types/events"
)

// The attributes of the engine's events that a label of the same name hides.
const (
	attributeExitCode = "exitCode"
	attributeSignal   = "signal"
)

// Action is what happened to a container.
type Action string

// The actions that are followed. An end by itself is die; a stop on request is
// kill, die, stop; a restart by policy is die, start. Restart comes only from
// the API call of that name.
const (
	ActionCreate       Action = "create"
	ActionStart        Action = "start"
	ActionRestart      Action = "restart"
	ActionDie          Action = "die"
	ActionOOM          Action = "oom"
	ActionKill         Action = "kill"
	ActionStop         Action = "stop"
	ActionPause        Action = "pause"
	ActionUnpause      Action = "unpause"
	ActionDestroy      Action = "destroy"
	ActionRename       Action = "rename"
	ActionUpdate       Action = "update"
	ActionHealthStatus Action = "health_status"
)

// wantedActions is what the engine is asked for. Without it every health check
// would send three exec events. Podman's own words for two of them are asked for
// too; Docker ignores words it does not know.
func wantedActions() []string {
	return []string{
		string(ActionCreate), string(ActionStart), string(ActionRestart), string(ActionDie),
		string(ActionOOM), string(ActionKill), string(ActionStop), string(ActionPause),
		string(ActionUnpause), string(ActionDestroy), string(ActionRename), string(ActionUpdate),
		string(ActionHealthStatus), podmanDied, podmanRemove,
	}
}

// Podman's words (podman libpod/events), of which its Docker API translates the
// first only after filtering.
const (
	podmanDied   = "died"
	podmanRemove = "remove"
)

// Event is something that happened to a container, as the engine tells it.
//
// The engine mixes the container's labels into the same map as its own
// attributes, and the labels win (moby daemon/events.go; seen on 20.10): an image with
// a label "exitCode" or "signal" chooses what is told here. Inspect has the last
// word: it knows the labels (see [Masked]), and the exit code until the next start.
type Event struct {
	Action Action
	ID     string
	Name   string
	Image  string
	// At is the engine's clock.
	At time.Time
	// ExitCode and Ran belong to die. Ran is in whole seconds; 20.10 and older
	// engines do not tell it.
	ExitCode Opt[int]
	Ran      Opt[time.Duration]
	// Signal belongs to kill.
	Signal Opt[int]
	// Health belongs to health_status.
	Health HealthStatus
	// OldName belongs to rename.
	OldName string
	// Service and Project come from docker compose; empty without it.
	Service string
	Project string
}

// newEvent reads a message of the engine; ok is false for what is not followed.
func newEvent(m events.Message) (event Event, ok bool) {
	action, detail, _ := strings.Cut(string(m.Action), ":")
	known, ok := followed(action)
	if !ok || m.Type != events.ContainerEventType {
		return Event{}, false
	}
	attributes := m.Actor.Attributes
	event = Event{
		Action:  known,
		ID:      clip(m.Actor.ID, maxName),
		Name:    engineName(attributes["name"]),
		Image:   clip(attributes["image"], maxImage),
		At:      eventTime(m),
		Service: clip(attributes[labelService], maxLabelValue),
		Project: clip(attributes[labelProject], maxLabelValue),
	}
	event.addDetails(attributes, strings.TrimSpace(detail))
	return event, true
}

func (e *Event) addDetails(attributes map[string]string, detail string) {
	switch e.Action {
	case ActionDie:
		e.ExitCode = integer(attributes[attributeExitCode])
		if seconds, ok := integer(attributes["execDuration"]).Get(); ok {
			e.Ran = Some(time.Duration(seconds) * time.Second)
		}
	case ActionKill:
		e.Signal = integer(attributes[attributeSignal])
	case ActionRename:
		e.OldName = engineName(attributes["oldName"])
	case ActionHealthStatus:
		e.Health = healthStatus(detail)
	default:
	}
}

// followed translates the engine's word.
func followed(word string) (Action, bool) {
	switch action := Action(word); action {
	case podmanDied:
		return ActionDie, true
	case podmanRemove:
		return ActionDestroy, true
	case ActionCreate, ActionStart, ActionRestart, ActionDie, ActionOOM, ActionKill, ActionStop, ActionPause,
		ActionUnpause, ActionDestroy, ActionRename, ActionUpdate, ActionHealthStatus:
		return action, true
	default:
		return "", false
	}
}

func eventTime(m events.Message) time.Time {
	if m.TimeNano != 0 {
		return time.Unix(0, m.TimeNano)
	}
	return time.Unix(m.Time, 0)
}

// integer reads a number of an attribute; 32 bits hold all that are told so.
func integer(text string) Opt[int] {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return Opt[int]{}
	}
	return Some(int(n))
}
