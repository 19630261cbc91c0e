package crash

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tramy/internal/testport"
)

var (
	seed    = flag.Uint64("seed", 1, "what all choices are drawn from")
	over    = flag.String("overlay", "", "a list of files that replace others while the programs are built, for go build -overlay")
	keep    = flag.String("keep", "", "folder in which what a failed test leaves is kept")
	built   build // the programs as they are, or with -overlay
	planted build // the programs with personal_plants_test.go's seam
)

// build is one build of the programs, with the folders that every test begins with beside it.
type build struct {
	sync.Once
	dir string
	err error
}

// Words everybody uses.
const (
	password = "bốn từ dễ nhớ"
	// What an account is made with opens nothing until its owner has chosen another.
	firstPassword = "mật khẩu được trao"
	nurse         = "dien"
	head          = "thanh"
)

// Codes of places.
const (
	province = "gso:11"
	commune  = "gso:03333"
	facility = "kcb:11001"
)

const (
	startTimeout = 60 * time.Second
	pollEvery    = 3 * time.Millisecond
)

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	for _, b := range []*build{&built, &planted} {
		if b.dir != "" {
			os.RemoveAll(b.dir)
		}
	}
	os.Exit(code)
}

// programs builds tramy-hub and tramy-station once and returns their folder.
func programs(t testing.TB) string {
	t.Helper()
	return built.programs(t, *over)
}

// programs builds the programs once, with files of a list laid over others if one is named, and returns their folder.
func (b *build) programs(t testing.TB, overlay string) string {
	t.Helper()
	b.Do(func() {
		if b.dir, b.err = os.MkdirTemp("", "tramy-crash-"); b.err != nil {
			return
		}
		args := []string{"build", "-buildvcs=false", "-o", b.dir + string(filepath.Separator)}
		if overlay != "" {
			args = append(args, "-overlay", overlay)
		}
		cmd := exec.Command("go", append(args, "../../cmd/tramy-hub", "../../cmd/tramy-station")...)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			b.err = fmt.Errorf("%w\n%s", err, out)
			return
		}
		b.err = found(b.dir)
	})
	if b.err != nil {
		t.Fatalf("building the programs: %v", b.err)
	}
	return b.dir
}

func program(dir, name string) string {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(dir, name)
}

// command runs one command to its end and returns what it printed.
func command(dir, name, stdin string, args ...string) (string, error) {
	cmd := exec.Command(program(dir, name), args...)
	cmd.Stdin = strings.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, errs.String())
	}
	return out.String(), nil
}

// found makes, with the programs' own commands, the folders that every test begins with: a centre, a hub below it
// and a station below that one.
func found(dir string) error {
	at := func(name string) string { return filepath.Join(dir, "world", name) }
	steps := [][]string{
		{"", "init"},
		{"", "place", "add", commune, "--name", "Xã Mường Nhà", "--parent", province, "--level", "commune"},
		{"", "place", "add", facility, "--name", "Trạm Y tế xã Mường Nhà", "--parent", commune},
		{firstPassword, "user", "add", nurse, "--name", "Cà Thị Diên", "--role", "nurse", "--place", commune},
		{firstPassword, "user", "add", head, "--name", "Tòng Văn Thành", "--role", "head", "--place", commune},
	}
	for _, s := range steps {
		if _, err := command(dir, "tramy-hub", s[0]+"\n", append(s[1:], "--data", at("centre"))...); err != nil {
			return err
		}
	}
	w := &world{programs: dir, dir: filepath.Join(dir, "world")}
	defer w.killAll()
	if err := w.nodes(); err != nil {
		return err
	}
	enrol := func(above, below *node, place, role string) error {
		if above != w.centre {
			if err := above.start(); err != nil {
				return err
			}
		}
		code, err := command(dir, "tramy-hub", "", "enrol", "--data", above.dir, "--place", place, "--role", role)
		if err != nil {
			return err
		}
		flag := "--code"
		if role == "hub" {
			flag = "--upstream"
		}
		_, err = command(dir, below.program, "", "init", "--data", below.dir, flag, strings.TrimSpace(code))
		return err
	}
	return errors.Join(
		w.centre.start(),
		w.centre.choosePassword(nurse),
		w.centre.choosePassword(head),
		enrol(w.centre, w.hub, province, "hub"),
		enrol(w.hub, w.station, facility, "station"),
		w.stopAll(),
	)
}

// world is a centre, a hub below it and a station below that, each with a folder and, while it runs, a process.
type world struct {
	programs string
	dir      string
	all      []*node
	centre   *node
	hub      *node
	station  *node
	commune  string // its id
}

// newWorld copies the folders, gives the nodes addresses of their own, and ends their processes with the test.
func newWorld(t testing.TB) *world {
	t.Helper()
	return newWorldOf(t, programs(t))
}

