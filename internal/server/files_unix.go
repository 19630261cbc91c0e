//go:build unix

package server

import "syscall"

// filesMax is how many files the program may have open, 0 if nobody knows.
func filesMax() uint64 {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		return 0
	}
	return uint64(l.Cur) //nolint:unconvert // int64 on FreeBSD
}
