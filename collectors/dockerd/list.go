package dockerd

import (
	"context"
	"strings"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

// Status is the state of a container in the engine's word. The engine may use
// words that are not listed here.
type Status string

// The states.
const (
	StatusCreated    Status = "created"
	StatusRunning    Status = "running"
	StatusPaused     Status = "paused"
	StatusRestarting Status = "restarting"
	StatusRemoving   Status = "removing"
	StatusExited     Status = "exited"
	StatusDead       Status = "dead"
)

// Container is one line of the engine's list.
type Container struct {
	// ID is the full id, 64 hexadecimal digits.
	ID string
	// Name has no slash before it. It is empty for the moment in which a container
	// is being created or removed.
	Name string
	// Image is the reference it was made from, or the image's id when the
	// reference has moved on to another image.
	Image   string
	ImageID string
	State   Status
	// Summary is the state as docker ps words it, as "Up 3 hours (healthy)".
	Summary string
	Created time.Time
	Labels  map[string]string
	// Service and Project come from docker compose; empty without it.
	Service string
	Project string
}

// List gives all containers, running or not.
func (c *Client) List(ctx context.Context) ([]Container, error) {
	var containers []Container
	err := c.call(ctx, opList, maxListBytes, func(ctx context.Context, api *client.Client) error {
		result, err := api.ContainerList(ctx, client.ContainerListOptions{All: true})
		if err != nil {
			return err
		}
		containers = make([]Container, 0, len(result.Items))
		for _, item := range result.Items {
			containers = append(containers, newContainer(item))
		}
		return nil
	})
	return containers, err
}

func newContainer(raw container.Summary) Container {
	labels := clipMap(raw.Labels, maxLabels)
	return Container{
		ID:      clip(raw.ID, maxName),
		Name:    ownName(raw.Names),
		Image:   clip(raw.Image, maxImage),
		ImageID: clip(raw.ImageID, maxName),
		State:   Status(clip(string(raw.State), maxName)),
		Summary: clip(raw.Status, maxName),
		Created: time.Unix(raw.Created, 0),
		Labels:  labels,
		Service: labels[labelService],
		Project: labels[labelProject],
	}
}

// ownName picks the container's own name: with legacy links the list also has
// the names that others gave it, as "/other/alias".
func ownName(names []string) string {
	for _, name := range names {
		if strings.Count(name, "/") <= 1 {
			return engineName(name)
		}
	}
	return ""
}
