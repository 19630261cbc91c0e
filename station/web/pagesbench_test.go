package web_test

import (
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/server"
	"tramy/internal/store"
	"tramy/station/web"
	p "tramy/syncproto"
)

// Sizes of BenchmarkPages. The environment makes the register that of a large station for a longer run: 30000 children.
const (
	pagesChildren = 2000
	pagesToday    = 120 // people who are here on the day that is looked at
)

// benchVaccines are what the made-up children had, in order, and at what age in days.
var benchVaccines = []struct {
	code string
	age  registry.Day
}{
	{"VGB0", 0},
	{"BCG", 2},
	{"DPT-VGB-HIB", 62},
	{"BOPV", 62},
	{"ROTA", 62},
	{"DPT-VGB-HIB", 92},
	{"BOPV", 92},
	{"ROTA", 92},
	{"DPT-VGB-HIB", 122},
	{"BOPV", 122},
	{"IPV", 152},
	{"IPV", 275},
	{"SOI", 275},
	{"VNNB", 366},
	{"VNNB", 376},
	{"MR", 548},
	{"DPT", 548},
	{"VNNB", 741},
}

// bigStation fills a station's register with children of seven years.
func bigStation(b *testing.B, tree *nodetest.Tree, children int) (ids []p.EntityID) {
	b.Helper()
	family := []string{"Lò", "Cà", "Quàng", "Tòng", "Lường", "Vừ", "Giàng", "Mùa", "Nguyễn", "Trần", "Cầm", "Sùng"}
	middle := []string{"Thị", "Văn", "A", "Gia", "Minh", "Hải"}
	given := []string{"Mai", "Bảo", "Ánh", "Hặc", "Dình", "Mo", "Khang", "Xuân", "Sua", "Chứ", "Đăng", "An", "Dí", "Hương", "Pâng"}
	st, today := tree.Station, tree.Station.Today()
	const together = 3 // of them in one act: so many subjects and their doses
	for from := 0; from < children; from += together {
		n := min(together, children-from)
		dots, err := st.Node.Append(b.Context(), tree.Nurse.User, func(_ store.Tx, id func(int) p.EntityID) ([]registry.Draft, error) {
			var drafts []registry.Draft
			for i := from; i < from+n; i++ {
				in := registry.SubjectInput{
					Place: tree.Commune, Name: fmt.Sprintf("%s %s %s", family[i%12], middle[i/12%6], given[i/7%15]), MotherName: fmt.Sprintf("%s Thị %s", family[i/5%12], given[i/11%15]),
					MotherPhone: fmt.Sprintf("038%07d", i*97%10_000_000), Hamlet: fmt.Sprintf("bản %d", i%23), BirthDate: today - 3 - registry.Day(i*2557/children),
					BirthPrec: registry.PrecisionDay, Sex: registry.Sex(1 + i%2), Group: registry.GroupChild, Status: registry.StatusPresent,
				}
				code, err := registry.NewCode(int(st.Node.Identity().Number), rand.Reader)
				if err != nil {
					return nil, err
				}
				in.Code = code
				subject, err := registry.NewSubject(in, today)
				if err != nil {
					return nil, err
				}
				at := len(drafts)
				drafts = append(drafts, subject)
				for k, v := range benchVaccines {
					on := in.BirthDate + v.age + registry.Day(i%9)
					if on >= today || i%400 == k {
						continue
					}
					dose, err := registry.NewImmunization(registry.ImmunizationInput{
						Subject: id(at), Place: tree.Facility, Vaccine: v.code, GivenOn: on, GivenClock: registry.NewClock(8, i%60), Lot: fmt.Sprintf("%s%d", v.code[:2], on/90),
						Source: registry.SourceHere, Programme: registry.ProgrammeEPI, Screening: registry.ScreeningEligible,
					}, registry.Known{Today: today, BirthDate: in.BirthDate, BirthPrec: in.BirthPrec})
					if err != nil {
						return nil, err
					}
					drafts = append(drafts, dose)
				}
			}
			return drafts, nil
		})
		if err != nil {
			b.Fatal(err)
		}
		for _, d := range dots {
			ids = append(ids, d.Entity())
		}
	}
	for {
		more, err := st.Node.WorkOutDue(b.Context(), 200)
		if err != nil {
			b.Fatal(err)
		}
		if !more {
			break
		}
	}
	return ids
}

