package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"testing"
)

// A small register, whole: figures of its own, and every exchange ends level.
func TestWire(t *testing.T) {
	opt := options(t, Work{Children: 100, Doses: 1200, Edits: 14, Concurrent: 7})
	opt.Days = 1
	r, err := Wire(context.Background(), opt)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"D/requests", "nothing to say/requests", "Y/requests"} {
		work, measure, _ := bytes.Cut([]byte(want), []byte("/"))
		row := r.Find(string(work), string(measure))
		if row == nil || row.Value != 1 {
			t.Errorf("%s: %+v, want 1", want, row)
		}
	}
	var text, js bytes.Buffer
	if err := r.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + text.String())
	if err := r.WriteJSON(&js); err != nil || !json.Valid(js.Bytes()) {
		t.Errorf("JSON: %v", err)
	}
}

// BenchmarkWire measures D, nothing to say, Y and the cuts once, whatever b.N is: bytes do not vary.
func BenchmarkWire(b *testing.B) {
	opt := options(b, Commune)
	if dir, err := os.MkdirTemp("/dev/shm", "tramy-bench-"); err == nil {
		defer os.RemoveAll(dir)
		opt.Dir = dir // only bytes are counted: no need to wait for a disk
	}
	for b.Loop() {
		r, err := Wire(context.Background(), opt)
		if err != nil {
			b.Fatal(err)
		}
		if b.N > 1 {
			continue
		}
		var text bytes.Buffer
		if err := r.WriteText(&text); err != nil {
			b.Fatal(err)
		}
		fmt.Print("\n", text.String(), "\n") // b.Log keeps ten lines
		if path := os.Getenv("TRAMY_BENCH_JSON"); path != "" {
			var js bytes.Buffer
			if err := errors.Join(r.WriteJSON(&js), os.WriteFile(path, js.Bytes(), 0o600)); err != nil {
				b.Fatal(err)
			}
		}
		for work, measures := range map[string]map[string]string{
			"D": {"bytes up": "D-up-B"}, "Y": {"bytes both ways": "Y-B", "requests": "Y-requests"}, "nothing to say": {"bytes both ways": "idle-B"},
		} {
			for measure, unit := range measures {
				if row := r.Find(work, measure); row != nil {
					b.ReportMetric(row.Value, unit)
				}
			}
		}
	}
}
