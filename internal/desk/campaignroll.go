package desk

import (
	"context"
	"slices"
	"strings"

	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/sheet"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// RollRowsMax is how many people one file of a school's list may hold.
const RollRowsMax = 5_000

// RollVerdict is what became of one person of a school's list.
type RollVerdict uint8

// Verdicts.
const (
	RollMatched RollVerdict = iota + 1 // in the register, and put on the list
	RollNew                            // registered, and put on the list
	RollThere                          // on the list already: nothing was written
	RollAsk                            // may be somebody of the register: a person is asked, nothing was written
	RollRefused                        // something is wrong with the row: nothing was written
)

// String is the stable key.
func (v RollVerdict) String() string {
	return [...]string{"", "matched", "new", "there", "ask", "refused"}[v]
}

// Roll says how a school's list is read in.
type Roll struct {
	Campaign p.EntityID
	File     string // its name, for the access log
	Class    string // of rows that name none
	School   string // likewise
	// Dry works everything out and writes nothing.
	Dry bool
	// Answers are what somebody said about rows that were asked about: a code of who it is, or SomebodyNew, by row.
	Answers map[int]string
}

// RollLine is a row of the list and what became of it.
type RollLine struct {
	ImportedEntry
	Roll   RollVerdict
	Class  string
	School string
	// Foreign says that the person lives in another commune. Their record says so and goes on saying so.
	Foreign bool
}

// RollCounts count rows by what became of them.
type RollCounts struct{ Rows, Matched, New, There, Ask, Refused int }

func (n *RollCounts) add(v RollVerdict) {
	n.Rows++
	switch v {
	case RollMatched:
		n.Matched++
	case RollNew:
		n.New++
	case RollThere:
		n.There++
	case RollAsk:
		n.Ask++
	case RollRefused:
		n.Refused++
	}
}

// ReadRoll puts the people of a school's list on this station's list of a campaign, one act a person: who is in the register is
// found there, who is not is registered, and about namesakes a person is asked. Whoever is listed already is passed by, so that
// the same file read twice changes nothing. Where somebody lives is never changed by it. each is told of every row, in order; its
// error ends the reading, and what was told stays.
func (d *Desk) ReadRoll(ctx context.Context, who Who, book *sheet.Book, m *sheet.Mapping, roll Roll, each func(RollLine) error) (RollCounts, error) {
	var n RollCounts
	if err := may(who, rights.Create, registry.KindEnrolment); err != nil {
		return n, err
	}
	if d.Node.Identity().Role != registry.NodeStation {
		return n, ErrForbidden
	}
	if err := d.view(ctx, func(tx store.Tx) error {
		_, err := d.campaign(tx, who, roll.Campaign)
		return err
	}); err != nil {
		return n, err
	}
	im, err := d.BeginImport(ctx, who, ImportOptions{File: roll.File, Dry: roll.Dry, AnyPlace: true})
	if err != nil {
		return n, err
	}
	defer im.End()
	read, err := d.readContext(ctx, true)
	if err != nil {
		return n, err
	}
	err = book.Read(*m, read, func(e *sheet.Entry) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		line := RollLine{ImportedEntry: ImportedEntry{Entry: e, Mapping: m, Arrival: &Arrival{Verdict: ImportRefused}}, Roll: RollRefused}
		line.Class, line.School = e.Class, e.School
		if line.Class == "" {
			line.Class = roll.Class
		}
		if line.School == "" {
			line.School = roll.School
		}
		if line.Class == "" { // a list of a commune is gone through hamlet by hamlet
			line.Class = e.Subject.Hamlet
		}
		if len(e.Problems) == 0 {
			line.Newcomer = newcomer(e)
			if answer := roll.Answers[e.Rows[0]]; answer != "" {
				line.Newcomer.SameAs = answer
			}
			if err := im.enrol(ctx, &roll, n.Rows+1, &line); err != nil {
				return err
			}
		}
		n.add(line.Roll)
		return each(line)
	})
	return n, err
}

