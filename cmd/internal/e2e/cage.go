package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// baseCage is the container in which nothing is spoiled. Some of the others join it.
const baseCage = "cage-base"

// cageDir holds a compose project of many containers, each a copy of one deployment with a line removed or spoiled.
const cageDir = "/srv/cage"

// Service is a service of a compose file, by its keys.
type Service map[string]any

// Spoiler changes a service.
type Spoiler func(Service)

// set gives a key another value.
func set(key string, value any) Spoiler { return func(s Service) { s[key] = value } }

// without takes keys out.
func without(keys ...string) Spoiler {
	return func(s Service) {
		maps.DeleteFunc(s, func(key string, _ any) bool { return slices.Contains(keys, key) })
	}
}

// more adds to a list.
func more(key string, values ...any) Spoiler {
	return func(s Service) {
		list, _ := s[key].([]any)
		s[key] = append(slices.Clone(list), values...)
	}
}

// mounted puts another directory of the host in the place of the one that is mounted at a point.
func mounted(target, source string, options map[string]any) Spoiler {
	return func(s Service) {
		mount := map[string]any{"type": "bind", "source": source, "target": target}
		maps.Copy(mount, options)
		list, _ := s["volumes"].([]any)
		list = slices.DeleteFunc(slices.Clone(list), func(v any) bool {
			m, _ := v.(map[string]any)
			return m["target"] == target
		})
		s["volumes"] = append(list, mount)
	}
}

// Cage is a compose project, as `docker compose config --format json` prints it.
type Cage struct {
	Services map[string]Service `json:"services"`
	Networks map[string]any     `json:"networks"`
	Volumes  map[string]any     `json:"volumes,omitempty"`
}

// the is the only service of a project.
func (c Cage) the() (Service, error) {
	for _, service := range c.Services {
		if len(c.Services) == 1 {
			return service, nil
		}
	}
	return nil, fmt.Errorf("a project of %d services", len(c.Services))
}

// clone copies what JSON can tell.
func (s Service) clone() (Service, error) {
	text, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	var copied Service
	return copied, json.Unmarshal(text, &copied)
}

// ReadCage has compose read a file on the host, whose only service is what others are made of.
func (h *Host) ReadCage(ctx context.Context, file string) (Cage, error) {
	var cage Cage
	text, err := h.Output(ctx, "cd "+cageDir+" && docker compose -f "+file+" config --format json")
	if err == nil {
		err = json.Unmarshal([]byte(text), &cage)
	}
	if err == nil {
		_, err = cage.the()
	}
	return cage, err
}

// with is the project with the given services in the place of its own. A container is called as its service is.
func (c Cage) with(services map[string]Service) Cage {
	for name, service := range services {
		service["container_name"] = name
	}
	c.Services = services
	return c
}

// UpCage creates all services of a project and starts them. Compose would start all at once, which an emulated processor
// spends on the changes between them.
func (h *Host) UpCage(ctx context.Context, cage Cage) error {
	text, err := json.Marshal(cage)
	if err != nil {
		return err
	}
	names := strings.Join(slices.Sorted(maps.Keys(cage.Services)), " ")
	result, err := h.RunInput(ctx, `set -e; cd `+cageDir+`; cat >cage.json
docker compose --progress quiet --project-name cage -f cage.json create 2>&1
docker start `+baseCage+`
echo `+names+` | xargs -n 6 -P 3 docker start 2>&1`, strings.NewReader(string(text)))
	if err == nil && result.Exit != 0 {
		err = fmt.Errorf("start the cages: exit code %d: %s", result.Exit, result.Stdout)
	}
	return err
}

// removeCage removes the project, whatever there is of it. Compose would ask each container to stop.
const removeCage = `docker ps --all --quiet --filter label=com.docker.compose.project=cage | xargs --no-run-if-empty -n 6 -P 3 docker rm --force >/dev/null
docker network ls --quiet --filter label=com.docker.compose.project=cage | xargs --no-run-if-empty docker network rm >/dev/null
docker volume ls --quiet --filter label=com.docker.compose.project=cage | xargs --no-run-if-empty docker volume rm >/dev/null`
