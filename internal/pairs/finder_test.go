package pairs

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

func id(n int) p.EntityID {
	var e p.EntityID
	e[0], e[1], e[2] = byte(n>>16), byte(n>>8), byte(n)
	return e
}

// people are made-up subjects, some of whom are on record twice.
func people(n int) []*registry.Profile {
	r := rand.New(rand.NewPCG(3, 4))
	families, givens := []string{"Nguyễn", "Trần", "Lò", "Vàng"}, []string{"Anh", "Bình", "Chi", "Dung", "Giang", "Hoa"}
	var out []*registry.Profile
	var s registry.Subject
	for i := range n {
		if i%5 != 4 {
			s = registry.Subject{SubjectInput: registry.SubjectInput{
				Name: families[r.IntN(4)] + " Thị " + givens[r.IntN(6)], BirthDate: registry.Day(19_000 + r.IntN(700)), BirthPrec: registry.PrecisionDay,
				Sex: registry.SexFemale, MotherName: families[r.IntN(4)] + " Thị " + givens[r.IntN(6)], MotherPhone: fmt.Sprintf("09%08d", r.IntN(1e8)),
				Hamlet: fmt.Sprintf("Thôn %d", r.IntN(90)),
			}}
		} else { // once more, with another phone
			s.MotherPhone = ""
		}
		out = append(out, registry.ProfileOf(&s))
	}
	return out
}

func add(f *Finder, all []*registry.Profile, stale func(int) bool) {
	for i, pr := range all {
		f.Add(id(i), stale(i), pr.Blocks())
	}
}

func everybody(int) bool { return true }

// find runs a finder to its end, or for so many batches.
func find(f *Finder, all []*registry.Profile, batches int) (pairs []Pair, compared int, through uint64) {
	found := map[[2]p.EntityID]bool{}
	for b := f.Next(); b != nil; b = f.Next() {
		profiles := make([]*registry.Profile, len(b.Members))
		for i, m := range b.Members {
			profiles[i] = all[int(m[0])<<16|int(m[1])<<8|int(m[2])]
		}
		for _, pair := range b.Compare(profiles, registry.Likely) {
			if key := [2]p.EntityID{pair.A, pair.B}; !found[key] {
				found[key] = true
				pairs = append(pairs, pair)
			}
		}
		compared += b.Compared
		if through = b.Through; batches > 0 {
			if batches--; batches == 0 {
				break
			}
		}
	}
	return pairs, compared, through
}

// What is found is what a comparison of each with each finds, among those who share a block.
func TestFindsWhatComparingAllFinds(t *testing.T) {
	all := people(600)
	f := &Finder{}
	add(f, all, everybody)
	got, compared, _ := find(f, all, 0)
	want := 0
	for i := range all {
		for j := range i {
			if registry.Score(all[i], all[j]) < registry.Likely || !slices.ContainsFunc(all[i].Blocks(), func(k string) bool { return slices.Contains(all[j].Blocks(), k) }) {
				continue
			}
			want++
			if !slices.ContainsFunc(got, func(p Pair) bool { return p.A == id(j) && p.B == id(i) }) {
				t.Errorf("%d and %d were not found", j, i)
			}
		}
	}
	if len(got) != want || want < 100 {
		t.Errorf("%d pairs, want %d", len(got), want)
	}
	if most := len(all) * len(all) / 8; compared > most {
		t.Errorf("%d comparisons, all with all would be %d", compared, len(all)*len(all)/2)
	}
}

// Only who changed is compared, with everybody.
func TestOnlyWhoChangedIsCompared(t *testing.T) {
	all := people(600)
	f := &Finder{}
	add(f, all, func(i int) bool { return i == 13 || i == 14 })
	got, compared, _ := find(f, all, 0)
	if len(got) == 0 || compared > 200 {
		t.Fatalf("%d pairs by %d comparisons", len(got), compared)
	}
	for _, pair := range got {
		if pair.A != id(13) && pair.A != id(14) && pair.B != id(13) && pair.B != id(14) {
			t.Errorf("%v and %v were compared before", pair.A, pair.B)
		}
	}
	none := &Finder{}
	add(none, all, func(int) bool { return false })
	if b := none.Next(); b != nil {
		t.Errorf("nobody changed, and %d are to be read", len(b.Members))
	}
}

// A run that was interrupted goes on: both parts together find what one run does, also if somebody came meanwhile.
func TestGoesOn(t *testing.T) {
	all := people(24_000)
	whole := &Finder{}
	add(whole, all, everybody)
	want, _, _ := find(whole, all, 0)
	first := &Finder{}
	add(first, all, everybody)
	got, _, through := find(first, all, 1)
	if len(got) == 0 || len(got) >= len(want) {
		t.Fatalf("%d of %d pairs in the first batch", len(got), len(want))
	}
	rest := &Finder{}
	more := append(slices.Clone(all), all[0])
	add(rest, more, func(i int) bool { return i < len(all) })
	rest.Skip(through)
	others, _, _ := find(rest, more, 0)
	found := map[[2]p.EntityID]bool{}
	for _, pair := range slices.Concat(got, others) {
		found[[2]p.EntityID{pair.A, pair.B}] = true
	}
	for _, pair := range want {
		if !found[[2]p.EntityID{pair.A, pair.B}] {
			t.Errorf("%v and %v were not found by either part", pair.A, pair.B)
		}
	}
	if done, total := rest.Progress(); done != total || total == 0 {
		t.Errorf("at the end, %d of %d", done, total)
	}
}

// A name that thousands share is not compared each with each, and the two who agree in more are found.
func TestCommonNameIsNotQuadratic(t *testing.T) {
	for _, n := range []int{BlockMax, BlockMax + 1, 4000} {
		f, in := &Finder{}, registry.SubjectInput{Name: "Nguyễn Thị Hoa", BirthPrec: registry.PrecisionDay, Sex: registry.SexFemale}
		var all []*registry.Profile
		for i := range n {
			in.BirthDate, in.MotherName = registry.Day(18_000+i%1500), ""
			if i == 0 || i == n-1 {
				in.BirthDate, in.MotherName = 18_777, "Lê Thị Ơn"
			}
			all = append(all, registry.ProfileOf(&registry.Subject{SubjectInput: in}))
			f.Add(id(i), true, []string{"one block for all"})
		}
		got, compared, _ := find(f, all, 0)
		if !slices.ContainsFunc(got, func(p Pair) bool { return p.A == id(0) && p.B == id(n-1) }) {
			t.Errorf("of %d, the two with one birth date and mother are not found", n)
		}
		want := n * (n - 1) / 2
		if n > BlockMax {
			want = 2 * window * n
		}
		if compared > want || n == BlockMax && compared != want {
			t.Errorf("%d in a block: %d comparisons, want at most %d", n, compared, want)
		}
	}
}
