package web

import (
	"testing"
	"time"

	p "tramy/syncproto"
)

// A code can be fetched as a file until so many others were made, and for half an hour.
func TestCodesToFetchAreBounded(t *testing.T) {
	var k codes
	now, me := time.Now(), p.EntityID{1}
	first := k.keep(me, now, "TRAMY-1")
	for range codesMax - 1 {
		k.keep(me, now, "TRAMY-2")
	}
	if text, ok := k.find(me, now.Add(codesTime), first); !ok || text != "TRAMY-1" {
		t.Error("at the limit the first is gone")
	}
	if _, ok := k.find(me, now.Add(codesTime+1), first); ok {
		t.Error("it is still there after its time")
	}
	k.keep(me, now, "TRAMY-3")
	if _, ok := k.find(me, now, first); ok || len(k.items) != codesMax {
		t.Errorf("one beyond it %d are kept", len(k.items))
	}
}
