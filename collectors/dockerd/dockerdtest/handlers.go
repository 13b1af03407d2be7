package dockerdtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/system"
)

// handler answers the requests that brink makes.
func (e *Engine) handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		version, path := splitPath(r.URL.Path)
		e.mu.Lock()
		w.Header().Set("Date", e.tick(0).UTC().Format(http.TimeFormat))
		speaks := e.config.APIVersion
		e.mu.Unlock()
		if fault, ok := e.fault(path); ok && fault.serve(w, r) {
			return
		}
		if tooNew(version, speaks) {
			refuse(w, http.StatusBadRequest, fmt.Sprintf("client version %s is too new. Maximum supported API version is %s", version, speaks))
			return
		}
		e.route(w, r, path, speaks)
	})
}

func (e *Engine) route(w http.ResponseWriter, r *http.Request, path, speaks string) {
	name, isContainer := strings.CutPrefix(path, "/containers/")
	switch {
	case path == "/_ping":
		w.Header().Set("Api-Version", speaks)
		w.Header().Set("Ostype", "linux")
		_, _ = w.Write([]byte("OK"))
	case path == "/version":
		reply(w, e.version(speaks))
	case path == "/info":
		reply(w, e.info())
	case path == "/events":
		e.serveEvents(w, r)
	case path == "/containers/json":
		reply(w, e.list())
	case isContainer:
		e.serveContainer(w, r, name)
	case strings.HasPrefix(path, "/images/"), strings.HasPrefix(path, "/networks/"):
		e.serveDocument(w, path)
	default:
		refuse(w, http.StatusNotFound, "page not found")
	}
}

func (e *Engine) serveContainer(w http.ResponseWriter, r *http.Request, path string) {
	name, what, _ := strings.Cut(path, "/")
	e.mu.Lock()
	s := e.find(name)
	e.mu.Unlock()
	switch {
	case s == nil:
		refuse(w, http.StatusNotFound, "No such container: "+name)
	case what == "json":
		reply(w, e.inspect(s))
	case what == "stats":
		e.serveStats(w, r, s.id)
	default:
		refuse(w, http.StatusNotFound, "page not found")
	}
}

// tooNew compares versions of the form 1.minor.
func tooNew(version, speaks string) bool {
	var asked, spoken int
	_, _ = fmt.Sscanf(version, "1.%d", &asked)
	_, _ = fmt.Sscanf(speaks, "1.%d", &spoken)
	return asked > spoken
}

func reply(w http.ResponseWriter, document any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(document)
}

// refuse answers with an error as the engine words it.
func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"message": message})
}

func (e *Engine) version(speaks string) system.VersionResponse {
	return system.VersionResponse{
		Version: "28.5.2", APIVersion: speaks, Os: "linux", Arch: "amd64",
		Components: []system.ComponentVersion{{Name: "Engine", Version: "28.5.2"}, {Name: "containerd", Version: "v1.7.29"}},
	}
}

func (e *Engine) info() system.Info {
	info := system.Info{
		Name: "fake", OperatingSystem: "Debian GNU/Linux 13 (trixie)", KernelVersion: "6.12.0", ServerVersion: "28.5.2",
		OSType: "linux", NCPU: 2, MemTotal: hostMemory, CgroupDriver: "systemd", CgroupVersion: "2",
		SecurityOptions: []string{"name=seccomp,profile=builtin", "name=cgroupns"},
	}
	if e.config.Flavor == CgroupV1 {
		info.CgroupDriver, info.CgroupVersion = "cgroupfs", "1"
	}
	if e.config.Info != nil {
		e.config.Info(&info)
	}
	return info
}

func (e *Engine) list() []container.Summary {
	e.mu.Lock()
	defer e.mu.Unlock()
	items := make([]container.Summary, 0, len(e.containers))
	for _, s := range e.containers {
		items = append(items, container.Summary{
			ID: s.id, Names: []string{"/" + s.Name}, Image: s.Image, ImageID: "sha256:" + s.id, Created: s.created.Unix(),
			Labels: s.Labels, State: container.ContainerState(s.status), Status: s.status,
		})
	}
	return items
}

func (e *Engine) inspect(s *state) container.InspectResponse {
	e.mu.Lock()
	defer e.mu.Unlock()
	response := container.InspectResponse{
		ID: s.id, Name: "/" + s.Name, Created: stampText(s.created), Image: "sha256:" + s.id, RestartCount: s.restartCount,
		State:      s.engineState(),
		Config:     &container.Config{Image: s.Image, Labels: s.Labels, Env: s.Env},
		HostConfig: &container.HostConfig{Tmpfs: s.Tmpfs, NetworkMode: container.NetworkMode(s.NetworkMode), ShmSize: 64 << 20},
	}
	response.HostConfig.Memory, response.HostConfig.MemorySwap = s.Memory, s.MemorySwap
	response.HostConfig.NanoCPUs = s.NanoCPUs
	if s.Pids != 0 {
		pids := s.Pids
		response.HostConfig.PidsLimit = &pids
	}
	response.HostConfig.RestartPolicy.Name = container.RestartPolicyMode(s.RestartPolicy)
	if s.Inspect != nil {
		s.Inspect(&response)
	}
	return response
}

func (s *state) engineState() *container.State {
	state := &container.State{
		Status: container.ContainerState(s.status), Running: s.pid > 0, Paused: s.status == "paused", Restarting: s.status == "restarting",
		OOMKilled: s.oomKilled, Pid: s.pid, ExitCode: s.exitCode, Error: s.failure,
		StartedAt: stampText(s.startedAt), FinishedAt: stampText(s.finishedAt),
	}
	if s.HealthCheck {
		state.Health = &container.Health{Status: container.HealthStatus(s.health), FailingStreak: s.streak}
		if s.output != "" {
			state.Health.Log = []*container.HealthcheckResult{{ExitCode: min(s.streak, 1), Output: s.output}}
		}
	}
	return state
}

// stampText writes a time as the engine does; what never happened is the year 1.
func stampText(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
