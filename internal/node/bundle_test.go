package node_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"tramy/internal/node"
	p "tramy/syncproto"
)

// written is a request that travels as a file.
type written struct {
	call   node.BundleCall
	frames []byte
}

func (m *machine) bundle() written {
	m.t.Helper()
	c, err := m.n.BeginBundle(context.Background(), "test", &p.Backup{Made: true, AgeS: 60})
	if err != nil {
		m.t.Fatal(err)
	}
	var out bytes.Buffer
	if err := c.WriteRequest(&out); err != nil {
		m.t.Fatal(err)
	}
	return written{c.Bundle(), out.Bytes()}
}

func (m *machine) answer(child *machine, w written) []byte {
	m.t.Helper()
	var out bytes.Buffer
	if _, err := m.n.ServeBundle(context.Background(), child.id.Device, w.call.Request, [16]byte(w.call.Nonce), bytes.NewReader(w.frames), &out); err != nil {
		m.t.Fatal(err)
	}
	return out.Bytes()
}

func (m *machine) read(w written, answer []byte) (node.Result, error) {
	m.t.Helper()
	c, err := m.n.ResumeBundle(context.Background(), w.call.Request, [16]byte(w.call.Nonce))
	if err != nil {
		m.t.Fatal(err)
	}
	return c.ReadResponse(bytes.NewReader(answer))
}

// A laptop writes a file, goes on over the line, and is set back to when it wrote the file: the hub answers the old file
// as to somebody who has lost what came after, not as to its author.
func TestOldFileOfAMachineSetBackBringsItsOwnActsBack(t *testing.T) {
	c := newCountry(t)
	c.a.act(subject(t, c.a, c.communeA, "Trước"))
	c.a.sync(c.province)
	w := c.a.bundle()
	backup := t.TempDir()
	copyDir(t, c.a.dir, backup)
	lost := c.a.act(subject(t, c.a, c.communeA, "Sau khi ghi USB"))[0]
	c.a.sync(c.province)
	c.a.stop()
	if err := os.RemoveAll(c.a.dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(c.a.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	copyDir(t, backup, c.a.dir)
	if err := os.Remove(filepath.Join(c.a.dir, "lock")); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	c.a.start()
	if _, err := c.a.read(w, c.province.answer(c.a, w)); err != nil {
		t.Fatal(err)
	}
	if c.a.state(lost) == nil {
		t.Fatal("the answer passed over what the machine has lost")
	}
	c.quiet()
	same(t, c.a, c.centre, lost)
}

// An answer that is cut anywhere is read again from its beginning; what arrived whole is kept, and nothing twice.
func TestAnswerByFileCutAnywhere(t *testing.T) {
	c := newCountry(t)
	id := c.a.act(subject(t, c.a, c.communeA, "Lò Một"))[0]
	w := c.a.bundle()
	answer := c.province.answer(c.a, w)
	for at := 0; at < len(answer); at += 1 + len(answer)/40 {
		if _, err := c.a.read(w, answer[:at]); err == nil {
			t.Fatalf("cut at %d: taken for whole", at)
		}
	}
	if _, err := c.a.read(w, answer); err != nil {
		t.Fatal(err)
	}
	if _, err := c.a.n.ResumeBundle(context.Background(), w.call.Request, [16]byte(w.call.Nonce)); !errors.Is(err, node.ErrBundleRead) {
		t.Errorf("read once more: %v", err)
	}
	c.quiet()
	same(t, c.a, c.centre, id)
}

// The number and nonce on the file are those of the request in it.
func TestFileThatNamesAnotherRequestIsRefused(t *testing.T) {
	c := newCountry(t)
	w := c.a.bundle()
	w.call.Request++
	var out bytes.Buffer
	_, err := c.province.n.ServeBundle(context.Background(), c.a.id.Device, w.call.Request, [16]byte(w.call.Nonce), bytes.NewReader(w.frames), &out)
	if !errors.Is(err, p.ErrOrder) || out.Len() > 0 {
		t.Errorf("%d bytes, %v", out.Len(), err)
	}
}

// A call whose file could not be written is forgotten, and an answer to a call of another hub's is not taken in.
func TestForgottenCalls(t *testing.T) {
	ctx := context.Background()
	c := newCountry(t)
	call, err := c.a.n.BeginBundle(ctx, "test", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := call.Forget(ctx); err != nil {
		t.Fatal(err)
	}
	b := call.Bundle()
	if _, err := c.a.n.ResumeBundle(ctx, b.Request, [16]byte(b.Nonce)); !errors.Is(err, node.ErrBundleUnknown) {
		t.Errorf("%v", err)
	}
	w := c.a.bundle()
	c.a.stop()
	up := c.a.id.Upstream
	c.a.id.Upstream.Device = c.centre.id.Device
	c.a.start()
	if _, err := c.a.n.ResumeBundle(ctx, w.call.Request, [16]byte(w.call.Nonce)); !errors.Is(err, node.ErrBundleMoved) {
		t.Errorf("%v", err)
	}
	c.a.stop()
	c.a.id.Upstream = up
	c.a.start()
}
