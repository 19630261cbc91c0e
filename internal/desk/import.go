package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// ErrImportRuns says that a register is being read in here already.
var ErrImportRuns = errors.New("a register is being read in already; wait until it is done")

// ImportOptions are what somebody decides about a register that is read in.
type ImportOptions struct {
	File string // its name, for the access log
	// Dry works everything out and writes nothing.
	Dry bool
	// AnyPlace takes in people of other communes, too, as people of this one.
	AnyPlace bool
}

// Import reads a register in, one act a person: subject and doses together or not at all. It can be broken off
// at any point and begun again from the start of the file: who is there already is passed by. One import runs
// at a time. Its methods are for one goroutine.
type Import struct {
	d   *Desk
	who Who
	opt ImportOptions

	today     registry.Day
	commune   p.EntityID
	byName    map[string][]p.EntityID // communes, once one is asked for
	hamlets   map[string]string       // as the commune's list spells them, by folded name
	vaccine   func(string) bool
	programme map[string]registry.Programme
	claims    map[p.EntityID]int // cases, with the first row of the file that is this person
	mothers   []pendingMother
	dry       *dryRun
}

// BeginImport checks the rights, writes the access record and reads what all entries need. End lets others
// begin.
func (d *Desk) BeginImport(ctx context.Context, who Who, opt ImportOptions) (*Import, error) {
	for _, kind := range []p.Kind{registry.KindSubject, registry.KindImmunization} {
		if err := may(who, rights.Create, kind); err != nil {
			return nil, err
		}
		if err := may(who, rights.Amend, kind); err != nil {
			return nil, err
		}
	}
	im := &Import{d: d, who: who, opt: opt, today: d.Today(), hamlets: map[string]string{}, programme: map[string]registry.Programme{}, claims: map[p.EntityID]int{}}
	if opt.Dry {
		im.dry = newDryRun()
	}
	if err := d.view(ctx, im.load); err != nil {
		return nil, err
	}
	if !opt.Dry {
		if !d.importing.CompareAndSwap(false, true) {
			return nil, ErrImportRuns
		}
		if err := d.note(ctx, who, registry.ActImport, p.EntityID{}, opt.File); err != nil {
			d.importing.Store(false)
			return nil, err
		}
	}
	return im, nil
}

// End says that no more entries come. Who of them is on record already under another name is looked for soon.
func (im *Import) End() {
	if !im.opt.Dry {
		im.d.importing.Store(false)
		im.d.SweepSoon()
	}
}

func (im *Import) load(tx store.Tx) error {
	im.commune = im.d.Home().Commune
	s, err := tx.State(im.commune)
	if err != nil {
		return err
	}
	if s != nil && s.Kind == registry.KindPlace {
		place := registry.PlaceOf(s)
		for _, h := range place.Hamlets {
			im.hamlets[registry.Fold(h)] = h
			// Lists say "bản Na Phay", registers often "Na Phay".
			if _, bare, ok := strings.Cut(h, " "); ok && hamletWords[registry.Fold(strings.TrimSuffix(h, " "+bare))] {
				if _, taken := im.hamlets[registry.Fold(bare)]; !taken {
					im.hamlets[registry.Fold(bare)] = h
				}
			}
		}
	}
	vaccines, err := tx.Vaccines()
	if err != nil {
		return err
	}
	for _, v := range vaccines {
		im.programme[v.Code] = v.Programme
	}
	im.vaccine, err = vaccineKnown(tx)
	return err
}

// hamletWords are the folded kinds of hamlet that lists write before the name.
var hamletWords = map[string]bool{"ban": true, "thon": true, "ap": true, "buon": true, "lang": true, "xom": true, "to": true, "khu": true, "khom": true, "soc": true}

// Person brings in one person; row is where they stand in the file, counted from 1. An error is of the machine
// (disk full, revoked): what is wrong with the entry is in the arrival.
func (im *Import) Person(ctx context.Context, row int, in Newcomer) (*Arrival, error) {
	in.SameAs = strings.TrimSpace(in.SameAs)
	if wrong := im.livesIn(&in); wrong != nil {
		return &refused(Remark{-1, *wrong}).Arrival, nil
	}
	in.Subject.Hamlet = im.hamlet(in.Subject.Hamlet)
	in.Subject = in.Subject.Cleaned()
	out, err := im.person(ctx, row, &in)
	if err != nil {
		return nil, fmt.Errorf("row %d: %w", row, err)
	}
	return &out.Arrival, nil
}

func (im *Import) person(ctx context.Context, row int, in *Newcomer) (*intent, error) {
	if im.dry != nil {
		return im.dryPerson(ctx, row, in)
	}
	var out *intent
	_, err := im.d.Node.Append(ctx, im.who.User, func(tx store.Tx, id func(int) p.EntityID) ([]registry.Draft, error) {
		var err error
		if err = im.mother(tx, in); err != nil {
			return nil, err
		}
		if out, err = im.decide(tx, in, row, id); err != nil {
			return nil, err
		}
		if out.Verdict != ImportNew && out.Verdict != ImportCompleted {
			return nil, node.ErrNothing
		}
		return out.drafts, nil
	})
	if err := ignoreNothing(err); err != nil {
		return nil, err
	}
	if code, err := registry.ParseCode(in.MotherCode); err == nil && in.Subject.Mother.IsZero() && !out.Subject.IsZero() {
		im.mothers = append(im.mothers, pendingMother{out.Subject, code})
	}
	return out, im.claim(ctx, out, row)
}

// claim remembers which row of the file a case is.
func (im *Import) claim(ctx context.Context, out *intent, row int) error {
	if out.Subject.IsZero() {
		return nil
	}
	kase := out.Subject
	if out.Verdict != ImportNew {
		if err := im.d.view(ctx, func(tx store.Tx) error {
			r, err := tx.SubjectRow(out.Subject)
			if r != nil {
				kase = r.Case
			}
			return err
		}); err != nil {
			return err
		}
	}
	if _, known := im.claims[kase]; !known {
		im.claims[kase] = row
	}
	return nil
}
