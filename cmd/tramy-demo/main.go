// Command tramy-demo runs a small country on one machine: a centre, a province, a regional hub and
// stations with made-up children, for newcomers and for training.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"tramy/internal/country"
	"tramy/internal/store"
	"tramy/internal/store/sqlite"
	"tramy/internal/version"
)

const program = "tramy-demo"

type cli struct {
	Run      runCmd      `cmd:"" default:"withargs" help:"Run the country; --check runs it unattended and compares everything."`
	Bench    benchCmd    `cmd:"" help:"Measure: wire prints the bytes of a day's work, of nothing to say, of a first sync, and of a cut; asks counts the questions to nurses."`
	Sim      simCmd      `cmd:"" help:"Simulated countries in which everything goes wrong that can: nothing that anybody was told was saved may be lost, doubled or falsified."`
	Generate generateCmd `cmd:"" help:"Make up registers from a seed: files of communes, with the truth about who is one person, or people in stations' folders."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
}

type env struct {
	ctx context.Context
	out io.Writer
	err io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c cli
	k := kong.Parse(&c, kong.Name(program),
		kong.Description("A small country on one machine: centre, province, region, stations, with made-up children.\n\nExample:\n\n  tramy-demo --open\n  tramy-demo --check\n  tramy-demo generate --out registers"),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err := k.Run(&env{ctx: ctx, out: os.Stdout, err: os.Stderr}); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", program, err)
		stop()
		os.Exit(1)
	}
}

type runCmd struct {
	Stations  int    `help:"Stations, 1 to 8." default:"4"`
	Children  int    `help:"Children in the whole country." default:"2000"`
	Days      int    `help:"Born within so many days." default:"1826"`
	Seed      uint64 `help:"What the register grows from." default:"1"`
	Data      string `help:"Where the nodes' folders are kept; a temporary folder, removed at the end, if none is given." type:"path"`
	Listen    string `help:"Address of the control page; the nodes follow on the next ports." default:"127.0.0.1:8800"`
	Open      bool   `help:"Open the control page in the browser."`
	Check     bool   `help:"Run unattended: cut all links, record, clone, restore a backup, join the links, compare; print JSON; exit 0 only if all is equal."`
	Processes bool   `help:"With --check: each node is a process of its own (tramy-hub and tramy-station beside this program)."`
}

func (c *runCmd) Run(e *env) error {
	var err error
	dir := c.Data
	if dir == "" {
		tmp, err := os.MkdirTemp("", "tramy-demo-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(tmp)
		dir = tmp
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	opt := country.Options{
		Dir: dir, Stations: c.Stations, OpenHub: openHub, OpenStation: openStation, Now: time.Now, Delay: 200 * time.Millisecond, Log: log,
		Progress: progress(e.err),
	}
	if !c.Check {
		opt.Houses = true
		opt.Schedule = "@every 5s" // so that the second tick, and a line that was cut, show soon
	}
	room := &controlRoom{log: log}
	opt.Handler = room.handler
	if !c.Check {
		if opt.PagesFrom, err = portAfter(c.Listen); err != nil {
			return err
		}
	}
	nation, err := country.New(e.ctx, opt)
	if err != nil {
		return err
	}
	defer func() {
		if err := nation.Close(); err != nil {
			fmt.Fprintln(e.err, err)
		}
	}()
	if err := nation.Fill(e.ctx, c.Children, c.Days, c.Seed); err != nil {
		return err
	}
	if err := nation.Quiet(e.ctx); err != nil {
		return err
	}
	if c.Check {
		return c.check(e, nation)
	}
	for i, n := range nation.Stations() {
		if err := nation.OpenDay(e.ctx, n, c.Seed+uint64(i)); err != nil {
			return err
		}
	}
	if err := nation.OpenReview(e.ctx, c.Seed); err != nil {
		return err
	}
	return room.serve(e, c, nation)
}

// portAfter is the port behind that of an address.
func portAfter(listen string) (int, error) {
	_, port, err := net.SplitHostPort(listen)
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(port)
	if err != nil || n < 1 || n > 65000 {
		return 0, fmt.Errorf("--listen %s: want host:port with a port from 1 to 65000", listen)
	}
	return n + 1, nil
}

func openHub(ctx context.Context, dir string) (store.Store, error) {
	return sqlite.Open(ctx, sqlite.Options{Dir: dir})
}

func openStation(ctx context.Context, dir string) (store.Store, error) {
	return sqlite.Open(ctx, sqlite.Options{Dir: dir, Station: true})
}

// progress draws what is being done on a terminal line, or a line a step elsewhere.
func progress(w io.Writer) func(what string, done, total int) {
	terminal := false
	if f, ok := w.(*os.File); ok {
		if info, err := f.Stat(); err == nil {
			terminal = info.Mode()&os.ModeCharDevice != 0
		}
	}
	last := ""
	return func(what string, done, total int) {
		switch {
		case terminal:
			fmt.Fprintf(w, "\r\033[K%s %d/%d", what, done, total)
			if done == total {
				fmt.Fprintln(w)
			}
		case what != last:
			fmt.Fprintf(w, "%s\n", what)
		}
		last = what
	}
}

var errCheck = errors.New("the check found a difference: see the JSON above")

func (c *runCmd) check(e *env, nation *country.Country) error {
	if c.Processes {
		if err := asProcesses(e.ctx, nation); err != nil {
			return err
		}
	}
	report, err := nation.Check(e.ctx, c.Children)
	enc := json.NewEncoder(e.out)
	enc.SetIndent("", "  ")
	if report != nil {
		if jerr := enc.Encode(report); jerr != nil {
			return jerr
		}
	}
	if err != nil {
		return err
	}
	if !report.OK() {
		return errCheck
	}
	return nil
}

// asProcesses stops the nodes and starts each as a program of its own, on the same folders and sockets.
func asProcesses(ctx context.Context, nation *country.Country) error {
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	find := func(name string) (string, error) {
		if runtime.GOOS == "windows" {
			name += ".exe"
		}
		path := filepath.Join(filepath.Dir(exe), name)
		if _, err := os.Stat(path); err != nil {
			return "", fmt.Errorf("%s is not beside this program (make builds all three into bin): %w", name, err)
		}
		return path, nil
	}
	hub, err := find("tramy-hub")
	if err != nil {
		return err
	}
	station, err := find("tramy-station")
	if err != nil {
		return err
	}
	for i := len(nation.Nodes) - 1; i >= 0; i-- {
		if err := nation.Nodes[i].Stop(); err != nil {
			return err
		}
	}
	for _, n := range nation.Nodes {
		n.Program = hub
		if n.Kind == "station" {
			n.Program = station
		}
		if err := n.Start(ctx); err != nil {
			return err
		}
	}
	return nil
}

type versionCmd struct{}

func (versionCmd) Run(e *env) error {
	_, err := fmt.Fprint(e.out, version.Full(program))
	return err
}
