package desk

import (
	"cmp"
	"context"
	"slices"

	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// KnownHamlet is a hamlet of this node's commune: one that the stations keep, or one that only the hub's list of the commune names,
// which has no ID yet.
type KnownHamlet struct {
	registry.Hamlet
	State   *p.State   // for Saw; nil without an ID
	Also    []*p.State // made for the same hamlet at a laptop that did not know of it
	Display string     // its name; with its former commune behind it where two of one name stand side by side
	People  int64      // filled by [Desk.Hamlets]
}

// HamletBook says which hamlet is meant by what people have written, and who goes round there. The zero HamletBook knows none. It is one
// reader's: two must not use it at once.
type HamletBook struct {
	List []KnownHamlet     // by name
	told map[string]string // what was asked for, folded: thousands of people write some dozens of hamlets
	at   map[hamletKey]int
	any  map[string]int // -1: several of that name
}

type hamletKey struct {
	residence p.EntityID
	text      string // folded
}

// Find returns the hamlet that a text means for somebody who lives at a residence, nil if the list has none. A name that two
// communes brought into one means that of one's own.
func (b *HamletBook) Find(residence p.EntityID, text string) *KnownHamlet {
	if b == nil {
		return nil
	}
	key := b.fold(text)
	if key == "" {
		return nil
	}
	if i, ok := b.at[hamletKey{residence, key}]; ok {
		return &b.List[i]
	}
	if i, ok := b.any[key]; ok && i >= 0 {
		return &b.List[i]
	}
	return nil
}

// fold is registry.FoldHamlet.
func (b *HamletBook) fold(text string) string {
	if b == nil {
		return registry.FoldHamlet(text)
	}
	key, known := b.told[text]
	if !known {
		key = registry.FoldHamlet(text)
		if b.told == nil {
			b.told = map[string]string{}
		}
		b.told[text] = key
	}
	return key
}

// Name is how lists name the hamlet that somebody wrote: as the list does, or as they wrote it.
func (b *HamletBook) Name(residence p.EntityID, text string) string {
	if h := b.Find(residence, text); h != nil {
		return h.Display
	}
	return text
}

// Key is by what hamlets are compared: whoever is of one hamlet has one key, however it was written.
func (b *HamletBook) Key(residence p.EntityID, text string) string {
	return b.fold(b.Name(residence, text))
}

// Calls reports whether a session is for the people of a hamlet.
func (b *HamletBook) Calls(s *registry.SessionInput, residence p.EntityID, hamlet string) bool {
	if len(s.Hamlets) == 0 {
		return true
	}
	key := b.Key(residence, hamlet)
	return slices.ContainsFunc(s.Hamlets, func(h string) bool { return b.Key(p.EntityID{}, h) == key })
}

// hamletBook reads the hamlets of this node's commune; a hub has none of its own.
func (d *Desk) hamletBook(tx store.Tx) (*HamletBook, error) {
	b := &HamletBook{at: map[hamletKey]int{}, any: map[string]int{}}
	home := d.Home()
	residences := home.Residences()
	if len(residences) == 0 {
		return b, nil
	}
	rows, err := tx.RecordsAt(store.RecordQuery{Kind: registry.KindHamlet, Places: residences})
	if err != nil {
		return nil, err
	}
	all, err := recorded(tx, rows)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(x, y *p.State) int { return x.ID.Compare(y.ID) })
	for _, s := range all {
		b.add(KnownHamlet{Hamlet: registry.HamletOf(s), State: s})
	}
	for _, id := range home.sure {
		row, _ := d.Node.Atlas().Row(id)
		for _, name := range row.Hamlets {
			if _, known := b.at[hamletKey{id, registry.FoldHamlet(name)}]; !known {
				b.add(KnownHamlet{Hamlet: registry.Hamlet{HamletInput: registry.HamletInput{Place: id, Name: name}}})
			}
		}
	}
	b.order(d)
	return b, nil
}

// add takes a hamlet in. One of the same commune that has its name is the same.
func (b *HamletBook) add(h KnownHamlet) {
	key := registry.FoldHamlet(h.Name)
	if key == "" {
		return
	}
	i, known := b.at[hamletKey{h.Place, key}]
	if !known || b.List[i].State == nil {
		i = len(b.List)
		b.List = append(b.List, h)
	} else {
		x := &b.List[i]
		x.Also = append(x.Also, h.State)
		x.Former = append(slices.Clone(x.Former), h.Former...)
		if x.Worker == "" {
			x.Worker, x.Phone = h.Worker, h.Phone
		}
	}
	for _, text := range append([]string{h.Name}, h.Former...) {
		if at := (hamletKey{h.Place, registry.FoldHamlet(text)}); b.at[at] == 0 {
			if _, taken := b.at[at]; !taken {
				b.at[at] = i
			}
		}
	}
}

