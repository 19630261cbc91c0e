// Command tramy-station is the program on a commune health station's laptop.
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
	"runtime/debug"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"tramy/internal/backup"
	"tramy/internal/command"
	"tramy/internal/control"
	"tramy/internal/datadir"
	"tramy/internal/exchange"
	"tramy/internal/forecast/cases"
	"tramy/internal/lan"
	"tramy/internal/server"
	"tramy/internal/store"
	"tramy/internal/store/sqlite"
	"tramy/internal/testclock"
	"tramy/internal/upkeep"
	"tramy/internal/version"
	"tramy/station"
)

const program = "tramy-station"

type cli struct {
	Data string `help:"Data folder." type:"path" default:"${data}" env:"TRAMY_DATA"`

	Init        initCmd                   `cmd:"" help:"Enrol this laptop with the code from its hub. One that has data goes on with it, at the code's hub."`
	Serve       serveCmd                  `cmd:"" default:"withargs" help:"Show the pages in this laptop's browser and speak to the hub when there is a network."`
	Sync        syncCmd                   `cmd:"" help:"Exchange with the hub now and say what came of it."`
	Bundle      bundleCmd                 `cmd:"" help:"Exchange with the hub by a USB stick: out, in."`
	RotateKeys  rotateKeysCmd             `cmd:"" help:"Give this laptop new keys: the hub takes them, and everything recorded stays proved."`
	Status      statusCmd                 `cmd:"" help:"How much is only on this laptop, at the hub, at the centre."`
	Import      importCmd                 `cmd:"" help:"Bring a register in from a spreadsheet: children with all their doses. Exit 1 if rows did not come in."`
	Export      exportCmd                 `cmd:"" help:"Write the register into a spreadsheet that can be imported again."`
	Backup      backupCmd                 `cmd:"" help:"Make a backup, list them, choose a second place for them."`
	Restore     backup.RestoreCommand     `cmd:"" help:"Put the database of a backup into the data folder, or make a new data folder of it. What was there is set aside."`
	RecoveryKey backup.RecoveryKeyCommand `cmd:"" help:"The printed key for the day when the machine is gone: new."`
	JournalCopy backup.JournalCopyCommand `cmd:"" help:"Keep a second copy of everything recorded here on a stick; set it up, look at it, end it."`
	Check       upkeep.CheckCommand       `cmd:"" help:"Hold the data against itself: logs, signatures, records, figures. Exit 1 if something is wrong."`
	Rebuild     upkeep.RebuildCommand     `cmd:"" help:"Make rows and figures anew from the records."`
	Salvage     upkeep.SalvageCommand     `cmd:"" help:"Set the database aside and begin anew on what can be read of it and of the journal."`
	Forecast    forecastCmd               `cmd:"" help:"Run the schedule engine over cases from a file."`
	Config      configCmd                 `cmd:"" help:"Print the data folder in use and who this machine is."`
	Version     versionCmd                `cmd:"" help:"Print the version of program, protocol and data folder."`
}

// env is where a command runs: the streams, and the station if the command came to a running program.
type env struct {
	ctx     context.Context
	args    []string
	out     io.Writer
	err     io.Writer
	data    string
	dir     string // where the command was given, if that is not here
	live    bool   // somebody looks at err on a terminal
	running *station.Station
	logins  *server.Logins // who is logged in, while the program begins anew within itself
}

// gcPercent makes the collector run earlier than Go's default: the first sync of a commune then stays
// within the 80 MB that a cheap laptop can spare (docs/benchmarks.md), for a little processor time.
const gcPercent = 40

// now is the program's clock, set once, at its start.
var now = time.Now

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
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
	code := run(&env{ctx: ctx, args: os.Args[1:], out: os.Stdout, err: os.Stderr, live: isTerminal(os.Stderr)})
	stop()
	os.Exit(code)
}

