package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"tramy/internal/registry"
	"tramy/internal/ui"
)

// Large is the register of a big commune: what a station has to stay quick with.
var Large = Work{Children: 30_000, Doses: 300_000}

const (
	roomAsks   = 300 // of each page
	roomStarts = 5   // the middle one counts
	// roomIdle is for how long a station must have used no processor before its memory is read, roomIdleMax how long
	// that is waited for: after its start it works out what has become due since its clock stood.
	roomIdle    = 5 * time.Second
	roomIdleMax = 3 * time.Minute
)

// Room measures what a nurse waits for at a station with a large register: the program itself, started on a folder
// that a first sync has filled, asked over HTTP as a browser asks. program is the station's program.
func Room(ctx context.Context, opt Options, program string) (Report, error) {
	if opt.Work == (Work{}) {
		opt.Work = Large
	}
	opt.defaults()
	r := Report{Title: "A station at work", Work: opt.Work}
	folder, err := os.MkdirTemp(opt.Dir, "tramy-room-")
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(folder)
	m := &room{opt: opt, program: program, dir: folder + "/station", report: &r}
	if err := m.fill(ctx); err != nil {
		return r, err
	}
	if info, err := os.Stat(program); err == nil {
		r.add("program", "size", float64(info.Size()), "B", Bound{Must: 25 << 20, Aim: 20 << 20}, "")
	}
	return r, m.measure(ctx)
}

type room struct {
	opt      Options
	program  string
	dir      string
	report   *Report
	children []*known
	names    []string
}

// fill makes the data folder of a station that has fetched the register.
func (m *room) fill(ctx context.Context) error {
	t, err := newTree(ctx, m.opt)
	if err != nil {
		return fmt.Errorf("founding the hub: %w", err)
	}
	defer t.close()
	w := &wire{tree: t, maker: NewMaker(m.opt.Seed), report: &Report{}}
	s, err := w.station(ctx, w.facility)
	if err != nil {
		return err
	}
	if err := w.fill(ctx); err != nil {
		return err
	}
	m.opt.Progress("first sync")
	if _, err := w.sync(ctx, s); err != nil {
		return fmt.Errorf("first sync: %w", err)
	}
	m.opt.Progress("working out what is due")
	if err := s.WorkOutDue(ctx); err != nil {
		return err
	}
	m.children = w.children
	for _, k := range m.children {
		m.names = append(m.names, registry.SubjectOf(k.state).Name)
	}
	path := s.Dir.Path
	t.stations = nil
	if err := s.Close(); err != nil {
		return err
	}
	return os.Rename(path, m.dir)
}

func (m *room) measure(ctx context.Context) error {
	var starts []time.Duration
	for i := range roomStarts {
		m.opt.Progress(fmt.Sprintf("start %d of %d", i+1, roomStarts))
		p, err := m.start(ctx)
		if err != nil {
			return err
		}
		starts = append(starts, p.ready)
		if i == roomStarts-1 {
			err = m.ask(ctx, p)
		}
		if err := errors.Join(err, p.stop()); err != nil {
			return err
		}
	}
	sortBy(starts, func(d time.Duration) time.Duration { return d })
	m.report.add("start", "to the first page", milliseconds(starts[len(starts)/2]), "ms", Bound{Must: 300, Aim: 100},
		fmt.Sprintf("middle of %d, %.0f to %.0f", len(starts), milliseconds(starts[0]), milliseconds(starts[len(starts)-1])))
	return nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// running is the station's program at work.
type running struct {
	cmd   *exec.Cmd
	base  string
	http  *http.Client
	ready time.Duration // from its start to its first page
}

// start runs the program and asks for its first page until that comes.
func (m *room) start(ctx context.Context) (*running, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := l.Addr().String()
	l.Close()
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	p := &running{base: "http://" + addr, http: &http.Client{Jar: jar}}
	p.cmd = exec.CommandContext(ctx, m.program, "serve", "--data", m.dir, "--listen", addr, "--schedule", "@every 24h", "--delay", "24h")
	p.cmd.Stderr = io.Discard
	began := time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	for time.Since(began) < 30*time.Second {
		if _, err = p.get(ctx, ui.PathLogin); err == nil {
			p.ready = time.Since(began)
			return p, nil
		}
		time.Sleep(time.Millisecond)
	}
	return nil, errors.Join(fmt.Errorf("%s showed no page within 30 s: %w", m.program, err), p.stop())
}

func (p *running) stop() error {
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		return p.cmd.Process.Kill()
	}
	return p.cmd.Wait()
}

func (p *running) get(ctx context.Context, path string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.base+path, nil)
	if err != nil {
		return nil, err
	}
	return p.do(req)
}

// post sends a form; part asks for the part of the page that changes, as htmx does.
func (p *running) post(ctx context.Context, path string, form url.Values, part bool) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.base+path, nil)
	if err != nil {
		return nil, err
	}
	body := form.Encode()
	req.Body, req.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", p.base)
	if part {
		req.Header.Set("HX-Request", "true")
	}
	return p.do(req)
}

