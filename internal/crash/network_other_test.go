//go:build !linux

package crash

import (
	"errors"
	"testing"
)

func newPacketLine(testing.TB, *world, badness) (slowLine, error) {
	return nil, errors.New("the system has none")
}
