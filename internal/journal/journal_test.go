package journal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"tramy/internal/node"
	p "tramy/syncproto"
)

// act is a record of n changes of one log, from seq on.
func act(seq p.Seq, n int, text string) *node.Record {
	log := p.LogID{1, 2, 3}
	r := &node.Record{}
	for i := range p.Seq(n) {
		d := p.Dot{Log: log, Seq: seq + i}
		r.Changes = append(r.Changes, p.Change{
			Dot: d, At: p.At{WallMS: 1_764_032_400_000 + int64(seq), OffsetMS: -3}, Actor: p.Dot{Log: p.LogID{9}, Seq: 1}.Entity(), Kind: 3, Entity: d.Entity(),
			Writes: []p.Write{{Field: 4, Data: p.Text(text)}, {Field: 5, Data: p.Int(int64(i))}},
		})
	}
	return r
}

func first(r *node.Record) *node.Record {
	r.Opening = &p.Opening{Device: p.EntityID{7}, Random: [16]byte{1, 3}, Follows: p.LogID{5}, FollowsHash: p.ShortHash{6}}
	return r
}

func access(r *node.Record) *node.Record {
	r.Access = true
	return r
}

func voids(r *node.Record) *node.Record {
	r.Void = &p.Dot{Log: p.LogID{4, 11: 0x40}, Seq: 1 << 31}
	return r
}

// three is what most tests write: an opening, an act of several changes, an access record.
func three() []*node.Record {
	return []*node.Record{first(act(1, 1, "Lò Gia Bảo")), act(2, 3, "Cà Bảo Ngọc"), access(first(act(1, 1, "xem")))}
}

func open(t testing.TB, path string) *File {
	t.Helper()
	j, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

func write(t *testing.T, j *File, records ...*node.Record) {
	t.Helper()
	for _, r := range records {
		if err := j.Append(r); err != nil {
			t.Fatal(err)
		}
	}
}

func replay(t *testing.T, j *File) []*node.Record {
	t.Helper()
	var out []*node.Record
	if err := j.Replay(func(r *node.Record) error { out = append(out, r); return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}

func same(t *testing.T, what string, got, want []*node.Record) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d records, want %d", what, len(got), len(want))
		return
	}
	for i := range got {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Errorf("%s: record %d is\n%+v, want\n%+v", what, i, got[i], want[i])
		}
	}
}

// written returns the bytes of a journal and where each record ends; the first border is the magic's.
func written(t *testing.T, records ...*node.Record) (file []byte, borders []int64) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "journal")
	j := open(t, path)
	borders = append(borders, j.size)
	for _, r := range records {
		write(t, j, r)
		borders = append(borders, j.size)
	}
	j.Close()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return file, borders
}

func put(t testing.TB, file []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "journal")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReplayReturnsEveryRecord(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j := open(t, path)
	want := append(three(), voids(first(act(1, 1, "ghi lại"))))
	write(t, j, want...)
	same(t, "while open", replay(t, j), want)
	j.Close()
	j = open(t, path)
	same(t, "opened again", replay(t, j), want)
	more := act(5, 2, "thêm")
	write(t, j, more)
	j.Close()
	j = open(t, path)
	same(t, "after a second run", replay(t, j), append(want, more))
	if j.Damaged != 0 || j.Cut != 0 || j.Unchained != 0 {
		t.Errorf("a whole journal: %d damaged, %d bytes cut, %d unchained", j.Damaged, j.Cut, j.Unchained)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may read the journal: %v, %v", info.Mode(), err)
	}
}

func TestReplayStopsWithTheCallersError(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "journal"))
	write(t, j, three()...)
	stop, k := errors.New("stop"), 0
	if err := j.Replay(func(*node.Record) error { k++; return stop }); !errors.Is(err, stop) || k != 1 {
		t.Errorf("%d records, then %v", k, err)
	}
}

// A power cut leaves the file at any length: what was whole stays, what was not is gone for good.
func TestTornEndIsCutOffAtEveryByte(t *testing.T) {
	want := three()
	file, borders := written(t, want...)
	path := filepath.Join(t.TempDir(), "journal")
	for k := borders[2]; k < borders[3]; k++ {
		if err := os.WriteFile(path, file[:k], 0o600); err != nil {
			t.Fatal(err)
		}
		j := open(t, path)
		same(t, fmt.Sprint("cut at ", k), replay(t, j), want[:2])
		if j.Cut != k-borders[2] || j.Damaged != 0 {
			t.Errorf("cut at %d: %d bytes cut off, %d damaged", k, j.Cut, j.Damaged)
		}
		next := act(5, 1, "sau khi có điện")
		write(t, j, next)
		j.Close()
		j = open(t, path)
		same(t, fmt.Sprint("written on after a cut at ", k), replay(t, j), []*node.Record{want[0], want[1], next})
		if j.Unchained != 0 {
			t.Errorf("cut at %d: what was written next does not follow", k)
		}
		j.Close()
	}
}

