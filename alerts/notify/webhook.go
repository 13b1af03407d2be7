package notify

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"time"
)

// WebhookOptions are what a webhook is made of.
type WebhookOptions struct {
	Name string
	// URL is a secret: most services put a token into it.
	URL Secret
	// Headers are added to each request; SecretHeaders as well, and they are never
	// shown.
	Headers       map[string]string
	SecretHeaders map[string]Secret
	// Key signs the messages, if there is one.
	Key Secret
	// Now is the clock.
	Now func() time.Time
	// RootCAs are trusted in place of those of the system, if not nil.
	RootCAs *x509.CertPool
}

// Webhook posts each message as JSON, see [Notification], with one name more:
// "sent_at", the time of this attempt.
//
// With a key, the header X-Brink-Signature is "sha256=" and the hex HMAC-SHA256
// of the body. X-Brink-Timestamp is sent_at in Unix seconds, for receivers that
// want to refuse an old message before they read it. Against replay a receiver
// should compare sent_at with its clock: unlike the header, it is signed.
type Webhook struct {
	options WebhookOptions
	poster  *poster
	// headers are in a function for the reason that [Secret] is.
	headers func() http.Header
}

// NewWebhook checks the options. No error holds a secret.
func NewWebhook(options WebhookOptions) (*Webhook, error) {
	secrets := []Secret{options.Key}
	headers := http.Header{}
	for name, value := range options.Headers {
		if err := setHeader(headers, name, value); err != nil {
			return nil, err
		}
	}
	for name, value := range options.SecretHeaders {
		secrets = append(secrets, value)
		if err := setHeader(headers, name, value.reveal()); err != nil {
			return nil, err
		}
	}
	poster, err := newPoster(options.URL, options.Now, options.RootCAs, secrets...)
	if err != nil {
		return nil, err
	}
	return &Webhook{options: options, poster: poster, headers: headers.Clone}, nil
}

// setHeader refuses what would not be one header: the rules of RFC 9110 section
// 5.1, and the headers that are ours.
func setHeader(headers http.Header, name, value string) error {
	ours := []string{"Content-Type", "Content-Length", "Host", "X-Brink-Signature", "X-Brink-Timestamp"}
	switch {
	case name == "" || strings.Trim(name, tokenRunes) != "":
		return fmt.Errorf("%q is no name of a header", name)
	case slices.Contains(ours, textproto.CanonicalMIMEHeaderKey(name)):
		return fmt.Errorf("header %s is set by brink", name)
	case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }):
		return fmt.Errorf("value of header %s has control characters", name)
	}
	headers.Set(name, value)
	return nil
}

// tokenRunes may be in the name of a header, RFC 9110 section 5.6.2.
const tokenRunes = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// Name returns the configured name.
func (w *Webhook) Name() string { return w.options.Name }

// Send posts the message. Statuses 429 and 503 are asked again when they say, 408,
// 425 and 5xx after the usual wait; other refusals are final.
func (w *Webhook) Send(ctx context.Context, n Notification) error {
	sent := w.options.Now()
	body, err := withSentAt(n, sent)
	if err != nil {
		return &PermanentError{Err: err}
	}
	header := w.headers()
	header.Set("X-Brink-Timestamp", strconv.FormatInt(sent.Unix(), 10))
	if !w.options.Key.IsZero() {
		header.Set("X-Brink-Signature", "sha256="+sign(w.options.Key, body))
	}
	return w.poster.post(ctx, body, header)
}

// withSentAt writes the message with the time of the attempt in it.
func withSentAt(n Notification, sent time.Time) ([]byte, error) {
	message := n.document()
	message.SentAt = sent
	return json.Marshal(message)
}

func sign(key Secret, body []byte) string {
	mac := hmac.New(sha256.New, []byte(key.reveal()))
	_, _ = mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

// Close lets go of connections.
func (w *Webhook) Close(context.Context) error {
	w.poster.close()
	return nil
}