// newWorldOf is newWorld with the programs in a folder.
func newWorldOf(t testing.TB, programs string) *world {
	t.Helper()
	w := &world{programs: programs, dir: t.TempDir()}
	if err := os.CopyFS(w.dir, os.DirFS(filepath.Join(w.programs, "world"))); err != nil {
		t.Fatal(err)
	}
	if err := w.nodes(); err != nil {
		t.Fatal(err)
	}
	out, err := command(w.programs, "tramy-hub", "", "place", "list", "--data", w.centre.dir, "--under", province, "--json")
	if err != nil {
		t.Fatal(err)
	}
	var places []struct{ ID string }
	if err := json.Unmarshal([]byte(out), &places); err != nil || len(places) == 0 {
		t.Fatalf("no commune: %v in %s", err, out)
	}
	w.commune = places[0].ID
	w.hub.callsAt(t, "https://"+w.centre.exchange)
	w.station.callsAt(t, "https://"+w.hub.exchange)
	t.Cleanup(func() {
		w.killAll()
		if t.Failed() && *keep != "" {
			to := filepath.Join(*keep, t.Name())
			os.RemoveAll(to)
			t.Logf("kept in %s: %v", to, os.CopyFS(to, os.DirFS(w.dir)))
		}
	})
	return w
}

func (w *world) nodes() error {
	for _, n := range []*node{{name: "centre", program: "tramy-hub"}, {name: "hub", program: "tramy-hub"}, {name: "station", program: "tramy-station"}} {
		n.world, n.dir = w, filepath.Join(w.dir, n.name)
		var err error
		if n.pages, err = testport.Free(); err != nil {
			return err
		}
		if n.exchange, err = testport.Free(); err != nil {
			return err
		}
		w.all = append(w.all, n)
	}
	w.centre, w.hub, w.station = w.all[0], w.all[1], w.all[2]
	return nil
}

func (w *world) startAll(t testing.TB) {
	t.Helper()
	for _, n := range w.all {
		n.mustStart(t)
	}
}

// stopAll ends all programs as a shutdown does, from the bottom.
func (w *world) stopAll() error {
	var err error
	for i := range w.all {
		err = errors.Join(err, w.all[len(w.all)-1-i].stop())
	}
	return err
}

func (w *world) killAll() {
	for _, n := range w.all {
		n.kill()
	}
}

// node is one machine.
type node struct {
	world    *world
	name     string
	program  string
	dir      string
	pages    string // where its pages and API are served
	exchange string // where it is called, hubs only
	env      []string
	before   []string     // what runs the program: strace, or nothing
	delay    string       // after which it calls the hub above by itself; "": only when asked
	network  network      // in which it runs; nil: this machine's
	answers  atomic.Int64 // HTTP answers that came from the process

	cmd   *exec.Cmd
	ended chan struct{} // closed when the process is gone
	token string
}

// callsAt puts the address of the hub above into the folder.
func (n *node) callsAt(t testing.TB, address string) {
	t.Helper()
	path := filepath.Join(n.dir, "tramy.json")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var info map[string]any
	if err := json.Unmarshal(b, &info); err != nil {
		t.Fatal(err)
	}
	info["upstream"] = []string{address}
	if b, err = json.Marshal(info); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// launch starts the program and does not wait for it.
func (n *node) launch() error {
	args := []string{program(n.world.programs, n.program), "serve", "--data", n.dir, "--delay", cmp.Or(n.delay, "1h"), "--schedule", "@every 24h"}
	if n.program == "tramy-station" {
		args = append(args, "--listen", n.pages)
	} else {
		args = append(args, "--listen", n.exchange, "--address", "https://"+n.exchange, "--pages", n.pages)
	}
	args = append(slices.Clone(n.before), args...)
	log, err := os.OpenFile(n.dir+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), n.env...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := inside(n.network, cmd.Start); err != nil {
		return err
	}
	ended := make(chan struct{})
	n.cmd, n.ended, n.token = cmd, ended, ""
	n.answers.Store(0)
	go func() {
		_ = cmd.Wait() // how it ended shows in ProcessState
		close(ended)
	}()
	return nil
}

// ready waits until the program answers; it fails if the program ends first.
func (n *node) ready() error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+n.pages+"/readyz", nil)
		if err != nil {
			return err
		}
		if resp, err := n.client().Do(req); err == nil {
			resp.Body.Close()
			n.answers.Add(1)
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-n.ended:
			return fmt.Errorf("%s ended instead of starting: %v\n%s", n.name, n.cmd.ProcessState, n.said())
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer\n%s", n.name, n.said())
		case <-tick.C:
		}
	}
}

func (n *node) start() error {
	if err := n.launch(); err != nil {
		return err
	}
	return n.ready()
}

func (n *node) mustStart(t testing.TB) {
	t.Helper()
	if err := n.start(); err != nil {
		t.Fatal(err)
	}
}

// said is the end of what the program printed.
func (n *node) said() string {
	b, err := os.ReadFile(n.dir + ".log")
	if err != nil {
		return err.Error()
	}
	const tail = 2000
	return string(b[max(0, len(b)-tail):])
}

// kill ends the process where it stands, if there is one.
func (n *node) kill() {
	if n.cmd == nil {
		return
	}
	_ = n.cmd.Process.Kill() // it may be gone already
	<-n.ended
	n.cmd = nil
}

// stop asks the process to end and waits for it.
func (n *node) stop() error {
	if n.cmd == nil {
		return nil
	}
	defer func() { n.cmd = nil }()
	if err := n.cmd.Process.Signal(os.Interrupt); err != nil {
		_ = n.cmd.Process.Kill() // a system without interrupts
	}
	select {
	case <-n.ended:
		return nil
	case <-time.After(startTimeout):
		_ = n.cmd.Process.Kill()
		<-n.ended
		return fmt.Errorf("%s does not end", n.name)
	}
}
