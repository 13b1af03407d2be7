package notify

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"sync"
	"time"

	"brink/alerts"
)

// AlertmanagerOptions are what the sink for Prometheus Alertmanager is made of.
type AlertmanagerOptions struct {
	Name string
	// URL is the address of Alertmanager, without /api/v2/alerts.
	URL Secret
	// User and Password are for basic authentication, Token for a bearer's.
	User     string
	Password Secret
	Token    Secret
	// Labels are added to those of each alert.
	Labels map[string]string
	// Resend is how often what fires is sent again: 1 min. Alertmanager takes an
	// alert for over when it has not heard of it for four times as long.
	Resend time.Duration
	// Now is the clock.
	Now func() time.Time
	// RootCAs are trusted in place of those of the system, if not nil.
	RootCAs *x509.CertPool
}

// Alertmanager posts to the API v2 of Prometheus Alertmanager. What fires has an
// end in the future, as Prometheus itself does it (four times the resend
// interval), and is sent again before that: when brink is no more, Alertmanager
// resolves it alone.
type Alertmanager struct {
	options AlertmanagerOptions
	poster  *poster

	mu sync.Mutex
	// posted are the labels under which an alert stands there. The severity is one
	// of them, for routing, and with it part of the identity: when it changes, the
	// alert under the old labels has to be ended.
	posted map[alerts.Key]postedAlert
}

type postedAlert struct {
	labels map[string]string
	starts time.Time
}

// The times of the sink.
const (
	defaultResend = time.Minute
	// endsAfter times Resend is when Alertmanager takes an alert for over that it
	// hears no more of.
	endsAfter = 4
	// overLinger is how long something stands at Alertmanager that was over before
	// it could be told: what comes in as resolved is swallowed there if it never
	// fired, and it fires after group_wait, 30 s by default.
	overLinger = 2 * time.Minute
)

// NewAlertmanager checks the options. No error holds a secret.
func NewAlertmanager(options AlertmanagerOptions) (*Alertmanager, error) {
	if !options.Token.IsZero() && options.User != "" {
		return nil, errors.New("alertmanager: give a user with a password, or a token, not both")
	}
	options.Resend = or(options.Resend, defaultResend)
	base, err := url.Parse(options.URL.reveal())
	if err != nil {
		return nil, errAddress
	}
	address := NewSecret(base.JoinPath("api/v2/alerts").String())
	poster, err := newPoster(address, options.Now, options.RootCAs, options.URL, options.Password, options.Token, NewSecret(basic(options)))
	if err != nil {
		return nil, err
	}
	return &Alertmanager{options: options, poster: poster, posted: map[alerts.Key]postedAlert{}}, nil
}

// Name returns the configured name.
func (a *Alertmanager) Name() string { return a.options.Name }

// Refresh is how often [Alertmanager.Hold] wants to be called.
func (a *Alertmanager) Refresh() time.Duration { return a.options.Resend }

type alertmanagerAlert struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations,omitempty"`
	StartsAt    time.Time         `json:"startsAt"`
	EndsAt      time.Time         `json:"endsAt"`
}

// Send posts what fires and what is over.
func (a *Alertmanager) Send(ctx context.Context, n Notification) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	now, next := a.options.Now(), a.clonePosted()
	var list []alertmanagerAlert
	for _, item := range n.Items {
		list = append(list, a.changes(item, n.Host, now, next)...)
	}
	if err := a.post(ctx, list); err != nil {
		return err
	}
	a.posted = next
	return nil
}

