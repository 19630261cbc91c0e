package web_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/server"
	"tramy/station/web"
)

// Sizes of BenchmarkPages. The environment makes the register that of a large station for a longer run: 30000 children.
const (
	pagesChildren = 2000
	pagesToday    = 120 // people who are here on the day that is looked at
)

// BenchmarkPages is what a nurse waits for at a station with many people, on a day on which many are here: each page and each way to
// search, through real HTTP and on a real disk. It prints one table; the bounds are those of docs/benchmarks.md.
func BenchmarkPages(b *testing.B) {
	children := pagesChildren
	if n, err := strconv.Atoi(os.Getenv("TRAMY_BENCH_PAGES")); err == nil && n > 0 {
		children = n
	}
	began := time.Now()
	var folder string
	if kept := os.Getenv("TRAMY_BENCH_KEPT"); kept != "" {
		folder = filepath.Join(kept, strconv.Itoa(children))
		if err := os.MkdirAll(folder, 0o700); err != nil {
			b.Fatal(err)
		}
	}
	tree := nodetest.NewKept(b, folder, func(tree *nodetest.Tree) { bigStation(b, tree, children) })
	workOutAll(b, tree.Station.Node)
	b.Logf("the register is there after %.0f s", time.Since(began).Seconds())
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
	session, people := busyDay(b, tree)
	campaign := listsOf(b, tree)
	ask := func(path string, form url.Values, typed bool) time.Duration {
		b.Helper()
		method := http.MethodGet
		if form != nil {
			method = http.MethodPost
		}
		req, err := http.NewRequestWithContext(b.Context(), method, at.URL+path, strings.NewReader(form.Encode()))
		if err != nil {
			b.Fatal(err)
		}
		if form != nil {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		if typed { // the box asks for what is found alone
			req.Header.Set("HX-Request", "true")
		}
		began := time.Now()
		resp, err := client.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		took := time.Since(began)
		if err != nil || resp.StatusCode != http.StatusOK {
			b.Fatalf("%s: %d, %v\n%.500s", path, resp.StatusCode, err, text)
		}
		return took
	}
	ask("/login", url.Values{"user": {nodetest.HeadLogin}, "password": {nodetest.Password}}, false)
	child := func(i int) *desk.Called { return &people[i%len(people)] }
	q := func(text string) url.Values { return url.Values{"q": {text}} }
	var table strings.Builder
	fmt.Fprintf(&table, "\n%d children, %d here today; ms, the last two a count and KiB\n| page | least | p50 | p99 | most | processor | allocations | allocated |\n|---|---:|---:|---:|---:|---:|---:|---:|\n", children, pagesToday)
	for _, page := range []struct {
		name string
		path func(i int) string
		form func(i int) url.Values
	}{
		{name: "today", path: func(int) string { return "/" }},
		{name: "the day's lists", path: func(int) string { return "/day/lists" }},
		{name: "end of the session", path: func(int) string { return "/day/close" }},
		{name: "today, all who are due", path: func(int) string { return "/?all=due" }},
		{name: "due", path: func(int) string { return "/due" }},
		{name: "overdue", path: func(int) string { return "/due?list=overdue" }},
		{name: "overdue, by hamlet", path: func(int) string { return "/due?list=overdue&by=hamlet" }},
		{name: "overdue, a vaccine", path: func(int) string { return "/due?list=overdue&vaccine=MR" }},
		{name: "overdue, all of them", path: func(int) string { return "/due?list=overdue&all=1" }},
		{name: "without a first dose", path: func(int) string { return "/due?list=zero" }},
		{name: "missed", path: func(int) string { return "/due?list=missed" }},
		{name: "overdue, on paper", path: func(int) string { return "/due/print?list=overdue" }, form: func(int) url.Values {
			return url.Values{"for": {registry.PaperTakings[0]}, "reason": {"đi bản"}}
		}},
		{name: "new", path: func(int) string { return "/new" }},
		{name: "hamlets", path: func(int) string { return "/hamlets" }},
		{name: "sessions", path: func(int) string { return "/sessions" }},
		{name: "one session", path: func(int) string { return "/session/" + session.String() }},
		{name: "one session, on paper", path: func(int) string { return "/session/" + session.String() + "/paper" }},
		{name: "a paper day", path: func(int) string { return "/paper" }},
		{name: "a child", path: func(i int) string { return "/child/" + child(i).Subject.ID.String() }},
		{name: "a child's screening", path: func(i int) string { return "/child/" + child(i).Subject.ID.String() + "/screen" }},
		{name: "a child's history", path: func(i int) string { return "/child/" + child(i).Subject.ID.String() + "/history" }},
		{name: "edit a child", path: func(i int) string { return "/child/" + child(i).Subject.ID.String() + "/edit" }},
		{name: "register", path: func(int) string { return "/register" }},
		{name: "review", path: func(int) string { return "/review" }},
		{name: "women", path: func(int) string { return "/women" }},
		{name: "lots", path: func(int) string { return "/lots" }},
		{name: "doses without a lot", path: func(int) string { return "/lots/missing" }},
		{name: "campaigns", path: func(int) string { return "/campaigns" }},
		{name: "one campaign", path: func(int) string { return "/campaign/" + campaign.String() }},
		{name: "women, by tetanus", path: func(int) string { return "/women?show=tetanus" }},
		{name: "sync", path: func(int) string { return "/sync" }},
		{name: "settings", path: func(int) string { return "/settings" }},
		{name: "reactions", path: func(int) string { return "/reactions" }},
		{name: "export", path: func(int) string { return "/export" }},
		{name: "search: a name", path: func(int) string { return "/search" }, form: func(i int) url.Values { return q(child(i).Subject.Name) }},
		{name: "search: a name without marks", path: func(int) string { return "/search" }, form: func(i int) url.Values { return q(registry.Fold(child(i).Subject.Name)) }},
		{name: "search: half a name", path: func(int) string { return "/search" }, form: func(i int) url.Values {
			name := registry.Fold(child(i).Subject.Name)
			return q(name[:len(name)*2/3])
		}},
		{name: "search: two letters", path: func(int) string { return "/search" }, form: func(i int) url.Values { return q(registry.Fold(child(i).Subject.Name)[:2]) }},
		{name: "search: six digits", path: func(int) string { return "/search" }, form: func(i int) url.Values {
			code := child(i).Subject.Code
			return q(code[len(code)-6:])
		}},
		{name: "search: a phone", path: func(int) string { return "/search" }, form: func(i int) url.Values { return q(child(i).Subject.Phone) }},
		{name: "search: mother", path: func(int) string { return "/search" }, form: func(i int) url.Values { return q(child(i).Subject.MotherName) }},
		{name: "search: one letter", path: func(int) string { return "/search" }, form: func(i int) url.Values { return q(registry.Fold(child(i).Subject.Name)[:1]) }},
		{name: "register: candidates", path: func(int) string { return "/register/candidates" }, form: func(i int) url.Values {
			x := &child(i).Subject
			return url.Values{"name": {x.Name}, "born": {x.BirthDate.String()}, "mother": {x.MotherName}, "phone": {x.Phone}}
		}},
	} {
		b.Run(strings.ReplaceAll(page.name, " ", "_"), func(b *testing.B) {
			var took []time.Duration
			i := 0
			before := workOf()
			for b.Loop() {
				var form url.Values
				if page.form != nil {
					form = page.form(i)
				}
				took = append(took, ask(page.path(i), form, strings.HasPrefix(page.name, "search")))
				i++
			}
			work := workOf().since(before, len(took))
			slices.Sort(took)
			ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
			p99 := took[len(took)*99/100]
			b.ReportMetric(ms(p99), "p99-ms")
			fmt.Fprintf(&table, "| %s | %.1f | %.1f | %.1f | %.1f | %.1f | %d | %d |\n", page.name, ms(took[0]), ms(took[len(took)/2]), ms(p99), ms(took[len(took)-1]), ms(work.cpu), work.allocs, work.bytes>>10)
		})
	}
	b.Log(table.String())
}

// work is what a process has done: time of processors, and what it took from memory. On a machine with other work these stand where times
// by the clock do not.
type work struct {
	cpu           time.Duration
	allocs, bytes uint64
}

func workOf() work {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return work{cpuTime(), m.Mallocs, m.TotalAlloc}
}

// since is the share of one of n since an earlier moment.
func (w work) since(before work, n int) work {
	return work{(w.cpu - before.cpu) / time.Duration(n), (w.allocs - before.allocs) / uint64(n), (w.bytes - before.bytes) / uint64(n)}
}
