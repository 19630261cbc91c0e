package registry

import (
	"reflect"
	"testing"

	p "tramy/syncproto"
)

// madeBy is what a draft becomes as the change with a dot.
func madeBy(d Draft, dot p.Dot) *p.State {
	s := &p.State{ID: dot.Entity(), Kind: d.Kind, Seen: []p.Seen{p.Seen(dot)}}
	for _, w := range d.Writes {
		s.Fields = append(s.Fields, p.FieldValues{Field: w.Field, Values: []p.Value{{Dot: dot, Data: w.Data}}})
	}
	return s
}

func TestRescueNamesWhatItWroteAgain(t *testing.T) {
	log := p.LogID{1, 2, 11: 0x40}
	want := []RescuedValue{
		{Entity: p.Dot{Log: log, Seq: 3}.Entity(), Field: SubjectName, Dot: p.Dot{Log: log, Seq: 1<<32 - 1}, At: p.At{WallMS: -5, OffsetMS: 1<<31 - 1}, Actor: p.Dot{Log: log, Seq: 9}.Entity()},
		{Entity: p.Dot{Log: log, Seq: 4}.Entity(), Field: 65535, Dot: p.Dot{Log: log, Seq: 7}},
	}
	place := p.Dot{Log: log, Seq: 2}.Entity()
	s := madeBy(NewRescue(place, want), p.Dot{Log: log, Seq: 20})
	if got := RescuedOf(s); !reflect.DeepEqual(got, want) {
		t.Errorf("read back as %+v", got)
	}
	if at, _ := s.Get(p.FieldPlace).Ref(); at != place {
		t.Errorf("the record stands at %s", at)
	}
	items, _ := s.Get(RescueValues).List()
	for name, bad := range map[string][]p.Data{
		"an item short":        items[:rescuedItems-1],
		"a field out of range": append([]p.Data{items[0], p.Int(65536)}, items[2:rescuedItems]...),
		"a short log":          append([]p.Data{items[0], items[1], p.Bytes([]byte("x"))}, items[3:rescuedItems]...),
	} {
		s.Fields[1].Values[0].Data = p.List(bad...)
		if got := RescuedOf(s); len(got) != 0 {
			t.Errorf("%s: read as %+v", name, got)
		}
	}
}

func TestRejectionNamesALog(t *testing.T) {
	log := p.LogID{1, 2, 11: 0x40}
	s := madeBy(NewRejection(log, 1<<31, " không phải  trạm này "), p.Dot{Log: log, Seq: 20})
	if got, ok := RejectionOf(s); !ok || got != (Rejection{ID: s.ID, Log: log, From: 1 << 31, Reason: "không phải trạm này"}) {
		t.Errorf("read back as %+v, %v", got, ok)
	}
	for name, bad := range map[string]*p.State{
		"no log":       madeBy(Draft{Kind: KindRejection, Writes: []p.Write{{Field: RejectionFrom, Data: p.Int(3)}}}, p.Dot{Log: log, Seq: 20}),
		"from nothing": madeBy(NewRejection(log, 0, ""), p.Dot{Log: log, Seq: 20}),
		"no log's id":  madeBy(NewRejection(p.LogID{11: 1}, 3, ""), p.Dot{Log: log, Seq: 20}),
	} {
		if _, ok := RejectionOf(bad); ok {
			t.Errorf("%s: taken for a rejection", name)
		}
	}
}
