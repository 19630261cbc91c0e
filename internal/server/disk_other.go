//go:build !windows

package server

import "syscall"

const diskFull = syscall.ENOSPC
