package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tramy/internal/datadir"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/sheet"
)

const (
	killPeople = 400
	killDoses  = 6
)

// killRegister is a register whose people differ in name, mother and day.
func killRegister() []byte {
	var b bytes.Buffer
	b.WriteString("Họ và tên,Ngày sinh,Giới tính,Họ tên mẹ,BCG,OPV1,OPV2,OPV3,IPV1,Sởi\n")
	syllables := []string{"Anh", "Bình", "Chi", "Dũng", "Giang", "Hoa", "Khang", "Linh", "Minh", "Ngọc", "Phong", "Quân", "Sơn", "Thảo", "Uyên", "Vinh", "Xuân", "Yến", "Đạt", "Lan"}
	day := func(year, n int) string {
		return registry.Day(int(mustDay(year)) + n).String()
	}
	for i := range killPeople {
		fmt.Fprintf(&b, "Lò %s %s,%s,%s,Cà Thị %s %s", syllables[i/20], syllables[i%20], day(2024, i%300), []string{"Nam", "Nữ"}[i%2], syllables[i%20], syllables[(i/20+i)%20])
		for k := range killDoses {
			fmt.Fprintf(&b, ",%s", day(2024, i%300+1+40*k))
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

func mustDay(year int) registry.Day {
	d, err := registry.NewDay(year, time.January, 1)
	if err != nil {
		panic(err)
	}
	return d
}

// station runs a command of the real program and returns its output and exit code.
func runStation(t *testing.T, args ...string) (string, int) {
	t.Helper()
	cmd := exec.Command(program, args...)
	out, err := cmd.CombinedOutput()
	if _, exited := err.(*exec.ExitError); err != nil && !exited { //nolint:errorlint // as the documentation of Run says
		t.Fatalf("%v: %v", args, err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// standing counts people and doses of a folder.
func standing(t *testing.T, data string) (people, doses int) {
	t.Helper()
	out, code := runStation(t, "status", "--data", data, "--json")
	var st struct{ Subjects, Doses int }
	if err := json.Unmarshal([]byte(out), &st); err != nil || code != 0 {
		t.Fatalf("status: %v, exit %d: %s", err, code, out)
	}
	return st.Subjects, st.Doses
}

// enrolled makes a laptop of the tree's facility in a folder below dir, by the program itself.
func enrolled(t *testing.T, tr *nodetest.Tree, dir string) (data string) {
	t.Helper()
	code, err := tr.Hub.NewCode(t.Context(), tr.Admin, tr.Facility, registry.NodeStation)
	if err != nil {
		t.Fatal(err)
	}
	text, err := code.Text()
	if err != nil {
		t.Fatal(err)
	}
	data = filepath.Join(dir, "laptop")
	if out, exit := runStation(t, "init", "--data", data, "--code", text); exit != 0 {
		t.Fatal(out)
	}
	return data
}

// The program is killed at several points of an import and started again: nobody is there twice or by half, and
// in the end everybody is there.
func TestImportKilled(t *testing.T) {
	tr := nodetest.NewUnsynced(t)
	dir := t.TempDir()
	data, file := enrolled(t, tr, dir), filepath.Join(dir, "so.csv")
	if err := os.WriteFile(file, killRegister(), 0o600); err != nil {
		t.Fatal(err)
	}
	journal := filepath.Join(data, datadir.FileJournal)
	before, killed := 0, 0
	for _, grown := range []int64{1, 30_000, 60_000, 90_000} {
		start := size(t, journal)
		cmd := exec.Command(program, "import", file, "--data", data)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- cmd.Wait() }()
		tick := time.NewTicker(time.Millisecond)
		for over := false; !over; {
			select {
			case <-done:
				over = true
			case <-tick.C:
				if size(t, journal) >= start+grown {
					if err := cmd.Process.Kill(); err == nil {
						killed++
					}
					<-done
					over = true
				}
			}
		}
		tick.Stop()
		people, doses := standing(t, data)
		if doses != killDoses*people || people < before {
			t.Fatalf("killed after %d bytes: %d people with %d doses, %d before", grown, people, doses, before)
		}
		before = people
	}
	if killed == 0 || before == 0 || before == killPeople {
		t.Fatalf("killed %d times with %d people there: nothing was tried", killed, before)
	}
	out, exit := runStation(t, "import", file, "--data", data)
	if want := fmt.Sprintf("%d new, 0 completed, %d there already, 0 to be asked about, 0 rejected", killPeople-before, before); exit != 0 || !strings.Contains(out, want) {
		t.Errorf("exit %d, want %q:\n%s", exit, want, out)
	}
	whole := filepath.Join(dir, "whole.csv")
	if out, exit := runStation(t, "export", "--data", data, "--out", whole, "--layout", "long", "--for", "care", "--reason", "thử"); exit != 0 {
		t.Fatal(out)
	}
	got, want := told(t, whole), told(t, file)
	if len(got) != killPeople || len(want) != killPeople {
		t.Fatalf("%d people, the file has %d", len(got), len(want))
	}
	for who, doses := range want {
		if got[who] != doses {
			t.Errorf("%s: %s, want %s", who, got[who], doses)
		}
	}
}

func size(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if os.IsNotExist(err) {
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// told reads people and their doses out of a file; somebody who stands there twice fails the test.
func told(t *testing.T, path string) map[string]string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	book, err := sheet.Open(filepath.Base(path), bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	names := sheet.VaccineNames(registry.Vaccines())
	m, err := book.Guess("", nil, names)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	err = book.Read(m, sheet.ReadContext{Today: registry.Today(time.Now(), registry.VietnamOffset), Vaccines: names}, func(e *sheet.Entry) error {
		who := fmt.Sprint(e.Subject.Name, " ", e.Subject.BirthDate, " ", e.Subject.MotherName)
		if _, twice := out[who]; twice || len(e.Problems) > 0 {
			t.Errorf("%s: twice, or %+v", who, e.Problems)
		}
		doses := map[string]bool{}
		for i := range e.Doses {
			doses[fmt.Sprint(e.Doses[i].Vaccine, " ", e.Doses[i].GivenOn)] = true
		}
		out[who] = fmt.Sprint(len(e.Doses), doses)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
