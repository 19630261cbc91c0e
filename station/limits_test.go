package station

import (
	"errors"
	"io"
	"testing"
)

type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }

func TestUploadAtItsLimit(t *testing.T) {
	for size, want := range map[int64]error{UploadBytesMax: nil, UploadBytesMax + 1: ErrUploadLarge} {
		if err := takeUpload(io.Discard, io.LimitReader(endless{}, size)); !errors.Is(err, want) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}
