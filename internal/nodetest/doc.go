// Package nodetest makes small trees of real nodes for tests: a centre with the vaccines and the provinces,
// one commune with its station, and people who can log in, on SQLite in t.TempDir and over TLS on
// loopback. Nothing in it is faked but the clock, which a test may set.
//
//	tree := nodetest.New(t)
//	tree.Station.Register(ctx, tree.Nurse, registry.SubjectInput{Place: tree.Commune, …}, false)
//	tree.Sync(t)
//
// Read tree.go.
package nodetest
