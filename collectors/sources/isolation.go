package sources

import (
	"context"
	"errors"
	"strings"

	"brink/collectors"
	"brink/collectors/cgroupfs"
	"brink/collectors/dockerd"
	"brink/collectors/hostfs"
)

// IsolationAPI is what is asked of an engine about the isolation of a container.
type IsolationAPI interface {
	List(ctx context.Context) ([]dockerd.Container, error)
	Setup(ctx context.Context, name string) (dockerd.Setup, error)
	InspectImage(ctx context.Context, name string) (dockerd.ImageDetails, error)
	InspectNetwork(ctx context.Context, name string) (dockerd.NetworkDetails, error)
	Info(ctx context.Context) (dockerd.Info, error)
}

// Isolations reads how containers are shut in: what the engine was told, and what
// the kernel holds them to. It is for one goroutine at a time.
type Isolations struct {
	api     IsolationAPI
	filter  FilterAPI
	proc    hostfs.FS
	cgroups cgroupfs.FS
	locator locator
}

// NewIsolations returns a reader that looks in the given places. Without a filter
// nothing is known of the firewall.
func NewIsolations(api IsolationAPI, filter FilterAPI, options PlaceOptions) *Isolations {
	return &Isolations{
		api: api, filter: filter, proc: options.Proc, cgroups: options.Cgroups,
		locator: newLocator(options),
	}
}

// UnresolvedError says that no one container answers to a target.
type UnresolvedError struct {
	Why string
	// Choices are the containers that may be meant.
	Choices []string
}

// Error names the choices as well.
func (e *UnresolvedError) Error() string {
	if len(e.Choices) == 0 {
		return e.Why
	}
	return e.Why + ": " + strings.Join(e.Choices, ", ")
}

// Read looks at the container that a target means. The error is an
// *UnresolvedError, or that of the engine, without which it is not known what to
// look at. What else cannot be read is unknown in the result, with the reason.
func (r *Isolations) Read(ctx context.Context, target Target) (collectors.Isolation, error) {
	if !target.NeedsEngine() {
		return collectors.Isolation{}, &UnresolvedError{Why: target.String() + " is a cgroup: only of a container that an engine knows is told what it was to be"}
	}
	list, err := r.api.List(ctx)
	if err != nil {
		return collectors.Isolation{}, err
	}
	all := candidates(list)
	found, ok, choices := target.resolve(all)
	if !ok {
		return collectors.Isolation{}, &UnresolvedError{Why: newEntryWhy(target, choices), Choices: cleanNames(choices)}
	}
	setup, err := r.api.Setup(ctx, found.ID)
	isolation := collectors.Isolation{ID: found.ID, Name: found.Name, Image: found.Image, Agent: found.isAgent()}
	if err != nil {
		why := safeWhy(err)
		isolation.Engine = r.engine(ctx, dockerd.Setup{}, why)
		isolation.Kernel = unreadKernel("the engine does not tell its process: " + why)
		isolation.Kernel.Firewall = r.firewall(ctx, isolation.Engine, false)
		return isolation, nil
	}
	isolation.Image = collectors.Clean(setup.Image, imageLength)
	isolation.Engine = r.engine(ctx, setup, "")
	isolation.Kernel = r.kernel(setup)
	isolation.Kernel.Firewall = r.firewall(ctx, isolation.Engine, r.locator.locate(residentOf(setup.Details).Identity).local)
	return isolation, nil
}

// imageLength bounds a reference, which may hold a digest.
const imageLength = 400

// newEntryWhy is why a target means nobody, in the words of the roster.
func newEntryWhy(target Target, choices []Candidate) string {
	e := entry{target: target}
	return e.whyNot(choices)
}

func safeWhy(err error) string { return collectors.Clean(err.Error(), whyLength) }

// engine asks for what inspect does not tell. why says that inspect told nothing.
func (r *Isolations) engine(ctx context.Context, setup dockerd.Setup, why string) collectors.EngineIsolation {
	var known collectors.EngineIsolation
	if why != "" {
		known.Configuration = collectors.UnknownFact[collectors.Configuration](why)
		known.Image = collectors.UnknownFact[collectors.ImageState](why)
		known.Networks = collectors.UnknownFact[[]collectors.NetworkState](why)
	} else {
		known.Configuration = collectors.KnownFact(collectors.WitnessEngine, configurationOf(setup))
		known.Image = r.image(ctx, setup)
		known.Networks = collectors.KnownFact(collectors.WitnessEngine, r.networks(ctx, setup.Network.Networks))
	}
	if info, err := r.api.Info(ctx); err != nil {
		known.Daemon = collectors.UnknownFact[collectors.Daemon](safeWhy(err))
	} else {
		known.Daemon = collectors.KnownFact(collectors.WitnessEngine, daemonOf(info))
	}
	return known
}

