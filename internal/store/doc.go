// Package store is what a node remembers, as an interface: Store, Tx and the rows that pass through it.
// Engines live in sub-packages and pass the suite in storetest. Nothing here merges, signs or decides.
//
// Read store.go, then rows.go.
package store
