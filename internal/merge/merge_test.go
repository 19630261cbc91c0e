package merge

import (
	"testing"

	p "tramy/syncproto"
)

var (
	logA = p.LogID{1, 11: 0x40}
	logB = p.LogID{2, 11: 0x40}
	logC = p.LogID{3, 11: 0x40}
	birt = p.Dot{Log: logB, Seq: 3}
	baby = birt.Entity()
)

func change(log p.LogID, seq p.Seq, kind p.Kind, writes ...p.Write) *p.Change {
	return &p.Change{Dot: p.Dot{Log: log, Seq: seq}, At: p.At{WallMS: int64(seq)}, Kind: kind, Entity: baby, Writes: writes}
}

func write(f p.Field, text string, over ...p.Value) p.Write {
	w := p.Write{Field: f, Data: p.Text(text)}
	for _, v := range over {
		w.Supersedes = append(w.Supersedes, v.Superseded())
	}
	return w
}

func texts(s *p.State, f p.Field) []string {
	var out []string
	for _, v := range s.Values(f) {
		text, _ := v.Data.Text()
		out = append(out, text)
	}
	return out
}

func wantTexts(t *testing.T, s *p.State, f p.Field, want ...string) {
	t.Helper()
	got := texts(s, f)
	if len(got) != len(want) {
		t.Fatalf("field %d: %q, want %q", f, got, want)
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("field %d: %q, want %q", f, got, want)
		}
	}
}

// Two nurses correct the same phone on two laptops without a network: both numbers stay until one of
// them has seen both and chooses.
func TestConcurrentWritesStayUntilSettled(t *testing.T) {
	born := Apply(nil, change(logB, 3, 101, write(19, "0911")))
	one := Apply(born, change(logA, 1, 101, write(19, "0922", born.Values(19)...)))
	two := Apply(born, change(logC, 1, 101, write(19, "0933", born.Values(19)...)))
	both := Join(one, two)
	wantTexts(t, both, 19, "0922", "0933")
	if !Conflict(both.Fields[0]) {
		t.Error("two phone numbers are no conflict")
	}
	settled := Apply(both, change(logA, 2, 101, write(19, "0933", both.Values(19)...)))
	wantTexts(t, settled, 19, "0933")
	if Join(settled, two) != settled || Join(settled, one) != settled {
		t.Error("an old state brought a settled value back")
	}
}

func TestEqualDataIsNoConflict(t *testing.T) {
	s := Join(Apply(nil, change(logA, 1, 101, write(19, "0911"))), Apply(nil, change(logC, 1, 101, write(19, "0911"))))
	if len(s.Values(19)) != 2 || Conflict(s.Fields[0]) {
		t.Errorf("%q", texts(s, 19))
	}
}

// The news of a replacement may overtake what it replaces.
func TestReplacementOvertakesValue(t *testing.T) {
	first := change(logB, 3, 101, write(11, "CB Lò Thị Ánh"))
	named := Apply(nil, first)
	second := change(logA, 1, 101, write(11, "Giàng A Páo", named.Values(11)...))
	s := Apply(nil, second)
	if len(s.Gone) != 1 {
		t.Fatalf("Gone %v", s.Gone)
	}
	s = Apply(s, first)
	wantTexts(t, s, 11, "Giàng A Páo")
	if s.Gone != nil {
		t.Errorf("Gone not forgotten: %v", s.Gone)
	}
}

// Nobody can delete what is yet to be written: a future dot is named without its hash.
func TestFutureCannotBeDeleted(t *testing.T) {
	evil := change(logA, 1, 101, p.Write{Field: 11, Data: p.Text("x"), Supersedes: []p.Superseded{{Dot: birt, Hash: [4]byte{1, 2, 3, 4}}}})
	s := Apply(Apply(nil, evil), change(logB, 3, 101, write(11, "Lan")))
	wantTexts(t, s, 11, "x", "Lan")
}

// Who names a live value by a wrong hash has not seen it, and it stays.
func TestWrongHashReplacesNothing(t *testing.T) {
	s := Apply(nil, change(logB, 3, 101, write(11, "Lan")))
	w := write(11, "Hoa", s.Values(11)...)
	w.Supersedes[0].Hash[0]++
	wantTexts(t, Apply(s, change(logC, 1, 101, w)), 11, "Lan", "Hoa")
}

func TestKind(t *testing.T) {
	early := change(logC, 1, 310, write(11, "b"))
	first := change(logB, 3, 101, write(11, "a"))
	late := change(logA, 1, 102, write(12, "c"))
	if s := Apply(Apply(nil, late), early); s.Kind != 310 {
		t.Errorf("before the creation: kind %d, want the greatest stated", s.Kind)
	}
	for _, order := range [][]*p.Change{{early, first, late}, {first, early, late}, {late, early, first}} {
		var s *p.State
		for _, c := range order {
			s = Apply(s, c)
		}
		if s.Kind != 101 {
			t.Errorf("kind %d, want the creation's", s.Kind)
		}
	}
	if s := Join(Apply(nil, early), Apply(nil, first)); s.Kind != 101 {
		t.Errorf("joined: kind %d, want the creation's", s.Kind)
	}
}