// run parses and runs one command: 0 done, 1 failed, 2 used wrongly.
func run(e *env) int {
	var c cli
	line := command.Line{
		Name: program, Grammar: &c, Vars: kong.Vars{"data": datadir.Default("station")}, Args: e.args, Out: e.out, Err: e.err, Hint: hintFor,
		Description: "The immunization register on a health station's laptop. It works without a network.\n\nExample:\n\n  tramy-station init --code TRAMY-…\n  tramy-station serve\n\nthen open http://127.0.0.1:8780/ in the browser.",
	}
	return line.Run(func(k *kong.Context) error {
		e.data = c.Data
		k.BindTo(host{e}, (*backup.Host)(nil))
		return k.Run(e)
	})
}

// hintFor says what to do next.
func hintFor(err error) string {
	switch {
	case errors.Is(err, datadir.ErrNotHere):
		return "Ask your hub for an enrolment code, then: tramy-station init --code CODE"
	case errors.Is(err, datadir.ErrNotTraining):
		return "For training run tramy-demo --open: it makes a country of its own, with made-up children."
	case errors.Is(err, exchange.ErrEnrolUsed), errors.Is(err, exchange.ErrEnrolExpired), errors.Is(err, exchange.ErrEnrolUnknown):
		return "Ask your hub for a new code: its page “Thêm máy”, or tramy-hub enrol."
	case errors.Is(err, store.ErrInUse):
		return "Stop the other program first."
	case server.IsClock(err):
		return "This laptop's clock says " + now().Format("02/01/2006 15:04") + ". Set it right; if it is right, the hub's certificate has run out."
	case errors.Is(err, server.ErrWrongHubKey):
		return "Something between this laptop and the hub answers in its place. Ask your hub for a new code."
	case store.IsFull(err):
		return "Free some space on the disk; nothing was lost."
	}
	return ""
}

func openStore(ctx context.Context, dir string) (store.Store, error) {
	return sqlite.Open(ctx, sqlite.Options{Dir: dir, Station: true})
}

func options(log *slog.Logger) station.Options {
	return station.Options{Open: openStore, Remains: sqlite.ReadRemains, Now: now, Software: version.Software(program), Delay: time.Minute, Schedule: "@every 30m", Log: log}
}

