package cases

import (
	"fmt"
	"strings"
	"testing"
)

const good = `{"id":"1","dob":"2020-01-01","sex":"F","assessment_date":"2020-06-01","observations":[],"doses":[{"n":1,"date":"2020-03-01","cvx":"03","mvx":null}]}`

func TestParse(t *testing.T) {
	c, p, err := Parse([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if c.ID != "1" || len(p.Doses) != 1 || p.Doses[0].Vaccine != "03" || p.Doses[0].On.ISO() != "2020-03-01" || !p.KnownBirth {
		t.Errorf("%+v %+v", c, p)
	}
	for text, want := range map[string]string{
		`"dob":"2020-02"`: "2020-02-01 2020-02-29",
		`"dob":"2020"`:    "2020-01-01 2020-12-31",
		`"dob":null`:      "1970-01-01 1970-01-01",
	} {
		_, p, err := Parse([]byte(strings.Replace(good, `"dob":"2020-01-01"`, text, 1)))
		if err != nil || p.BornFirst.ISO()+" "+p.BornLast.ISO() != want || p.KnownBirth == strings.Contains(text, "null") {
			t.Errorf("%s: %v, %s to %s", text, err, p.BornFirst.ISO(), p.BornLast.ISO())
		}
	}
}

// A line that cannot be used says which field is wrong.
func TestParseErrors(t *testing.T) {
	dose := `{"date":"2020-03-01","cvx":"03"}`
	seen := `{"code":"007"}`
	for _, c := range []struct{ name, old, new, field string }{
		{"not JSON", `{"id"`, `{id`, ""},
		{"two objects", good, good + good, ""},
		{"a list", good, "[]", ""},
		{"number for text", `"id":"1"`, `"id":1`, "id"},
		{"text for a list", `"doses":[`, `"doses":"none","x":[`, "doses"},
		{"no date", `"assessment_date":"2020-06-01",`, "", "assessment_date"},
		{"impossible date", `"2020-06-01"`, `"2020-06-31"`, "assessment_date"},
		{"another form", `"2020-06-01"`, `"01/06/2020"`, "assessment_date"},
		{"far away", `"2020-06-01"`, `"2200-01-01"`, "assessment_date"},
		{"born later", `"dob":"2020-01-01"`, `"dob":"2020-06-02"`, "dob"},
		{"born on no day", `"dob":"2020-01-01"`, `"dob":"2019-13"`, "dob"},
		{"sex", `"sex":"F"`, `"sex":"f"`, "sex"},
		{"dose without a date", `"date":"2020-03-01",`, "", "doses[0].date"},
		{"dose without a vaccine", `"cvx":"03"`, `"cvx":""`, "doses[0].cvx"},
		{"vaccine as a number", `"cvx":"03"`, `"cvx":3`, "doses.cvx"},
		{"series type", `"n":1`, `"series_type":"usual"`, "doses[0].series_type"},
		{"observation without a code", `"observations":[]`, `"observations":[{"date":"2020-01-01"}]`, "observations[0].code"},
		{"observation's date", `"observations":[]`, `"observations":[{"code":"1","date":"2020-02-30"}]`, "observations[0].date"},
		{"doses", `"doses":[`, `"doses":[` + strings.Repeat(dose+",", DosesMax), "doses"},
		{"observations", `"observations":[]`, `"observations":[` + strings.Repeat(seen+",", ObservationsMax) + seen + `]`, "observations"},
	} {
		t.Run(c.name, func(t *testing.T) {
			line := strings.Replace(good, c.old, c.new, 1)
			if line == good {
				t.Fatal("nothing was replaced")
			}
			_, _, err := Parse([]byte(line))
			e, ok := err.(*Error)
			if !ok || e.Field != c.field || e.Text == "" {
				t.Errorf("%v, want the field %q", err, c.field)
			}
		})
	}
	full := strings.Replace(good, `"doses":[`, `"doses":[`+strings.Repeat(dose+",", DosesMax-1), 1)
	full = strings.Replace(full, `"observations":[]`, `"observations":[`+strings.Repeat(seen+",", ObservationsMax-1)+seen+`]`, 1)
	if _, p, err := Parse([]byte(full)); err != nil || len(p.Doses) != DosesMax || len(p.Observations) != ObservationsMax {
		t.Errorf("at the limit: %v", err)
	}
}

func TestLines(t *testing.T) {
	at := strings.Repeat("x", LineBytesMax)
	text := "\ufeffone\r\n\n  \ntwo\n" + at + "\n" + at + "\r\n" + at + "y\n" + at + at + "\nlast"
	var got []string
	err := Lines(strings.NewReader(text), func(n int, line []byte, err error) error {
		if err != nil {
			line = []byte("error")
		}
		got = append(got, fmt.Sprintf("%d %.5s %d", n, line, len(line)))
		return nil
	})
	want := fmt.Sprintf("[1 one 3 4 two 3 5 xxxxx %d 6 xxxxx %d 7 error 5 8 error 5 9 last 4]", LineBytesMax, LineBytesMax)
	if err != nil || fmt.Sprint(got) != want {
		t.Errorf("got  %v, %v\nwant %s", got, err, want)
	}
}

func TestCompare(t *testing.T) {
	str := func(s string) *string { return &s }
	num := func(n int) *int { return &n }
	due := func(status string, dose int, date, past string) Due {
		d := Due{Status: status, Dose: num(dose), Earliest: str(date), Recommended: str(date)}
		if past != "" {
			d.PastDue = str(past)
		}
		return d
	}
	expect := func(d Due) *Expected {
		return &Expected{Group: "G", Status: d.Status, Dose: d.Dose, Earliest: d.Earliest, Recommended: d.Recommended, PastDue: d.PastDue}
	}
	soon, late := due("Not Complete", 1, "2020-01-01", ""), due("Not Complete", 1, "2021-01-01", "2022-01-01")
	for _, c := range []struct {
		name, suite string
		want, got   Due
		several     []Due
		differences int
	}{
		{"equal", "healthy", soon, soon, nil, 0},
		{"both dates", "healthy", late, soon, nil, 3},
		{"another status is enough said", "healthy", late, due("Complete", 1, "2020-01-01", ""), nil, 1},
		{"dates of a complete series", "healthy", due("Complete", 1, "2020-01-01", ""), due("Complete", 2, "2021-01-01", ""), nil, 0},
		{"no past due means none", "healthy", soon, due("Not Complete", 1, "2020-01-01", "2022-01-01"), nil, 1},
		{"a dose number", "healthy", soon, due("Not Complete", 2, "2020-01-01", ""), nil, 1},
		{"no past due means not stated", "underlying", soon, due("Not Complete", 1, "2020-01-01", "2022-01-01"), nil, 0},
		{"dose numbers are counted otherwise", "underlying", soon, due("Not Complete", 2, "2020-01-01", ""), nil, 0},
		{"any forecast that fits", "underlying", late, soon, []Due{soon, late}, 0},
		{"only there", "healthy", late, soon, []Due{soon, late}, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			one := &Case{Suite: c.suite, Forecast: expect(c.want)}
			a := &Answer{Forecast: map[string]Due{"G": c.got}, Several: map[string][]Due{"G": c.several}}
			if got := one.Compare(a); len(got) != c.differences {
				t.Errorf("%q, want %d differences", got, c.differences)
			}
		})
	}
	one := &Case{Doses: []Dose{{Status: "Valid"}, {Status: "Not Valid", Reason: "Age: Too Young"}}}
	a := &Answer{Doses: []DoseAnswer{{Status: "Not Valid"}, {Status: "Not Valid", Reasons: []string{"Interval: Too Soon"}}}}
	if got := one.Compare(a); len(got) != 2 {
		t.Errorf("doses: %q", got)
	}
	none := &Case{Forecast: expect(soon)}
	if got := none.Compare(&Answer{}); len(got) != 1 {
		t.Errorf("no forecast: %q", got)
	}
}
