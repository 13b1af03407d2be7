package dockerd

import (
	"encoding/json"
	"maps"
	"slices"
)

// told is a field that may be left out. Null is not: it is how the engine writes an
// empty list.
type told[T any] struct {
	value   T
	present bool
}

// UnmarshalJSON is called for null as well.
func (f *told[T]) UnmarshalJSON(data []byte) error {
	f.present = true
	return json.Unmarshal(data, &f.value)
}

func (f told[T]) opt() Opt[T] {
	if !f.present {
		return Opt[T]{}
	}
	return Some(f.value)
}

// setupWire is the part of an inspect document that tells of the isolation.
type setupWire struct {
	Path            string
	Args            []string
	AppArmorProfile string
	ProcessLabel    string
	HostConfig      *setupHostWire
	Config          struct {
		User        string
		Env         told[[]variableWire]
		Healthcheck *struct{ Test []string }
	}
	Mounts          told[[]mountWire]
	NetworkSettings struct {
		Networks map[string]*struct{ NetworkID string }
	}
}

type setupHostWire struct {
	Privileged      told[bool]
	ReadonlyRootfs  told[bool]
	PublishAllPorts told[bool]
	SecurityOpt     told[[]string]
	CapAdd, CapDrop told[[]string]
	MaskedPaths     told[[]string]
	ReadonlyPaths   told[[]string]
	PidMode         told[string]
	NetworkMode     told[string]
	IpcMode         told[string]
	UTSMode         told[string]
	CgroupnsMode    told[string]
	UsernsMode      told[string]
	PortBindings    told[map[string][]portWire]
	Init            *bool
	OomKillDisable  bool
	OomScoreAdj     int
	Runtime         string
	Ulimits         []Ulimit
	deviceWires
	LogConfig struct {
		Type   string
		Config map[string]string
	}
}

type deviceWires struct {
	Devices           told[[]struct{ PathOnHost string }]
	DeviceRequests    []struct{ Driver string }
	DeviceCgroupRules []string
}

type portWire struct {
	HostIP   string `json:"HostIp"`
	HostPort string
}

type mountWire struct {
	Type, Name, Source, Destination, Driver, Propagation string
	RW                                                   bool
}

func (w *setupWire) setup(details Details) Setup {
	h := w.HostConfig
	return Setup{
		Details:    details,
		Privileges: w.privileges(),
		Namespaces: SetupNamespaces{
			PID: mode(h.PidMode), Network: mode(h.NetworkMode), IPC: mode(h.IpcMode),
			UTS: mode(h.UTSMode), Cgroup: mode(h.CgroupnsMode), User: mode(h.UsernsMode),
		},
		Files:           SetupFiles{ReadonlyRoot: h.ReadonlyRootfs.opt(), Mounts: w.mounts()},
		Network:         SetupNetwork{Ports: h.ports(), PublishAll: h.PublishAllPorts.opt(), Networks: w.networks()},
		Process:         w.process(),
		Log:             h.log(),
		OOMScoreAdj:     h.OomScoreAdj,
		OOMKillDisabled: h.OomKillDisable,
		Ulimits:         h.ulimits(),
	}
}

func (w *setupWire) privileges() SetupPrivileges {
	h := w.HostConfig
	return SetupPrivileges{
		Privileged:      h.Privileged.opt(),
		SecurityOptions: texts(h.SecurityOpt),
		CapAdd:          texts(h.CapAdd),
		CapDrop:         texts(h.CapDrop),
		User:            clip(w.Config.User, maxName),
		Devices:         h.devices(),
		AppArmorProfile: clip(w.AppArmorProfile, maxName),
		ProcessLabel:    clip(w.ProcessLabel, maxName),
		MaskedPaths:     texts(h.MaskedPaths),
		ReadonlyPaths:   texts(h.ReadonlyPaths),
	}
}

// Bounds of lists; a list that is cut was no honest one.
const (
	mostTexts     = 1024
	mostVariables = 4096
	mostCommand   = 8
)

