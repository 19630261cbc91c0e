package registry

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	p "tramy/syncproto"
)

func TestPlaceKeepsWhatItWas(t *testing.T) {
	in := PlaceInput{
		Parent: someID(1), Code: "gso:03325", Name: "Phường A", Level: LevelCommune, Type: "phuong", From: 100, Until: 900,
		Successors: []p.EntityID{someID(2), someID(3)}, Hamlets: []string{"Bản 1"}, Lists: []string{"cholera", "tetanus"},
		Former: []FormerPlace{
			{Until: 200, Parent: someID(4), Code: "gso:1", Name: "Xã A", Type: "xa"},
			{Until: 300, Code: "gso:2", Name: "Xã A"}, // without a parent, of no kind
		},
	}
	draft, err := NewPlace(in)
	if err != nil {
		t.Fatal(err)
	}
	s := stateOf(draft, 5)
	if got := PlaceOf(s); !reflect.DeepEqual(got.PlaceInput, in) {
		t.Errorf("read %+v", got)
	}
	for _, c := range []struct {
		on   Day
		code string
	}{{150, "gso:1"}, {199, "gso:1"}, {200, "gso:2"}, {300, ""}} {
		if x, ok := FormerOn(in.Former, c.on); ok != (c.code != "") || x.Code != c.code {
			t.Errorf("on %d it was %+v", c.on, x)
		}
	}
	// Another version, or a hostile one, may write what this one does not read.
	for _, d := range []p.Data{
		p.List(p.Int(200)), p.List(p.Text("x"), p.Null(), p.Text("a"), p.Text("b"), p.Text("c")),
		p.List(p.Int(1<<40), p.Null(), p.Text("a"), p.Text("b"), p.Text("c")), p.Text("x"),
	} {
		if got := PlaceOf(with(stateOf(Draft{Kind: KindPlace}, 5), PlaceFormer, d, 6)); len(got.Former) != 0 {
			t.Errorf("read %+v", got.Former)
		}
		info, _ := FieldOf(KindPlace, PlaceFormer)
		if info.Accepts(d) {
			t.Errorf("%v is accepted", d)
		}
	}
	unsorted := p.List(p.Int(300), p.Null(), p.Text("b"), p.Text(""), p.Text(""), p.Int(200), p.Null(), p.Text("a"), p.Text(""), p.Text(""))
	if got := PlaceOf(with(stateOf(Draft{Kind: KindPlace}, 5), PlaceFormer, unsorted, 6)).Former; len(got) != 2 || got[0].Code != "a" {
		t.Errorf("periods out of order: %+v", got)
	}
}

