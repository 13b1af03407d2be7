package notify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nicholas-fedor/shoutrrr/pkg/router"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"
)

// ShoutrrrOptions are what a sink for chat or mail is made of.
type ShoutrrrOptions struct {
	Name string
	// URL is a secret: its parts are tokens and passwords. Its scheme names the
	// service: discord, gotify, matrix, ntfy, pushover, slack, smtp, teams,
	// telegram … The library's documentation has the forms.
	URL Secret
	// Now is the clock.
	Now func() time.Time
}

// Shoutrrr sends messages through the library of that name.
//
// The library knows no contexts. Services that speak HTTP, which is all but mail
// and MQTT, are given a client of ours: it ends with the context, follows no
// redirect to another host, and reads the status, so that "too many requests" is
// honoured. Every call runs beside: when its time is over it is left behind, one
// at a time, see detached. A mail server that accepts a connection and never says a
// word holds that one for as long as the connection stands; Discord's service sleeps
// for as long as Discord asks, five minutes at most, and then finds its context
// ended.
//
// An option in an address that turns the verification of certificates off has no
// effect on services that speak HTTP.
type Shoutrrr struct {
	options ShoutrrrOptions
	redact  redactor
	scheme  string
	service types.Service
	calls   detached
	web     *web
}

// errService says that the library does not take the address.
var errService = errors.New("shoutrrr does not take the address: look up the form of this service in its documentation")

// NewShoutrrr checks the address. No error holds a part of it.
func NewShoutrrr(options ShoutrrrOptions) (*Shoutrrr, error) {
	if options.Now == nil {
		return nil, errors.New("a sink that speaks HTTP needs a clock: set Now")
	}
	scheme, _, ok := strings.Cut(options.URL.reveal(), "://")
	family, _, _ := strings.Cut(strings.ToLower(scheme), "+")
	switch {
	case !ok || !router.SupportsSchema(family):
		// The scheme is not shown: what has no scheme may be a bare token.
		return nil, fmt.Errorf("no such service: the address has to begin with one of %s, and ://", strings.Join(services(), " "))
	case family == "logger":
		return nil, errors.New("the service logger tells nobody: brink has a log of its own")
	}
	s := &Shoutrrr{
		options: options, redact: newRedactor(options.URL), scheme: family,
		web: &web{client: newHTTPClient(nil), now: options.Now, once: family == "telegram"},
	}
	if family == "matrix" {
		return s, nil
	}
	var err error
	if s.service, err = s.open(); err != nil {
		return nil, errService
	}
	return s, nil
}

// open makes the service. Matrix logs in here, so that one is opened with the first
// message, with our client, and again until it works; the others only read the
// address. What the library's router does is done by hand, because it gives the
// client away after the service was opened.
func (s *Shoutrrr) open() (types.Service, error) {
	address, err := url.Parse(s.options.URL.reveal())
	if err != nil {
		return nil, err
	}
	var services router.ServiceRouter
	service, err := services.NewService(s.scheme)
	if err != nil {
		return nil, err
	}
	if strings.Contains(address.Scheme, "+") {
		custom, ok := service.(types.CustomURLService)
		if !ok {
			return nil, router.ErrCustomURLsNotSupported
		}
		if address, err = custom.GetServiceURLFromCustom(address); err != nil {
			return nil, err
		}
	}
	s.lend(service)
	if err := service.Initialize(address, nil); err != nil {
		return nil, err
	}
	s.lend(service)
	return service, nil
}

// lend gives the service our client: before it is opened and, because some make one
// of their own then, after.
func (s *Shoutrrr) lend(service types.Service) {
	if setter, ok := service.(types.HTTPClientSetter); ok {
		setter.SetHTTPClient(s.web)
	}
}

// services are the names that addresses begin with.
func services() []string {
	return slices.DeleteFunc(router.SupportedSchemas(), func(name string) bool { return name == "logger" })
}

// Name returns the configured name.
func (s *Shoutrrr) Name() string { return s.options.Name }

