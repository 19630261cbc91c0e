package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tramy/internal/check"
	"tramy/internal/datadir"
)

// checkNames begin the lines that check prints, one each.
var checkNames = []string{"database", "logs", "changes", "states", "sums", "feed", "journal", "ticks", "positions", "rows", "counts"}

// TestFoldersStandCheck lets the demo's country live through its cuts, its clone and its restored backup, and holds every folder
// that it leaves against itself, as the command check does.
func TestFoldersStandCheck(t *testing.T) {
	dir := t.TempDir()
	run := runCmd{Stations: 2, Children: 40, Days: 700, Seed: 1, Data: dir, Check: true}
	if err := run.Run(&env{ctx: t.Context(), out: io.Discard, err: io.Discard}); err != nil {
		t.Fatal(err)
	}
	folders, err := filepath.Glob(filepath.Join(dir, "*", datadir.FileIdentity))
	if err != nil {
		t.Fatal(err)
	}
	// The centre, a province, a region, two stations, the clone of one; the backup of the other, as it was.
	if len(folders) != 7 {
		t.Errorf("folders of %d machines are left, want 7: %v", len(folders), folders)
	}
	for _, path := range folders {
		name := filepath.Base(filepath.Dir(path))
		said, err := checkFolder(t, filepath.Dir(path))
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, said)
		}
		for _, check := range checkNames {
			if !lineOf(said, check, "ok") {
				t.Errorf("%s: no line says that %s is well:\n%s", name, check, said)
			}
		}
	}
}

// lineOf reports whether a line begins with two words.
func lineOf(text, first, second string) bool {
	for line := range strings.Lines(text) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == first && f[1] == second {
			return true
		}
	}
	return false
}

func checkFolder(t *testing.T, path string) (said string, err error) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path, datadir.FileIdentity))
	if err != nil {
		return "", err
	}
	var info datadir.Info
	if err := json.Unmarshal(text, &info); err != nil {
		return "", err
	}
	open := datadir.OpenStore(openHub)
	if info.Program == "station" {
		open = openStation
	}
	d, err := datadir.Open(path, info.Program)
	if err != nil {
		return "", err
	}
	running, err := d.Start(context.Background(), datadir.Parts{Open: open, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return "", errors.Join(err, d.Close())
	}
	var out bytes.Buffer
	report, err := running.Check(context.Background(), check.Options{})
	if err == nil {
		err = errors.Join(report.Write(&out), report.Err())
	}
	return out.String(), errors.Join(err, running.Close())
}
