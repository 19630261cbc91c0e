package node_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"tramy/internal/node"
)

// A radio link dies in a valley and nobody tells the hub: its end of the connection still waits for bytes when the laptop
// comes again and asks how far it was taken. What had come whole counts, and is not sent twice.
func TestWhatCameBeforeTheLineDiedCounts(t *testing.T) {
	c := newCountry(t)
	c.quiet()
	before, err := c.province.n.ChildPosition(context.Background(), c.a.id.Device)
	if err != nil {
		t.Fatal(err)
	}
	made := c.a.act(subject(t, c.a, c.communeA, "Lò Thị Mai"))[0]
	call, err := c.a.n.Begin(context.Background(), node.Options{Fresh: true})
	if err != nil {
		t.Fatal(err)
	}
	var request bytes.Buffer
	if err := call.WriteRequest(&request); err != nil {
		t.Fatal(err)
	}
	line, into := io.Pipe()
	ended := make(chan error)
	go func() { ended <- c.province.n.Serve(context.Background(), c.a.id.Device, line, io.Discard) }()
	// A write returns when all of it was read. What closes the request has three bytes: the second of them is read when all
	// before it was looked at.
	for _, b := range [][]byte{request.Bytes()[:request.Len()-2], request.Bytes()[request.Len()-2 : request.Len()-1]} {
		if _, err := into.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	after, err := c.province.n.ChildPosition(context.Background(), c.a.id.Device)
	if err != nil {
		t.Fatal(err)
	}
	if after.Number <= before.Number {
		t.Errorf("the position is %d as before, although a segment has come whole", after.Number)
	}
	if c.province.state(made) == nil {
		t.Error("what came is not there")
	}
	into.CloseWithError(io.ErrUnexpectedEOF)
	if err := <-ended; !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the request that was cut ended with %v", err)
	}
	c.quiet()
}
