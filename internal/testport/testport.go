package testport

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
)

// Addresses come from below the ports that Linux (from 32768) and Windows (from 49152) give to connections that go out.
// An address that the system chose for us could be lent to such a connection while its program is down, and the program
// could not come back.
const (
	lowest  = 12000
	highest = 32000
	tries   = 200
)

// Free returns an address of this machine, as "127.0.0.1:port", on which nothing listens now. An error means that none
// could be had.
func Free() (string, error) {
	var last error
	for range tries {
		address := fmt.Sprintf("127.0.0.1:%d", lowest+rand.IntN(highest-lowest))
		l, err := net.Listen("tcp", address)
		if err == nil {
			return address, l.Close()
		}
		last = err
	}
	return "", errors.Join(errors.New("no free port on this machine"), last)
}
