package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tramy/hub"
	"tramy/internal/backup"
	"tramy/internal/command"
	"tramy/internal/control"
	"tramy/internal/datadir"
	"tramy/internal/exchange"
	"tramy/internal/registry"
	"tramy/internal/server"
	"tramy/internal/store/postgres"
	"tramy/internal/version"
)

// options are those of a hub that a command opens; serve adds what serving needs.
func (e *env) options(log *slog.Logger) hub.Options {
	return hub.Options{Open: e.openStore, Remains: e.remains(), Now: now, Software: version.Software(program), Delay: time.Minute, Schedule: "@every 30m", Log: log}
}

type initCmd struct {
	Place    string `help:"Code of the nation's place (the centre only), system:code." default:"own:VN"`
	Name     string `help:"Name of the place, for people." default:"Việt Nam"`
	Upstream string `help:"Enrolment code of the hub above: the text, or a file that holds it. A hub that has data goes on with it, below that hub."`
}

func (c *initCmd) Run(e *env) error {
	if c.Upstream != "" {
		text, err := exchange.CodeIn(c.Upstream)
		if err != nil {
			return err
		}
		code, err := exchange.ParseCode(text)
		if err != nil {
			return err
		}
		// A hub that has data stays what it is; only the hub above is another.
		var info *datadir.Info
		if datadir.Exists(e.data) {
			info, err = datadir.EnrolAgain(e.ctx, e.data, "hub", code, e.openStore, hostName(), version.Software(program))
		} else {
			info, err = datadir.Enrol(e.ctx, e.data, code, hostName(), version.Software(program))
		}
		if err != nil {
			return err
		}
		if err := e.withHub(func(h *hub.Hub) error {
			res, err := h.Uplink.Client.Sync(e.ctx)
			fmt.Fprintf(e.err, "%d entries received from the hub above.\n", res.Received)
			return err
		}); err != nil {
			return err
		}
		_, err = fmt.Fprintf(e.out, "This machine is now the hub of %s.\nNext: tramy-hub serve --data %s --address https://THIS-MACHINE:8790\n", info.PlaceName, e.data)
		return err
	}
	password, err := randomPassword()
	if err != nil {
		return err
	}
	if _, err := hub.InitRoot(e.ctx, e.data, c.Place, c.Name, password, e.openStore, now); err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.out, "This machine is now the centre of a new tree.\nLog in as %s with the password %s and change it.\nNext: tramy-hub serve --data %s --address https://THIS-MACHINE:8790\n", hub.AdminLogin, password, e.data)
	return err
}

func randomPassword() (string, error) {
	b := make([]byte, 10)
	_, err := rand.Read(b)
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)), err
}

func hostName() string {
	name, err := os.Hostname()
	if err != nil {
		return "hub"
	}
	return name
}

type serveCmd struct {
	Listen    string        `help:"Where stations and hubs below call." default:":8790" env:"TRAMY_LISTEN"`
	Address   []string      `help:"Addresses under which they reach this hub, https://host:port; put into enrolment codes." env:"TRAMY_ADDRESS"`
	TLSCert   string        `help:"Certificate of a public CA for the name in --address (PEM, with its chain): new codes then say that name instead of this hub's own key. Read anew when it is renewed." type:"existingfile" env:"TRAMY_TLS_CERT" name:"tls-cert"`
	TLSKey    string        `help:"Its private key (PEM)." type:"existingfile" env:"TRAMY_TLS_KEY" name:"tls-key"`
	Pages     string        `help:"Where officers' pages and the API are served." default:"127.0.0.1:8791" env:"TRAMY_PAGES"`
	Cert      string        `help:"Certificate of a public CA for the pages (PEM); needed to serve them beyond this machine." type:"existingfile" env:"TRAMY_CERT"`
	Key       string        `help:"Its private key (PEM)." type:"existingfile" env:"TRAMY_KEY"`
	Host      []string      `help:"Names under which officers reach the pages, beside localhost." env:"TRAMY_HOST"`
	Exchanges int           `help:"Exchanges at work at once; others are told to come back." default:"64" env:"TRAMY_EXCHANGES"`
	Delay     time.Duration `help:"How long after the first unsent change the hub above is called." default:"1m" env:"TRAMY_DELAY"`
	Schedule  string        `help:"Calls that happen anyway (cron)." default:"@every 30m" env:"TRAMY_SCHEDULE"`
	USB       string        `help:"A folder for the files of a USB stick; sticks that are plugged in are found without it." type:"path" env:"TRAMY_USB" name:"usb"`

	SecondFactor string `help:"Whether officers and admins need a second factor to log in here: required or offered." enum:"required,offered" default:"required" env:"TRAMY_SECOND_FACTOR"`

	command.Log

	JournalCopy string `help:"A folder on another drive for a second copy of this hub's own acts; remembered." env:"TRAMY_JOURNAL_COPY"`
}

