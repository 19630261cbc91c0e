// Package control lets a command reach the program that has its data folder open. The running program
// listens on loopback and leaves its address and a token in the folder; a command that finds the folder in
// use sends its words there and prints what comes back.
package control

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

const fileName = "control.json"

// lastAnswer is how long a command that is being answered may still take when the program ends.
const lastAnswer = time.Second

// bodyBytesMax bounds what a command may send: its words, and a file's content where it reads one.
const bodyBytesMax = 64 << 20

// Request is a command for the running program.
type Request struct {
	Args  []string `json:"args"`
	Stdin []byte   `json:"stdin,omitempty"`
	Dir   string   `json:"dir,omitempty"` // where the command was given
}

// Answer is what it printed and how it ended.
type Answer struct {
	Stdout []byte `json:"stdout"`
	Stderr []byte `json:"stderr"`
	Exit   int    `json:"exit"`
}

type address struct {
	URL   string `json:"url"`
	Token string `json:"token"`
}

// Listen serves commands until ctx ends. do runs one and returns its exit code; commands run one at a time.
func Listen(ctx context.Context, dir string, do func(ctx context.Context, req *Request, stdout, stderr io.Writer) int) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	secret := make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		return err
	}
	a := address{URL: "http://" + l.Addr().String(), Token: base64.RawURLEncoding.EncodeToString(secret)}
	b, err := json.Marshal(a)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, fileName)
	published := make(chan struct{})
	go func() {
		defer close(published)
		publish(ctx, path, b)
	}()
	one := make(chan struct{}, 1)
	srv := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+a.Token)) != 1 || r.Method != http.MethodPost {
			http.Error(w, "forbidden", http.StatusForbidden)
			return
		}
		var req Request
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, bodyBytesMax)).Decode(&req); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		select {
		case one <- struct{}{}:
		case <-r.Context().Done(): // who gave the command is gone
			return
		}
		defer func() { <-one }()
		var out, errs bytes.Buffer
		exit := do(r.Context(), &req, &out, &errs)
		_ = json.NewEncoder(w).Encode(Answer{Stdout: out.Bytes(), Stderr: errs.Bytes(), Exit: exit})
	})}
	go func() {
		<-ctx.Done()
		<-published
		os.Remove(path)
		// Who gave the command that ends the program hears what came of it.
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastAnswer)
		defer cancel()
		_ = srv.Shutdown(last)
		srv.Close()
	}()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// publishEvery is how often it is tried to leave the address in a folder that takes no file.
const publishEvery = time.Second

// publish leaves the address in the folder. On a full disk it goes on trying: the program works meanwhile, and only
// commands do not reach it.
func publish(ctx context.Context, path string, b []byte) {
	tick := time.NewTicker(publishEvery)
	defer tick.Stop()
	for {
		if err := os.WriteFile(path, b, 0o600); err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// ErrNobody says that no program answers for a folder.
var ErrNobody = errors.New("the folder is in use, but the program that has it does not answer")

// A program that starts, or goes on with other keys, has the folder some moments before it leaves its address there.
const (
	addressWait  = 2 * time.Second
	addressEvery = 100 * time.Millisecond
)

// addressOf reads where the program that has a folder answers, and waits for it a little.
func addressOf(ctx context.Context, dir string) (a address, err error) {
	ctx, cancel := context.WithTimeout(ctx, addressWait)
	defer cancel()
	tick := time.NewTicker(addressEvery)
	defer tick.Stop()
	for {
		var b []byte
		if b, err = os.ReadFile(filepath.Join(dir, fileName)); err == nil {
			if err = json.Unmarshal(b, &a); err == nil { // else it is being written
				return a, nil
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return a, fmt.Errorf("%w: %w", ErrNobody, err)
		}
	}
}

// Send gives a command to the program that has a folder open.
func Send(ctx context.Context, dir string, req Request) (*Answer, error) {
	a, err := addressOf(ctx, dir)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(req)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, a.URL, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+a.Token)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNobody, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the running program refused: %s", resp.Status)
	}
	ans := &Answer{}
	return ans, json.NewDecoder(resp.Body).Decode(ans)
}