// BenchmarkPages is what a nurse waits for at a station with many people, on a day on which many are here: each page and each way to
// search, through real HTTP and on a real disk. It prints one table; the bounds are those of docs/benchmarks.md.
func BenchmarkPages(b *testing.B) {
	children := pagesChildren
	if n, err := strconv.Atoi(os.Getenv("TRAMY_BENCH_PAGES")); err == nil && n > 0 {
		children = n
	}
	tree := nodetest.New(b)
	logins := &server.Logins{Store: &server.MemoryLogins{}, Now: tree.Clock().Now}
	w, err := web.New(tree.Station, web.Options{UI: engine, Log: nodetest.Quiet(), Logins: logins})
	if err != nil {
		b.Fatal(err)
	}
	srv := server.New(server.Options{Logins: logins, ErrorPage: w.ErrorPage, Log: nodetest.Quiet()})
	w.Register(srv)
	at := httptest.NewServer(srv)
	b.Cleanup(at.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	began := time.Now()
	bigStation(b, tree, children)
	session, people := busyDay(b, tree)
	b.Logf("filled in %.0f s", time.Since(began).Seconds())
	ask := func(path string, form url.Values) time.Duration {
		b.Helper()
		began := time.Now()
		var resp *http.Response
		var err error
		if form == nil {
			resp, err = client.Get(at.URL + path)
		} else {
			resp, err = client.PostForm(at.URL+path, form)
		}
		if err != nil {
			b.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			b.Fatalf("%s: %d, %v\n%.500s", path, resp.StatusCode, err, text)
		}
		return time.Since(began)
	}
	ask("/login", url.Values{"user": {nodetest.HeadLogin}, "password": {nodetest.Password}})
	child := func(i int) *desk.Called { return &people[i%len(people)] }
	q := func(text string) url.Values { return url.Values{"q": {text}} }
	var table strings.Builder
	fmt.Fprintf(&table, "\n%d children, %d here today; ms\n| page | least | p50 | p99 | most |\n|---|---:|---:|---:|---:|\n", children, pagesToday)
	for _, page := range []struct {
		name string
		path func(i int) string
		form func(i int) url.Values
	}{
		{name: "today", path: func(int) string { return "/" }},
		{name: "the day's lists", path: func(int) string { return "/day/lists" }},
		{name: "end of the session", path: func(int) string { return "/day/close" }},
		{name: "due", path: func(int) string { return "/due" }},
		{name: "overdue", path: func(int) string { return "/due?list=overdue" }},
		{name: "sessions", path: func(int) string { return "/sessions" }},
		{name: "one session", path: func(int) string { return "/session/" + session.String() }},
		{name: "a child", path: func(i int) string { return "/child/" + child(i).Subject.ID.String() }},
		{name: "a child's screening", path: func(i int) string { return "/child/" + child(i).Subject.ID.String() + "/screen" }},
		{name: "register", path: func(int) string { return "/register" }},
		{name: "review", path: func(int) string { return "/review" }},
		{name: "women", path: func(int) string { return "/women" }},
		{name: "lots", path: func(int) string { return "/lots" }},
		{name: "reactions", path: func(int) string { return "/reactions" }},
		{name: "export", path: func(int) string { return "/export" }},
		{name: "search: a name", path: func(int) string { return "/search" }, form: func(i int) url.Values { return q(child(i).Subject.Name) }},
		{name: "search: two letters", path: func(int) string { return "/search" }, form: func(i int) url.Values { return q(registry.Fold(child(i).Subject.Name)[:2]) }},
		{name: "search: six digits", path: func(int) string { return "/search" }, form: func(i int) url.Values {
			code := child(i).Subject.Code
			return q(code[len(code)-6:])
		}},
		{name: "search: a phone", path: func(int) string { return "/search" }, form: func(i int) url.Values { return q(child(i).Subject.Phone) }},
		{name: "search: mother", path: func(int) string { return "/search" }, form: func(i int) url.Values { return q(child(i).Subject.MotherName) }},
	} {
		b.Run(strings.ReplaceAll(page.name, " ", "_"), func(b *testing.B) {
			var took []time.Duration
			i := 0
			for b.Loop() {
				var form url.Values
				if page.form != nil {
					form = page.form(i)
				}
				took = append(took, ask(page.path(i), form))
				i++
			}
			slices.Sort(took)
			ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
			p99 := took[len(took)*99/100]
			b.ReportMetric(ms(p99), "p99-ms")
			fmt.Fprintf(&table, "| %s | %.1f | %.1f | %.1f | %.1f |\n", page.name, ms(took[0]), ms(took[len(took)/2]), ms(p99), ms(took[len(took)-1]))
		})
	}
	b.Log(table.String())
}

// busyDay plans today's session and lets people come to it.
func busyDay(b *testing.B, tree *nodetest.Tree) (p.EntityID, []desk.Called) {
	b.Helper()
	ctx, st := b.Context(), tree.Station
	sessions, _, err := st.PlanSessions(ctx, tree.Nurse, registry.SessionInput{From: registry.NewClock(7, 30), Until: registry.NewClock(11, 30), Capacity: 50}, []registry.Day{st.Today()})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := st.SpreadSession(ctx, tree.Nurse, sessions[0], nil); err != nil {
		b.Fatal(err)
	}
	list, err := st.SessionList(ctx, tree.Nurse, sessions[0], 0)
	if err != nil || len(list.Called) == 0 {
		b.Fatalf("%d are called: %v", len(list.Called), err)
	}
	for i := range min(pagesToday, len(list.Called)) {
		x := &list.Called[i]
		if err := st.Arrive(ctx, tree.Nurse, x.Subject.ID); err != nil {
			b.Fatal(err)
		}
		if i < pagesToday*3/4 {
			if _, err := st.Screen(ctx, tree.Nurse, desk.Screened{Subject: x.Subject.ID, Conclusion: registry.ScreeningEligible}); err != nil {
				b.Fatal(err)
			}
		}
		if i < pagesToday/2 {
			v := desk.Visit{Subject: x.Subject.ID, Checked: registry.CheckedCard, Against: "tập", GivenClock: st.Clock()}
			for k := range x.Due {
				v.Doses = append(v.Doses, registry.ImmunizationInput{Vaccine: x.Due[k].Vaccine, Lot: "L-1"})
			}
			if _, err := st.RecordVisit(ctx, tree.Nurse, v); err != nil {
				b.Fatal(err)
			}
		}
	}
	return sessions[0], list.Called
}
