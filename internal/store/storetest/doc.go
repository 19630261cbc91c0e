// Package storetest is the suite that every store engine must pass: the contract of each method, what a
// failed transaction leaves (nothing), what a view sees (one state), orders, searches, and that what was
// committed is there after a restart. An engine's own tests call Run and RunKept.
//
// Read suite.go first.
package storetest
