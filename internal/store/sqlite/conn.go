package sqlite

import (
	"context"
	"database/sql"
)

// conn is one connection with the statements it has prepared so far. It is used by one transaction at a
// time. Statements run without the caller's context: to interrupt one costs the connection, and none
// takes long; a transaction looks at its context when it begins and before it commits.
type conn struct {
	c     *sql.Conn
	write bool
	stmts map[string]*sql.Stmt
}

func newConn(ctx context.Context, db *sql.DB, write bool) (*conn, error) {
	c, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{c: c, write: write, stmts: map[string]*sql.Stmt{}}, nil
}

func (c *conn) close() {
	for _, st := range c.stmts {
		_ = st.Close()
	}
	_ = c.c.Close()
}

// stmt prepares a statement once. Texts come from a fixed set, so the map stays small.
func (c *conn) stmt(text string) (*sql.Stmt, error) {
	if st := c.stmts[text]; st != nil {
		return st, nil
	}
	st, err := c.c.PrepareContext(context.Background(), text)
	if err != nil {
		return nil, err
	}
	c.stmts[text] = st
	return st, nil
}

func (c *conn) exec(text string, args ...any) (sql.Result, error) {
	st, err := c.stmt(text)
	if err != nil {
		return nil, err
	}
	return st.ExecContext(context.Background(), args...)
}

func (c *conn) query(text string, args ...any) (*sql.Rows, error) {
	st, err := c.stmt(text)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(context.Background(), args...)
}
