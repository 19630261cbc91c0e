package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tramy/internal/country"
	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/sheet"
	"tramy/internal/store"
	"tramy/internal/synth"
	p "tramy/syncproto"
)

// generate runs the command and returns what it printed.
func generate(t *testing.T, c generateCmd) string {
	t.Helper()
	var out bytes.Buffer
	if err := c.Run(&env{ctx: context.Background(), out: &out, err: io.Discard}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// small is a command for a test: two communes, as of a day.
func small(out string) generateCmd {
	return generateCmd{
		Seed: 3, Out: out, Communes: 2, Children: 60, Years: 6, Level: 2, Duplicates: 20, On: "2026-11-26", Layout: "both", Format: "csv",
	}
}

func folder(t *testing.T, path string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := filepath.WalkDir(path, func(file string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		out[strings.TrimPrefix(file, path)], err = os.ReadFile(file)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestEqualSeedsMakeEqualFiles(t *testing.T) {
	for _, format := range []string{"csv", "xlsx"} {
		a, b := small(t.TempDir()), small(t.TempDir())
		a.Format, b.Format = format, format
		generate(t, a)
		generate(t, b)
		first, second := folder(t, a.Out), folder(t, b.Out)
		if len(first) < 6 {
			t.Fatalf("%d files", len(first))
		}
		for name := range first {
			if !bytes.Equal(first[name], second[name]) {
				t.Errorf("%s came out another way", name)
			}
		}
	}
}

// Every record that the truth names is in its file, in both layouts and formats, and can be taken in.
func TestRegistersAreReadBack(t *testing.T) {
	for _, format := range []string{"csv", "xlsx"} {
		c := small(t.TempDir())
		c.Format = format
		generate(t, c)
		f, err := os.Open(filepath.Join(c.Out, truthFile))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		truth, err := csv.NewReader(f).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]map[string]bool{}
		for _, row := range truth[1:] {
			if want[row[3]] == nil {
				want[row[3]] = map[string]bool{}
			}
			want[row[3]][row[0]] = true
		}
		if len(want) < 4 || len(truth) < 120 {
			t.Fatalf("%d records in %d registers", len(truth), len(want))
		}
		for register, codes := range want {
			for _, layout := range []string{"wide", "long"} {
				got := readBack(t, filepath.Join(c.Out, register+"-"+layout+"."+format))
				if len(got) != len(codes) {
					t.Errorf("%s %s %s: %d people, the truth has %d", register, layout, format, len(got), len(codes))
				}
				for code := range codes {
					if !got[code] {
						t.Errorf("%s %s %s: %s is missing", register, layout, format, code)
					}
				}
			}
		}
	}
}

// readBack returns the codes of everybody in a register; who cannot be taken in fails the test.
func readBack(t *testing.T, path string) map[string]bool {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	book, err := sheet.Open(filepath.Base(path), bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	names := sheet.VaccineNames(registry.Vaccines())
	m, err := book.Guess("", nil, names)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	today, _ := registry.ParseISO("2026-11-26")
	out := map[string]bool{}
	err = book.Read(m, sheet.ReadContext{Today: today, Vaccines: names}, func(e *sheet.Entry) error {
		for i := range e.Problems {
			x := &e.Problems[i]
			t.Errorf("%s row %d %s: %s: %q", filepath.Base(path), x.Row, x.Title, x.Key(), x.Text)
		}
		out[string(e.Subject.Code)] = true
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return out
}

// People loaded into a station's folder go their way like any others, and cases are told apart by the list.
func TestLoadRecordsAtAStation(t *testing.T) {
	ctx := context.Background()
	nation, err := country.New(ctx, country.Options{
		Dir: t.TempDir(), Stations: 1, OpenHub: openHub, OpenStation: openStation, Now: time.Now, Delay: time.Hour, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer nation.Close()
	station := nation.Stations()[0]
	if err := station.Stop(); err != nil {
		t.Fatal(err)
	}
	c := small(t.TempDir())
	c.On, c.Load = "", []string{station.Path}
	said := generate(t, c)
	if !strings.Contains(said, "Xã Mường Nhà") {
		t.Errorf("it said %q", said)
	}
	if err := station.Start(ctx); err != nil {
		t.Fatal(err)
	}
	if err := nation.Quiet(ctx); err != nil {
		t.Fatal(err)
	}
	list, err := csv.NewReader(bytes.NewReader(folder(t, c.Out)["/"+loadedFile])).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	born := map[p.EntityID]bool{} // records that a hospital keeps
	err = nation.Centre().Desk().Node.Store().View(ctx, func(tx store.Tx) error {
		for _, row := range list[1:] {
			found, err := tx.SubjectByCode(row[1])
			if err != nil {
				return err
			}
			if found == nil {
				t.Errorf("the centre lacks %s", row[1])
			} else if row[3] == synth.Hospital.String() {
				born[found.ID] = true
			}
		}
		n, err := tx.Counts()
		if int(n.Subjects) != len(list)-1 || n.Doses < n.Subjects {
			t.Errorf("%d subjects and %d doses at the centre, %d were loaded", n.Subjects, n.Doses, len(list)-1)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}

	// What the hospital gave is no dose of the station's own.
	seen := 0
	for id := range born {
		r, err := station.Desk().Open(ctx, desk.Who{Name: "test", Role: rights.Nurse, Place: station.Place}, id)
		if err != nil {
			t.Fatal(err)
		}
		for i := range r.Doses {
			if d := &r.Doses[i].Immunization; d.Source != registry.SourceElsewhere || d.Place == station.Place {
				t.Errorf("%s of the hospital's: source %s", d.Vaccine, d.Source)
			}
			seen++
		}
	}
	if seen == 0 {
		t.Error("no dose of a hospital was looked at")
	}

	// A folder that a program has open is left alone.
	if err := c.Run(&env{ctx: ctx, out: io.Discard, err: io.Discard}); err == nil {
		t.Error("a running station was written to")
	}
}

func TestGenerateSaysWhatIsWrong(t *testing.T) {
	for _, change := range []func(*generateCmd){
		func(c *generateCmd) { c.Out = "" },
		func(c *generateCmd) { c.Out, c.Load, c.Bad = "", []string{"x"}, true },
		func(c *generateCmd) { c.On = "26/11/2026" },
		func(c *generateCmd) { c.Communes = 9 },
		func(c *generateCmd) { c.Communes = -1 },
		func(c *generateCmd) { c.Level = 4 },
		func(c *generateCmd) { c.Province = "11" },
		func(c *generateCmd) { c.Load = []string{t.TempDir()} },
	} {
		c := small(t.TempDir())
		change(&c)
		if err := c.Run(&env{ctx: context.Background(), out: io.Discard, err: io.Discard}); err == nil {
			t.Errorf("%+v passed", c)
		}
	}
}

// The communes of a list of units, with districts between or without.
func TestReadUnits(t *testing.T) {
	const units = "code,name_vi,name_en,level,kind_vi,parent_code\n" +
		"11,Tỉnh Điện Biên,,province,Tỉnh,\n14,Tỉnh Sơn La,,province,Tỉnh,\n094,Thành phố A,,district,Thành phố,11\n" +
		"03127,Phường Him Lam,,commune,Phường,094\n03166,Xã Mường Phăng,,commune,Xã,11\n03646,Xã Chiềng Cọ,,commune,Xã,14\n"
	all, err := readUnits(strings.NewReader(units), "")
	if err != nil {
		t.Fatal(err)
	}
	some, err := readUnits(strings.NewReader(units), "11")
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 3 || len(some) != 2 || some[0].Province != "11" || some[0].Type != "phuong" || some[1].Code != "03166" {
		t.Errorf("%+v, of Điện Biên %+v", all, some)
	}
	if _, err := readUnits(strings.NewReader("a,b\n1,2\n"), ""); err == nil {
		t.Error("a list without the columns was read")
	}
}
