package command

import (
	"fmt"

	"golang.org/x/sys/unix"
)

func system() (name string, major, minor uint32) {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return "linux", 0, 0
	}
	if n, err := fmt.Sscanf(unix.ByteSliceToString(u.Release[:]), "%d.%d", &major, &minor); n != 2 || err != nil {
		return "linux", 0, 0
	}
	return "linux", major, minor
}