// Blocks of a file that was growing may read as zeros after a power cut.
func TestEndOfZerosIsCutOff(t *testing.T) {
	want := three()
	file, borders := written(t, want...)
	for _, k := range []int64{borders[2], borders[2] + 5, borders[2] + headSize + 9} {
		torn := append(bytes.Clone(file[:k]), make([]byte, 4096)...)
		j := open(t, put(t, torn))
		same(t, fmt.Sprint("zeros from ", k), replay(t, j), want[:2])
		if j.size != borders[2] {
			t.Errorf("zeros from %d: the journal ends at %d, want %d", k, j.size, borders[2])
		}
	}
}

func TestPowerCutInTheMagicLine(t *testing.T) {
	for k := range len(magic) {
		j := open(t, put(t, []byte(magic[:k])))
		want := three()
		write(t, j, want...)
		same(t, fmt.Sprint("begun with ", k, " bytes"), replay(t, j), want)
	}
}

// Any byte of the middle record: it alone is lost.
func TestDamagedRecordIsPassedOver(t *testing.T) {
	want := three()
	file, borders := written(t, want...)
	path := filepath.Join(t.TempDir(), "journal")
	for k := borders[1]; k < borders[2]; k++ {
		bad := bytes.Clone(file)
		bad[k] ^= 0x40
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		j := open(t, path)
		got := replay(t, j)
		same(t, fmt.Sprint("byte ", k, " damaged"), got, []*node.Record{want[0], want[2]})
		if j.Damaged != 1 || j.Cut != 0 || j.Unchained != 1 {
			t.Errorf("byte %d damaged: %d damaged, %d bytes cut, %d unchained; want 1, 0, 1", k, j.Damaged, j.Cut, j.Unchained)
		}
		j.Close()
	}
}

// The next record is found although the damage is longer than what is read at once, and although it holds
// the marker many times.
func TestLongDamageIsPassedOver(t *testing.T) {
	want := three()
	file, borders := written(t, want...)
	for name, noise := range map[string][]byte{
		"zeros": make([]byte, 200_000), "markers": bytes.Repeat(marker, 50_000), "marker over a border": append(make([]byte, 64<<10-2-1), marker...),
	} {
		bad := append(bytes.Clone(file[:borders[1]]), noise...)
		j := open(t, put(t, append(bad, file[borders[2]:]...)))
		same(t, name, replay(t, j), []*node.Record{want[0], want[2]})
		if j.Damaged != 1 {
			t.Errorf("%s: %d damaged, want 1", name, j.Damaged)
		}
	}
}

