package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"tramy/internal/store"
)

// readersMax is how many transactions read at once in one program.
const readersMax = 8

// versionMin is the oldest server whose answers were tried, as server_version_num counts.
const versionMin = 150000

// connectTimeout bounds one attempt to reach a server.
const connectTimeout = 10 * time.Second

// deadAfter is when a server of which nothing is heard is taken for gone, and when it lets a program's lock go that is.
const deadAfter = 25 * time.Second

//go:embed migrations/*.sql
var migrations embed.FS

// Options say which database to open.
type Options struct {
	URL string // postgres://user@host/name, as libpq reads it; several hosts may be named
	// Forgetful allows a server that does not wait for its disk; for tests alone.
	Forgetful bool
}

// Store is a store in one PostgreSQL database.
type Store struct {
	config  *pgx.ConnConfig
	readers *pgxpool.Pool
	writing chan struct{} // holds one token: who has it writes
	holder
	closed    chan struct{}
	closeOnce sync.Once
}

// Open connects to a database, makes its tables or brings them up to this version, and takes it for this program. Errors:
// store.ErrNewer, store.ErrInUse, store.ErrAway.
func Open(ctx context.Context, opt Options) (*Store, error) {
	s, err := open(ctx, opt)
	if err != nil {
		return nil, fmt.Errorf("opening the database %s: %w", Redacted(opt.URL), wrap(err))
	}
	return s, nil
}

func open(ctx context.Context, opt Options) (*Store, error) {
	config, err := parse(opt.URL)
	if err != nil {
		return nil, err
	}
	s := &Store{config: config, writing: make(chan struct{}, 1), closed: make(chan struct{}), holder: holder{lost: make(chan struct{})}}
	if err := s.take(ctx, opt.Forgetful); err != nil {
		s.letGo()
		return nil, err
	}
	pool, err := pgxpool.ParseConfig(opt.URL)
	if err != nil {
		s.letGo()
		return nil, err
	}
	pool.ConnConfig, pool.MaxConns = config.Copy(), readersMax
	// A plan made for no word in particular walks all names for a rare one, or gathers half a nation for a common one.
	pool.ConnConfig.RuntimeParams["plan_cache_mode"] = "force_custom_plan"
	if s.readers, err = pgxpool.NewWithConfig(ctx, pool); err != nil {
		s.letGo()
		return nil, err
	}
	s.writing <- struct{}{}
	return s, nil
}

// parse reads an address and adds what this engine relies on.
func parse(address string) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, errors.New("the address is none of a database: want postgres://user@host:5432/name")
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	config.DialFunc = (&net.Dialer{Timeout: config.ConnectTimeout, Control: noticed, KeepAliveConfig: net.KeepAliveConfig{
		Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 3, // deadAfter
	}}).DialContext
	if config.ValidateConnect == nil { // of several servers named, the one that is written to: a standby answers as it was
		config.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	}
	config.RuntimeParams["application_name"] = "tramy"
	config.RuntimeParams["timezone"] = "UTC"
	// None of our statements is to be ended because it, or what a page does between two, takes longer than somebody thought right.
	for _, wait := range []string{"statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"} {
		config.RuntimeParams[wait] = "0"
	}
	// So that another machine may take over from one that died: deadAfter.
	config.RuntimeParams["tcp_keepalives_idle"], config.RuntimeParams["tcp_keepalives_interval"], config.RuntimeParams["tcp_keepalives_count"] = "10", "5", "3"
	if config.RuntimeParams["synchronous_commit"] == "" {
		config.RuntimeParams["synchronous_commit"] = "on" // whatever the server's default: what is acknowledged is on its disk
	}
	return config, nil
}

// Redacted is an address without its password.
func Redacted(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" {
		return "(an address that does not read)"
	}
	q := u.Query()
	q.Del("password")
	q.Del("sslpassword")
	u.RawQuery = q.Encode()
	return u.Redacted()
}

// IsAddress reports whether a text names a database of this engine.
func IsAddress(text string) bool {
	return strings.HasPrefix(text, "postgres://") || strings.HasPrefix(text, "postgresql://")
}

// check refuses a server on which nothing acknowledged would be safe.
func check(ctx context.Context, c *pgx.Conn, forgetful bool) error {
	var version int
	var fsync, encoding string
	if err := c.QueryRow(ctx, `SELECT current_setting('server_version_num')::int, current_setting('fsync'), current_setting('server_encoding')`).Scan(&version, &fsync, &encoding); err != nil {
		return err
	}
	switch {
	case version < versionMin:
		return fmt.Errorf("the server is PostgreSQL %d, and tramy needs %d or newer", version/10000, versionMin/10000)
	case encoding != "UTF8":
		return fmt.Errorf("the database keeps text as %s, and tramy needs UTF8: createdb --encoding UTF8 --template template0", encoding)
	case fsync != "on" && !forgetful:
		return errors.New("the server runs with fsync = off: a power cut would lose what was acknowledged; switch it on")
	}
	return nil
}

// migrate brings the tables up to this version, forward only, each step in a transaction of its own.
func migrate(ctx context.Context, config *pgx.ConnConfig) (err error) {
	db := stdlib.OpenDB(*config)
	defer func() { err = errors.Join(err, db.Close()) }()
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithDisableGlobalRegistry(true), goose.WithTableName("schema_version"))
	if err != nil {
		return err
	}
	have, want, err := provider.GetVersions(ctx)
	if err != nil {
		return err
	}
	if have > want {
		return fmt.Errorf("%w (its tables are of version %d, this program knows up to %d)", store.ErrNewer, have, want)
	}
	if have == want {
		return nil
	}
	_, err = provider.Up(ctx)
	return err
}

func (s *Store) isClosed() bool {
	select {
	case <-s.closed:
		return true
	default:
		return false
	}
}

func (s *Store) usable(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.isClosed() {
		return errClosed
	}
	return nil
}

// Close waits for running transactions and lets the database go.
func (s *Store) Close() error {
	s.closeOnce.Do(func() {
		close(s.closed)
		<-s.writing
		s.letGo()
		s.readers.Close()
	})
	return nil
}
