package dockerd

import (
	"context"
	"encoding/json"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/moby/moby/client"
)

// ImageDetails is what the engine knows of an image, as far as brink uses it.
type ImageDetails struct {
	ID string
	// Digests are its names in registries, as "name@sha256:...". An image that was
	// built here has none.
	Digests []string
}

// imageName is what can stand in the path of a request as the name or id of an
// image: a reference has letters, digits and . _ - / : @ alone (distribution
// reference grammar).
var imageName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._/:@-]*$`)

// InspectImage asks for an image by id or reference.
func (c *Client) InspectImage(ctx context.Context, name string) (ImageDetails, error) {
	if !imageName.MatchString(name) || len(name) > maxImage || strings.Contains(name, "..") {
		return ImageDetails{}, c.noName(opImage, name, "an image")
	}
	var image ImageDetails
	err := c.fetch(ctx, opImage, "/images/"+name+"/json", func(data []byte) error {
		var raw struct {
			ID          string `json:"Id"`
			RepoDigests []string
		}
		err := json.Unmarshal(data, &raw)
		image = ImageDetails{ID: clip(raw.ID, maxName), Digests: clipList(raw.RepoDigests, mostTexts)}
		return err
	})
	return image, named(err, name)
}

// NetworkDetails is what the engine knows of a network, as far as brink uses it.
type NetworkDetails struct {
	ID, Name, Driver string
	// Internal tells that nothing outside of the host can be reached through it.
	Internal bool
	IPv6     bool
	// Bridge is the interface that a network of the driver bridge has on the engine's host.
	Bridge string
	// Subnets are its own, as prefixes.
	Subnets []string
}

// InspectNetwork asks for a network by id or name.
func (c *Client) InspectNetwork(ctx context.Context, name string) (NetworkDetails, error) {
	if !containerName.MatchString(name) || len(name) > maxName {
		return NetworkDetails{}, c.noName(opNetwork, name, "a network")
	}
	var network NetworkDetails
	err := c.fetch(ctx, opNetwork, "/networks/"+name, func(data []byte) error {
		var raw struct {
			ID         string `json:"Id"`
			Name       string
			Driver     string
			Internal   bool
			EnableIPv6 bool
			Options    map[string]string
			IPAM       struct{ Config []struct{ Subnet string } }
		}
		err := json.Unmarshal(data, &raw)
		network = NetworkDetails{
			ID: clip(raw.ID, maxName), Name: clip(raw.Name, maxName), Driver: clip(raw.Driver, maxName),
			Internal: raw.Internal, IPv6: raw.EnableIPv6, Bridge: bridgeOf(raw.ID, raw.Driver, raw.Options),
		}
		for _, config := range raw.IPAM.Config[:min(len(raw.IPAM.Config), maxSubnets)] {
			network.Subnets = append(network.Subnets, clip(config.Subnet, maxName))
		}
		return err
	})
	return network, named(err, name)
}

// fetch gets one document and hands it over.
func (c *Client) fetch(ctx context.Context, op, path string, read func([]byte) error) error {
	return c.call(ctx, op, maxInspectBytes, func(ctx context.Context, api *client.Client) error {
		resp, err := c.get(ctx, api, path)
		if err != nil {
			return err
		}
		defer func() { _ = resp.Body.Close() }()
		data, err := io.ReadAll(resp.Body)
		if err != nil {
			return err
		}
		return read(data)
	})
}

// noName refuses what cannot be the name of something, and must not get into the
// path of a request.
func (c *Client) noName(op, name, what string) error {
	return &Error{
		Kind: ErrNotFound, Endpoint: c.target.Endpoint, Op: op,
		Detail: strconv.Quote(clip(name, maxName)) + " cannot be the name or id of " + what,
	}
}

// maxSubnets bounds how many subnets of a network are told.
const maxSubnets = 16

// bridgeOf is the name of a network's interface: the one that was asked for, else the
// beginning of its id (moby daemon/libnetwork/drivers/bridge).
func bridgeOf(id, driver string, options map[string]string) string {
	const named = "com.docker.network.bridge.name"
	switch {
	case driver != "bridge":
		return ""
	case options[named] != "":
		return clip(options[named], maxName)
	default:
		return "br-" + id[:min(len(id), 12)]
	}
}
