package registry

import (
	"cmp"
	"slices"
	"strings"

	p "tramy/syncproto"
)

// HamletFormerMax is how many spellings and former names one hamlet stands for.
const HamletFormerMax = 60

// HamletInput is a hamlet of a commune (thôn, bản, ấp, buôn, khu phố, tổ dân phố; they have no national codes).
type HamletInput struct {
	Place  p.EntityID // its commune, as it was when the hamlet was written down
	Name   string
	Former []string // what else people were written down under; their records keep it
	Worker string   // the village health worker
	Phone  string   // of that one, digits
}

// Hamlet is a hamlet as it stands.
type Hamlet struct {
	ID p.EntityID
	HamletInput
	Void string
}

// HamletOf reads a hamlet from its state.
func HamletOf(s *p.State) Hamlet {
	void, _ := Voided(s)
	g := getter(s.Get)
	return Hamlet{ID: s.ID, Void: void, HamletInput: HamletInput{
		Place: g.ref(p.FieldPlace), Name: g.text(HamletName), Former: formerNames(s), Worker: g.text(HamletWorker), Phone: g.text(HamletPhone),
	}}
}

// formerNames are those of all values that stand side by side: two laptops that each merged another spelling into one hamlet merged
// both.
func formerNames(s *p.State) []string {
	var out []string
	for _, v := range s.Values(HamletFormer) {
		out = append(out, getter(func(p.Field) p.Data { return v.Data }).texts(HamletFormer)...)
	}
	return distinct(out, FoldHamlet)
}

// Means reports whether a hamlet as somebody wrote it is this one.
func (h *HamletInput) Means(text string) bool {
	key := FoldHamlet(text)
	return key != "" && (FoldHamlet(h.Name) == key || slices.ContainsFunc(h.Former, func(f string) bool { return FoldHamlet(f) == key }))
}

// clean brings it into the form that is kept. Its own name is no former one.
func (h *HamletInput) clean() {
	h.Name, h.Worker = cleanLine(h.Name), cleanLine(h.Worker)
	h.Former = slices.DeleteFunc(distinct(cleanLines(h.Former), FoldHamlet), func(f string) bool { return FoldHamlet(f) == FoldHamlet(h.Name) })
	if phone, err := NormalPhone(h.Phone); err == nil {
		h.Phone = phone
	}
}

func (h *HamletInput) fields() []fieldData {
	return []fieldData{
		{p.FieldPlace, refData(h.Place)},
		{HamletName, textData(h.Name)},
		{HamletFormer, textsData(h.Former)},
		{HamletWorker, textData(h.Worker)},
		{HamletPhone, textData(h.Phone)},
	}
}

func (h *HamletInput) check() error {
	var c check
	c.failIf(h.Place.IsZero(), "place", CodePlaceRequired)
	c.failIf(h.Name == "", "name", CodeRequired)
	c.phone("phone", h.Phone)
	c.failIf(len(h.Former) > HamletFormerMax, "former", CodeTooMany, "max", HamletFormerMax)
	c.texts(KindHamlet, h.fields())
	return c.err(nil)
}

// NewHamlet makes the draft of a hamlet, or the Errors in the way.
func NewHamlet(in HamletInput) (Draft, error) {
	in.clean()
	if err := in.check(); err != nil {
		return Draft{}, err
	}
	return creation(KindHamlet, in.fields()), nil
}

// EditHamlet makes the draft after which a hamlet is as in says; its commune stays. A name that it had goes on meaning it. saw is what
// the form had shown.
func EditHamlet(old *p.State, in HamletInput, saw Saw) (Draft, error) {
	was := HamletOf(old)
	in.Place = was.Place
	if was.Name != "" && FoldHamlet(was.Name) != FoldHamlet(in.Name) {
		in.Former = append(slices.Clone(in.Former), was.Name)
	}
	in.clean()
	if err := in.check(); err != nil {
		return Draft{}, err
	}
	return edit(old, difference(old, in.fields()), saw)
}

// MergeHamlet makes the draft after which further spellings mean a hamlet.
func MergeHamlet(old *p.State, spellings ...string) (Draft, error) {
	in := HamletOf(old).HamletInput
	in.Former = append(slices.Clone(in.Former), spellings...)
	return EditHamlet(old, in, SawOf(old))
}

// UnmergeHamlet makes the draft after which spellings no longer mean a hamlet.
func UnmergeHamlet(old *p.State, spellings ...string) (Draft, error) {
	in := HamletOf(old).HamletInput
	in.Former = slices.DeleteFunc(slices.Clone(in.Former), func(f string) bool {
		return slices.ContainsFunc(spellings, func(s string) bool { return FoldHamlet(s) == FoldHamlet(f) })
	})
	return EditHamlet(old, in, SawOf(old))
}

// CompareHamlets puts names of hamlets in order, the numbers in them by size: thôn 2 comes before thôn 10.
func CompareHamlets(a, b string) int { return OrderOfHamlet(a).Compare(OrderOfHamlet(b)) }

// HamletOrder is where a name of a hamlet stands in the order of CompareHamlets: whoever sorts many names folds each of them once.
type HamletOrder struct{ name, folded string }

// OrderOfHamlet is where a name stands.
func OrderOfHamlet(name string) HamletOrder { return HamletOrder{name, FoldHamlet(name)} }

// Compare is CompareHamlets of the two names.
func (a HamletOrder) Compare(b HamletOrder) int {
	x, y := a.folded, b.folded
	for x != "" && y != "" {
		n, m := digitsAt(x), digitsAt(y)
		if n > 0 && m > 0 {
			d, e := strings.TrimLeft(x[:n], "0"), strings.TrimLeft(y[:m], "0")
			if c := cmp.Or(cmp.Compare(len(d), len(e)), cmp.Compare(d, e)); c != 0 {
				return c
			}
			x, y = x[n:], y[m:]
			continue
		}
		if x[0] != y[0] {
			return cmp.Compare(x[0], y[0])
		}
		x, y = x[1:], y[1:]
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(a.name, b.name))
}

// digitsAt is how many digits a text begins with.
func digitsAt(s string) int { return len(s) - len(strings.TrimLeft(s, "0123456789")) }
