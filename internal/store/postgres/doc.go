// Package postgres is the store engine of a hub that has outgrown one file: PostgreSQL 15 or newer, by pgx.
//
// Its tables have the names and columns of SQLite's (schema_test.go compares them) under the natural keys: an entity is its
// id, a log its id, a vaccine its code. Every key begins so that Citus could spread the tables over machines (spread.go).
//
// One transaction at a time applies changes, in the whole database: Update takes an advisory lock first and holds it to the
// commit, so that feed numbers are passed by readers in the order in which they commit, and nothing is merged by two at
// once. Views read one snapshot and wait for nobody. One program has a database at a time (holder.go).
//
// Read open.go, then tx.go, then table.go, then migrations.
package postgres