// order puts the hamlets in order by name, and tells apart those of one name.
func (b *HamletBook) order(d *Desk) {
	same := map[string]int{}
	for i := range b.List {
		same[registry.FoldHamlet(b.List[i].Name)]++
	}
	was := make([]int, len(b.List))
	for i := range b.List {
		h := &b.List[i]
		was[i], h.Display = i, h.Name
		if row, ok := d.Node.Atlas().Row(h.Place); ok && same[registry.FoldHamlet(h.Name)] > 1 {
			h.Display = h.Name + " (" + row.Name + ")"
		}
	}
	slices.SortFunc(was, func(i, j int) int {
		return cmp.Or(registry.CompareHamlets(b.List[i].Display, b.List[j].Display), cmp.Compare(i, j))
	})
	list, now := make([]KnownHamlet, len(was)), make([]int, len(was))
	for to, from := range was {
		list[to], now[from] = b.List[from], to
	}
	b.List = list
	for key, i := range b.at {
		b.at[key] = now[i]
		if k, ok := b.any[key.text]; ok && k != now[i] {
			b.any[key.text] = -1
		} else {
			b.any[key.text] = now[i]
		}
	}
	for i := range b.List {
		b.any[registry.FoldHamlet(b.List[i].Display)] = i
		if b.List[i].Display == b.List[i].Name {
			continue
		}
		b.any[registry.FoldHamlet(b.List[i].Name)] = -1
	}
}

// HamletBook reads the hamlets of this node's commune, so that lists can name and group people by them.
func (d *Desk) HamletBook(ctx context.Context) (*HamletBook, error) {
	var out *HamletBook
	err := d.view(ctx, func(tx store.Tx) (err error) {
		out, err = d.hamletBook(tx)
		return err
	})
	return out, err
}

// Hamlets lists the hamlets of this node's commune with how many people live there, and what people have written that means none
// of them; nothing written first.
func (d *Desk) Hamlets(ctx context.Context, who Who) (*HamletBook, []store.HamletRow, error) {
	if err := may(who, rights.Read, registry.KindHamlet); err != nil {
		return nil, nil, err
	}
	var book *HamletBook
	var others []store.HamletRow
	err := d.view(ctx, func(tx store.Tx) (err error) {
		if book, err = d.hamletBook(tx); err != nil {
			return err
		}
		home := d.Home()
		rows, err := tx.HamletsAt(home.Residences()...)
		for _, r := range rows {
			if h := book.Find(r.Residence, r.Hamlet); h != nil {
				h.People += r.People
				continue
			}
			same := func(o store.HamletRow) bool { return registry.FoldHamlet(o.Hamlet) == registry.FoldHamlet(r.Hamlet) }
			if i := slices.IndexFunc(others, same); i >= 0 {
				others[i].People += r.People
				continue
			}
			others = append(others, r)
		}
		return err
	})
	slices.SortStableFunc(others, func(x, y store.HamletRow) int {
		return cmp.Or(btoi(x.Hamlet != "")-btoi(y.Hamlet != ""), cmp.Compare(y.People, x.People))
	})
	return book, others, err
}

// taken refuses a name that means another hamlet of the commune already.
func (b *HamletBook) taken(place, self p.EntityID, name string) error {
	i, known := b.at[hamletKey{place, registry.FoldHamlet(name)}]
	if !known || b.List[i].ID == self || b.List[i].ID.IsZero() {
		return nil
	}
	return registry.Errors{{Field: "name", Code: registry.CodeHamletTaken, Params: map[string]any{"text": b.List[i].Display}}}
}

// SaveHamlet writes a hamlet down, or writes what it is called and who goes round there; a zero id makes a new one, of this
// node's commune if the input names none.
func (d *Desk) SaveHamlet(ctx context.Context, who Who, id p.EntityID, in registry.HamletInput, saw registry.Saw) (p.EntityID, error) {
	act := rights.Amend
	if id.IsZero() {
		act = rights.Create
	}
	if err := may(who, act, registry.KindHamlet); err != nil {
		return id, err
	}
	home := d.Home()
	dots, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		book, err := d.hamletBook(tx)
		if err != nil {
			return nil, err
		}
		if id.IsZero() {
			in.Place = cmp.Or(in.Place, home.Commune)
			if !slices.Contains(home.Residences(), in.Place) {
				return nil, ErrElsewhere
			}
			if err := book.taken(in.Place, id, in.Name); err != nil {
				return nil, err
			}
			draft, err := registry.NewHamlet(in)
			return []registry.Draft{draft}, err
		}
		s, err := state(tx, id, registry.KindHamlet)
		if err != nil {
			return nil, err
		}
		if err := d.mineEntity(tx, who, s); err != nil {
			return nil, err
		}
		was := registry.HamletOf(s)
		in.Former = was.Former
		if err := book.taken(was.Place, id, in.Name); err != nil {
			return nil, err
		}
		draft, err := registry.EditHamlet(s, in, saw)
		return nonEmpty(draft), err
	})
	if err = ignoreNothing(err); err == nil && id.IsZero() && len(dots) > 0 {
		id = dots[0].Entity()
	}
	return id, err
}

// Merged is what merging hamlets wrote, so that it can be taken back.
type Merged struct {
	Into      p.EntityID
	Made      bool // Into was made for it
	Spellings []string
	Gone      []p.EntityID // hamlets that are part of Into now
}