// changes writes down one item, and keeps next up to date.
func (a *Alertmanager) changes(item Item, host string, now time.Time, next map[alerts.Key]postedAlert) []alertmanagerAlert {
	alert := alertmanagerAlert{
		Labels:      a.labels(item.Key, item.Severity, host),
		Annotations: map[string]string{"summary": item.Message, "description": when(item, now), "metric": item.Metric},
		StartsAt:    item.FiredAt, EndsAt: now.Add(endsAfter * a.options.Resend),
	}
	switch item.Reason {
	case ReasonTest:
		alert.EndsAt = now.Add(a.options.Resend)
		return []alertmanagerAlert{alert}
	case ReasonOver:
		alert.EndsAt = now.Add(overLinger)
		return []alertmanagerAlert{alert}
	case ReasonResolved:
		if known, ok := next[item.Key]; ok {
			alert.Labels, alert.StartsAt = known.labels, known.starts
		}
		delete(next, item.Key)
		// An end before the beginning is refused, whatever a clock has done.
		alert.EndsAt = later(item.ResolvedAt, alert.StartsAt)
		return []alertmanagerAlert{alert}
	default:
		return a.replace(item.Key, alert, now, next)
	}
}

// replace ends the alert that stands under other labels, if there is one.
func (a *Alertmanager) replace(key alerts.Key, alert alertmanagerAlert, now time.Time, next map[alerts.Key]postedAlert) []alertmanagerAlert {
	known, ok := next[key]
	next[key] = postedAlert{labels: alert.Labels, starts: alert.StartsAt}
	if !ok || maps.Equal(known.labels, alert.Labels) {
		return []alertmanagerAlert{alert}
	}
	return []alertmanagerAlert{{Labels: known.labels, StartsAt: known.starts, EndsAt: now}, alert}
}

// Hold posts all that fires, so that Alertmanager does not take it for over.
func (a *Alertmanager) Hold(ctx context.Context, standing Standing) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(standing.Alerts) == 0 {
		return nil
	}
	next := a.clonePosted()
	var list []alertmanagerAlert
	for _, alert := range standing.Alerts {
		list = append(list, a.replace(alert.Key, alertmanagerAlert{
			Labels:      a.labels(alert.Key, alert.Severity, standing.Host),
			Annotations: map[string]string{"summary": alert.Message, "metric": alert.Metric},
			StartsAt:    alert.FiredAt, EndsAt: standing.At.Add(endsAfter * a.options.Resend),
		}, standing.At, next)...)
	}
	if err := a.post(ctx, list); err != nil {
		return err
	}
	a.posted = next
	return nil
}

// inherit takes over what an earlier sink has posted: its alerts have to be ended
// under the labels that they stand under.
func (a *Alertmanager) inherit(from Sink) {
	if earlier, ok := from.(*Alertmanager); ok {
		earlier.mu.Lock()
		defer earlier.mu.Unlock()
		a.posted = earlier.clonePosted()
	}
}

func (a *Alertmanager) clonePosted() map[alerts.Key]postedAlert {
	next := make(map[alerts.Key]postedAlert, len(a.posted))
	maps.Copy(next, a.posted)
	return next
}

// labels are what Alertmanager routes and tells alerts apart by. Those that are
// empty do not exist there, so they are left out.
func (a *Alertmanager) labels(key alerts.Key, severity alerts.Severity, host string) map[string]string {
	labels := map[string]string{}
	maps.Copy(labels, a.options.Labels)
	labels["alertname"], labels["severity"], labels["host"], labels["container"] = key.Rule, severity.String(), host, key.Container
	if key.Instance != "" {
		labels["instance"] = key.Instance
	}
	return labels
}

func (a *Alertmanager) post(ctx context.Context, list []alertmanagerAlert) error {
	body, err := json.Marshal(list)
	if err != nil {
		return &PermanentError{Err: err}
	}
	header := http.Header{}
	switch {
	case !a.options.Token.IsZero():
		header.Set("Authorization", "Bearer "+a.options.Token.reveal())
	case a.options.User != "":
		header.Set("Authorization", "Basic "+basic(a.options))
	}
	return a.poster.post(ctx, body, header)
}

func basic(options AlertmanagerOptions) string {
	if options.User == "" {
		return ""
	}
	return base64.StdEncoding.EncodeToString([]byte(options.User + ":" + options.Password.reveal()))
}

// Close lets go of connections. What fires there ends by itself.
func (a *Alertmanager) Close(context.Context) error {
	a.poster.close()
	return nil
}

var _ Holder = (*Alertmanager)(nil)
