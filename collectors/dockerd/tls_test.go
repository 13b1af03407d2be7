package dockerd

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brink/collectors/dockerd/dockerdtest"
)

// authority is a certificate authority with a certificate for the server and one
// for the client, and the folder in which the client's files are.
type authority struct {
	dir    string
	pool   *x509.CertPool
	server tls.Certificate
}

func certificates(t testing.TB) authority {
	t.Helper()
	key, template := newKey(t), certificate("brink test authority")
	template.IsCA, template.BasicConstraintsValid = true, true
	template.KeyUsage = x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	root, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	a := authority{dir: t.TempDir(), pool: x509.NewCertPool()}
	a.pool.AddCert(root)
	writeFile(t, pemText("CERTIFICATE", der), a.dir, "ca.pem")
	serverCert, serverKey := issue(t, root, key, "localhost")
	if a.server, err = tls.X509KeyPair([]byte(serverCert), []byte(serverKey)); err != nil {
		t.Fatal(err)
	}
	clientCert, clientKey := issue(t, root, key, "brink")
	writeFile(t, clientCert, a.dir, "cert.pem")
	writeFile(t, clientKey, a.dir, "key.pem")
	return a
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func certificate(name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
}

func issue(t testing.TB, root *x509.Certificate, rootKey *ecdsa.PrivateKey, name string) (certText, keyText string) {
	t.Helper()
	key := newKey(t)
	der, err := x509.CreateCertificate(rand.Reader, certificate(name), root, &key.PublicKey, rootKey)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pemText("CERTIFICATE", der), pemText("EC PRIVATE KEY", keyDER)
}

func pemText(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// tlsEngine puts TLS with client certificates before a fake engine.
func tlsEngine(t *testing.T, a authority) (address string) {
	t.Helper()
	engine := dockerdtest.New(t)
	engine.Run(hardened())
	transport := &http.Transport{DialContext: unixDialer(engine.Socket())}
	server := httptest.NewUnstartedServer(&httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(&url.URL{Scheme: "http", Host: "engine"}) },
		Transport: transport, FlushInterval: -1,
	})
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: a.pool, Certificates: []tls.Certificate{a.server}}
	server.StartTLS()
	t.Cleanup(transport.CloseIdleConnections)
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "https://")
}

func TestTLSFromTheEnvironment(t *testing.T) {
	a := certificates(t)
	address := tlsEngine(t, a)
	other := certificates(t)
	withoutClient := t.TempDir()
	writeFile(t, string(mustRead(t, a.dir, "ca.pem")), withoutClient, "ca.pem")
	for _, test := range []struct {
		name string
		env  []string
		kind error
		text string
	}{
		{"verified", []string{"DOCKER_TLS_VERIFY=1", "DOCKER_CERT_PATH=" + a.dir}, nil, ""},
		{"not verified, but with the client's certificate", []string{"DOCKER_TLS=1", "DOCKER_CERT_PATH=" + a.dir}, nil, ""},
		{"another authority", []string{"DOCKER_TLS_VERIFY=1", "DOCKER_CERT_PATH=" + other.dir}, ErrUnreachable, "certificate signed by unknown authority"},
		{"no client certificate", []string{"DOCKER_TLS_VERIFY=1", "DOCKER_CERT_PATH=" + withoutClient}, ErrUnreachable, "certificate required"},
		{"no TLS at all", nil, ErrEngine, "Client sent an HTTP request to an HTTPS server"},
	} {
		t.Run(test.name, func(t *testing.T) {
			client := connect(t, "tcp://"+address, func(o *Options) { o.Env = environment(test.env...) })
			list, err := client.List(soon(t))
			if !errors.Is(err, test.kind) || test.kind != nil && !strings.Contains(err.Error(), test.text) {
				t.Fatalf("%v, want %v: %s", err, test.kind, test.text)
			}
			if test.kind == nil && (len(list) != 1 || client.Local()) {
				t.Errorf("%+v, local %v", list, client.Local())
			}
		})
	}
}

func TestTLSFromAContext(t *testing.T) {
	a := certificates(t)
	address := tlsEngine(t, a)
	dir := t.TempDir()
	for _, file := range []string{"ca.pem", "cert.pem", "key.pem"} {
		writeFile(t, string(mustRead(t, a.dir, file)), dir, "contexts", "tls", contextFolder("vps"), "docker", file)
	}
	writeContext(t, dir, "vps", `{"Endpoints":{"docker":{"Host":"tcp://`+address+`"}}}`)
	client := connect(t, "", func(o *Options) { o.Context, o.ConfigDir = "vps", dir })
	// Inspect has a request of its own: it must be TLS as well.
	details, err := client.Inspect(soon(t), "openclaw-agent")
	if err != nil || details.Name != "openclaw-agent" {
		t.Errorf("%+v, %v", details, err)
	}
}

func TestAKeyThatDoesNotFitItsCertificate(t *testing.T) {
	a, b := certificates(t), certificates(t)
	writeFile(t, string(mustRead(t, b.dir, "key.pem")), a.dir, "key.pem")
	m, err := readMaterial(a.dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.config(true); err == nil || !strings.Contains(err.Error(), "cert.pem and key.pem") {
		t.Error(err)
	}
}

func mustRead(t testing.TB, path ...string) []byte {
	t.Helper()
	data, err := readBounded(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return data
}
