package dockerd

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/docker/go-connections/tlsconfig"
)

// material is what a TLS connection is made of, in PEM. Each part may be nil.
type material struct {
	ca, cert, key []byte
}

// empty reports whether there is nothing at all.
func (m material) empty() bool { return m.ca == nil && m.cert == nil && m.key == nil }

// readMaterial reads ca.pem, cert.pem and key.pem of a folder. A file that is
// not there is a part that is not there: a server may ask for no client
// certificate.
func readMaterial(dir string) (material, error) {
	var m material
	for name, part := range map[string]*[]byte{"ca.pem": &m.ca, "cert.pem": &m.cert, "key.pem": &m.key} {
		data, err := readBounded(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return material{}, fmt.Errorf("TLS file: %w", err)
		}
		*part = data
	}
	return m, nil
}

// config builds the client's side of TLS. As with the docker command, a ca.pem
// replaces the system's roots instead of adding to them.
func (m material) config(verify bool) (*tls.Config, error) {
	config := tlsconfig.ClientDefault()
	config.InsecureSkipVerify = !verify
	if m.ca != nil {
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(m.ca) {
			return nil, errors.New("ca.pem holds no certificate")
		}
		config.RootCAs = pool
	}
	if m.cert != nil && m.key != nil {
		pair, err := tls.X509KeyPair(m.cert, m.key)
		if err != nil {
			return nil, fmt.Errorf("cert.pem and key.pem: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}