// MergeHamlets makes one hamlet of several: into goes on, by its place and name in the list; from are hamlets of the list, and what
// people have written that was in no list. Nobody's record changes: lists name and group people by the hamlet that goes on.
func (d *Desk) MergeHamlets(ctx context.Context, who Who, place p.EntityID, into string, from []string, reason string) (Merged, error) {
	var out Merged
	for _, act := range []rights.Act{rights.Create, rights.Amend, rights.Void} {
		if err := may(who, act, registry.KindHamlet); err != nil {
			return out, err
		}
	}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, nth func(int) p.EntityID) ([]registry.Draft, error) {
		out = Merged{}
		book, err := d.hamletBook(tx)
		if err != nil {
			return nil, err
		}
		target := book.Find(place, into)
		if target == nil {
			return nil, ErrNotFound
		}
		var drafts []registry.Draft
		for _, text := range from {
			if registry.FoldHamlet(text) == "" || target.Means(text) {
				continue
			}
			out.Spellings = append(out.Spellings, text)
			i, known := book.at[hamletKey{target.Place, registry.FoldHamlet(text)}]
			if !known {
				if i, known = book.any[registry.FoldHamlet(text)]; !known || i < 0 {
					continue
				}
			}
			h := &book.List[i]
			out.Spellings = append(append(out.Spellings, h.Name), h.Former...)
			for _, s := range append(slices.Clone(h.Also), h.State) {
				if s == nil {
					continue
				}
				gone, err := registry.Void(s, reason, registry.SawOf(s))
				if err != nil {
					return nil, err
				}
				out.Gone = append(out.Gone, s.ID)
				drafts = append(drafts, nonEmpty(gone)...)
			}
		}
		if len(out.Spellings) == 0 {
			return nil, nil
		}
		var draft registry.Draft
		if target.State == nil {
			in := target.HamletInput
			in.Former = out.Spellings
			draft, err = registry.NewHamlet(in)
			out.Made, out.Into = true, nth(len(drafts))
		} else {
			draft, err = registry.MergeHamlet(target.State, out.Spellings...)
			out.Into = target.ID
		}
		return append(drafts, nonEmpty(draft)...), err
	})
	return out, ignoreNothing(err)
}

// UndoMerge takes a merger back.
func (d *Desk) UndoMerge(ctx context.Context, who Who, m Merged, reason string) error {
	if err := may(who, rights.Amend, registry.KindHamlet); err != nil {
		return err
	}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		var drafts []registry.Draft
		change := func(id p.EntityID, how func(*p.State) (registry.Draft, error)) error {
			s, err := state(tx, id, registry.KindHamlet)
			if err == nil {
				err = d.mineEntity(tx, who, s)
			}
			if err != nil {
				return err
			}
			draft, err := how(s)
			drafts = append(drafts, nonEmpty(draft)...)
			return err
		}
		if err := change(m.Into, func(s *p.State) (registry.Draft, error) {
			if m.Made {
				return registry.Void(s, reason, registry.SawOf(s))
			}
			return registry.UnmergeHamlet(s, m.Spellings...)
		}); err != nil {
			return nil, err
		}
		for _, id := range m.Gone {
			if err := change(id, func(s *p.State) (registry.Draft, error) { return registry.Restore(s, registry.SawOf(s)) }); err != nil {
				return nil, err
			}
		}
		return drafts, nil
	})
	return ignoreNothing(err)
}

// VoidHamlet takes a hamlet off the list that was written in error; restore puts it back. What people have written stays.
func (d *Desk) VoidHamlet(ctx context.Context, who Who, id p.EntityID, reason string, restore bool) error {
	if err := may(who, rights.Void, registry.KindHamlet); err != nil {
		return err
	}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := state(tx, id, registry.KindHamlet)
		if err != nil {
			return nil, err
		}
		if err := d.mineEntity(tx, who, s); err != nil {
			return nil, err
		}
		draft, err := registry.Void(s, reason, registry.SawOf(s))
		if restore {
			draft, err = registry.Restore(s, registry.SawOf(s))
		}
		return nonEmpty(draft), err
	})
	return ignoreNothing(err)
}

// AddHamlets takes what people have written into the list as hamlets of their own. It returns how many it made.
func (d *Desk) AddHamlets(ctx context.Context, who Who, names []string) (int, error) {
	if err := may(who, rights.Create, registry.KindHamlet); err != nil {
		return 0, err
	}
	commune := d.Home().Commune
	made := 0
	for part := range slices.Chunk(names, p.ActChangesMax) {
		dots, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
			book, err := d.hamletBook(tx)
			if err != nil {
				return nil, err
			}
			var drafts []registry.Draft
			for _, name := range part {
				if book.Find(commune, name) != nil {
					continue // somebody did meanwhile
				}
				draft, err := registry.NewHamlet(registry.HamletInput{Place: commune, Name: name})
				if err != nil {
					return nil, err
				}
				drafts = append(drafts, draft)
			}
			return drafts, nil
		})
		if err = ignoreNothing(err); err != nil {
			return made, err
		}
		made += len(dots)
	}
	return made, nil
}
