package hub_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tramy/hub"
	"tramy/internal/datadir"
	"tramy/internal/enrol"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
)

// A folder says for good whether the children in it are real. Who trains opens no real one, and no machine goes over to the other
// side, whichever the side.
func TestTrainingAndTheRegisterNeverMeet(t *testing.T) {
	tr := nodetest.New(t)
	st, end := laptop(t, tr, tr.Hub, tr.Facility)
	path := st.Dir.Path
	if st.Dir.Info.Training || tr.Hub.Dir.Info.Training {
		t.Fatal("a real tree bears the mark of training")
	}
	end()
	if d, err := datadir.OpenTraining(path, "station"); !errors.Is(err, datadir.ErrNotTraining) {
		t.Fatalf("a real folder was opened for training: %v, %v", d, err)
	}
	before := identity(t, path)
	// The same hub as one for training, as far as its folder says.
	tr.Hub.Dir.Info.Training = true
	code := newCode(t, tr.Hub, tr.Admin, tr.Facility, registry.NodeStation)
	if _, err := again(t, path, code); !errors.Is(err, enrol.ErrTraining) {
		t.Fatalf("a real machine went into training: %v", err)
	}
	if identity(t, path) != before {
		t.Error("the folder was changed")
	}
	// A new machine becomes one for training by its code, which was not used up.
	toy := filepath.Join(t.TempDir(), "toy")
	info, err := datadir.Enrol(t.Context(), toy, code, "Máy tập", "test")
	if err != nil || !info.Training {
		t.Fatalf("a machine of a training hub is %+v, %v", info, err)
	}
	d, err := datadir.OpenTraining(toy, "station")
	if err != nil || !d.Info.Training {
		t.Fatalf("the mark is not in the folder: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	tr.Hub.Dir.Info.Training = false
	code = newCode(t, tr.Hub, tr.Admin, tr.Facility, registry.NodeStation)
	if _, err := again(t, toy, code); !errors.Is(err, enrol.ErrTraining) {
		t.Fatalf("a training machine came to a real hub: %v", err)
	}
	if _, err := again(t, path, code); err != nil {
		t.Errorf("the refusal used the code up: %v", err)
	}
}

func identity(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(path, datadir.FileIdentity))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// A centre made for training says so in its folder.
func TestTrainingCentre(t *testing.T) {
	path := filepath.Join(t.TempDir(), "centre")
	if _, err := hub.InitTraining(t.Context(), path, "own:VN", "Nước tập", nodetest.Password, nodetest.OpenHub, time.Now); err != nil {
		t.Fatal(err)
	}
	d, err := datadir.OpenTraining(path, "hub")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}
