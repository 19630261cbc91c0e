//go:build !unix

package server

// filesMax is 0: the system sets no limit of its own to sockets.
func filesMax() uint64 { return 0 }
