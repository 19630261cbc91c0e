package station_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/sheet"
	"tramy/station"
)

const someRegister = "Họ và tên,Ngày sinh,Giới tính,Họ tên mẹ,BCG\n" +
	"Lò Gia Bảo,14/03/2026,Nam,Lò Thị Ánh,15/03/2026\nCà Thị Mo,20/05/2026,Nữ,Cà Thị Xuân,21/05/2026\n"

// uploaded sends a register to the tree's station and ends it; the job it leaves is as change makes it.
func uploaded(t *testing.T, tr *nodetest.Tree, change func(job string) string) {
	t.Helper()
	if err := tr.Station.Imports.Upload(t.Context(), tr.Nurse, "vi", "so.csv", strings.NewReader(someRegister)); err != nil {
		t.Fatal(err)
	}
	if err := tr.Station.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(tr.Station.Dir.Path, "import", "job.json")
	b, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, []byte(change(string(b))), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	again(t, tr, time.Hour)
	said := func(string, *desk.ImportedEntry) []desk.ImportReason { return nil }
	tr.Station.Imports.Words = said
	tr.Station.Imports.Line = func(string, *desk.Candidate) string { return "" }
	tr.Station.Imports.Fault = func(_ string, err error) string { return err.Error() }
}

// An import that was under way when the laptop went off goes on by itself.
func TestImportGoesOnAtTheStart(t *testing.T) {
	tr := nodetest.New(t)
	uploaded(t, tr, func(job string) string {
		var was map[string]any
		if err := json.Unmarshal([]byte(job), &was); err != nil {
			t.Fatal(err)
		}
		was["phase"] = station.ImportRunning
		b, err := json.Marshal(was)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	})
	tr.Run(t)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for job := tr.Station.Imports.Job(); job.Phase != station.ImportDone; job = tr.Station.Imports.Job() {
		if job.Phase == station.ImportFailed || t.Context().Err() != nil {
			t.Fatalf("%+v", job)
		}
		<-tick.C
	}
	if job := tr.Station.Imports.Job(); !job.Again || job.Counts.New != 2 || subjects(t, tr.Station.Node.Store()) != 2 {
		t.Errorf("%+v", job)
	}
}

// What is left of an import may be damaged: the station opens all the same, and takes the file again.
func TestDamagedImportIsSetAside(t *testing.T) {
	tr := nodetest.New(t)
	uploaded(t, tr, func(job string) string { return job[:len(job)/2] })
	if job := tr.Station.Imports.Job(); job != nil {
		t.Errorf("%+v", job)
	}
	if err := os.WriteFile(filepath.Join(tr.Station.Dir.Path, "import", "mappings.json"), []byte("["), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := tr.Station.Imports.Upload(t.Context(), tr.Nurse, "vi", "so.csv", strings.NewReader(someRegister)); err != nil {
		t.Fatal(err)
	}
	if job := tr.Station.Imports.Job(); job == nil || job.Phase != station.ImportColumns || job.Mapping.Layout != sheet.Wide {
		t.Errorf("%+v", job)
	}
}

// A register that was half sent when the laptop went off names children: it does not stay.
func TestHalfSentImportIsRemovedAtTheStart(t *testing.T) {
	tr := nodetest.New(t)
	half := filepath.Join(tr.Station.Dir.Path, "import", "upload-1")
	uploaded(t, tr, func(job string) string {
		if err := os.WriteFile(half, []byte(someRegister), 0o600); err != nil {
			t.Fatal(err)
		}
		return job
	})
	if _, err := os.Stat(half); !os.IsNotExist(err) {
		t.Errorf("what was half sent is still there: %v", err)
	}
	if job := tr.Station.Imports.Job(); job == nil || job.Name != "so.csv" {
		t.Errorf("what was sent whole is gone: %+v", job)
	}
}