// path is a file as whoever gave the command means it.
func (e *env) path(name string) string {
	if e.dir == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(e.dir, name)
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// withStation runs fn on the station in the data folder: here if the folder is free, in the running
// program if it is not.
func (e *env) withStation(fn func(s *station.Station) error) error {
	if e.running != nil {
		return fn(e.running)
	}
	dir, err := datadir.Open(e.data, "station")
	if errors.Is(err, store.ErrInUse) {
		req := control.Request{Args: e.args}
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
	if err != nil {
		return err
	}
	s, err := station.Open(e.ctx, dir, options(nil))
	if err != nil {
		dir.Close()
		return err
	}
	return errors.Join(fn(s), s.Close())
}

type initCmd struct {
	Code string `help:"The enrolment code: the text, or a file that holds it." required:""`
	Name string `help:"A name for this laptop, for the list of machines; its own if none is given."`
}

func (c *initCmd) Run(e *env) error {
	text, err := exchange.CodeIn(c.Code)
	if err != nil {
		return err
	}
	code, err := exchange.ParseCode(text)
	if err != nil {
		return err
	}
	name := c.Name
	if name == "" {
		if name, err = os.Hostname(); err != nil {
			name = "station"
		}
	}
	// A laptop that has data stays what it is; only its hub is another.
	again := datadir.Exists(e.data)
	var info *datadir.Info
	if again {
		info, err = datadir.EnrolAgain(e.ctx, e.data, "station", code, openStore, name, version.Software(program))
	} else {
		info, err = datadir.Enrol(e.ctx, e.data, code, name, version.Software(program))
	}
	if err != nil {
		return err
	}
	// The first exchange brings the place's accounts, so that people can log in without a further one.
	err = e.withStation(func(s *station.Station) error {
		res, err := s.Uplink.Client.Sync(e.ctx)
		fmt.Fprintf(e.err, "%d entries received.\n", res.Received)
		return err
	})
	if err != nil {
		return fmt.Errorf("this laptop is enrolled, but its first exchange broke off (serve goes on with it): %w", err)
	}
	if again {
		_, err = fmt.Fprintf(e.out, "This laptop goes on as number %06d of %s, with all that is recorded on it, at the hub of this code.\nNext: tramy-station serve --data %s\n", info.Number, info.PlaceName, e.data)
		return err
	}
	_, err = fmt.Fprintf(e.out, "This laptop now belongs to %s.\nNext: tramy-station serve --data %s\n", info.PlaceName, e.data)
	return err
}

type serveCmd struct {
	Listen   string        `help:"Where this laptop's browser finds the pages." default:"127.0.0.1:8780" env:"TRAMY_LISTEN"`
	Delay    time.Duration `help:"How long after the first unsent entry the hub is called." default:"1m" env:"TRAMY_DELAY"`
	Schedule string        `help:"Calls that happen anyway (cron)." default:"@every 30m" env:"TRAMY_SCHEDULE"`
	USB      string        `help:"A folder for the files of a USB stick; sticks that are plugged in are found without it." type:"path" env:"TRAMY_USB" name:"usb"`

	Room       string `help:"Give what is recorded to the other laptops of this station on the local network: on or off. It is remembered, and the settings page changes it too." enum:"on,off,as-before" default:"as-before"`
	RoomListen string `help:"Where the other laptops reach this one, TCP and UDP." default:":8781" env:"TRAMY_ROOM_LISTEN"`

	LAN       bool   `help:"Let phones and tablets on the local network use the pages, over TLS: those that the head lets in on the settings page." name:"lan" env:"TRAMY_LAN"`
	LANListen string `help:"Where phones reach this laptop." default:":8782" env:"TRAMY_LAN_LISTEN" name:"lan-listen"`

	Training bool `help:"For training only: a data folder that a training country made (tramy-demo). One with real children is refused." env:"TRAMY_TRAINING"`

	command.Log

	JournalCopy string `help:"A folder on a stick or another drive for a second copy of everything recorded here; remembered." env:"TRAMY_JOURNAL_COPY"`
}

// errNotLoopback: who is in the network reads what is sent in clear. Phones and tablets in the room have a way of their own.
var errNotLoopback = errors.New("the pages in clear are for this laptop's own browser: listen on 127.0.0.1; for phones in the room give --lan")

func (c *serveCmd) Run(e *env) error {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return errNotLoopback
	}
	log := c.To(e.err)
	open := datadir.Open
	if c.Training {
		open = datadir.OpenTraining
	}
	dir, err := open(e.data, "station")
	if err != nil {
		return err
	}
	opt := options(log)
	opt.Delay, opt.Schedule, opt.RoomListen, opt.BeginsAnew = c.Delay, c.Schedule, c.RoomListen, true
	e.logins = &server.Logins{Store: &server.MemoryLogins{}, Now: now}
	for {
		s, err := station.Open(e.ctx, dir, opt)
		if err != nil {
			dir.Close()
			return err
		}
		err = c.serve(e, s, log)
		// Found to be damaged in the middle of the work: the next start sets that aside and goes on with what can be read. With new
		// keys it goes on with those.
		again := errors.Is(err, datadir.ErrDamagedNow) || errors.Is(err, datadir.ErrKeysChanged)
		if cerr := s.Close(); !again || cerr != nil {
			return errors.Join(err, cerr)
		}
		if dir, err = open(e.data, "station"); err != nil {
			return err
		}
	}
}

// fileLAN remembers in the data folder which phones are let in, and the authority by which they know this laptop.
const fileLAN = "lan.json"

// serve shows the pages of a station until it ends.
func (c *serveCmd) serve(e *env, s *station.Station, log *slog.Logger) error {
	if err := backup.SetUpCopy(s.Dir, c.JournalCopy); err != nil {
		return err
	}
	if setting := s.Room.Setting(); c.Room != "as-before" && setting.On != (c.Room == "on") {
		setting.On = c.Room == "on"
		if err := s.Room.Set(setting); err != nil {
			return err
		}
	}
	var phones *lan.LAN
	if c.LAN {
		var err error
		if phones, err = lan.Open(lan.Options{Path: filepath.Join(s.Dir.Path, fileLAN), Place: s.Dir.Info.PlaceName, Now: now}); err != nil {
			return err
		}
	}
	pages, phonePages, err := newPages(s, e.logins, c.USB, phones, log)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return err
	}
	c.Listen = l.Addr().String() // where it is found again after a damage
	fmt.Fprintf(e.err, "%s: %s, http://%s/\n", program, s.Dir.Info.PlaceName, l.Addr())
	parts := []func(context.Context) error{
		func(ctx context.Context) error { return pages.Serve(ctx, l) },
		s.Run,
		func(ctx context.Context) error {
			return control.Listen(ctx, e.data, func(ctx context.Context, req *control.Request, stdout, stderr io.Writer) int {
				return run(&env{ctx: ctx, args: req.Args, dir: req.Dir, out: stdout, err: stderr, running: s})
			})
		},
	}
	if phones != nil {
		pl, err := phones.Listen(c.LANListen)
		if err != nil {
			return errors.Join(err, l.Close())
		}
		fmt.Fprintf(e.err, "%s: phones in the room call port %d\n", program, pl.Addr().(*net.TCPAddr).Port)
		parts = append(parts, func(ctx context.Context) error { return phonePages.Serve(ctx, pl) })
	}
	return command.Together(e.ctx, parts...)
}

