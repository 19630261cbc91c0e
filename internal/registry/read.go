package registry

import p "tramy/syncproto"

// getter returns what stands in a field, null if nothing does. Views are read through one, so that a
// draft can look at a state with a patch laid over it.
type getter func(p.Field) p.Data

func (g getter) text(f p.Field) string {
	s, _ := g(f).Text()
	return s
}

func (g getter) ref(f p.Field) p.EntityID {
	e, _ := g(f).Ref()
	return e
}

func (g getter) int(f p.Field) int64 {
	n, _ := g(f).Int()
	return n
}

// small reads a number that a newer or hostile version may have made larger than fits; then it is 0.
func (g getter) small(f p.Field) int {
	if n := g.int(f); n >= -1<<31 && n < 1<<31 {
		return int(n)
	}
	return 0
}

// day reads a date between the years 1 and 9999, else 0.
func (g getter) day(f p.Field) Day {
	if n := g.int(f); IsDay(n) {
		return Day(n)
	}
	return 0
}

// IsDay reports whether a number is a Day between the years 1 and 9999.
func IsDay(n int64) bool { return n >= int64(dayMin) && n <= int64(dayMax) }

var dayMin, dayMax = dayOf(1, 1, 1), dayOf(9999, 12, 31)

func (g getter) clock(f p.Field) Clock {
	if n, ok := g(f).Int(); ok && n >= 0 && n < 24*60 {
		return Clock(n + 1)
	}
	return 0
}

func enumOf[T ~uint8](g getter, f p.Field) T {
	if n := g.int(f); n > 0 && n < 256 {
		return T(n)
	}
	return 0
}

func (g getter) texts(f p.Field) []string {
	list, _ := g(f).List()
	var out []string
	for _, d := range list {
		if s, ok := d.Text(); ok {
			out = append(out, s)
		}
	}
	return out
}

func (g getter) refs(f p.Field) []p.EntityID {
	list, _ := g(f).List()
	var out []p.EntityID
	for _, d := range list {
		if e, ok := d.Ref(); ok {
			out = append(out, e)
		}
	}
	return out
}

// fieldData is one field of an input on its way into a draft; null where nothing was entered.
type fieldData struct {
	field p.Field
	data  p.Data
}

func textData(s string) p.Data {
	if s == "" {
		return p.Null()
	}
	return p.Text(s)
}

func intData[T ~int | ~int32 | ~int64 | ~uint8](n T) p.Data {
	if n == 0 {
		return p.Null()
	}
	return p.Int(int64(n))
}

// boolData writes only what is true: absent is false.
func boolData(b bool) p.Data {
	if !b {
		return p.Null()
	}
	return p.Bool(true)
}

func clockData(c Clock) p.Data {
	if n, ok := c.Minute(); ok {
		return p.Int(int64(n))
	}
	return p.Null()
}

func refData(e p.EntityID) p.Data {
	if e.IsZero() {
		return p.Null()
	}
	return p.Ref(e)
}

func bytesData(b []byte) p.Data {
	if len(b) == 0 {
		return p.Null()
	}
	return p.Bytes(b)
}

func textsData(list []string) p.Data {
	if len(list) == 0 {
		return p.Null()
	}
	d := make([]p.Data, len(list))
	for i, s := range list {
		d[i] = p.Text(s)
	}
	return p.List(d...)
}

func refsData(list []p.EntityID) p.Data {
	if len(list) == 0 {
		return p.Null()
	}
	d := make([]p.Data, len(list))
	for i, e := range list {
		d[i] = p.Ref(e)
	}
	return p.List(d...)
}

// Voided returns the reason for which the entity was entered in error, and whether it was: only if every
// live value of the void field is a reason. An edit writes "none" there, so a record that one person
// voids while another corrects it counts, and goes to review.
func Voided(s *p.State) (string, bool) {
	values := s.Values(p.FieldVoid)
	reason := ""
	for i := range values {
		text, ok := values[i].Data.Text()
		if !ok || text == "" {
			return "", false
		}
		reason = text
	}
	return reason, len(values) > 0
}

// Reviewed lists the fields of s that a person should look at: concurrent writes of different data in a
// field whose class is not soft. Fields this version does not know are left out.
func Reviewed(s *p.State) []FieldInfo {
	var out []FieldInfo
	for i := range s.Fields {
		f := &s.Fields[i]
		if len(f.Values) < 2 || !differ(f.Values) {
			continue
		}
		if info, ok := FieldOf(s.Kind, f.Field); ok && info.Class != Soft {
			out = append(out, info)
		}
	}
	return out
}

func differ(values []p.Value) bool {
	for i := 1; i < len(values); i++ {
		if !values[i].Data.Equal(values[0].Data) {
			return true
		}
	}
	return false
}

// RefData is a reference to be written, null if there is none.
func RefData(e p.EntityID) p.Data { return refData(e) }

// RefsData are references to be written, null if there are none.
func RefsData(list []p.EntityID) p.Data { return refsData(list) }

// TextsData are texts to be written, null if there are none.
func TextsData(list []string) p.Data { return textsData(list) }