// The chain shows what checksums cannot: a record taken out, put in twice, or moved.
func TestChainShowsWhatWasMoved(t *testing.T) {
	file, b := written(t, first(act(1, 1, "a")), act(2, 1, "b"), act(3, 1, "c"), act(4, 1, "d"))
	part := func(i int) []byte { return file[b[i]:b[i+1]] }
	head := file[:b[0]]
	for name, c := range map[string]struct {
		file []byte
		want int
	}{
		"as written": {file, 0},
		"taken out":  {join(head, part(0), part(2), part(3)), 1},
		"doubled":    {join(head, part(0), part(1), part(1), part(2), part(3)), 1},
		"swapped":    {join(head, part(0), part(2), part(1), part(3)), 3},
	} {
		j := open(t, put(t, c.file))
		if j.Unchained != c.want || j.Damaged != 0 {
			t.Errorf("%s: %d unchained, %d damaged; want %d, 0", name, j.Unchained, j.Damaged, c.want)
		}
	}
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func TestNotAJournal(t *testing.T) {
	for name, content := range map[string]string{
		"a letter": "Kính gửi trạm y tế", "short": "xin", "a newer one": "tramy journal 2\n\x00\x00", "almost": "tramy journal 1 ",
		"SQLite": "SQLite format 3\x00" + strings.Repeat("\x00", 100), "zeros": strings.Repeat("\x00", 300),
	} {
		path := put(t, []byte(content))
		_, err := Open(path)
		if !errors.Is(err, ErrNotJournal) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
		if b, _ := os.ReadFile(path); string(b) != content {
			t.Errorf("%s: the file was changed", name)
		}
	}
	if _, err := Open(filepath.Join(t.TempDir(), "no", "folder")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}

// A record that the checksum says is whole and that no program of ours wrote stops the replay by an error.
func TestNonsenseWithARightChecksum(t *testing.T) {
	for name, body := range map[string][]byte{
		"no change":         make([]byte, 17),
		"opening cut":       append([]byte{flagFirst}, make([]byte, 20)...),
		"change cut":        append(make([]byte, 17), 200, 1, 0),
		"length that wraps": append(make([]byte, 17), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1),
		"no length":         append(make([]byte, 17), 0xff),
		"change of zeros":   append(make([]byte, 17), 3, 0, 0, 0),
	} {
		file := append([]byte(magic), framed(body)...)
		j := open(t, put(t, file))
		err := j.Replay(func(r *node.Record) error { t.Errorf("%s: read as %+v", name, r); return nil })
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// An act may have 64 changes, a change 256 KiB: what was written is read back, however large.
func TestLargestActComesBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j := open(t, path)
	largest := &node.Record{}
	for i := range p.Seq(p.ActChangesMax) {
		c := p.Change{Dot: p.Dot{Log: p.LogID{1}, Seq: i + 2}, Kind: 3, Entity: p.Dot{Log: p.LogID{1}, Seq: 1}.Entity()}
		for f := range p.Field(100) {
			w := p.Write{Field: f + 1, Data: p.Null()}
			if f < 7 {
				w.Data = p.Text(strings.Repeat("ă", p.TextSizeBytesMax/2))
			}
			for k := range p.Seq(p.SupersededMax) {
				w.Supersedes = append(w.Supersedes, p.Superseded{Dot: p.Dot{Log: p.LogID{byte(k) + 1}, Seq: 1}})
			}
			c.Writes = append(c.Writes, w)
		}
		if err := c.Check(); err != nil {
			t.Fatal(err)
		}
		largest.Changes = append(largest.Changes, c)
	}
	write(t, j, largest)
	j.Close()
	j = open(t, path)
	if j.Cut != 0 {
		t.Fatalf("%d bytes of the largest act were cut off", j.Cut)
	}
	same(t, "largest", replay(t, j), []*node.Record{largest})

	// What would not be read back is not written.
	beyond := &node.Record{Changes: append(append(largest.Changes, largest.Changes...), largest.Changes...)}
	if err := j.Append(beyond); !errors.Is(err, ErrTooLarge) {
		t.Errorf("three times the largest act: %v", err)
	}
	next := act(65, 1, "nhỏ")
	write(t, j, next)
	same(t, "after a refused one", replay(t, j), []*node.Record{largest, next})
}

// A write that failed leaves no half record behind, and the next one stands where it should have stood.
func TestFailedWriteLeavesTheEndWhereItWas(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j := open(t, path)
	want := three()
	write(t, j, want[:2]...)
	good := j.f
	// A file opened to append takes no WriteAt, but can be cut: a disk that was full for a moment. The torn
	// bytes are those that had room.
	bad, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer bad.Close()
	if _, err := bad.Write(append(bytes.Clone(marker), 99, 0, 0)); err != nil {
		t.Fatal(err)
	}
	j.f = bad
	if err := j.Append(act(5, 1, "không có chỗ")); err == nil {
		t.Fatal("a failed write was not reported")
	}
	if info, _ := os.Stat(path); info.Size() != j.size {
		t.Errorf("the file has %d bytes after a failed write, want %d", info.Size(), j.size)
	}
	j.f = good
	write(t, j, want[2])
	j.Close()
	j = open(t, path)
	same(t, "after a failed write", replay(t, j), want)
	if j.Damaged+j.Unchained != 0 || j.Cut != 0 {
		t.Errorf("%d damaged, %d unchained, %d bytes cut", j.Damaged, j.Unchained, j.Cut)
	}
}

// If not even the end can be put back, nothing more is written.
func TestBrokenJournalStaysBroken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j := open(t, path)
	want := three()
	write(t, j, want[0])
	good := j.f
	closed, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	j.f = closed
	if err := j.Append(want[1]); !errors.Is(err, os.ErrClosed) {
		t.Fatalf("a write to a closed file: %v", err)
	}
	j.f = good
	if err := j.Append(want[1]); !errors.Is(err, os.ErrClosed) {
		t.Errorf("a write after the end could not be put back: %v", err)
	}
	same(t, "broken", replay(t, j), want[:1])
}

// FuzzOpen: no bytes make it panic, what it opens it can write to, and what it cuts off stays cut off.
func FuzzOpen(f *testing.F) {
	whole := append([]byte(magic), framed(append(make([]byte, 17), 1, 0))...)
	f.Add([]byte(magic))
	f.Add(whole)
	f.Add(append(whole, whole[len(magic):len(whole)-3]...))
	f.Add(append([]byte(magic), marker...))
	f.Add([]byte("tramy"))
	f.Add(append([]byte(magic), framed(append([]byte{flagFirst | flagLow}, make([]byte, 16+node.OpeningSize+4)...))...))
	path := filepath.Join(f.TempDir(), "journal")
	f.Fuzz(func(t *testing.T, file []byte) {
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		j, err := Open(path)
		if err != nil {
			if !errors.Is(err, ErrNotJournal) {
				t.Fatal(err)
			}
			return
		}
		defer j.Close()
		before := 0
		bad := j.Replay(func(*node.Record) error { before++; return nil })
		if err := j.Append(act(1, 2, "sau")); err != nil {
			t.Fatal(err)
		}
		again, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		if again.Cut != 0 {
			t.Fatalf("%d bytes were cut off the second time", again.Cut)
		}
		after := 0
		if err := again.Replay(func(*node.Record) error { after++; return nil }); bad == nil && (err != nil || after != before+1) {
			t.Fatalf("%d records and one more are %d, %v", before, after, err)
		}
	})
}
