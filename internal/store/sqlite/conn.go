package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"reflect"
)

// conn is one connection with the statements it has prepared so far. It is used by one transaction at a
// time. It speaks to the driver itself: the pool, the locks and the conversions of database/sql took a tenth of
// the time of taking changes in. Statements run without the caller's context: to interrupt one costs the
// connection, and none takes long; a transaction looks at its context when it begins and before it commits.
type conn struct {
	c     driver.Conn
	stmts map[string]statement
	args  []driver.NamedValue // room for one call
}

// statement is what the driver prepares.
type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

func newConn(d driver.Driver, dsn string) (*conn, error) {
	c, err := d.Open(dsn)
	if err != nil {
		return nil, err
	}
	return &conn{c: c, stmts: map[string]statement{}}, nil
}

func (c *conn) close() error {
	for _, st := range c.stmts {
		_ = st.Close()
	}
	return c.c.Close()
}

// stmt prepares a statement once. Texts come from a fixed set, so the map stays small.
func (c *conn) stmt(text string) (statement, error) {
	if st, ok := c.stmts[text]; ok {
		return st, nil
	}
	prepared, err := c.c.Prepare(text)
	if err != nil {
		return nil, err
	}
	st, ok := prepared.(statement)
	if !ok {
		return nil, fmt.Errorf("the driver prepares a %T", prepared)
	}
	c.stmts[text] = st
	return st, nil
}

// named puts arguments into the driver's form; they are of its types or int. What it returns is overwritten by
// the next call.
func (c *conn) named(args []any) []driver.NamedValue {
	c.args = c.args[:0]
	for i, a := range args {
		if n, ok := a.(int); ok {
			a = int64(n)
		}
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: a})
	}
	return c.args
}

func (c *conn) exec(text string, args ...any) (driver.Result, error) {
	st, err := c.stmt(text)
	if err != nil {
		return nil, err
	}
	return st.ExecContext(context.Background(), c.named(args))
}

func (c *conn) query(text string, args ...any) (*rows, error) {
	st, err := c.stmt(text)
	if err != nil {
		return nil, err
	}
	r, err := st.QueryContext(context.Background(), c.named(args))
	if err != nil {
		return nil, err
	}
	return &rows{r: r, row: make([]driver.Value, len(r.Columns()))}, nil
}

// rows is what a query returns, row by row.
type rows struct {
	r   driver.Rows
	row []driver.Value
	err error
}

// next goes to the next row; false at the end, or if there is an err.
func (r *rows) next() bool {
	err := r.r.Next(r.row)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return err == nil
}

func (r *rows) close() { _ = r.r.Close() }

// Scan reads the row into dest, a pointer or a sql.Scanner for each column.
func (r *rows) Scan(dest ...any) error {
	if len(dest) != len(r.row) {
		return fmt.Errorf("%d columns are read into %d places", len(r.row), len(dest))
	}
	for i, d := range dest {
		if err := assign(d, r.row[i]); err != nil {
			return err
		}
	}
	return nil
}

// assign stores a value where it belongs.
func assign(dest any, src driver.Value) error {
	switch d := dest.(type) {
	case sql.Scanner:
		return d.Scan(src)
	case *[]byte:
		if b, ok := src.([]byte); ok || src == nil {
			*d = b
			return nil
		}
	case *string:
		switch s := src.(type) {
		case string:
			*d = s
			return nil
		case []byte:
			*d = string(s)
			return nil
		}
	default:
		n, ok := src.(int64)
		v := reflect.ValueOf(dest).Elem()
		switch {
		case !ok:
		case v.CanInt():
			v.SetInt(n)
			return nil
		case v.CanUint():
			v.SetUint(uint64(n))
			return nil
		case v.Kind() == reflect.Bool:
			v.SetBool(n != 0)
			return nil
		}
	}
	return corrupt("a %T is read where a %T should be", src, dest)
}
