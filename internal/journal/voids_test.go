package journal

import (
	"path/filepath"
	"slices"
	"testing"

	"tramy/internal/node"
	p "tramy/syncproto"
)

// TestVoidsOfSeveralLogsAreReadBack: what is stranded of several logs is issued again in one record, which ends them all.
func TestVoidsOfSeveralLogsAreReadBack(t *testing.T) {
	j, err := Open(filepath.Join(t.TempDir(), "journal"))
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	dot := p.Dot{Log: p.LogID{1}, Seq: 1}
	want := []p.Dot{{Log: p.LogID{2}, Seq: 3}, {Log: p.LogID{3}, Seq: 1}, {Log: p.LogID{4}, Seq: 1 << 31}}
	c := p.Change{Dot: dot, Kind: 1, Entity: dot.Entity(), Writes: []p.Write{{Field: 10, Data: p.Text("x")}}}
	if err := j.Append(&node.Record{Void: &want[0], Also: want[1:], Changes: []p.Change{c}}); err != nil {
		t.Fatal(err)
	}
	var got []p.Dot
	if err := j.Replay(func(r *node.Record) error {
		got = r.Voids()
		return nil
	}); err != nil || !slices.Equal(got, want) {
		t.Errorf("voids %v, want %v: %v", got, want, err)
	}
}
