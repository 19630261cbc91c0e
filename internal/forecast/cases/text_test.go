package cases

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tramy/internal/forecast/national"
	"tramy/internal/registry"
)

const inWords = `
schedule vn-2026-02   # a remark
source   Circular 52/2025

case late-1: begun at five months
born 2026-01-10 06:30 girl in gso:11, gso-2025-03:06
has pregnant
has expected-birth 2026-09-01
2026-06-10 07:15 DPT-VGB-HIB valid, on time
2026-06-11 SOI (campaign) extraneous: campaign
2026-06-12 ? D+T+aP not valid: too soon
on 2026-06-20
DTP: dose 2 from 2026-07-08, recommended 2026-07-10, overdue from 2026-08-10, until 2033-01-09, card DPT-VGB-HIB 2, give DPT-VGB-HIB + VGB, not offered
HepB: complete
`

func TestTextLines(t *testing.T) {
	var ids []string
	err := TextLines(strings.NewReader(inWords), func(n int, line []byte, err error) error {
		if err != nil || n != 5 {
			t.Fatalf("line %d: %v", n, err)
		}
		c, p, err := Parse(line)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, c.ID)
		if c.ID != "late-1/DTP" {
			return nil
		}
		if c.Schedule != "vn-2026-02" || c.Name != "begun at five months" || len(p.Areas) != 2 || p.Areas[1] != "gso-2025-03:06" {
			t.Errorf("%+v, areas %v", c, p.Areas)
		}
		if len(p.Observations) != 2 || p.Observations[1].On.ISO() != "2026-09-01" || p.BirthClock.String() != "06:30" {
			t.Errorf("observations %v, born at %s", p.Observations, p.BirthClock)
		}
		if len(p.Doses) != 3 || p.Doses[0].Clock.String() != "07:15" || !p.Doses[1].Campaign || strings.Join(p.Doses[2].Antigens, " ") != "D T aP" {
			t.Errorf("doses %+v", p.Doses)
		}
		if c.Doses[0].OnTime != "yes" || c.Doses[1].Reason != "Campaign Dose" || c.Doses[2].Status != "Not Valid" {
			t.Errorf("expected of the doses %+v", c.Doses)
		}
		f, err := json.Marshal(c.Forecast)
		if err != nil {
			t.Fatal(err)
		}
		const want = `{"vaccine_group":"DTP","series_status":"Not Complete","dose_number":2,"earliest":"2026-07-08","recommended":"2026-07-10",` +
			`"past_due":"2026-08-09","latest":"2033-01-09","label":"DPT-VGB-HIB 2","vaccines":["DPT-VGB-HIB","VGB"],"offered":false}`
		if string(f) != want {
			t.Errorf("forecast\n%s, expected\n%s", f, want)
		}
		return nil
	})
	if err != nil || strings.Join(ids, " ") != "late-1/DTP late-1/HepB" {
		t.Errorf("%v: %v", ids, err)
	}
}

func TestTextLinesRefused(t *testing.T) {
	for _, c := range []struct{ old, new, says string }{
		{"case late-1:", "case late-1", "case ID: what it shows"},
		{"source   Circular 52/2025\n", "", "say what the case is written from"},
		{"girl in", "child of", "line 6: born"},
		{"has pregnant", "is pregnant", `line 7: "is" begins no line`},
		{"(campaign)", "(round)", "line 10: a dose is (campaign) or (unusable)"},
		{"valid, on time", "good", `line 9: "good" is none of valid`},
		{"too soon", "too late", `line 11: "too late" is no reason`},
		{"dose 2 from", "second from", "line 13: "},
		{"dose 2 from", "dose two from", `line 13: dose "two": write its number`},
		{"overdue from 2026-08-10", "overdue from August", "line 13: overdue from"},
		{", not offered", ", nowhere", `line 13: "nowhere" is nothing that a forecast line says`},
		{"HepB: complete", "HepB: done", "line 14: "},
		{"case late-1: begun", "begun", "a case begins with"},
	} {
		if !strings.Contains(inWords, c.old) {
			t.Fatalf("%q is not in the text", c.old)
		}
		var said []string
		err := TextLines(strings.NewReader(strings.Replace(inWords, c.old, c.new, 1)), func(_ int, _ []byte, err error) error {
			if err != nil {
				said = append(said, err.Error())
			}
			return nil
		})
		if err != nil || len(said) == 0 || !strings.Contains(said[0], c.says) {
			t.Errorf("%q for %q: %v %q, expected %q", c.new, c.old, err, said, c.says)
		}
	}
}

func TestLoadNationalSchedule(t *testing.T) {
	s, err := LoadSchedule("vn-2026-02")
	if err != nil || s.ID != "vn-2026-02" {
		t.Fatalf("%v: %v", s, err)
	}
	file := filepath.Join(t.TempDir(), "mine.yaml")
	if err := os.WriteFile(file, []byte("schedule: mine\nbased_on: vn-2026-02\nfrom: 2026-07-01\ntitle: Mine\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err = LoadSchedule(file); err != nil || s.ID != "mine" {
		t.Fatalf("%v: %v", s, err)
	}
	if err := os.WriteFile(file, make([]byte, registry.ScheduleFileBytesMax+1), 0o600); err != nil {
		t.Fatal(err)
	}
	var all national.Problems
	if _, err := LoadSchedule(file); !errors.As(err, &all) || all[0].Rule != national.RuleTooLarge {
		t.Errorf("a file that is too large: %v", err)
	}
	if _, err := LoadSchedule(os.DevNull); err == nil || !strings.Contains(err.Error(), "vn-2026-07") {
		t.Errorf("neither: %v", err)
	}
}

// Cases are asked under the schedule they name.
func TestCommandOwnSchedule(t *testing.T) {
	var out strings.Builder
	c := Command{Schedule: "vn-2026-07", Cases: filepath.Join(ownCases, "rota.txt"), Compare: true}
	if err := c.Run(&out, &out); err != nil {
		t.Errorf("%v\n%s", err, out.String())
	}
	file := filepath.Join(t.TempDir(), "x.jsonl")
	if err := os.WriteFile(file, []byte(`{"id":"1","schedule":"vn-1999","dob":"2026-01-10","assessment_date":"2026-02-10"}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	c = Command{Schedule: "vn-2026-07", Cases: file}
	if err := c.Run(&out, &out); err == nil || !strings.Contains(out.String(), "vn-1999") {
		t.Errorf("a schedule that is not there: %v\n%s", err, out.String())
	}
}