func texts(list told[[]string]) Opt[[]string] {
	if !list.present {
		return Opt[[]string]{}
	}
	return Some(clipList(list.value, mostTexts))
}

func clipList(list []string, most int) []string {
	var kept []string
	for _, text := range list[:min(len(list), most)] {
		kept = append(kept, clip(text, maxText))
	}
	return kept
}

func mode(word told[string]) Opt[string] {
	if !word.present {
		return Opt[string]{}
	}
	return Some(clip(word.value, maxName))
}

// devices joins the three ways to a device.
func (d *deviceWires) devices() Opt[[]string] {
	if !d.Devices.present {
		return Opt[[]string]{}
	}
	var list []string
	for _, device := range d.Devices.value {
		list = append(list, device.PathOnHost)
	}
	for _, request := range d.DeviceRequests {
		list = append(list, "request of driver "+request.Driver)
	}
	for _, rule := range d.DeviceCgroupRules {
		list = append(list, "cgroup rule "+rule)
	}
	return Some(clipList(list, mostTexts))
}

func (w *setupWire) mounts() Opt[[]MountPoint] {
	if !w.Mounts.present {
		return Opt[[]MountPoint]{}
	}
	var list []MountPoint
	for _, m := range w.Mounts.value[:min(len(w.Mounts.value), mostTexts)] {
		list = append(list, MountPoint{
			Type: clip(m.Type, maxName), Name: clip(m.Name, maxName), Source: clip(m.Source, maxText), Destination: clip(m.Destination, maxText),
			Driver: clip(m.Driver, maxName), Writable: m.RW, Propagation: clip(m.Propagation, maxName),
		})
	}
	return Some(list)
}

// ports are the ports in the order of their numbers as text.
func (h *setupHostWire) ports() Opt[[]Port] {
	if !h.PortBindings.present {
		return Opt[[]Port]{}
	}
	var list []Port
	for _, inside := range slices.Sorted(maps.Keys(h.PortBindings.value)) {
		for _, binding := range h.PortBindings.value[inside] {
			if len(list) < mostTexts {
				list = append(list, Port{Container: clip(inside, maxName), HostIP: clip(binding.HostIP, maxName), HostPort: clip(binding.HostPort, maxName)})
			}
		}
	}
	return Some(list)
}

func (w *setupWire) networks() []string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(w.NetworkSettings.Networks)) {
		id := name
		if network := w.NetworkSettings.Networks[name]; network != nil && network.NetworkID != "" {
			id = network.NetworkID
		}
		list = append(list, id)
	}
	return clipList(list, maxInterfaces)
}

func (w *setupWire) process() SetupProcess {
	process := SetupProcess{
		Command: clipList(append([]string{w.Path}, w.Args...), mostCommand),
		Init:    optional(w.HostConfig.Init),
		Runtime: clip(w.HostConfig.Runtime, maxName),
	}
	if check := w.Config.Healthcheck; check != nil {
		process.HealthCheck = len(check.Test) > 0 && check.Test[0] != "NONE"
	}
	if env := w.Config.Env; env.present {
		var list []Variable
		for _, variable := range env.value[:min(len(env.value), mostVariables)] {
			list = append(list, Variable(variable))
		}
		process.Environment = Some(list)
	}
	return process
}

func (h *setupHostWire) log() LogDriver {
	return LogDriver{
		Type:    clip(h.LogConfig.Type, maxName),
		MaxSize: clip(h.LogConfig.Config["max-size"], maxName),
		MaxFile: clip(h.LogConfig.Config["max-file"], maxName),
	}
}

func (h *setupHostWire) ulimits() []Ulimit {
	var list []Ulimit
	for _, u := range h.Ulimits[:min(len(h.Ulimits), mostTexts)] {
		list = append(list, Ulimit{Name: clip(u.Name, maxName), Soft: u.Soft, Hard: u.Hard})
	}
	return list
}
