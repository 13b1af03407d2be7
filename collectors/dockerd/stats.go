package dockerd

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/moby/moby/client"
)

// StatsStream is the engine's stats stream of one container. Only one goroutine
// may read it; Close may come from any.
//
// The engine reads all containers that somebody listens to one after the other
// and then waits a second, so frames are a second and something apart: use their
// Read times. A listener that takes longer than 100 ms to take a frame loses it
// and slows the others down: read on without pause and keep the last.
//
// The stream goes on while the container is stopped ([ErrNoData]) and started
// again, and ends when it is removed. A container that is re-created under its
// name has another id and needs another stream.
type StatsStream struct {
	client  *Client
	ctx     context.Context // the stream is one request, and lives as long as its context
	cancel  context.CancelCauseFunc
	body    io.ReadCloser
	decoder *json.Decoder
	limit   *exchange
	silence *time.Timer
}

// Stats opens the stream. It lives until Close or the end of ctx.
func (c *Client) Stats(ctx context.Context, name string) (*StatsStream, error) {
	if err := c.checkName(name); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	s := &StatsStream{client: c, ctx: ctx, cancel: cancel, limit: newExchange(maxFrameBytes)}
	s.silence = time.AfterFunc(c.options.CallTimeout, func() { cancel(errSilent) })
	if err := s.open(ctx, name); err != nil {
		_ = s.Close()
		return nil, named(err, name)
	}
	return s, nil
}

func (s *StatsStream) open(ctx context.Context, name string) error {
	defer s.silence.Stop()
	api, err := s.client.engine(ctx)
	if err != nil {
		return err
	}
	result, err := api.ContainerStats(s.limit.attach(ctx), name, client.ContainerStatsOptions{Stream: true})
	if err != nil {
		return s.client.explain(ctx, opStats, s.limit, err)
	}
	s.body, s.decoder = result.Body, json.NewDecoder(result.Body)
	return nil
}

// Next waits for the next frame. After [ErrNoData] the stream goes on; every
// other error is its end: [ErrEnded] when the container was removed or the engine
// went away in order, [ErrTimeout] when nothing came for the stall timeout.
func (s *StatsStream) Next() (Frame, error) {
	s.silence.Reset(s.client.options.StallTimeout)
	defer s.silence.Stop()
	s.limit.refill()
	var w statsWire
	err := s.decoder.Decode(&w)
	switch {
	case err == nil:
		return w.frame()
	case errors.Is(err, io.EOF) && s.ctx.Err() == nil:
		return Frame{}, ErrEnded
	default:
		return Frame{}, s.client.explain(s.ctx, opStats, s.limit, err)
	}
}

// Close ends the stream and frees its connection.
func (s *StatsStream) Close() error {
	s.silence.Stop()
	s.cancel(context.Canceled)
	if s.body == nil {
		return nil
	}
	return s.body.Close()
}
