package registry

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	p "tramy/syncproto"
)

// stateOf is the state of what a draft makes.
func hamletState(t *testing.T, in HamletInput) *p.State {
	t.Helper()
	draft, err := NewHamlet(in)
	if err != nil {
		t.Fatal(err)
	}
	s := &p.State{ID: p.Dot{Log: p.LogID{1}, Seq: 1}.Entity(), Kind: KindHamlet}
	for _, w := range draft.Writes {
		s.Fields = append(s.Fields, p.FieldValues{Field: w.Field, Values: []p.Value{{Dot: p.Dot{Log: p.LogID{1}, Seq: 1}, Data: w.Data}}})
	}
	return s
}

func TestHamletNames(t *testing.T) {
	commune := p.EntityID{15: 9}
	s := hamletState(t, HamletInput{Place: commune, Name: " bản  Na Phay 1 ", Former: []string{"Na Phay I", "na phay i", "Bản Na Phay 1"}, Phone: "+84 385 000 777"})
	h := HamletOf(s)
	if h.Name != "bản Na Phay 1" || !slices.Equal(h.Former, []string{"Na Phay I"}) || h.Phone != "0385000777" {
		t.Errorf("it is kept as %+v", h)
	}
	for text, want := range map[string]bool{"Bản Na Phay 1": true, "ban na phay 1": true, "NA PHAY I": true, "Na Phay 2": false, "": false} {
		if h.Means(text) != want {
			t.Errorf("%q is meant: %v", text, !want)
		}
	}
	// Whoever was written down under the name before goes on being of the hamlet.
	draft, err := EditHamlet(s, HamletInput{Name: "Thôn Đoàn Kết", Former: h.Former, Phone: h.Phone}, SawOf(s))
	if err != nil || len(draft.Writes) != 2 {
		t.Fatalf("%+v %v", draft, err)
	}
	for _, w := range draft.Writes {
		if w.Field != HamletFormer {
			continue
		}
		if got := getter(func(p.Field) p.Data { return w.Data }).texts(HamletFormer); !slices.Equal(got, []string{"Na Phay I", "bản Na Phay 1"}) {
			t.Errorf("it was called %q", got)
		}
	}
	if _, err := EditHamlet(s, HamletInput{Name: "Thôn Mới"}, Saw{}); err == nil {
		t.Error("a form that saw nothing wrote over a name")
	}
	if _, err := NewHamlet(HamletInput{Place: commune, Name: " ", Phone: "12"}); !has(err, "name", CodeRequired) || !has(err, "phone", CodePhoneMalformed) {
		t.Errorf("refused with %v", err)
	}
}

// Two laptops that each merged another spelling into one hamlet merged both.
func TestHamletMergedTwice(t *testing.T) {
	s := hamletState(t, HamletInput{Place: p.EntityID{15: 9}, Name: "Thôn 1"})
	s.Fields = append(s.Fields, p.FieldValues{Field: HamletFormer, Values: []p.Value{
		{Dot: p.Dot{Log: p.LogID{2}, Seq: 1}, Data: p.List(p.Text("T1"))}, {Dot: p.Dot{Log: p.LogID{3}, Seq: 1}, Data: p.List(p.Text("Thôn một"))},
	}})
	if h := HamletOf(s); !h.Means("T1") || !h.Means("thôn một") {
		t.Errorf("it means %q", h.Former)
	}
}

func has(err error, field string, code Code) bool {
	var list Errors
	return errors.As(err, &list) && list.Has(field, code)
}

func TestHamletLimits(t *testing.T) {
	in := HamletInput{Place: p.EntityID{15: 9}, Name: "Thôn 1"}
	for i := range HamletFormerMax {
		in.Former = append(in.Former, fmt.Sprintf("tên %d", i))
	}
	if _, err := NewHamlet(in); err != nil {
		t.Errorf("at the limit: %v", err)
	}
	in.Former = append(in.Former, "một tên nữa")
	if _, err := NewHamlet(in); !has(err, "former", CodeTooMany) {
		t.Errorf("one beyond: %v", err)
	}
}

func TestCompareHamlets(t *testing.T) {
	list := []string{"Thôn 10", "bản Pha Thanh", "Thôn 2", "thôn 1", "Bản Na Phay 2", "bản Na Phay 12"}
	slices.SortFunc(list, CompareHamlets)
	if want := []string{"Bản Na Phay 2", "bản Na Phay 12", "bản Pha Thanh", "thôn 1", "Thôn 2", "Thôn 10"}; !slices.Equal(list, want) {
		t.Errorf("%q", list)
	}
}

func TestFirstDoseVaccines(t *testing.T) {
	antigens := map[string]string{}
	for _, v := range Vaccines() {
		for i, a := range v.Antigens {
			if i > 0 {
				antigens[v.Code] += ";"
			}
			antigens[v.Code] += a
		}
	}
	if got, want := FirstDoseVaccines(antigens), []string{"DPT", "DPT-VGB-HIB", "HEXA", "PENTA-IPV", "TETRA"}; !slices.Equal(got, want) {
		t.Errorf("a first dose is one of %v, want %v", got, want)
	}
}