// image asks for the container's own image, and for the one that its reference means
// by now. Not finding that one is an answer.
func (r *Isolations) image(ctx context.Context, setup dockerd.Setup) collectors.Fact[collectors.ImageState] {
	state := collectors.ImageState{ID: collectors.Clean(setup.ImageID, imageLength)}
	own, err := r.api.InspectImage(ctx, setup.ImageID)
	if err == nil {
		state.Digests = cleanAll(own.Digests, imageLength)
	}
	tagged, err := r.api.InspectImage(ctx, setup.Image)
	switch {
	case err == nil:
		state.Tagged = collectors.Some(collectors.Clean(tagged.ID, imageLength))
	case !errors.Is(err, dockerd.ErrNotFound):
		return collectors.UnknownFact[collectors.ImageState](safeWhy(err))
	}
	return collectors.KnownFact(collectors.WitnessEngine, state)
}

// networksMost bounds how many networks are asked for.
const networksMost = 64

func (r *Isolations) networks(ctx context.Context, ids []string) []collectors.NetworkState {
	var list []collectors.NetworkState
	for _, id := range ids[:min(len(ids), networksMost)] {
		network, err := r.api.InspectNetwork(ctx, id)
		if err != nil {
			list = append(list, collectors.NetworkState{Name: collectors.Clean(id, nameLength), Why: safeWhy(err)})
			continue
		}
		list = append(list, collectors.NetworkState{
			Name: collectors.Clean(network.Name, nameLength), Driver: collectors.Clean(network.Driver, nameLength), Bridge: collectors.Clean(network.Bridge, nameLength),
			Subnets: cleanAll(network.Subnets, nameLength), Internal: network.Internal, IPv6: network.IPv6,
		})
	}
	return list
}

// kernel reads the files of the main process and of the cgroup. The process number
// comes from the engine: that it is the container's is checked before and after.
func (r *Isolations) kernel(setup dockerd.Setup) collectors.KernelIsolation {
	identity := residentOf(setup.Details).Identity
	where := r.locator.locate(identity)
	known := unreadKernel(where.why)
	pid, running := identity.PID.Get()
	if running && where.local {
		known = r.process(pid, setup)
		if after := r.locator.locate(identity); !after.local {
			known = unreadKernel("the container ended while it was looked at")
		}
	}
	r.limits(where, &known)
	return known
}

// unreadKernel is that nothing could be read.
func unreadKernel(why string) collectors.KernelIsolation {
	if why == "" {
		why = "it was not looked at"
	}
	return collectors.KernelIsolation{
		Privileges:  collectors.UnknownFact[collectors.Privileges](why),
		UserMap:     collectors.UnknownFact[[]collectors.IDRange](why),
		Label:       collectors.UnknownFact[string](why),
		Shared:      collectors.UnknownFact[[]string](why),
		Mounts:      collectors.UnknownFact[[]collectors.Mount](why),
		Directories: collectors.UnknownFact[[]collectors.Directory](why),
		OpenFiles:   collectors.UnknownFact[collectors.Limit[uint64]](why),
		Processes:   collectors.UnknownFact[collectors.Limit[uint64]](why),
		CoreSize:    collectors.UnknownFact[collectors.Limit[collectors.Bytes]](why),
		Memory:      collectors.UnknownFact[collectors.Limit[collectors.Bytes]](why),
		Swap:        collectors.UnknownFact[collectors.Limit[collectors.Bytes]](why),
		Cores:       collectors.UnknownFact[collectors.Limit[collectors.Cores]](why),
		Pids:        collectors.UnknownFact[collectors.Limit[uint64]](why),
	}
}

// limits reads the limits of the cgroup.
func (r *Isolations) limits(where place, known *collectors.KernelIsolation) {
	if where.path == "" {
		return
	}
	group, err := r.cgroups.Open(where.path)
	if err != nil {
		why := safeWhy(err)
		known.Memory = collectors.UnknownFact[collectors.Limit[collectors.Bytes]](why)
		known.Swap, known.Cores, known.Pids = known.Memory, collectors.UnknownFact[collectors.Limit[collectors.Cores]](why), collectors.UnknownFact[collectors.Limit[uint64]](why)
		return
	}
	defer group.Close()
	var stat cgroupfs.Stat
	err = group.Read(&stat)
	ceiling := stat.Ceiling(where.path)
	known.Memory = limitFact(amountLimit(ceiling.Memory), err, "memory.max")
	known.Swap = limitFact(amountLimit(ceiling.Swap), err, "memory.swap.max")
	known.Cores = limitFact(coresOf(ceiling.CPU), err, "cpu.max")
	known.Pids = limitFact(countLimit(ceiling.Pids), err, "pids.max")
}

// coresOf is the quota of cpu.max.
func coresOf(limit cgroupfs.CPUMax) collectors.Limit[collectors.Cores] {
	cores, limited := limit.Cores()
	return limitOf(collectors.Cores(cores), limited, limit.Quota.IsMax())
}

// limitFact is a limit that was read. A file that is not there says that the
// controller is not on for this cgroup, or not in the kernel: there is no such limit
// in force, whatever was asked for.
func limitFact[T any](limit collectors.Limit[T], err error, file string) collectors.Fact[collectors.Limit[T]] {
	switch {
	case limit.Present():
		return collectors.KnownFact(collectors.WitnessKernel, limit)
	case err != nil:
		return collectors.UnknownFact[collectors.Limit[T]](file + ": " + safeWhy(err))
	default:
		return collectors.AbsentFact[collectors.Limit[T]](collectors.WitnessKernel, "the cgroup has no "+file)
	}
}