func TestPlaceRules(t *testing.T) {
	good := func() PlaceInput {
		return PlaceInput{Code: "gso:03325", Name: "Xã A", Level: LevelCommune, From: 100, Until: 900, Successors: []p.EntityID{someID(2)}}
	}
	periods := func(n int) (out []FormerPlace) {
		for i := range n {
			out = append(out, FormerPlace{Until: Day(101 + i), Code: "gso:1", Name: "Xã"})
		}
		return out
	}
	names := func(n int) (out []string) {
		for i := range n {
			out = append(out, fmt.Sprintf("thôn %d", i))
		}
		return out
	}
	refs := func(n int) (out []p.EntityID) {
		for i := range n {
			out = append(out, someID(byte(i+1)))
		}
		return out
	}
	for _, c := range []struct {
		name  string
		edit  func(*PlaceInput)
		field string // "": accepted
		code  Code
	}{
		{"plain", func(*PlaceInput) {}, "", ""},
		{"most periods", func(in *PlaceInput) { in.Former = periods(FormerMax) }, "", ""},
		{"a period too many", func(in *PlaceInput) { in.Former = periods(FormerMax + 1) }, "former", CodeTooMany},
		{"most successors", func(in *PlaceInput) { in.Successors = refs(SuccessorsMax) }, "", ""},
		{"a successor too many", func(in *PlaceInput) { in.Successors = refs(SuccessorsMax + 1) }, "successors", CodeTooMany},
		{"a successor that is none", func(in *PlaceInput) { in.Successors = []p.EntityID{{}} }, "successors", CodePlaceRequired},
		{"successors without an end", func(in *PlaceInput) { in.Until = 0 }, "until", CodeRequired},
		{"an end without successors", func(in *PlaceInput) { in.Successors = nil }, "", ""},
		{"most hamlets", func(in *PlaceInput) { in.Hamlets = names(HamletsMax) }, "", ""},
		{"a hamlet too many", func(in *PlaceInput) { in.Hamlets = names(HamletsMax + 1) }, "hamlets", CodeTooMany},
		{"longest hamlets", func(in *PlaceInput) { in.Hamlets = []string{strings.Repeat("x", HamletsBytesMax)} }, "", ""},
		{"hamlets too long", func(in *PlaceInput) { in.Hamlets = []string{strings.Repeat("x", HamletsBytesMax+1)} }, "hamlets", CodeTextTooLong},
		{"a list", func(in *PlaceInput) { in.Lists = []string{"list:Cholera", "cholera"} }, "", ""},
		{"most lists", func(in *PlaceInput) { in.Lists = strings.Split("a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p", ",") }, "", ""},
		{"a list too many", func(in *PlaceInput) { in.Lists = strings.Split("a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q", ",") }, "lists", CodeTooMany},
		{"a list with a blank", func(in *PlaceInput) { in.Lists = []string{"nguy cơ"} }, "lists", CodeListName},
		{"a period without an end", func(in *PlaceInput) { in.Former = []FormerPlace{{Code: "gso:1", Name: "A"}} }, "former", CodeRequired},
		{"a period without a name", func(in *PlaceInput) { in.Former = []FormerPlace{{Until: 200, Code: "gso:1"}} }, "former", CodeRequired},
		{"a period with half a code", func(in *PlaceInput) { in.Former = []FormerPlace{{Until: 200, Code: "1", Name: "A"}} }, "former", CodePlaceCode},
		{"a period before the place", func(in *PlaceInput) { in.Former = []FormerPlace{{Until: 100, Code: "gso:1", Name: "A"}} }, "former", CodePeriodReversed},
		{"a period after its end", func(in *PlaceInput) { in.Former = []FormerPlace{{Until: 900, Code: "gso:1", Name: "A"}} }, "former", CodePeriodReversed},
		{"two periods on one day", func(in *PlaceInput) {
			in.Former = []FormerPlace{{Until: 200, Code: "gso:1", Name: "A"}, {Until: 200, Code: "gso:1", Name: "B"}}
		}, "former", CodePeriodReversed},
	} {
		in := good()
		c.edit(&in)
		_, err := NewPlace(in)
		var errs Errors
		errors.As(err, &errs)
		if c.field == "" && err != nil || c.field != "" && !errs.Has(c.field, c.code) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	// A change of one field is held against the others: an earlier end would lie before a former period.
	in := good()
	in.Former = []FormerPlace{{Until: 500, Code: "gso:1", Name: "A"}}
	draft, err := NewPlace(in)
	if err != nil {
		t.Fatal(err)
	}
	s := stateOf(draft, 5)
	var errs Errors
	if _, err := EditFields(s, Patch{PlaceUntil: p.Int(400)}, SawOf(s)); !errors.As(err, &errs) || !errs.Has("former", CodePeriodReversed) {
		t.Errorf("an end before a former period: %v", err)
	}
}

func TestFoldHamlet(t *testing.T) {
	for in, want := range map[string]string{
		"TDP 3": "to dan pho 3", "Tổ dân phố 3": "to dan pho 3", "KP 5": "khu pho 5", "kp": "kp", "Bản Lầu": "ban lau", "": "",
	} {
		if got := FoldHamlet(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
