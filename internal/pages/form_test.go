package pages

import (
	"testing"
	"time"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

// today is Wednesday 25 November 2026.
var today = registry.Today(time.Date(2026, 11, 25, 1, 0, 0, 0, time.UTC), registry.VietnamOffset)

func TestParseBorn(t *testing.T) {
	for text, want := range map[string]struct {
		day   string
		prec  registry.Precision
		clock string
	}{
		"25/11/2026 07:30":   {"25/11/2026", registry.PrecisionMinute, "07:30"},
		" n 7h05 ":           {"25/11/2026", registry.PrecisionMinute, "07:05"},
		"q 23.10":            {"24/11/2026", registry.PrecisionMinute, "23:10"},
		"18/07/2026":         {"18/07/2026", registry.PrecisionDay, ""},
		"07/2026":            {"01/07/2026", registry.PrecisionMonth, ""},
		"1994":               {"01/01/1994", registry.PrecisionYear, ""},
		"25 11 2026":         {"25/11/2026", registry.PrecisionDay, ""},
		"31/02/2026 07:30":   {},
		"25/11/2026 27:30":   {},
		"hôm kia":            {},
		"25/11/2026 07:30 x": {},
	} {
		day, prec, clock, err := ParseBorn(text, today)
		if want.prec == 0 {
			if err == nil {
				t.Errorf("%q is %s %s", text, day, clock)
			}
			continue
		}
		if err != nil || day.String() != want.day || prec != want.prec || clock.String() != want.clock {
			t.Errorf("%q is %s %s %q, %v; want %+v", text, day, prec, clock, err, want)
		}
	}
}

func TestParseNext(t *testing.T) {
	for text, want := range map[string]string{
		"25/12/2026": "25/12/2026", "25/12": "25/12/2026", "2512": "25/12/2026", "24/11": "24/11/2027",
		"0501": "05/01/2027", "+28": "23/12/2026", "24/11/2025": "24/11/2025", "25/11": "25/11/2026",
		"+-3": "", "31/02": "", "mai": "", "+99999": "",
	} {
		day, err := parseNext(text, today)
		got := day.String()
		if err != nil {
			got = ""
		}
		if got != want {
			t.Errorf("%q is %q, %v; want %q", text, got, err, want)
		}
	}
	if day, err := parseNext("  ", today); day != 0 || err != nil {
		t.Errorf("nothing is %s, %v", day, err)
	}
}

func TestExpires(t *testing.T) {
	for text, want := range map[string]string{"31/03/2027": "31/03/2027", "02/2028": "29/02/2028", "2028": "", "13/2027": ""} {
		day, err := expires(text, today)
		got := day.String()
		if err != nil {
			got = ""
		}
		if got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestLocalPath(t *testing.T) {
	for text, want := range map[string]string{
		"/child/x": "/child/x", "/review?of=1#dup": "/review?of=1#dup", "/": "/",
		"": "/o", "//x": "/o", "https://x/": "/o", "javascript:alert(1)": "/o", `/\x`: "/o", "/a\r\nb": "/o", "child": "/o", "/%zz": "/o",
	} {
		if got := localPath(text, "/o"); got != want {
			t.Errorf("%q leads to %q, want %q", text, got, want)
		}
	}
}

func TestSeen(t *testing.T) {
	log := p.NewLogID(nil, [16]byte{1})
	dot := func(n p.Seq) p.Dot { return p.Dot{Log: log, Seq: n} }
	s := &p.State{Fields: []p.FieldValues{{Field: registry.SubjectName, Values: []p.Value{{Dot: dot(1)}, {Dot: dot(2)}}}}}
	s1 := newSeen(s, map[string]string{"name": "Lò Gia Bảo", "note": "", "text": "a\nb"})
	back := parseSeen(s1.String())
	if back.String() != s1.String() {
		t.Errorf("%q came back as %q", s1, back)
	}
	for name, same := range map[string]string{"name": " Lò Gia Bảo", "note": "", "text": "a\r\nb"} {
		if back.touched(name, same) {
			t.Errorf("%s was not touched", name)
		}
		if !back.touched(name, same+"x") {
			t.Errorf("%s was touched", name)
		}
	}
	// A field that has lost all its values must not spoil the rest.
	back.show(registry.SubjectName, nil)
	back.show(registry.SubjectSex, []p.Value{{Dot: dot(3)}})
	if got := parseSeen(back.String()).saw; len(got) != 1 || len(got[registry.SubjectSex]) != 1 {
		t.Errorf("seen are %v", got)
	}
	if got := parseSeen("12=nonsense~x").saw; got == nil || len(got) != 0 {
		t.Errorf("what cannot be read has seen %v", got)
	}
}

func TestShelf(t *testing.T) {
	var s shelf[string]
	now := time.Now()
	me, other := p.EntityID{1}, p.EntityID{2}
	key := s.put(me, now, "x")
	if _, ok := s.get(other, now, key); ok {
		t.Error("somebody else's note was read")
	}
	if _, ok := s.get(me, now.Add(shelfTime+1), key); ok {
		t.Error("an old note is still there")
	}
	if got, ok := s.take(me, now, key); !ok || got != "x" {
		t.Errorf("took %q, %v", got, ok)
	}
	if _, ok := s.take(me, now, key); ok {
		t.Error("taken twice")
	}
	for range shelfMax + 10 {
		key = s.put(me, now, "y")
	}
	if len(s.items) > shelfMax || len(s.order) > shelfMax {
		t.Errorf("%d kept, at most %d wanted", len(s.items), shelfMax)
	}
	if _, ok := s.get(me, now, key); !ok {
		t.Error("the newest was forgotten")
	}
}
