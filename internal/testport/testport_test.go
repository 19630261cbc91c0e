package testport_test

import (
	"net"
	"os"
	"strconv"
	"strings"
	"testing"

	"tramy/internal/testport"
)

// A program that is down for a moment must get its address back whatever else connects meanwhile.
func TestFreeIsNeverLentToAConnection(t *testing.T) {
	lent := 32768
	if text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range"); err == nil {
		if lent, err = strconv.Atoi(strings.Fields(string(text))[0]); err != nil {
			t.Fatal(err)
		}
	}
	if lent < 32000 {
		t.Skipf("this machine lends ports from %d on", lent)
	}
	for range 50 {
		address, err := testport.Free()
		if err != nil {
			t.Fatal(err)
		}
		_, port, err := net.SplitHostPort(address)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := strconv.Atoi(port); err != nil || n >= lent {
			t.Errorf("port %s may be lent to a connection (from %d on): %v", port, lent, err)
		}
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Errorf("nothing can listen on %s: %v", address, err)
			continue
		}
		l.Close()
	}
}

// Two programs of which one is down for a moment must not meet on one address.
func TestFreeIsGivenOnce(t *testing.T) {
	given := map[string]bool{}
	for range 500 { // by chance alone two of so many among 20,000 would be the same
		address, err := testport.Free()
		if err != nil {
			t.Fatal(err)
		}
		if given[address] {
			t.Errorf("%s was given twice", address)
		}
		given[address] = true
	}
}
