package dockerd

import (
	"context"

	"github.com/moby/moby/client"
)

// Ping is the engine's sign of life.
type Ping struct {
	// APIVersion is the newest API version the engine speaks; empty if it does not
	// tell.
	APIVersion string
	// Agreed is the version that requests are made in.
	Agreed string
	// OSType is what the containers run on: linux or windows.
	OSType string
}

// Ping asks whether the engine is there and speaks a version that brink speaks.
func (c *Client) Ping(ctx context.Context) (Ping, error) {
	ctx, cancel := context.WithTimeout(ctx, c.options.CallTimeout)
	defer cancel()
	if _, err := c.engine(ctx); err != nil {
		return Ping{}, err
	}
	return c.ping(ctx, c.session.Load())
}

// ping asks with HEAD, and with GET where a proxy does not let HEAD through; the
// first success fixes the API version of the session.
func (c *Client) ping(ctx context.Context, s *session) (Ping, error) {
	x := newExchange(maxErrorBytes)
	result, err := s.api.Ping(x.attach(ctx), client.PingOptions{NegotiateAPIVersion: true})
	if err != nil && olderThan(result.APIVersion, client.MinAPIVersion) {
		return Ping{}, c.tooOld(result.APIVersion)
	}
	if err != nil {
		return Ping{}, c.explain(ctx, opPing, x, err)
	}
	s.agreed.Store(true)
	return Ping{
		APIVersion: clip(result.APIVersion, maxName),
		Agreed:     s.api.ClientVersion(),
		OSType:     clip(result.OSType, maxName),
	}, nil
}

// Version tells what the engine is made of.
type Version struct {
	// Engine is the engine's version, as "26.1.5".
	Engine string
	// Components are the versions of the parts by name, as containerd and runc.
	// How well OOM kills are told depends on containerd more than on the engine.
	Components map[string]string
}

// Version asks for the versions. It needs less permission of a socket proxy than
// Info does.
func (c *Client) Version(ctx context.Context) (Version, error) {
	var version Version
	err := c.call(ctx, opVersion, maxInfoBytes, func(ctx context.Context, api *client.Client) error {
		result, err := api.ServerVersion(ctx, client.ServerVersionOptions{})
		if err != nil {
			return err
		}
		components := make(map[string]string, len(result.Components))
		for _, part := range result.Components {
			components[part.Name] = part.Version
		}
		version = Version{
			Engine:     clip(result.Version, maxName),
			Components: clipMap(components, maxMounts),
		}
		return nil
	})
	return version, err
}
