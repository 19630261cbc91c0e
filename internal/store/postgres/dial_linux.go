package postgres

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// noticed makes the system give a connection up whose server takes nothing any more: it would else go on trying for a quarter of an hour, and
// keep-alives are not sent while something waits to be taken.
func noticed(network, _ string, c syscall.RawConn) error {
	if network == "unix" {
		return nil
	}
	var err error
	if cerr := c.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(deadAfter.Milliseconds()))
	}); cerr != nil {
		return cerr
	}
	return err
}
