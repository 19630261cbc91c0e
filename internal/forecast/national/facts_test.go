package national

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tramy/internal/forecast"
	"tramy/internal/registry"
)

// factsFile finds the table of facts that Vietnam's schedules are written from, which is not part of this
// project: in the folder that TRAMY_FACTS names, or in shared/data beside the module or above it.
func factsFile(t *testing.T) string {
	t.Helper()
	const name = "vn-epi-schedule.csv"
	if dir := os.Getenv("TRAMY_FACTS"); dir != "" {
		return filepath.Join(dir, name)
	}
	at, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if file := filepath.Join(at, "shared", "data", name); isFile(file) {
			return file
		}
		up := filepath.Dir(at)
		if up == at {
			break
		}
		at = up
	}
	t.Skipf("%s is not here (name its folder in TRAMY_FACTS): the schedules are not compared with it", name)
	return ""
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// Where a row of the table is not the series and the column of the card that bear its code.
var elsewhere = map[string]string{ // "code dose": "series: dose on the card"
	"DPT 4": "dpt-hepb-hib: DPT 1", "TD 5": "td-school: TD 1", "TETRA 5": "tetraxim: TETRA 1",
	"UV-H3": "tetanus-pregnant-primary: UV", "UV-H4": "tetanus-pregnant-boosted: UV", "UV-TSD": "tetanus-women: UV",
	"TDAP-P": "tdap-pregnant: TDAP", "FLU-P": "flu-pregnant: FLU",
}

// Series that the table tells in remarks only: other numbers of doses for who begins later.
var remarksOnly = []string{
	"pcv13-from-7-months", "pcv13-from-12-months", "pcv13-from-24-months", "varicella-from-13-years", "hpv4-from-14-years",
	"hpv9-from-15-years", "flu-from-9-years", "menacwy-d-from-24-months",
}

// The table's min_age is WHO's in these rows, and lower than the age that the circular states. What makes a dose
// invalid is the circular's where it has a value, and WHO's only where it is silent: so the circular's age, which is
// the table's recommended_age there, is the least age in the file.
var circularStatesAge = []string{"DPT-VGB-HIB 1", "BOPV 1", "IPV 1", "ROTA 1", "PCV 1"}

// leastAge names the column in which the least age of a row is.
func leastAge(t *testing.T, what string, fact map[string]string) string {
	t.Helper()
	if !slices.Contains(circularStatesAge, what) {
		return "min_age"
	}
	who, circular := span{Period: asPeriod(fact["min_age"])}, span{Period: asPeriod(fact["recommended_age"])}
	if !longer(circular, who) || !strings.Contains(fact["notes"], "src=TT") {
		t.Errorf("%s: in the table no circular states an age above WHO's: the row is no exception", what)
	}
	return "recommended_age"
}

// TestFacts holds the files against the table: every row of it is there with equal values, what is to be verified
// is marked, and nothing else is there.
func TestFacts(t *testing.T) {
	f, err := os.Open(factsFile(t))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := read("vn-2026-07.yaml", text(t, "vn-2026-07"), embeddedText)
	if err != nil {
		t.Fatal(err)
	}
	used := map[*row]bool{}
	for _, line := range lines[1:] {
		fact := map[string]string{}
		for i, name := range lines[0] {
			fact[name] = line[i]
		}
		what := fact["vaccine_code"] + " " + fact["dose"]
		if fact["dose"] == "0" {
			compareSupplementary(t, what, doc, fact)
			continue
		}
		s, w := find(doc, fact["vaccine_code"], fact["dose"])
		if w == nil {
			t.Errorf("%s: no row", what)
			continue
		}
		used[w] = true
		compareRow(t, what, s, w, fact)
	}
	for i := range doc.series {
		s := &doc.series[i]
		for k := range s.rows {
			if w := &s.rows[k]; !used[w] && !strings.Contains(strings.Join(remarksOnly, " "), s.id.text) {
				t.Errorf("series %s: %s is not in the table", s.id.text, w.name())
			}
		}
	}
}

func text(t *testing.T, id string) []byte {
	t.Helper()
	_, content := embeddedText(id)
	if content == nil {
		t.Fatalf("no schedule %s", id)
	}
	return content
}

