package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// poster sends one kind of JSON to one address.
type poster struct {
	address Secret
	client  *http.Client
	redact  redactor
	now     func() time.Time
}

// answerLimit bounds what is read of an answer: enough for the words of an error.
const answerLimit = 4 << 10

// retryAfterLimit bounds what a server may ask for: a clock that is wrong there
// must not silence a sink for a year.
const retryAfterLimit = time.Hour

// errAddress says that the address of a sink cannot be used.
var errAddress = errors.New("address of the sink has to be http://… or https://… with a host")

// newPoster checks the address. Certificates are verified, against roots when
// there are any of its own.
func newPoster(address Secret, now func() time.Time, roots *x509.CertPool, secrets ...Secret) (*poster, error) {
	if now == nil {
		return nil, errors.New("a sink that speaks HTTP needs a clock: set Now")
	}
	parsed, err := url.Parse(address.reveal())
	if err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https" {
		// The error of url.Parse holds the address.
		return nil, errAddress
	}
	return &poster{
		address: address, client: newHTTPClient(roots), redact: newRedactor(append(secrets, address)...), now: now,
	}, nil
}

func newHTTPClient(roots *x509.CertPool) *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
			TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
			TLSHandshakeTimeout: 5 * time.Second,
			ForceAttemptHTTP2:   true,
			MaxIdleConns:        2,
			IdleConnTimeout:     30 * time.Second,
		},
		CheckRedirect: stayOnHost,
	}
}

// maxRedirects is how many redirects on one host are followed.
const maxRedirects = 3

// stayOnHost follows a redirect only if the message stays a POST and goes to the
// same host by the same protocol: the headers and the address hold credentials, and
// a POST that became a GET has delivered nothing. What is not followed is answered
// with the redirect itself, which counts as a refusal.
func stayOnHost(next *http.Request, via []*http.Request) error {
	first := via[0]
	if next.Method != first.Method || next.URL.Host != first.URL.Host || next.URL.Scheme != first.URL.Scheme || len(via) > maxRedirects {
		return http.ErrUseLastResponse
	}
	return nil
}

// post sends a body. The error says whether another attempt may help, and holds
// no secret.
func (p *poster) post(ctx context.Context, body []byte, header http.Header) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.address.reveal(), bytes.NewReader(body))
	if err != nil {
		return &PermanentError{Err: errAddress}
	}
	request.Header = header
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "brink")
	response, err := p.client.Do(request)
	if err != nil {
		return p.redact.err(cause(err))
	}
	defer func() { _ = response.Body.Close() }()
	answer, _ := io.ReadAll(io.LimitReader(response.Body, answerLimit))
	return p.verdict(response, answer)
}

// cause takes the address out of an error of net/http, which begins with it.
func cause(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}

// verdict reads the status of an answer.
func (p *poster) verdict(response *http.Response, answer []byte) error {
	code := response.StatusCode
	if code >= 200 && code < 300 {
		return nil
	}
	err := p.redact.err(fmt.Errorf("answered %d %s: %s", code, http.StatusText(code), answer))
	return statusError(code, retryAfter(response.Header.Get("Retry-After"), p.now()), err)
}

// statusError tells from an HTTP status whether another attempt may help. after is
// what the server asked for, 0 if nothing.
func statusError(code int, after time.Duration, err error) error {
	switch {
	case (code == http.StatusTooManyRequests || code == http.StatusServiceUnavailable) && after > 0:
		return &RetryAfterError{Err: err, After: after}
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly, code == http.StatusTooManyRequests, code >= 500:
		return err
	default:
		return &PermanentError{Err: err}
	}
}

// retryAfter reads the header of that name, RFC 9110 section 10.2.3: seconds or a
// date. 0 means that it says nothing.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(value, 10, 32); err == nil {
		return min(time.Duration(seconds)*time.Second, retryAfterLimit)
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(now), 0), retryAfterLimit)
	}
	return 0
}

// close lets go of connections.
func (p *poster) close() { p.client.CloseIdleConnections() }
