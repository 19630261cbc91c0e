package server

import (
	"crypto/tls"
	"fmt"
	"os"
	"sync"
	"time"
)

// CertFiles is a certificate in two PEM files that somebody renews while the program runs.
type CertFiles struct {
	cert, key string

	mu     sync.Mutex
	loaded *tls.Certificate
	times  [2]time.Time
}

// OpenCertFiles reads a certificate with its chain, and its private key.
func OpenCertFiles(cert, key string) (*CertFiles, error) {
	f := &CertFiles{cert: cert, key: key}
	_, err := f.Get()
	return f, err
}

// Get returns the certificate as the files have it now. While they are being replaced, and do not fit each other or cannot be read, it
// is the one before.
func (f *CertFiles) Get() (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	times, err := f.modified()
	if err == nil && f.loaded != nil && times == f.times {
		return f.loaded, nil
	}
	if err == nil {
		var pair tls.Certificate
		if pair, err = tls.LoadX509KeyPair(f.cert, f.key); err == nil {
			f.loaded, f.times = &pair, times
		}
	}
	if f.loaded == nil {
		return nil, fmt.Errorf("certificate %s with key %s: %w", f.cert, f.key, err)
	}
	return f.loaded, nil
}

func (f *CertFiles) modified() (times [2]time.Time, err error) {
	for i, name := range []string{f.cert, f.key} {
		info, err := os.Stat(name)
		if err != nil {
			return times, err
		}
		times[i] = info.ModTime()
	}
	return times, nil
}
