package testport

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
)

// Addresses come from below the ports that Linux (from 32768) and Windows (from 49152) give to connections that go out.
// An address that the system chose for us could be lent to such a connection while its program is down, and the program
// could not come back.
const (
	lowest  = 12000
	highest = 32000
	tries   = 200
)

// held keeps each address that was given out from being given again, here or in another test's process, while its program
// is down: the same port of UDP, which no program under test uses, is taken for as long as this process runs.
var held struct {
	sync.Mutex
	ports []net.PacketConn
}

// Free returns an address of this machine, as "127.0.0.1:port", on which nothing listens now and which nobody else gets
// while this process runs. An error means that none could be had.
func Free() (string, error) {
	held.Lock()
	defer held.Unlock()
	var last error
	for range tries {
		address := fmt.Sprintf("127.0.0.1:%d", lowest+rand.IntN(highest-lowest))
		hold, err := net.ListenPacket("udp", address)
		if err != nil {
			last = err
			continue
		}
		l, err := net.Listen("tcp", address)
		if err != nil {
			last = errors.Join(err, hold.Close())
			continue
		}
		held.ports = append(held.ports, hold)
		return address, l.Close()
	}
	return "", errors.Join(errors.New("no free port on this machine"), last)
}