// An unknown kind with unknown fields and odd data is merged like any other (I4).
func TestUnknownIsKept(t *testing.T) {
	odd := p.List(p.Bytes([]byte{0, 255}), p.Ref(baby), p.Bool(true), p.Null(), p.Int(-1<<63))
	c := change(logB, 3, 65535, p.Write{Field: 65535, Data: odd})
	s := Join(Apply(nil, c), Apply(nil, change(logA, 1, 7, write(9, "x"))))
	if s.Kind != 65535 || !s.Get(65535).Equal(odd) || !s.Get(9).Equal(p.Text("x")) {
		t.Errorf("%+v", s)
	}
}

// One dot with two contents is a broken or cheating machine: the upstream's is taken, and it is noticed.
func TestForkTakesUpstream(t *testing.T) {
	mine := Apply(nil, change(logB, 3, 101, write(11, "mine")))
	theirs := Apply(nil, change(logB, 3, 102, write(11, "theirs")))
	s := Join(mine, theirs)
	wantTexts(t, s, 11, "theirs")
	if s.Kind != 102 {
		t.Errorf("kind %d, want the upstream's", s.Kind)
	}
	if !Forked(mine, theirs) || Forked(mine, mine) || Forked(mine, nil) {
		t.Error("the fork is not reported rightly")
	}
}

// A fork can also hide in what the upstream has replaced or knows to be gone, with nothing new to see.
func TestForkIsJoinedByTheRule(t *testing.T) {
	born := Apply(nil, change(logB, 3, 101, write(11, "Lan")))
	mine := Apply(born, change(logA, 1, 101, write(12, "x")))
	replaced := Apply(born, change(logA, 1, 101, write(11, "Hoa", born.Values(11)...)))
	wantTexts(t, Join(mine, replaced), 11)
	gone := Apply(born, change(logA, 1, 101, p.Write{Field: 12, Data: p.Text("x"), Supersedes: []p.Superseded{{Dot: p.Dot{Log: logC, Seq: 9}}}}))
	if s := Join(mine, gone); len(s.Gone) != 1 {
		t.Errorf("what is gone above was not taken over: %+v", s)
	}
}

// A field whose values have all been taken away is not left behind empty.
func TestFieldWithoutValuesGoes(t *testing.T) {
	born := Apply(nil, change(logB, 3, 101, write(11, "Lan"), write(12, "1")))
	c := change(logA, 1, 101, write(11, "x", born.Values(11)...))
	c.Writes[0].Supersedes = append([]p.Superseded{valueOf(c, &c.Writes[0]).Superseded()}, c.Writes[0].Supersedes...)
	emptied := Apply(born, c)
	if joined := Join(born, emptied); len(emptied.Fields) != 1 || len(joined.Fields) != 1 {
		t.Errorf("%+v\n%+v", emptied, joined)
	}
}

func TestSameStateWithoutWork(t *testing.T) {
	c := change(logB, 3, 101, write(11, "Lan"), write(12, "1"))
	s := Apply(nil, c)
	if Apply(s, c) != s {
		t.Error("a change seen before made a new state")
	}
	copied := Apply(nil, c)
	if n := testing.AllocsPerRun(100, func() {
		if Join(s, copied) != s {
			t.Fatal("joining an equal state made a new one")
		}
	}); n != 0 {
		t.Errorf("joining an equal state allocates %v times", n)
	}
	if n := testing.AllocsPerRun(100, func() { Apply(nil, c) }); n > 4 {
		t.Errorf("applying a creation allocates %v times", n)
	}
}

func TestStrangersPanic(t *testing.T) {
	s := Apply(nil, change(logB, 3, 101, write(11, "Lan")))
	other := change(logA, 1, 101)
	other.Entity = other.Dot.Entity()
	for name, f := range map[string]func(){
		"Apply": func() { Apply(s, other) },
		"Join":  func() { Join(s, Apply(nil, other)) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s merged two entities", name)
				}
			}()
			f()
		}()
	}
}

func BenchmarkApplyCreation(b *testing.B) {
	c := change(logB, 3, 101, write(10, "a"), write(11, "b"), write(12, "c"), write(13, "d"))
	b.ReportAllocs()
	for b.Loop() {
		Apply(nil, c)
	}
}

func BenchmarkJoinEqual(b *testing.B) {
	c := change(logB, 3, 101, write(10, "a"), write(11, "b"), write(12, "c"), write(13, "d"))
	x, y := Apply(nil, c), Apply(nil, c)
	b.ReportAllocs()
	for b.Loop() {
		Join(x, y)
	}
}
