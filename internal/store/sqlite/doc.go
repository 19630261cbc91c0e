// Package sqlite is the store engine of every station and, until it has outgrown one machine, of a hub:
// one SQLite file in WAL mode, by modernc.org/sqlite, without cgo.
//
// What Update reported as done survives a power cut (synchronous=FULL). At a station one connection has
// the file to itself; at a hub one connection writes and four read. Files in the data folder: tramy.db,
// its -wal and (at a hub) -shm, and the empty tramy.lock, which a running program holds.
//
// A commune's register should fit into some 12 MB, so entities are named by small numbers (names.go) and
// states are kept in a form of their own (state.go). Nothing outside of this package sees either.
//
// Read open.go, then tx.go, then migrations.
package sqlite
