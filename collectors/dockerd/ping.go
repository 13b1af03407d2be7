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

// ping asks with HEAD, as the moby client does, and with GET where a proxy does not let HEAD through; the
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
