package country

import (
	"context"
	"log/slog"
	"reflect"
	"testing"
	"time"

	"tramy/hub"
	"tramy/internal/forecast"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/internal/store/sqlite"
	p "tramy/syncproto"
)

// somebody of a made-up register, with what the schedule says to them on the day.
type somebody struct {
	in    registry.SubjectInput
	doses []registry.ImmunizationInput
	who   forecast.Patient
}

var (
	atStation, atHospital, atClinic = p.EntityID{1}, p.EntityID{2}, p.EntityID{3}
	lifeDay                         = func() registry.Day { d, _ := registry.NewDay(2026, 11, 26); return d }()
)

// rulesAt are those that a centre starts with, as on the day.
func rulesAt(t *testing.T) *project.Advisor {
	t.Helper()
	ctx, path := context.Background(), t.TempDir()+"/centre"
	now := func() time.Time { return time.Date(2026, 11, 26, 1, 0, 0, 0, time.UTC) }
	open := func(ctx context.Context, dir string) (store.Store, error) {
		return sqlite.Open(ctx, sqlite.Options{Dir: dir})
	}
	if _, err := hub.InitRoot(ctx, path, "own:VN", "Việt Nam", Password, open, now); err != nil {
		t.Fatal(err)
	}
	n := &Node{Kind: "centre", Path: path, opt: Options{OpenHub: open, Now: now, Log: slog.New(slog.DiscardHandler)}}
	if err := n.openHub(ctx); err != nil {
		t.Fatal(err)
	}
	defer n.close()
	rules, err := rulesOf(n.Desk().Node.Advisor(), lifeDay)
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

// commune makes the children of a register without a station.
func commune(t *testing.T, children int, seed uint64) ([]somebody, *project.Advisor) {
	t.Helper()
	rules := rulesAt(t)
	m := NewMaker(seed)
	var out []somebody
	for range children {
		x := somebody{in: m.Child(p.EntityID{9}, lifeDay, 1826)}
		x.doses = m.Life(rules, &x.in, Around{atStation, atHospital, atClinic, []string{"gso:11"}}, lifeDay)
		x.who = forecast.Patient{KnownBirth: true, BornFirst: x.in.BirthDate, BornLast: x.in.BirthDate, Sex: x.in.Sex, Areas: []string{"gso:11"}}
		for _, d := range x.doses {
			x.who.Doses = append(x.who.Doses, forecast.Dose{Vaccine: d.Vaccine, On: d.GivenOn, Clock: d.GivenClock})
		}
		out = append(out, x)
	}
	return out, rules
}

// Nearly every dose of the register counts, about one in a hundred does not, and all the vaccines of the
// programme are there, and what the town gives.
func TestRegisterFollowsTheSchedule(t *testing.T) {
	people, rules := commune(t, 1500, 1)
	doses, invalid, vaccine, place := 0, 0, map[string]int{}, map[p.EntityID]int{}
	for _, x := range people {
		var r forecast.Result
		rules.Evaluate(&x.who, lifeDay, &r)
		for i, d := range r.Doses {
			doses++
			vaccine[x.doses[i].Vaccine]++
			place[x.doses[i].Place]++
			for _, v := range d.Verdicts {
				if v.Best && v.Status == forecast.NotValid {
					invalid++
					break
				}
			}
		}
	}
	if invalid*1000 < 5*doses || invalid*1000 > 15*doses {
		t.Errorf("%d of %d doses do not count, want about 1 in 100", invalid, doses)
	}
	for _, code := range []string{"VGB0", "BCG", "DPT-VGB-HIB", "BOPV", "IPV", "ROTA", "SOI", "MR", "DPT", "VNNB", "HEXA", "PENTA-IPV", "ROTARIX", "MMR"} {
		if vaccine[code] == 0 {
			t.Errorf("nobody has had %s", code)
		}
	}
	if place[atStation] == 0 || place[atHospital] == 0 || place[atClinic] == 0 || place[atClinic]*20 > doses {
		t.Errorf("doses by place: %v", place)
	}
}

// What the newcomer's first page shows rests on this: of five hundred children some forty are expected today,
// and fewer are overdue.
func TestListsHaveABelievableLength(t *testing.T) {
	people, rules := commune(t, 2000, 1)
	expected, overdue := 0, 0
	for _, x := range people {
		var r forecast.Result
		s := rules.Evaluate(&x.who, lifeDay, &r)
		due, late := false, false
		for _, a := range s.Advise(&x.who, lifeDay, &r) {
			if project.Wanted(&a) && a.Recommended != 0 && a.Recommended <= lifeDay {
				due, late = true, late || a.OverdueFrom != 0 && a.OverdueFrom <= lifeDay
			}
		}
		switch {
		case x.in.NextDate == lifeDay, due && !late:
			expected++
		case late:
			overdue++
		}
	}
	if expected < 4*30 || expected > 4*60 || overdue == 0 || overdue > expected {
		t.Errorf("at four stations %d are expected and %d overdue", expected, overdue)
	}
}

func TestEqualSeedsMakeEqualRegisters(t *testing.T) {
	a, _ := commune(t, 60, 5)
	b, _ := commune(t, 60, 5)
	c, _ := commune(t, 60, 6)
	if !reflect.DeepEqual(a, b) {
		t.Error("one seed made two registers")
	}
	if reflect.DeepEqual(a, c) {
		t.Error("two seeds made one register")
	}
}

// Session days lie two weeks apart, and today is one.
func TestSessionFrom(t *testing.T) {
	for _, c := range []struct{ day, want registry.Day }{
		{0, 0}, {1, 14}, {14, 14}, {15, 28}, {-1, 0}, {-13, 0}, {-14, -14}, {-15, -14}, {-27, -14}, {-28, -28},
	} {
		if got := sessionFrom(lifeDay+c.day, lifeDay); got != lifeDay+c.want {
			t.Errorf("from day %d: %d, want %d", c.day, got-lifeDay, c.want)
		}
	}
}
