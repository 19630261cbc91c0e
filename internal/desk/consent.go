package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// RestrictedError says that a person's data are restricted: whoever opens the record says why, see [Desk.GiveReason].
type RestrictedError struct{ Subject p.EntityID }

func (e *RestrictedError) Error() string {
	return fmt.Sprintf("subject %s: the use of this record is restricted; say why it is opened", e.Subject)
}

// Statement is one statement about a purpose, with who took it down.
type Statement struct {
	registry.Consent
	Taker     string // "" if not known here
	PlaceName string
	WallMS    int64 // when it was taken down, corrected to hub time
}

// PurposeStanding is how one purpose stands with a person.
type PurposeStanding struct {
	registry.PurposeInfo
	Standing registry.Standing
	By       *registry.Consent // the statement that it stands by; nil if there is none
}

// Consents is what was said about the uses of one person's data.
type Consents struct {
	Subject    registry.Subject
	Row        project.SubjectRow
	Purposes   []PurposeStanding // in the order of the table
	Statements []Statement       // newest first
	// Formerly is what stood in the free text of older versions. It says neither who nor when and allows nothing.
	Formerly   []string
	AskChild   bool // the child is asked as well
	Adult      bool // asked alone
	Restricted bool
}

// Consents reads what was said about the uses of a person's data, and writes down who looked.
func (d *Desk) Consents(ctx context.Context, who Who, id p.EntityID) (*Consents, error) {
	if err := may(who, rights.Read, registry.KindConsent); err != nil {
		return nil, err
	}
	rec, err := d.Open(ctx, who, id)
	if err != nil {
		return nil, err
	}
	out := &Consents{Subject: rec.Subject, Formerly: rec.Subject.Consents, Restricted: rec.Restricted}
	years := d.Today().AgeMonths(rec.Subject.BirthDate) / 12
	known := rec.Subject.HasBirth()
	out.AskChild = known && years >= registry.ChildAgreesYears && years < registry.AdultYears
	out.Adult = known && years >= registry.AdultYears
	err = d.view(ctx, func(tx store.Tx) error {
		row, err := tx.SubjectRow(id)
		if err != nil || row == nil {
			return err
		}
		out.Row = *row
		said, states, err := statements(tx, row.Case)
		if err != nil {
			return err
		}
		out.Purposes = standings(said, rec.Subject.BirthDate, d.Today())
		for i := range said {
			s := Statement{Consent: said[i]}
			if s.Taker, s.WallMS, err = taker(tx, states[i]); err != nil {
				return err
			}
			if place, err := tx.Place(said[i].Place); err != nil {
				return err
			} else if place != nil {
				s.PlaceName = place.Name
			}
			out.Statements = append(out.Statements, s)
		}
		slices.Reverse(out.Statements)
		return nil
	})
	return out, err
}

// taker names who created an entity, and when.
func taker(tx store.Tx, s *p.State) (name string, wallMS int64, err error) {
	for i := range s.Fields {
		for _, v := range s.Fields[i].Values {
			if v.Dot == s.ID.Birth() {
				name, _, err = author(tx, v.Actor, v.Dot.Log)
				return name, v.At.Corrected(), err
			}
		}
	}
	return "", 0, nil
}

// statements reads what was said about a case, by day, with the states it was read from.
func statements(tx store.Tx, kase p.EntityID) ([]registry.Consent, []*p.State, error) {
	subjects, err := tx.SubjectsOfCase(kase)
	if err != nil {
		return nil, nil, err
	}
	rows, err := tx.ConsentsOf(idsOf(subjects, subjectID)...)
	if err != nil {
		return nil, nil, err
	}
	var said []registry.Consent
	var states []*p.State
	for i := range rows {
		s, err := tx.State(rows[i].ID)
		if err != nil {
			return nil, nil, err
		}
		if s != nil && !rows[i].Void {
			said, states = append(said, registry.ConsentOf(s)), append(states, s)
		}
	}
	return said, states, nil
}

func standings(said []registry.Consent, born, on registry.Day) []PurposeStanding {
	out := make([]PurposeStanding, 0, len(registry.Purposes))
	for _, info := range registry.Purposes {
		x := PurposeStanding{PurposeInfo: info}
		x.Standing, x.By = registry.StandingOf(info.Purpose, said, born, on)
		out = append(out, x)
	}
	return out
}

// MayUse reports whether the data of a case may be used for a purpose today: the law orders it, or there is a consent
// and the person's data are not restricted. Reminders by SMS or Zalo, exports for others and studies ask here.
func (d *Desk) MayUse(tx store.Tx, kase p.EntityID, purpose registry.Purpose) (bool, error) {
	if info, known := purpose.Info(); known && info.ByLaw {
		return true, nil
	}
	if out, err := restricted(tx, kase); err != nil || out {
		return false, err
	}
	row, err := tx.SubjectRow(kase)
	if err != nil || row == nil {
		return false, err
	}
	said, _, err := statements(tx, kase)
	if err != nil {
		return false, err
	}
	born := registry.Day(0)
	if row.BirthPrec != 0 {
		born = row.BirthDate
	}
	standing, _ := registry.StandingOf(purpose, said, born, d.Today())
	return standing.Allows(), nil
}

