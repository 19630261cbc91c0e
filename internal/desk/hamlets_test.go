package desk_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

func bookOf(t *testing.T, d *desk.Desk) *desk.HamletBook {
	t.Helper()
	book, err := d.HamletBook(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func displays(b *desk.HamletBook) []string {
	var out []string
	for i := range b.List {
		out = append(out, b.List[i].Display)
	}
	return out
}

// Two laptops that hear nothing of each other keep one list: what each merged is merged, and a hamlet that both made is one.
func TestHamletsOfTwoLaptops(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	second, sync := other(t, tr)
	first := tr.Station.Desk
	make := func(d *desk.Desk, name, worker string) p.EntityID {
		t.Helper()
		id, err := d.SaveHamlet(ctx, tr.Nurse, p.EntityID{}, registry.HamletInput{Name: name, Worker: worker, Phone: "0385000777"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	make(first, "Thôn Mới", "")
	make(second, "thôn mới", "Lò Văn Hặc")
	merge := func(d *desk.Desk, from ...string) desk.Merged {
		t.Helper()
		done, err := d.MergeHamlets(ctx, tr.Nurse, tr.Commune, "Thôn Mới", from, "một nơi")
		if err != nil {
			t.Fatal(err)
		}
		return done
	}
	merge(first, "T. Mới")
	done := merge(second, "khu mới", "bản Na Phay 2") // the second is a hamlet of the hub's list
	tr.Sync(t)
	sync()
	tr.Sync(t)
	for i, d := range []*desk.Desk{first, second} {
		book := bookOf(t, d)
		if got := displays(book); !slices.Equal(got, []string{"bản Na Phay 1", "bản Pha Thanh", "Thôn Mới"}) && !slices.Equal(got, []string{"bản Na Phay 1", "bản Pha Thanh", "thôn mới"}) {
			t.Errorf("laptop %d lists %q", i+1, got)
		}
		for _, text := range []string{"thon moi", "T. Mới", "Khu Mới", "Bản Na Phay 2"} {
			if h := book.Find(tr.Commune, text); h == nil || h.Worker != "Lò Văn Hặc" {
				t.Errorf("laptop %d takes %q for %+v", i+1, text, h)
			}
		}
	}
	if err := second.UndoMerge(ctx, tr.Nurse, done, "Hoàn tác"); err != nil {
		t.Fatal(err)
	}
	if book := bookOf(t, second); book.Find(tr.Commune, "khu mới") != nil || book.Name(tr.Commune, "bản na phay 2") != "bản Na Phay 2" || book.Find(tr.Commune, "T. Mới") == nil {
		t.Errorf("after the merger was taken back: %q", displays(book))
	}
	var wrong registry.Errors
	if _, err := first.SaveHamlet(ctx, tr.Nurse, p.EntityID{}, registry.HamletInput{Name: "t. mới"}, nil); !errors.As(err, &wrong) || !wrong.Has("name", registry.CodeHamletTaken) {
		t.Errorf("a name that means a hamlet already was taken: %v", err)
	}
	if _, err := first.SaveHamlet(ctx, tr.Officer, p.EntityID{}, registry.HamletInput{Name: "Thôn Xa"}, nil); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("an officer wrote a hamlet: %v", err)
	}
}

// After communes became one both lists stand: of two hamlets of one name each says of which commune it was, and somebody is of the
// one in the commune they were recorded in.
func TestHamletsOfMergedCommunes(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	if _, err := tr.Station.SaveHamlet(ctx, tr.Nurse, p.EntityID{}, registry.HamletInput{Name: "Thôn 1", Worker: "Lò Văn Hặc"}, nil); err != nil {
		t.Fatal(err)
	}
	tr.Sync(t)
	today := tr.Hub.Today()
	add := func(in registry.PlaceInput) p.EntityID {
		t.Helper()
		in.Parent, in.Level, in.Type = tr.Province, registry.LevelCommune, "xa"
		id, err := tr.Hub.AddPlace(ctx, tr.Admin, in)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	merged := add(registry.PlaceInput{Code: "gso:1", Name: "Xã Chung", From: today})
	old := add(registry.PlaceInput{Code: "gso:2", Name: "Xã Phu Luông", Hamlets: []string{"Thôn 1", "Thôn 2"}})
	for _, id := range []p.EntityID{tr.Commune, old} {
		tr.AmendPlace(t, id, func(in *registry.PlaceInput) { in.Until, in.Successors = today, []p.EntityID{merged} })
	}
	tr.AmendPlace(t, tr.Facility, func(in *registry.PlaceInput) {
		in.Former = []registry.FormerPlace{{Until: today, Parent: in.Parent, Code: in.Code, Name: in.Name, Type: in.Type}}
		in.Parent = merged
	})
	tr.Sync(t)
	book := bookOf(t, tr.Station.Desk)
	if got, want := displays(book), []string{"bản Na Phay 1", "bản Na Phay 2", "bản Pha Thanh", "Thôn 1 (Xã Mường Nhà)", "Thôn 1 (Xã Phu Luông)", "Thôn 2"}; !slices.Equal(got, want) {
		t.Errorf("the list is %q, want %q", got, want)
	}
	for _, x := range []struct {
		at         p.EntityID
		text, want string
	}{
		{tr.Commune, "thôn 1", "Thôn 1 (Xã Mường Nhà)"},
		{old, "thôn 1", "Thôn 1 (Xã Phu Luông)"},
		{merged, "thôn 2", "Thôn 2"},
		{merged, "thôn 1", "thôn 1"}, // nobody knows which
		{merged, "Thôn 1 (Xã Phu Luông)", "Thôn 1 (Xã Phu Luông)"},
	} {
		if got := book.Name(x.at, x.text); got != x.want {
			t.Errorf("%q is taken for %q, want %q", x.text, got, x.want)
		}
	}
	if h := book.Find(tr.Commune, "Thôn 1"); h == nil || h.Worker != "Lò Văn Hặc" {
		t.Errorf("who goes round is lost: %+v", h)
	}
}