// Send hands the message to the service.
func (s *Shoutrrr) Send(ctx context.Context, n Notification) error {
	return s.judge(s.calls.do(ctx, func() error {
		s.web.begin(ctx)
		if s.service == nil {
			service, err := s.open()
			if err != nil {
				return err
			}
			s.service = service
		}
		if err := s.service.Send(s.body(n), s.params(n)); err != nil {
			return err
		}
		return s.web.fault()
	}))
}

// judge takes the secrets out of an error and says whether another attempt may
// help. What is not an answer of a server may.
func (s *Shoutrrr) judge(err error) error {
	switch {
	case err == nil:
		return nil
	case permanent(err):
		return &PermanentError{Err: s.redact.err(err)}
	}
	clean := s.redact.err(fmt.Errorf("%s: %w", s.scheme, err))
	if code, after := s.web.answer(); code >= 300 {
		return statusError(code, after, clean)
	}
	return clean
}

// titled are the services of the library that take a title apart from the text, and
// refuse a message with one otherwise.
func titled(scheme string) bool {
	return !slices.Contains([]string{"googlechat", "hangouts", "rocketchat", "signal", "wecom", "pagerduty", "mqtt", "mqtts", "notifiarr"}, scheme)
}

func (s *Shoutrrr) params(n Notification) *types.Params {
	params := types.Params{}
	if titled(s.scheme) {
		params.SetTitle(n.Title)
	}
	return &params
}

func (s *Shoutrrr) body(n Notification) string {
	text := n.Text
	if !titled(s.scheme) {
		text = n.Title + "\n" + text
	}
	return firstLines(text, chatLength)
}

// chatLength is how long a message may be, in bytes: services refuse what is too
// long, SMS at 1,600 characters, Discord at 2,000.
const chatLength = 1500

// firstLines keeps as many whole lines as fit, and says how many do not.
func firstLines(text string, limit int) string {
	lines := strings.Split(text, "\n")
	length := 0
	for i, line := range lines {
		if length += len(line) + 1; length > limit && i > 0 {
			return strings.Join(lines[:i], "\n") + fmt.Sprintf("\n… and %d more", len(lines)-i)
		}
	}
	return text
}

// Close lets go of connections.
func (s *Shoutrrr) Close(context.Context) error {
	s.web.client.CloseIdleConnections()
	if s.calls.busy.Load() {
		return errStuck
	}
	if closer, ok := s.service.(io.Closer); ok {
		return s.redact.err(closer.Close())
	}
	return nil
}

// web is the HTTP client that the services are given.
type web struct {
	client *http.Client
	now    func() time.Time

	// once makes the first failure of an attempt the last request of it.
	once bool

	mu    sync.Mutex
	ctx   context.Context //nolint:containedctx // the library has no other way to hand one over
	code  int
	after time.Duration
	// failed is why the latest request was not answered, or not well.
	failed error
}

// begin says for which attempt the requests to come are.
func (w *web) begin(ctx context.Context) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ctx, w.code, w.after, w.failed = ctx, 0, 0, nil
}

// Do makes a request within the time of the attempt, and remembers how it ended.
func (w *web) Do(request *http.Request) (*http.Response, error) {
	w.mu.Lock()
	ctx, failed := w.ctx, w.failed
	w.mu.Unlock()
	if failed != nil && w.once {
		return nil, failed
	}
	if ctx != nil {
		request = request.WithContext(ctx)
	}
	response, err := w.client.Do(request)
	if err != nil {
		err = cause(err)
	}
	w.note(response, err)
	return response, err
}

// note keeps how a request ended: the worst status of an attempt, for some services
// make several requests a message, and the fault of the latest.
func (w *web) note(response *http.Response, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failed = err
	if response == nil {
		return
	}
	if response.StatusCode >= http.StatusMultipleChoices {
		w.failed = fmt.Errorf("answered %d %s", response.StatusCode, http.StatusText(response.StatusCode))
	}
	if response.StatusCode > w.code {
		w.code, w.after = response.StatusCode, retryAfter(response.Header.Get("Retry-After"), w.now())
	}
}

// fault returns why an attempt that the library calls a success was none. Telegram's
// service returns nil when the network fails, or when a proxy answers in HTML
// (shoutrrr v0.17.0, telegram_client.go, GetErrorResponse).
func (w *web) fault() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.failed
}

func (w *web) answer() (code int, after time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.code, w.after
}
