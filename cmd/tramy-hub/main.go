// Command tramy-hub runs a hub at any level of the tree: a region, a province, the centre.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"tramy/hub"
	"tramy/internal/backup"
	"tramy/internal/command"
	"tramy/internal/control"
	"tramy/internal/datadir"
	"tramy/internal/desk"
	"tramy/internal/forecast/cases"
	"tramy/internal/reform"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/store"
	"tramy/internal/testclock"
	"tramy/internal/upkeep"
	"tramy/internal/version"
)

const program = "tramy-hub"

// cli is every command; kong reads flags, then TRAMY_… from the environment, then defaults.
type cli struct {
	Data string `help:"Data folder." type:"path" default:"${data}" env:"TRAMY_DATA"`

	Database string `help:"A PostgreSQL database for this hub's data instead of a file in its folder, for a hub that outgrows one file: postgres://user@host/name. Decided by init, and given to every command since." env:"TRAMY_DATABASE"`

	Init        initCmd                   `cmd:"" help:"Make this machine a hub: the centre, or below another hub with its enrolment code."`
	Serve       serveCmd                  `cmd:"" help:"Answer stations and hubs below, and show officers their pages."`
	Sync        syncCmd                   `cmd:"" help:"Exchange with the hub above now and say what came of it."`
	RotateKeys  rotateKeysCmd             `cmd:"" help:"Give this hub new keys, for what it is to the hub above. Machines below notice nothing."`
	Bundle      bundleCmd                 `cmd:"" help:"Exchange by a USB stick: in, out."`
	Enrol       enrolCmd                  `cmd:"" help:"Make a one-time code for a station or a hub below this one."`
	Move        moveCmd                   `cmd:"" help:"Announce where machines below find this hub from now on; without flags: say what was announced."`
	User        userCmd                   `cmd:"" help:"Accounts: list, add, passwd, disable."`
	Device      deviceCmd                 `cmd:"" help:"Machines: list, revoke, reinstate, missing, ask-keys."`
	Place       placeCmd                  `cmd:"" help:"Places: list, show, add, import, merge, split, move, rename, end, hamlets."`
	Schedule    scheduleCmd               `cmd:"" help:"The national schedule: list, check, import."`
	Backup      backupCmd                 `cmd:"" help:"Make a backup, list them, choose a second place for them. Open one of a machine that is lost."`
	Restore     backup.RestoreCommand     `cmd:"" help:"Put the database of a backup into the data folder, or make a new data folder of it. What was there is set aside."`
	RecoveryKey backup.RecoveryKeyCommand `cmd:"" help:"The printed key for the day when the machine is gone: new."`
	JournalCopy backup.JournalCopyCommand `cmd:"" help:"Keep a second copy of everything recorded here on a stick; set it up, look at it, end it."`
	Check       upkeep.CheckCommand       `cmd:"" help:"Hold the data against itself: logs, signatures, records, figures. Exit 1 if something is wrong."`
	Rebuild     upkeep.RebuildRootCommand `cmd:"" help:"Make rows and figures anew from the records."`
	Salvage     upkeep.SalvageCommand     `cmd:"" help:"Set the database aside and begin anew on what can be read of it and of the journal."`
	Forecast    forecastCmd               `cmd:"" help:"Run the schedule engine over cases from a file."`
	Config      configCmd                 `cmd:"" help:"Print the data folder in use and who this machine is."`
	Version     versionCmd                `cmd:"" help:"Print the version of program, protocol and data folder."`
}

// env is where a command runs: the streams, and the hub if the command came to a running program.
type env struct {
	ctx      context.Context
	args     []string
	stdin    io.Reader
	out      io.Writer
	err      io.Writer
	data     string
	database string // address of a PostgreSQL database; "": a file in data
	asks     bool   // this command reads a password
	dir      string // where the command was given: relative names of files are meant from there
	live     bool   // somebody looks at err on a terminal
	running  *hub.Hub
	logins   *server.Logins // who is logged in, while the program begins anew within itself
}

// now is the program's clock, set once, at its start.
var now = time.Now