// restricted reports whether the data of a case are out of bounds for all but care and what the law orders.
func restricted(tx store.Tx, kase p.EntityID) (bool, error) {
	subjects, err := tx.SubjectsOfCase(kase)
	if err != nil {
		return false, err
	}
	rows, err := tx.RequestsOf(idsOf(subjects, subjectID)...)
	return slices.ContainsFunc(rows, func(r project.RequestRow) bool { return r.Restricts }), err
}

// mayOpen refuses to open a restricted record without a reason. Whoever gave one opens it for a shift.
func (d *Desk) mayOpen(tx store.Tx, who Who, row *project.SubjectRow) (bool, error) {
	out, err := restricted(tx, row.Case)
	if err != nil || !out {
		return false, err
	}
	subjects, err := tx.SubjectsOfCase(row.Case)
	if err != nil {
		return false, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.Node.Now()
	for i := range subjects {
		given, ok := d.views[view{who.User, subjects[i].ID, rememberedReason}]
		if age := now.Sub(given); ok && age < reasonHolds && age >= 0 {
			return true, nil
		}
	}
	return true, &RestrictedError{Subject: row.ID}
}

// GiveReason writes down why somebody opens a restricted record; from then on they can, for a shift.
func (d *Desk) GiveReason(ctx context.Context, who Who, id p.EntityID, reason string) error {
	if err := may(who, rights.Read, registry.KindSubject); err != nil {
		return err
	}
	if reason = strings.TrimSpace(reason); reason == "" {
		return ErrNoReason
	}
	err := d.view(ctx, func(tx store.Tx) error {
		row, err := tx.SubjectRow(id)
		if err == nil && row == nil {
			err = ErrNotFound
		}
		if err != nil {
			return err
		}
		_, err = d.readable(tx, who, row.Case)
		return err
	})
	if err != nil {
		return err
	}
	if err := d.note(ctx, who, registry.ActView, id, reason); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.views[view{who.User, id, rememberedReason}] = d.Node.Now()
	return nil
}

// Said is who made statements about a person's data, and how.
type Said struct {
	By       string
	Relation registry.Relation
	On       registry.Day // 0: today
	Channel  registry.Channel
	Child    bool // the child agreed as well
	Note     string
}

// ErrNothingSaid says that no purpose was answered.
var ErrNothingSaid = errors.New("say what was answered, purpose by purpose")

// RecordConsents takes down what was said about some purposes, one statement each, as one act. What is not among the answers
// stays as it stands: silence is no answer.
func (d *Desk) RecordConsents(ctx context.Context, who Who, id p.EntityID, said Said, answers map[registry.Purpose]registry.Answer) error {
	if err := may(who, rights.Create, registry.KindConsent); err != nil {
		return err
	}
	if len(answers) == 0 {
		return ErrNothingSaid
	}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		if err := d.mine(tx, who, id); err != nil {
			return nil, err
		}
		return d.consentDrafts(tx, id, said, answers)
	})
	return err
}

func (d *Desk) consentDrafts(tx store.Tx, id p.EntityID, said Said, answers map[registry.Purpose]registry.Answer) ([]registry.Draft, error) {
	s, err := state(tx, id, registry.KindSubject)
	if err != nil {
		return nil, err
	}
	row, err := tx.SubjectRow(id)
	if err != nil {
		return nil, err
	}
	if row == nil {
		return nil, ErrNotFound
	}
	known, _, err := statements(tx, row.Case)
	if err != nil {
		return nil, err
	}
	subject := registry.SubjectOf(s)
	var drafts []registry.Draft
	for n := range registry.PurposeEnum.Keys() {
		purpose := registry.Purpose(n + 1)
		answer, asked := answers[purpose]
		if !asked {
			continue
		}
		draft, err := registry.NewConsent(registry.ConsentInput{
			Subject: id, Place: d.Node.Identity().Place, Purpose: purpose, Answer: answer, By: said.By, Relation: said.Relation, On: said.On,
			Channel: said.Channel, Child: said.Child, Note: said.Note, After: registry.StatementsOn(purpose, known),
		}, subject.BirthDate, d.Today())
		if err != nil {
			return nil, err
		}
		drafts = append(drafts, draft)
	}
	if len(drafts) < len(answers) {
		return nil, registry.Errors{{Field: "purpose", Code: registry.CodeChoiceUnknown}}
	}
	return drafts, nil
}

// Standings tells how the purposes stand with whoever's record was opened; the look is that one's.
func (d *Desk) Standings(ctx context.Context, r *Record) ([]PurposeStanding, error) {
	var out []PurposeStanding
	err := d.view(ctx, func(tx store.Tx) error {
		said, _, err := statements(tx, r.Canonical)
		out = standings(said, r.Subject.BirthDate, d.Today())
		return err
	})
	return out, err
}
