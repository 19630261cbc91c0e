package store

import "syscall"

// diskFull is ERROR_DISK_FULL.
const diskFull = syscall.Errno(112)