func main() {
	clock, err := testclock.FromEnv(os.Getenv)
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", program, err)
		os.Exit(2)
	}
	if said := command.TooOld(); said != "" {
		fmt.Fprintln(os.Stderr, said)
	}
	if said := clock.Warning(); said != "" {
		fmt.Fprintln(os.Stderr, said)
	}
	now = clock.Now
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(&env{ctx: ctx, args: os.Args[1:], stdin: os.Stdin, out: os.Stdout, err: os.Stderr, live: isTerminal(os.Stderr)})
	stop()
	os.Exit(code)
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// run parses and runs one command: 0 done, 1 failed, 2 used wrongly.
func run(e *env) int {
	var c cli
	line := command.Line{
		Name: program, Grammar: &c, Vars: kong.Vars{"data": datadir.Default("hub")}, Args: e.args, Out: e.out, Err: e.err, Hint: hintFor,
		Description: "The hub of tramy, an immunization registry that works without a network.\n\nExample, a new centre:\n\n  tramy-hub init --data /srv/tramy --place own:VN --name \"Việt Nam\"\n  tramy-hub serve --data /srv/tramy --address https://hub.example.vn:8790",
	}
	return line.Run(func(k *kong.Context) error {
		e.data, e.database = c.Data, c.Database
		if err := c.checkDatabase(k.Command()); err != nil {
			return err
		}
		k.BindTo(host{e}, (*backup.Host)(nil))
		return k.Run(e)
	})
}

// hintFor says what to do next.
func hintFor(err error) string {
	switch {
	case errors.Is(err, datadir.ErrNotHere):
		return "Make it a hub with: tramy-hub init --data FOLDER --place own:VN"
	case errors.Is(err, store.ErrAway):
		return "Is the database server running, and may this machine reach it? What was acknowledged is safe; the same command may be given again."
	case errors.Is(err, store.ErrInUse):
		return "Stop the other program, or give the command while it serves."
	case store.IsFull(err):
		return "Free some space on the disk; nothing was lost."
	case errors.Is(err, hub.ErrPlacesChanged):
		return "Give the command again; what was written stands, and it goes on from there."
	case errors.As(err, &reform.Problems{}):
		return "Nothing was written. See also: tramy-hub place list"
	}
	return ""
}

// operator is who acts when a command is given at the machine itself: whoever holds the data folder.
func operator(h *hub.Hub) desk.Who {
	return desk.Who{Name: "operator", Role: rights.Admin, Place: h.Node.Identity().Place}
}

// withHub runs fn on the hub in the data folder: here if the folder is free, in the running program if it
// is not.
func (e *env) withHub(fn func(h *hub.Hub) error) error {
	if e.running != nil {
		return fn(e.running)
	}
	dir, err := datadir.Open(e.data, "hub")
	if errors.Is(err, store.ErrInUse) {
		return e.forward()
	}
	if err != nil {
		return err
	}
	h, err := hub.Open(e.ctx, dir, e.options(nil))
	if err != nil {
		dir.Close()
		return err
	}
	err = fn(h)
	return errors.Join(err, h.Close())
}

// forward gives the command to the program that has the folder open.
func (e *env) forward() error {
	req := control.Request{Args: e.args}
	if e.asks {
		password, err := readPassword(e)
		if err != nil {
			return err
		}
		req.Stdin = []byte(password + "\n")
	}
	var err error
	if req.Dir, err = os.Getwd(); err != nil {
		return err
	}
	a, err := control.Send(e.ctx, e.data, req)
	if err != nil {
		return err
	}
	_, _ = e.out.Write(a.Stdout)
	_, _ = e.err.Write(a.Stderr)
	if a.Exit != 0 {
		command.Exit(a.Exit)
	}
	return nil
}

// path is a file's name as the person who gave the command meant it.
func (e *env) path(name string) string {
	if e.dir == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(e.dir, name)
}

type forecastCmd struct{ cases.Command }

func (c *forecastCmd) Run(e *env) error { return c.Command.Run(e.out, e.err) }

type versionCmd struct{}

func (versionCmd) Run(e *env) error {
	_, err := fmt.Fprint(e.out, version.Full(program))
	return err
}