func (c *serveCmd) Run(e *env) error {
	log := c.To(e.err)
	if err := c.checkPages(); err != nil {
		return err
	}
	opt := e.options(log)
	if c.TLSCert != "" {
		if err := c.checkNames(); err != nil {
			return err
		}
		files, err := server.OpenCertFiles(c.TLSCert, c.TLSKey)
		if err != nil {
			return err
		}
		opt.PublicCert = files.Get
	}
	dir, err := datadir.Open(e.data, "hub")
	if err != nil {
		return err
	}
	opt.Addresses, opt.Exchanges, opt.Delay, opt.Schedule, opt.BeginsAnew = c.Address, c.Exchanges, c.Delay, c.Schedule, true
	if len(opt.Addresses) == 0 {
		opt.Addresses = []string{guessAddress(c.Listen)}
	}
	e.logins = &server.Logins{Store: &server.MemoryLogins{}, Now: now}
	for {
		h, err := hub.Open(e.ctx, dir, opt)
		if err != nil {
			dir.Close()
			return err
		}
		if err = backup.SetUpCopy(h.Dir, c.JournalCopy); err == nil {
			err = serve(e, c, h, log)
		}
		// Found to be damaged in the middle of the work: the next start sets that aside and goes on with what can be read.
		// A database of a server's is that server's to mend.
		again := errors.Is(err, datadir.ErrDamagedNow) && e.database == "" || errors.Is(err, datadir.ErrKeysChanged)
		if cerr := h.Close(); !again || cerr != nil {
			return errors.Join(err, cerr)
		}
		if dir, err = datadir.Open(e.data, "hub"); err != nil {
			return err
		}
	}
}

// checkPages refuses to send children's records over a network in clear.
func (c *serveCmd) checkPages() error {
	host, _, err := net.SplitHostPort(c.Pages)
	if err != nil {
		return fmt.Errorf("--pages %s: want host:port", c.Pages)
	}
	ip := net.ParseIP(host)
	if c.Cert == "" && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("--pages %s is not this machine alone: give --cert and --key, or put a TLS proxy before 127.0.0.1", c.Pages)
	}
	if (c.Cert == "") != (c.Key == "") {
		return errors.New("--cert and --key go together")
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return errors.New("--tls-cert and --tls-key go together")
	}
	return nil
}

// checkNames refuses addresses that no public authority vouches for.
func (c *serveCmd) checkNames() error {
	if len(c.Address) == 0 {
		return errors.New("--tls-cert needs --address with the name in the certificate, https://hub.example.vn:8790")
	}
	for _, a := range c.Address {
		if err := hub.CheckName(a); err != nil {
			return err
		}
	}
	return nil
}

// guessAddress is what is put into codes if nobody said better: this machine's name and the port.
func guessAddress(listen string) string {
	_, port, err := net.SplitHostPort(listen)
	if err != nil {
		port = "8790"
	}
	return "https://" + net.JoinHostPort(hostName(), port)
}

