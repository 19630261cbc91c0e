package journal

import (
	"reflect"
	"testing"

	"tramy/internal/node"
	p "tramy/syncproto"
)

// FuzzRecord: what stands inside a record is an act or is refused, and an act that was read is written so that
// it is read again as the same.
func FuzzRecord(f *testing.F) {
	var j File
	for _, r := range []*node.Record{
		act(1, 2, "sau"),
		{Access: true, Opening: &p.Opening{Random: [16]byte{9}}, Changes: act(1, 1, "đầu").Changes},
		{Void: &p.Dot{Log: p.LogID{1}, Seq: 3}, Changes: act(2, 1, "lại").Changes},
	} {
		f.Add(j.encode(r))
	}
	f.Add(make([]byte, 17))
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) < 17 {
			return // the reader of the file asks for as much
		}
		r, err := decode(body)
		if err != nil {
			return
		}
		again, err := decode(j.encode(r))
		if err != nil || !reflect.DeepEqual(again, r) {
			t.Fatalf("%+v is read again as %+v, %v", r, again, err)
		}
	})
}
