package journal

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"tramy/internal/drive"
	"tramy/internal/envelope"
	"tramy/internal/node"
	p "tramy/syncproto"
)

// laptop is a machine with a journal and a stick.
type laptop struct {
	t     *testing.T
	key   ed25519.PublicKey
	path  string // of the journal
	stick string
	seal  *ecdh.PrivateKey
	log   p.LogID
	next  p.Seq
	wrote []*node.Record
	j     *File
	c     *Copy
}

func newLaptop(t *testing.T) *laptop {
	t.Helper()
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	seal, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	l := &laptop{t: t, key: public, seal: seal, path: filepath.Join(dir, "journal"), stick: filepath.Join(dir, "stick")}
	if err := os.Mkdir(l.stick, 0o700); err != nil {
		t.Fatal(err)
	}
	l.start()
	if err := l.c.Begin(); err != nil {
		t.Fatal(err)
	}
	return l
}

// start opens the journal as a program does.
func (l *laptop) start() error {
	l.t.Helper()
	own, err := envelope.KeyOf(l.seal.Bytes())
	if err != nil {
		l.t.Fatal(err)
	}
	l.c = &Copy{
		Path: filepath.Join(l.stick, "copy"), There: func() error { return drive.There(l.stick, l.path, false) }, Key: l.key, Own: own,
		Readers: func() ([][]byte, error) { return [][]byte{l.seal.PublicKey().Bytes()}, nil },
	}
	_, recovered := l.c.Recover(l.path)
	l.j = open(l.t, l.path)
	l.c.Follow(l.j)
	return recovered
}

// act writes one act, the first of a log with its opening.
func (l *laptop) act(text string) {
	l.t.Helper()
	r := act(l.next+1, 1, text)
	if l.next == 0 {
		first(r)
		if _, err := rand.Read(r.Opening.Random[:]); err != nil {
			l.t.Fatal(err)
		}
		l.log = p.NewLogID(l.key, r.Opening.Random)
	}
	for i := range r.Changes {
		c := &r.Changes[i]
		c.Dot.Log = l.log
		c.Entity = c.Dot.Entity()
	}
	l.next++
	l.wrote = append(l.wrote, r)
	write(l.t, l.j, r)
}

func (l *laptop) level() {
	l.t.Helper()
	if err := l.c.Level(); err != nil {
		l.t.Fatal(err)
	}
	l.whole("after levelling")
}

// whole checks that what a copy holds is what the journal holds.
func (l *laptop) whole(what string) {
	l.t.Helper()
	f, err := os.Open(l.c.Path)
	if err != nil {
		l.t.Fatal(err)
	}
	defer f.Close()
	plain := filepath.Join(l.t.TempDir(), "plain")
	if n, err := Plain(plain, f, l.c.Own); err != nil || n != 0 {
		l.t.Fatalf("%s: %d runs unread, %v", what, n, err)
	}
	same(l.t, what, replay(l.t, open(l.t, plain)), replay(l.t, l.j))
}

func TestStickPulledOutAndBack(t *testing.T) {
	l := newLaptop(t)
	l.act("một")
	l.level()
	if b, _ := os.ReadFile(l.c.Path); bytes.Contains(b, []byte("một")) {
		t.Error("the copy can be read by whoever finds the stick")
	}
	if err := os.Rename(l.stick, l.stick+".pocket"); err != nil {
		t.Fatal(err)
	}
	l.act("hai") // saved all the same
	if err := l.c.Level(); !errors.Is(err, drive.ErrAway) || !errors.Is(l.c.State(), drive.ErrAway) {
		t.Errorf("the stick is away: %v, %v", err, l.c.State())
	}
	if err := os.Mkdir(l.stick, 0o700); err != nil { // another stick in its place
		t.Fatal(err)
	}
	if err := l.c.Level(); !errors.Is(err, ErrNotBegun) {
		t.Errorf("another stick: %v", err)
	}
	if files, _ := os.ReadDir(l.stick); len(files) > 0 {
		t.Errorf("%d files were put on it", len(files))
	}
	if err := errors.Join(os.Remove(l.stick), os.Rename(l.stick+".pocket", l.stick)); err != nil {
		t.Fatal(err)
	}
	l.act("ba")
	l.level()
	if err := l.c.State(); err != nil {
		t.Errorf("the stick is back: %v", err)
	}
}

