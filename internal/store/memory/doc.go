// Package memory is the store engine of the simulator: a store.Store in the memory of one process, for speed and for
// exact control of what goes wrong. It passes the suite in storetest as the engines of stations and hubs do.
//
// Same calls, same answers: nothing here is random, runs beside the caller or follows the order of a map. Where the
// interface leaves an order to the engine, it is that of ids.
//
// What is put is copied, save for a state and what it holds: states are immutable, as merge says. What is got is the
// caller's to change, save for states and the slices within rows (bytes, lists of a place): these are for reading, and
// no later write changes them.
//
// A Clone is a disk copied, a backup or a machine set back. Faults say when a transaction fails, and how. What only
// files have (backup while running, integrity checks, migrations) is not here: nothing outlives the process.
//
// Read store.go, then tree.go, then data.go.
package memory