func find(doc *document, code, dose string) (*series, *row) {
	label, only := code+" "+dose, ""
	if at, ok := elsewhere[code+" "+dose]; ok {
		only, label, _ = strings.Cut(at, ": ")
	} else if at, ok := elsewhere[code]; ok {
		only, label, _ = strings.Cut(at, ": ")
		label += " " + dose
	}
	for i := range doc.series {
		s := &doc.series[i]
		for k := range s.rows {
			if s.rows[k].name() == label && (only == "" || s.id.text == only) {
				return s, &s.rows[k]
			}
		}
	}
	return nil, nil
}

func compareRow(t *testing.T, what string, s *series, w *row, fact map[string]string) {
	t.Helper()
	equal := func(column string, got ...span) {
		t.Helper()
		want := fact[column]
		var texts []string
		for _, g := range got {
			if texts = append(texts, g.String()); g.Period == asPeriod(want) {
				return
			}
		}
		t.Errorf("%s: %s is %q in the table, %v in the file", what, column, want, texts)
	}
	switch age := fact["recommended_age"]; {
	case strings.HasPrefix(age, "day "):
		equal("recommended_age", w.eventFrom, w.eventRecommended)
	case strings.HasSuffix(age, " gestation"), age == "any trimester":
		equal("recommended_age", w.eventFrom)
	case age == "first contact":
		if s.event.text != "expected-birth" || w.eventRecommended.Period != forecast.Days(-280) {
			t.Errorf("%s: recommended from the first contact on, not so in the file", what)
		}
	default:
		equal("recommended_age", w.recommended)
	}
	equal(leastAge(t, what, fact), w.validFrom)
	equal("min_interval_from_previous", w.minInterval)
	switch latest := fact["latest_age"]; {
	case latest == "24h":
		if w.onTimeMinutes != 24*60 {
			t.Errorf("%s: 24 hours in the table, %d minutes in the file", what, w.onTimeMinutes)
		}
	case strings.HasSuffix(latest, " gestation"):
		equal("latest_age", w.eventUntil)
	case latest == "" && w.counted.Stated:
		t.Errorf("%s: counted until %s, not in the table", what, w.counted)
	case latest != "":
		equal("latest_age", w.counted, w.latest, s.before)
	}
	programme := map[string]registry.Programme{"EPI": registry.ProgrammeEPI, "paid": registry.ProgrammePaid}[fact["programme"]]
	if strings.HasPrefix(fact["notes"], "campaign;") {
		programme = registry.ProgrammeOutbreak
	}
	if s.programme != programme {
		t.Errorf("%s: programme %s in the table, %s in the file", what, programme, s.programme)
	}
	if strings.Contains(fact["notes"], "VERIFY") && !w.basis.verify {
		t.Errorf("%s: to be verified by the table, not marked in the file", what)
	}
}

func compareSupplementary(t *testing.T, what string, doc *document, fact map[string]string) {
	t.Helper()
	for _, x := range doc.supplementary {
		if x.vaccine.text == fact["vaccine_code"] && x.fromAge.Period == asPeriod(fact["min_age"]) && x.beforeAge.Period == asPeriod(fact["latest_age"]) && x.basis.verify {
			return
		}
	}
	t.Errorf("%s: not among the supplementary doses", what)
}

// asPeriod reads what the table writes: 2m, 9y6m, 0h, "day 3", "27w gestation" (of 40 weeks), "any trimester".
func asPeriod(text string) forecast.Period {
	switch {
	case text == "any trimester":
		return forecast.Days(-40 * 7)
	case text == "0h":
		return forecast.Days(0)
	case strings.HasPrefix(text, "day "):
		text = strings.TrimPrefix(text, "day ") + "d"
	case strings.HasSuffix(text, "w gestation"):
		var weeks int
		if _, err := fmt.Sscanf(text, "%dw gestation", &weeks); err == nil {
			return forecast.Days((weeks - 40) * 7)
		}
	}
	p, _ := parsePeriod(text)
	if text == "" {
		return forecast.Period{}
	}
	return p
}