// The stick was pulled out while it was written: the copy ends anywhere.
func TestTornCopyIsGoneOnWith(t *testing.T) {
	l := newLaptop(t)
	l.act("một")
	l.level()
	before, err := os.Stat(l.c.Path)
	if err != nil {
		t.Fatal(err)
	}
	l.act("hai")
	l.level()
	file, err := os.ReadFile(l.c.Path)
	if err != nil {
		t.Fatal(err)
	}
	for at := before.Size(); at < int64(len(file)); at += 37 {
		if err := os.WriteFile(l.c.Path, file[:at], 0o600); err != nil {
			t.Fatal(err)
		}
		l.level()
	}
	for _, at := range []int{len(magicCopy) + 40, len(file) - 40} { // a bit that turned over
		bad := bytes.Clone(file)
		bad[at] ^= 4
		if err := os.WriteFile(l.c.Path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		l.c.size = 0 // as after a start
		l.level()
	}
}

// A record in the middle of the journal is damaged, or its beginning, or all of it is gone: the copy brings it back, in
// order.
func TestDamagedJournalIsMendedFromTheCopy(t *testing.T) {
	for name, harm := range map[string]func([]byte) []byte{
		"a record in the middle": func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
		"the magic line":         func(b []byte) []byte { b[3] = 0; return b },
		"zeros":                  func(b []byte) []byte { return make([]byte, len(b)) },
		"the end":                func(b []byte) []byte { return b[:len(b)/3] },
		"all of it":              func([]byte) []byte { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			l := newLaptop(t)
			for _, text := range []string{"một", "hai", "ba", "bốn", "năm"} {
				l.act(text)
			}
			l.level()
			l.act("chưa có trên thẻ")
			l.j.Close()
			file, err := os.ReadFile(l.path)
			if err != nil {
				t.Fatal(err)
			}
			bad := harm(bytes.Clone(file))
			if err := os.WriteFile(l.path, bad, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := l.start(); err != nil {
				t.Fatal(err)
			}
			want := l.wrote
			if name == "zeros" || name == "the end" || name == "all of it" {
				want = want[:5] // the sixth was nowhere else
			}
			same(t, "mended", replay(t, l.j), want)
			if l.j.Damaged+l.j.Unchained > 0 {
				t.Errorf("%d damaged, %d unchained", l.j.Damaged, l.j.Unchained)
			}
			if kept, err := os.ReadFile(l.path + ".damaged-1"); name == "a record in the middle" && (err != nil || !bytes.Equal(kept, bad)) {
				t.Errorf("the damaged one is not kept: %v", err)
			}
			l.next = 6
			l.act("đi tiếp")
			l.level()
		})
	}
}

// The folder was restored from last week while the stick kept on: found at the start, and never written over by a run
// that began without the stick.
func TestCopyThatIsAheadIsBroughtIn(t *testing.T) {
	l := newLaptop(t)
	l.act("một")
	old, err := os.ReadFile(l.path)
	if err != nil {
		t.Fatal(err)
	}
	l.act("hai")
	l.level()
	ahead := bytes.Clone(read(t, l.c.Path))
	l.j.Close()
	if err := errors.Join(os.WriteFile(l.path, old, 0o600), os.Rename(l.stick, l.stick+".pocket")); err != nil {
		t.Fatal(err)
	}
	if err := l.start(); !errors.Is(err, drive.ErrAway) {
		t.Fatalf("started without the stick: %v", err)
	}
	log, next := l.log, l.next
	l.next = 0
	l.act("sổ khác") // a new run opens a new log
	later := l.wrote[2]
	if err := os.Rename(l.stick+".pocket", l.stick); err != nil {
		t.Fatal(err)
	}
	if err := l.c.Level(); !errors.Is(err, ErrAhead) || !bytes.Equal(read(t, l.c.Path), ahead) {
		t.Fatalf("the stick has more: %v", err)
	}
	l.j.Close()
	if err := l.start(); err != nil {
		t.Fatal(err)
	}
	same(t, "both", replay(t, l.j), []*node.Record{l.wrote[0], l.wrote[1], later})
	l.log, l.next = log, next
	l.level()
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Another machine's copy under this one's name, or any other file, is left as it is.
func TestOthersFileIsNotTouched(t *testing.T) {
	l, other := newLaptop(t), newLaptop(t)
	l.act("một")
	l.level()
	other.act("của máy khác")
	other.level()
	for name, file := range map[string][]byte{"another's": read(t, other.c.Path), "a letter": []byte("Kính gửi trạm y tế xã Mường Nhà")} {
		if err := os.WriteFile(l.c.Path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		l.c.size = 0
		if err := l.c.Level(); !errors.Is(err, ErrOtherDevice) && !errors.Is(err, ErrNotJournal) {
			t.Errorf("%s: %v", name, err)
		}
		l.j.Close()
		if err := l.start(); !errors.Is(err, ErrOtherDevice) && !errors.Is(err, ErrNotJournal) {
			t.Errorf("%s, at a start: %v", name, err)
		}
		same(t, name, replay(t, l.j), l.wrote)
		if !bytes.Equal(read(t, l.c.Path), file) {
			t.Errorf("%s was changed", name)
		}
	}
	// In the plain as well, where the key would not tell.
	if n, err := Merge(filepath.Join(t.TempDir(), "m"), l.key, l.path, other.path); err != nil || n != 1 {
		t.Errorf("%d records of two machines, %v", n, err)
	}
}

// FuzzPlain: no bytes of a stick make it panic.
func FuzzPlain(f *testing.F) {
	k, err := envelope.NewKey()
	if err != nil {
		f.Fatal(err)
	}
	public, err := k.Public()
	if err != nil {
		f.Fatal(err)
	}
	run := framed(append(make([]byte, 17), 1, 0))
	frame, err := seal(run, [][]byte{public})
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(magicCopy))
	f.Add(append([]byte(magicCopy), frame...))
	f.Add(append([]byte(magicCopy), framed(make([]byte, 30))...))
	path := filepath.Join(f.TempDir(), "plain")
	f.Fuzz(func(_ *testing.T, file []byte) { _, _ = Plain(path, bytes.NewReader(file), k) })
}
