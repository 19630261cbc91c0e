// Package pgtest starts throw-away PostgreSQL servers for tests, from the system's own programs (Debian: postgresql). They listen
// on a socket in a folder of their own, so no port is taken, and end with the test even if it is killed.
//
// One server is shared by the tests of a package; each asks for its own database. Tests of what happens when a server goes start
// one for themselves.
package pgtest

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	startFor = time.Minute
	asUser   = "tramy"
)

var (
	shared struct {
		sync.Once
		server *Server
		err    error
	}
	made atomic.Int64
)

// errMissing says how to get what is missing.
var errMissing = errors.New("PostgreSQL's programs are missing: apt-get install postgresql")

// Server is one server with its data.
type Server struct {
	Dir  string // its data and its socket
	bin  string
	keep *exec.Cmd        // runs it, and stops it when its standard input ends
	say  func(how string) // ends keep
	args []string

	filling sync.Mutex
	filled  map[string]bool
}

// Database returns the address of an empty database, which goes when the test ends. Without PostgreSQL the test is skipped, in CI
// it fails.
func Database(t testing.TB) string {
	t.Helper()
	return sharedServer(t).Database(t)
}

func sharedServer(t testing.TB) *Server {
	t.Helper()
	shared.Do(func() { shared.server, shared.err = start(memory(), "-c", "fsync=off", "-c", "full_page_writes=off") })
	need(t, shared.err)
	return shared.server
}

// Copy returns the address of a copy of a database that fill has filled, once for each name.
func Copy(t testing.TB, name string, fill func(address string) error) string {
	t.Helper()
	s := sharedServer(t)
	s.filling.Lock()
	defer s.filling.Unlock()
	if !s.filled[name] {
		err := s.sql("CREATE DATABASE " + name)
		if err == nil {
			err = fill(s.Address(name))
		}
		if err != nil {
			t.Fatal(err)
		}
		s.filled[name] = true
	}
	return s.database(t, " TEMPLATE "+name+" STRATEGY FILE_COPY")
}

// Cut ends all connections to the databases of the shared server.
func Cut(t testing.TB) {
	t.Helper()
	sharedServer(t).SQL(t, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()")
}

// Start starts a server for one test. It waits for its disk, as a real one does, unless an argument of its program says otherwise.
func Start(t testing.TB, args ...string) *Server {
	t.Helper()
	s, err := start("", args...)
	need(t, err)
	t.Cleanup(s.Remove)
	return s
}

func need(t testing.TB, err error) {
	t.Helper()
	switch {
	case err == nil:
	case errors.Is(err, errMissing) && os.Getenv("CI") != "1":
		t.Skip(err)
	default:
		t.Fatal(err)
	}
}

// Database returns the address of an empty database on this server.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	return s.database(t, "")
}

func (s *Server) database(t testing.TB, from string) string {
	t.Helper()
	name := fmt.Sprintf("t%d", made.Add(1))
	if err := s.sql("CREATE DATABASE " + name + from); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.sql("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)") }) // a server that was stopped has none
	return s.Address(name)
}

// Address is that of a database by its name.
func (s *Server) Address(name string) string {
	return "postgres://" + asUser + "@/" + name + "?host=" + url.QueryEscape(s.Dir)
}

// sql runs one statement as the owner of the server.
func (s *Server) sql(text string) error {
	out, err := exec.Command(filepath.Join(s.bin, "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", s.Dir, "-U", asUser, "-d", "postgres", "-c", text).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", text, err, out)
	}
	return nil
}

// SQL runs one statement beside the tests' own connections.
func (s *Server) SQL(t testing.TB, text string) {
	t.Helper()
	if err := s.sql(text); err != nil {
		t.Fatal(err)
	}
}

// start starts a server in a folder within under.
func start(under string, args ...string) (*Server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(under, "pgtest")
	if err != nil {
		return nil, err
	}
	s := &Server{Dir: dir, bin: bin, args: args, filled: map[string]bool{}}
	if err := own(dir); err != nil {
		return nil, err
	}
	// The database sorts as Vietnamese do, so that what must sort by bytes is seen to ask for it.
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", filepath.Join(dir, "data"), "-U", asUser, "-A", "trust", "-E", "UTF8",
		"--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=vi", "--no-sync", "--no-instructions")
	initdb.Dir = dir
	unprivileged(initdb)
	if out, err := initdb.CombinedOutput(); err != nil {
		_ = os.RemoveAll(dir)
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	if err := s.Run(); err != nil {
		s.Remove()
		return nil, err
	}
	return s, nil
}

// Run starts the server, which must be stopped.
func (s *Server) Run() error {
	// The shell stops the server when this process ends, however it does.
	const script = `bin=$1; dir=$2; shift 2
"$bin/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c shared_buffers=32MB -c max_connections=200 "$@" >>"$dir/log" 2>&1 &
pid=$!
read -r how
case $how in
fast) kill -INT $pid ;;
*) kill -QUIT $pid ;;
esac
wait $pid
[ -n "$how" ] || rm -rf "$dir"`
	s.keep = exec.Command("/bin/sh", append([]string{"-c", script, "sh", s.bin, s.Dir}, s.args...)...)
	s.keep.Dir = s.Dir
	unprivileged(s.keep)
	in, err := s.keep.StdinPipe()
	if err != nil {
		return err
	}
	if err := s.keep.Start(); err != nil {
		return err
	}
	s.say = func(how string) {
		s.say = nil
		if how != "" {
			_, _ = in.Write([]byte(how + "\n"))
		}
		_ = in.Close()
		_ = s.keep.Wait()
	}
	for until := time.Now().Add(startFor); ; time.Sleep(20 * time.Millisecond) {
		if exec.Command(filepath.Join(s.bin, "pg_isready"), "-q", "-h", s.Dir, "-U", asUser, "-d", "postgres").Run() == nil {
			return nil
		}
		if time.Now().After(until) {
			log, _ := os.ReadFile(filepath.Join(s.Dir, "log"))
			return fmt.Errorf("the server did not start in %s: %s", startFor, log)
		}
	}
}

// Stop ends the server as an operator does: running transactions are rolled back, what was committed is written.
func (s *Server) Stop() { s.say("fast") }

// Kill ends it as a crash of its programs does: it recovers at the next start.
func (s *Server) Kill() { s.say("kill") }

// Remove stops it and deletes its data.
func (s *Server) Remove() {
	if s.say != nil {
		s.say("")
	}
	_ = os.RemoveAll(s.Dir)
}

// programs finds the newest version's programs.
func programs() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // the pattern is right
	slices.SortFunc(found, func(a, b string) int { return cmp.Or(len(a)-len(b), strings.Compare(a, b)) })
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1]), nil
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	return "", errMissing
}
