package registry

import p "tramy/syncproto"

// RescuedValue is a value that only one node still knew and wrote again: whose it was, and when.
type RescuedValue struct {
	Entity p.EntityID
	Field  p.Field
	Dot    p.Dot // as its author wrote it
	At     p.At
	Actor  p.EntityID
}

// rescuedItems is how many items of the list a value takes.
const rescuedItems = 7

// NewRescue makes the record of a rescue at a place, for an officer to look at.
func NewRescue(place p.EntityID, values []RescuedValue) Draft {
	var items []p.Data
	for i := range values {
		v := &values[i]
		items = append(items, p.Ref(v.Entity), p.Int(int64(v.Field)), p.Bytes(v.Dot.Log[:]), p.Int(int64(v.Dot.Seq)),
			p.Int(v.At.WallMS), p.Int(int64(v.At.OffsetMS)), refData(v.Actor))
	}
	return creation(KindRescue, []fieldData{{p.FieldPlace, refData(place)}, {RescueValues, p.List(items...)}})
}

// RescuedOf reads which values a record of a rescue names. What does not read as one is left out.
func RescuedOf(s *p.State) []RescuedValue {
	items, _ := s.Get(RescueValues).List()
	var out []RescuedValue
	for ; len(items) >= rescuedItems; items = items[rescuedItems:] {
		var v RescuedValue
		v.Entity, _ = items[0].Ref()
		field, _ := items[1].Int()
		log, _ := items[2].Bytes()
		seq, _ := items[3].Int()
		v.At.WallMS, _ = items[4].Int()
		offset, _ := items[5].Int()
		v.Actor, _ = items[6].Ref()
		if v.Entity.IsZero() || field != int64(p.Field(field)) || len(log) != len(v.Dot.Log) || seq != int64(p.Seq(seq)) || offset != int64(int32(offset)) {
			continue
		}
		v.Field, v.Dot.Seq, v.At.OffsetMS = p.Field(field), p.Seq(seq), int32(offset)
		copy(v.Dot.Log[:], log)
		out = append(out, v)
	}
	return out
}

// Rejection says that an officer decided that a log stays out from a change on, for good.
type Rejection struct {
	ID     p.EntityID
	Log    p.LogID
	From   p.Seq
	Reason string
}

// NewRejection makes the draft of a rejection.
func NewRejection(log p.LogID, from p.Seq, reason string) Draft {
	return creation(KindRejection, []fieldData{
		{RejectionLog, bytesData(log[:])}, {RejectionFrom, p.Int(int64(from))}, {RejectionReason, textData(cleanLine(reason))},
	})
}

// RejectionOf reads a rejection; false if it names no log.
func RejectionOf(s *p.State) (Rejection, bool) {
	g := getter(s.Get)
	r := Rejection{ID: s.ID, Reason: g.text(RejectionReason)}
	log, _ := s.Get(RejectionLog).Bytes()
	from := g.int(RejectionFrom)
	if len(log) != len(r.Log) || from < 1 || from != int64(p.Seq(from)) {
		return r, false
	}
	copy(r.Log[:], log)
	r.From = p.Seq(from)
	return r, r.Log.Valid()
}

// VoidWrittenAgain is why a record is void whose creation was lost and was written again under another id. It is seen only
// where the lost creation turns up after all.
const VoidWrittenAgain = "đã ghi lại thành bản ghi khác"