type syncCmd struct {
	JSON bool `help:"Print the result as JSON." name:"json"`
}

func (c *syncCmd) Run(e *env) error {
	return e.withStation(func(s *station.Station) error {
		res, err := s.Uplink.Client.Sync(e.ctx)
		if c.JSON {
			return errors.Join(err, json.NewEncoder(e.out).Encode(res))
		}
		fmt.Fprintf(e.out, "sent %d, received %d, equal to the hub: %v\n", res.Sent, res.Received, res.Level)
		if err == nil && res.Refusal != nil {
			return fmt.Errorf("the hub refused: %s", server.RefusalType(res.Refusal.Code))
		}
		return err
	})
}

type rotateKeysCmd struct{}

func (rotateKeysCmd) Run(e *env) error {
	return e.withStation(func(s *station.Station) error {
		if err := s.ChangeKeys(e.ctx); err != nil {
			return err
		}
		_, err := fmt.Fprintln(e.out, "This laptop has new keys, and the hub knows them.")
		return err
	})
}

type statusCmd struct {
	JSON bool `help:"Print as JSON." name:"json"`
}

func (c *statusCmd) Run(e *env) error {
	return e.withStation(func(s *station.Station) error {
		st, err := s.Node.Status(e.ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(e.out).Encode(st)
		}
		_, err = fmt.Fprintf(e.out, "only here %d, at the hub %d, at the centre %d, waiting to be let in %d, rejected %d; %d people, %d doses\n",
			st.Saved, st.AtHub, st.AtRoot, st.Held, st.Rejected, st.Subjects, st.Doses)
		return err
	})
}

type configCmd struct{}

func (configCmd) Run(e *env) error {
	out := map[string]any{"data": e.data}
	if datadir.Exists(e.data) {
		b, err := os.ReadFile(filepath.Join(e.data, datadir.FileIdentity))
		if err != nil {
			return err
		}
		out["identity"] = json.RawMessage(b)
	}
	enc := json.NewEncoder(e.out)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

type forecastCmd struct{ cases.Command }

func (c *forecastCmd) Run(e *env) error { return c.Command.Run(e.out, e.err) }

type versionCmd struct{}

func (versionCmd) Run(e *env) error {
	_, err := fmt.Fprint(e.out, version.Full(program))
	return err
}