// enrol brings in one row.
func (im *Import) enrol(ctx context.Context, roll *Roll, order int, line *RollLine) error {
	in, row := &line.Newcomer, line.Rows[0]
	in.SameAs = strings.TrimSpace(in.SameAs)
	foreign, known := im.livesElsewhere(line.Entry)
	line.Foreign = foreign
	switch {
	case !foreign:
		in.Subject.Place = im.commune
		in.Subject.Hamlet = im.hamlet(in.Subject.Hamlet)
	case !known.IsZero():
		in.Subject.Place = known
	}
	in.Subject = in.Subject.Cleaned()
	var out *intent
	if im.dry != nil {
		var err error
		if out, err = im.dryPerson(ctx, row, in); err != nil {
			return err
		}
		line.Arrival, line.Roll = &out.Arrival, rollVerdict(out.Verdict)
		if line.Roll != RollMatched || out.Subject.IsZero() {
			return nil
		}
		return im.d.view(ctx, func(tx store.Tx) error {
			had, err := im.d.enrolmentOf(tx, roll.Campaign, out.Subject)
			if had != nil && !im.moves(had, line) && out.Verdict == ImportThere {
				line.Roll = RollThere
			}
			return err
		})
	}
	_, err := im.d.Node.Append(ctx, im.who.User, func(tx store.Tx, id func(int) p.EntityID) ([]registry.Draft, error) {
		var err error
		if out, err = im.decide(tx, in, row, id); err != nil {
			return nil, err
		}
		line.Arrival, line.Roll = &out.Arrival, rollVerdict(out.Verdict)
		if line.Roll != RollMatched && line.Roll != RollNew {
			return nil, node.ErrNothing
		}
		var had *p.State
		if line.Roll == RollMatched {
			if had, err = im.d.enrolmentOf(tx, roll.Campaign, out.Subject); err != nil {
				return nil, err
			}
		}
		if had == nil {
			draft, err := registry.NewEnrolment(registry.EnrolmentInput{
				Subject: out.Subject, Campaign: roll.Campaign, Place: im.d.Node.Identity().Place, Class: line.Class, School: line.School, Order: order,
			}, im.today)
			if err != nil {
				return nil, err
			}
			return append(out.drafts, draft), nil
		}
		if out.Verdict == ImportThere && !im.moves(had, line) {
			line.Roll = RollThere
			return nil, node.ErrNothing
		}
		if !im.moves(had, line) {
			return out.drafts, nil
		}
		next := registry.EnrolmentOf(had).EnrolmentInput
		next.Class, next.School = line.Class, line.School
		draft, err := registry.EditEnrolment(had, next, im.today, registry.SawOf(had))
		if err != nil {
			return nil, err
		}
		return append(out.drafts, nonEmpty(draft)...), nil
	})
	if err := ignoreNothing(err); err != nil {
		return err
	}
	return im.claim(ctx, out, row)
}

// moves reports whether a file names another class for somebody who is listed.
func (im *Import) moves(had *p.State, line *RollLine) bool {
	e := registry.EnrolmentOf(had)
	return line.Class != "" && line.Class != e.Class || line.School != "" && line.School != e.School
}

func rollVerdict(v Verdict) RollVerdict {
	switch v {
	case ImportNew:
		return RollNew
	case ImportCompleted, ImportThere:
		return RollMatched
	case ImportProposed:
		return RollAsk
	}
	return RollRefused
}

// livesElsewhere reports whether an entry names another commune than this register's, and which place that is: zero if none on the
// map, or more than one, has the name.
func (im *Import) livesElsewhere(e *sheet.Entry) (bool, p.EntityID) {
	if e.Commune == "" && e.CommuneCode == "" {
		return false, p.EntityID{}
	}
	m := im.d.Map()
	name := bareCommune(e.Commune)
	own := slices.ContainsFunc(append(im.homes(), im.commune), func(id p.EntityID) bool {
		row, ok := im.d.Node.Atlas().Row(id)
		if !ok {
			return false
		}
		for _, was := range row.Former {
			if bareCommune(was.Name) == name && name != "" {
				return true
			}
		}
		_, code, _ := strings.Cut(row.Code, ":")
		return name != "" && bareCommune(row.Name) == name || e.CommuneCode != "" && code == e.CommuneCode
	})
	if own {
		return false, p.EntityID{}
	}
	var found, near []p.EntityID
	province := m.Parent(im.commune)
	for _, r := range m.Rows() {
		if r.Level != registry.LevelCommune {
			continue
		}
		_, code, _ := strings.Cut(r.Code, ":")
		if name != "" && bareCommune(r.Name) == name || e.CommuneCode != "" && code == e.CommuneCode {
			found = append(found, r.ID)
			if m.Parent(r.ID) == province {
				near = append(near, r.ID)
			}
		}
	}
	if len(near) == 1 {
		return true, near[0]
	}
	if len(found) == 1 {
		return true, found[0]
	}
	return true, p.EntityID{}
}

// bareCommune is the name of a commune without the word for what it is, folded.
func bareCommune(name string) string {
	folded := registry.Fold(name)
	for _, word := range []string{"xa ", "phuong ", "thi tran ", "dac khu "} {
		folded = strings.TrimPrefix(folded, word)
	}
	return folded
}

// homes are the residences that mean this register's commune.
func (im *Import) homes() []p.EntityID {
	home := im.d.Home()
	return home.Residences()
}
