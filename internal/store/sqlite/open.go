package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/pressly/goose/v3"
	modernc "modernc.org/sqlite"

	"tramy/internal/store"
)

// FileName is the name of the database in a data folder.
const FileName = "tramy.db"

// readersMax is how many transactions read at once at a hub.
const readersMax = 4

//go:embed migrations/*.sql
var migrations embed.FS

// Options say which database to open, and for whom.
type Options struct {
	Dir     string // data folder; the database is FileName in it
	Path    string // the database itself, instead of Dir
	Station bool   // one connection, which nobody shares
}

// Store is a store in one SQLite file. At a station views and updates take turns on one connection, so a
// View inside an Update waits for ever; at a hub views run beside the one update.
type Store struct {
	path    string
	lockDB  *sql.DB
	lock    *sql.Conn // holds tramy.lock
	conns   []*conn   // the writer, then readers
	writer  chan *conn
	readers chan *conn // the writer's channel at a station
	blocks  *names
	words   *names
	days    days
	closed  chan struct{}
	copying sync.Mutex // held while a copy is being made in steps
}

// Open opens the database, makes it if there is none, and brings its tables up to this version. Errors:
// store.ErrNewer, store.ErrInUse, store.ErrCorrupt, store.ErrFull.
func Open(ctx context.Context, opt Options) (*Store, error) {
	path := opt.Path
	if path == "" {
		path = filepath.Join(opt.Dir, FileName)
	}
	path, err := absolute(path)
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("making the data folder: %w", err)
	}
	modernc.StrictPragmas(true)
	s := &Store{
		path: path, writer: make(chan *conn, 1), closed: make(chan struct{}),
		blocks: newNames("block"), words: newNames("word"),
	}
	s.days.touchAll()
	if err := s.open(ctx, opt.Station); err != nil {
		_ = s.closeAll() // what failed to open is what matters
		return nil, fmt.Errorf("opening %s: %w", path, wrap(err))
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, station bool) error {
	if err := s.takeLock(ctx); err != nil {
		return err
	}
	pragmas := stationPragmas
	if !station {
		pragmas = writerPragmas
	}
	db, err := sql.Open("sqlite", dsn(s.path, pragmas))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	err = migrate(ctx, db)
	if cerr := db.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	w, err := s.connect(db.Driver(), pragmas)
	if err != nil {
		return err
	}
	s.writer <- w
	if station {
		s.readers = s.writer
		return nil
	}
	// A station has no feed and one commune's doses, and its disk no room for these indexes.
	for _, index := range []string{`CREATE INDEX IF NOT EXISTS route_feed ON route (scope, number)`, lotIndex} {
		if _, err := w.exec(index); err != nil {
			return err
		}
	}
	s.readers = make(chan *conn, readersMax)
	for range readersMax {
		r, err := s.connect(db.Driver(), readerPragmas)
		if err != nil {
			return err
		}
		s.readers <- r
	}
	return nil
}

func (s *Store) connect(d driver.Driver, pragmas []string) (*conn, error) {
	c, err := newConn(d, dsn(s.path, pragmas))
	if err == nil {
		s.conns = append(s.conns, c)
	}
	return c, err
}

// station reports whether views and updates take turns.
func (s *Store) station() bool { return s.readers == s.writer }

// takeLock makes sure that no second program runs on this file: as a hub opens it, several could write in
// turn, and each would give out the same feed numbers.
func (s *Store) takeLock(ctx context.Context) error {
	db, err := sql.Open("sqlite", dsn(filepath.Join(filepath.Dir(s.path), "tramy.lock"), lockPragmas))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	s.lockDB = db
	if s.lock, err = db.Conn(ctx); err != nil {
		return err
	}
	_, err = s.lock.ExecContext(ctx, "BEGIN EXCLUSIVE")
	return err
}

// migrate brings the tables up to this version, forward only, each step in a transaction of its own.
func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true),
		goose.WithTableName("schema_version"),
		goose.WithGoMigrations(goose.NewGoMigration(figuresVersion, &goose.GoFunc{RunTx: packFigures}, nil)))
	if err != nil {
		return err
	}
	have, want, err := provider.GetVersions(ctx)
	if err != nil {
		return err
	}
	if have > want {
		return fmt.Errorf("%w (its data format is %d, this program knows up to %d)", store.ErrNewer, have, want)
	}
	if have == want {
		return nil
	}
	_, err = provider.Up(ctx)
	return err
}

// Close waits for running transactions and closes the file; what was committed is in the database file
// itself afterwards, and the write-ahead log is gone.
func (s *Store) Close() error {
	select {
	case <-s.closed:
		return nil
	default:
		close(s.closed)
	}
	s.copying.Lock()
	defer s.copying.Unlock()
	<-s.writer
	if !s.station() {
		for range readersMax {
			<-s.readers
		}
	}
	return s.closeAll()
}

func (s *Store) closeAll() error {
	var first error
	// Readers are closed before the writer, which then is the last and clears the write-ahead log away.
	for _, c := range slices.Backward(s.conns) {
		if err := c.close(); err != nil && first == nil {
			first = err
		}
	}
	if s.lock != nil {
		_ = s.lock.Close()
	}
	if s.lockDB != nil {
		if err := s.lockDB.Close(); err != nil && first == nil {
			first = err
		}
	}
	return wrap(first)
}