func (p *running) do(req *http.Request) ([]byte, error) {
	resp, err := p.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s", req.Method, req.URL.Path, resp.Status)
	}
	return b, err
}

// memoryKB reads a figure of /proc/PID/status, 0 where there is none.
func (p *running) memoryKB(field string) (kb float64) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if _, err := fmt.Sscanf(lines.Text(), field+": %f kB", &kb); err == nil {
			return kb
		}
	}
	return 0
}

// ticks is how much processor time the program has used, in the system's ticks; 0 where that cannot be read.
func (p *running) ticks() (n int) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	fields := strings.Fields(rest) // from the third on
	if len(fields) < 13 {
		return 0
	}
	for _, f := range fields[11:13] {
		used, _ := strconv.Atoi(f)
		n += used
	}
	return n
}

// settle waits until the program does nothing any more.
func (p *running) settle() {
	const idle = 2 // ticks: what a program uses that only looks at its clocks
	began := time.Now()
	for last := p.ticks(); time.Since(began) < roomIdleMax; {
		time.Sleep(roomIdle)
		now := p.ticks()
		if now-last <= idle {
			return
		}
		last = now
	}
}

// ask measures memory and pages.
func (m *room) ask(ctx context.Context, p *running) error {
	p.settle()
	if kb := p.memoryKB("VmRSS"); kb > 0 {
		m.report.add("memory", "resident, idle", kb/1024, "MB", Bound{Must: 60, Aim: 30}, "")
	}
	if _, err := p.post(ctx, ui.PathLogin, url.Values{"user": {"lo.thi.mai"}, "password": {benchPassword}}, false); err != nil {
		return fmt.Errorf("logging in: %w", err)
	}
	r := rand.New(rand.NewPCG(m.opt.Seed, 11))
	child := func() *known { return m.children[r.IntN(len(m.children))] }
	pages := []struct {
		name string
		n    int
		get  func() ([]byte, error)
	}{
		{"today", roomAsks / 3, func() ([]byte, error) { return p.get(ctx, ui.PathToday) }},
		{"due this week", roomAsks / 3, func() ([]byte, error) { return p.get(ctx, ui.PathDue+"?list=due") }},
		{"overdue", roomAsks / 3, func() ([]byte, error) { return p.get(ctx, ui.PathDue+"?list=overdue") }},
		{"child", roomAsks, func() ([]byte, error) { return p.get(ctx, ui.PathChild+child().id.String()) }},
		{"edit", roomAsks, func() ([]byte, error) { return p.get(ctx, ui.PathChild+child().id.String()+"/edit") }},
		{"history", roomAsks, func() ([]byte, error) { return p.get(ctx, ui.PathChild+child().id.String()+"/history") }},
		{"register", roomAsks / 3, func() ([]byte, error) { return p.get(ctx, ui.PathRegister) }},
		{"review", roomAsks / 3, func() ([]byte, error) { return p.get(ctx, ui.PathReview) }},
		{"sync", roomAsks / 3, func() ([]byte, error) { return p.get(ctx, ui.PathSync) }},
		{"settings", roomAsks / 3, func() ([]byte, error) { return p.get(ctx, ui.PathSettings) }},
	}
	for _, page := range pages {
		m.opt.Progress("page: " + page.name)
		if err := m.page(page.name, page.n, Bound{Must: 50, Aim: 15}, page.get); err != nil {
			return err
		}
	}
	typed := func(part bool) func() ([]byte, error) {
		return func() ([]byte, error) {
			name := []rune(registry.Fold(m.names[r.IntN(len(m.names))]))
			k := 2 + r.IntN(min(len(name), 12)-1)
			return p.post(ctx, ui.PathSearch, url.Values{"q": {string(name[:k])}}, part)
		}
	}
	m.opt.Progress("page: search")
	err := errors.Join(
		m.page("search as one types", 3*roomAsks, Bound{Must: 20, Aim: 5}, typed(true)),
		m.page("search, the whole page", roomAsks, Bound{Must: 50, Aim: 15}, typed(false)),
	)
	if kb := p.memoryKB("VmHWM"); kb > 0 {
		m.report.add("memory", "resident, highest while asked", kb/1024, "MB", Bound{}, "")
	}
	return err
}

// page asks for a page so many times. The clock runs from the request to the last byte of the answer, over
// loopback.
func (m *room) page(name string, n int, bound Bound, get func() ([]byte, error)) error {
	var took []time.Duration
	bytes := 0
	for range n {
		began := time.Now()
		b, err := get()
		if err != nil {
			return err
		}
		took = append(took, time.Since(began))
		bytes = max(bytes, len(b))
	}
	sortBy(took, func(d time.Duration) time.Duration { return d })
	m.report.add("page", name+", p99", milliseconds(took[len(took)*99/100]), "ms", bound,
		fmt.Sprintf("p50 %.1f ms of %d, at most %d bytes", milliseconds(took[len(took)/2]), n, bytes))
	return nil
}