// serve runs the exchange, the pages, the uplink and the control socket until one fails or e.ctx ends.
func serve(e *env, c *serveCmd, h *hub.Hub, log *slog.Logger) error {
	tlsConf, err := h.TLS()
	if err != nil {
		return err
	}
	exchangeSrv := server.New(server.Options{Hosts: []string{server.AnyHost}, TLS: tlsConf, Log: log})
	h.Register(exchangeSrv)
	listen, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return err
	}
	pages, err := newPages(h, e.logins, c, log)
	if err != nil {
		return err
	}
	pagesListen, err := net.Listen("tcp", c.Pages)
	if err != nil {
		return err
	}
	c.Listen, c.Pages = listen.Addr().String(), pagesListen.Addr().String() // where they are found again after a damage
	fmt.Fprintf(e.err, "%s: stations call %s; pages at %s://%s/\n", program, strings.Join(h.Addresses, ", "), scheme(c), pagesListen.Addr())

	return command.Together(e.ctx,
		func(ctx context.Context) error { return exchangeSrv.Serve(ctx, listen) },
		func(ctx context.Context) error { return pages.Serve(ctx, pagesListen) },
		h.Run,
		untilLost(h),
		func(ctx context.Context) error {
			return control.Listen(ctx, e.data, func(ctx context.Context, req *control.Request, stdout, stderr io.Writer) int {
				return run(&env{ctx: ctx, args: req.Args, stdin: bytes.NewReader(req.Stdin), out: stdout, err: stderr, dir: req.Dir, running: h})
			})
		})
}

func scheme(c *serveCmd) string {
	if c.Cert != "" {
		return "https"
	}
	return "http"
}

type syncCmd struct {
	JSON bool `help:"Print the result as JSON." name:"json"`
}

func (c *syncCmd) Run(e *env) error {
	return e.withHub(func(h *hub.Hub) error {
		if h.Uplink == nil {
			return errors.New("this is the centre: there is no hub above it")
		}
		res, err := h.Uplink.Client.Sync(e.ctx)
		if c.JSON {
			return errors.Join(err, json.NewEncoder(e.out).Encode(res))
		}
		fmt.Fprintf(e.out, "sent %d, received %d, equal: %v\n", res.Sent, res.Received, res.Level)
		if err == nil && res.Refusal != nil {
			return fmt.Errorf("the hub above refused: %s", server.RefusalType(res.Refusal.Code))
		}
		return err
	})
}

type rotateKeysCmd struct{}

func (rotateKeysCmd) Run(e *env) error {
	return e.withHub(func(h *hub.Hub) error {
		if err := h.ChangeKeys(e.ctx); err != nil {
			return err
		}
		_, err := fmt.Fprintln(e.out, "This hub has new keys, and the hub above knows them.")
		return err
	})
}

type enrolCmd struct {
	Place string `help:"Where the machine stands: code of the place, e.g. kcb:11001 or gso:11." required:""`
	Role  string `help:"What it is." enum:"station,hub" default:"station"`
	File  string `help:"Also write the code to this file."`
}

func (c *enrolCmd) Run(e *env) error {
	return e.withHub(func(h *hub.Hub) error {
		place, err := placeByCode(e.ctx, h, c.Place)
		if err != nil {
			return err
		}
		role := registry.NodeStation
		if c.Role == "hub" {
			role = registry.NodeHub
		}
		code, err := h.NewCode(e.ctx, operator(h), place.ID, role)
		if err != nil {
			return err
		}
		text, err := code.Text()
		if err != nil {
			return err
		}
		if c.File != "" {
			if err := os.WriteFile(e.path(c.File), []byte(text+"\n"), 0o600); err != nil {
				return err
			}
		}
		fmt.Fprintf(e.err, "For %s, until %s, once:\n", place.Name, time.Unix(code.ExpiresS, 0).Format("02/01/2006 15:04"))
		_, err = fmt.Fprintln(e.out, text)
		return err
	})
}

type configCmd struct{}

func (configCmd) Run(e *env) error {
	info := map[string]any{"data": e.data}
	if noted, err := readEngine(e.data); err != nil {
		return err
	} else if noted != nil {
		info["database"] = noted.Engine
	}
	if e.database != "" {
		info["database_address"] = postgres.Redacted(e.database)
	}
	if datadir.Exists(e.data) {
		b, err := os.ReadFile(filepath.Join(e.data, datadir.FileIdentity))
		if err != nil {
			return err
		}
		info["identity"] = json.RawMessage(b)
	}
	enc := json.NewEncoder(e.out)
	enc.SetIndent("", "  ")
	return enc.Encode(info)
}
