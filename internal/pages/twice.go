package pages

import (
	"context"
	"errors"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/server"
	"tramy/internal/store"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// twice draws doses that may be recorded twice.
func (c *Call) twice(list []desk.TwiceDose) ([]ui.TwiceDose, error) {
	var out []ui.TwiceDose
	err := c.View(func(tx store.Tx) error {
		vaccines, err := tx.Vaccines()
		if err != nil {
			return err
		}
		for i := range list {
			x := &list[i]
			vaccine := c.vaccineOf(vaccines, x.Sides[0].Vaccine)
			a, b := &x.Sides[0], &x.Sides[1]
			pair := ui.TwiceDose{
				Case: ui.Case{ID: "t-" + a.ID.String() + "-" + b.ID.String(), Why: c.T("review_say.twice_" + x.Why.String())},
				Name: x.Subject.Name, Line: c.PersonLine(&x.Subject), Dose: vaccine, A: c.twiceSide(a), B: c.twiceSide(b),
			}
			if !x.Subject.ID.IsZero() {
				pair.ID = x.Subject.ID.String()
			}
			out = append(out, pair)
		}
		return nil
	})
	return out, err
}

// twiceSide writes a record of a dose: when and of which lot; and, smaller, where it was given or who told of it, and who wrote it down.
func (c *Call) twiceSide(s *desk.TwiceSide) ui.TwiceSide {
	what := c.day(s.GivenOn)
	if s.GivenMinute != 0 {
		what += " " + s.GivenMinute.String()
	}
	if s.Lot != "" {
		what += ", " + c.T("field.lot") + " " + s.Lot
	}
	var told []string
	if s.PlaceName != "" {
		told = append(told, s.PlaceName)
	}
	if s.Source != 0 && s.Source != registry.SourceHere {
		told = append(told, c.T("source."+s.Source.String()))
	}
	return ui.TwiceSide{
		ID: s.ID.String(), Text: what, Who: strings.Join(append(told, c.author(s.Who, s.Device, s.At)), ". "), Seen: s.Saw.String(),
	}
}

// settleTwice keeps one of two records of a dose, or both.
func (pg *Pages) settleTwice(c *Call) error {
	a, aerr := p.ParseEntityID(c.Value("a"))
	b, berr := p.ParseEntityID(c.Value("b"))
	sawA, saerr := registry.ParseSaw(c.Value("seen_a"))
	sawB, sberr := registry.ParseSaw(c.Value("seen_b"))
	if err := errors.Join(aerr, berr, saerr, sberr); err != nil {
		return server.NewProblem(server.TypeBadRequest).Because(err)
	}
	saw := map[p.EntityID]registry.Saw{a: sawA, b: sawB}
	back := c.Back(ui.PathReview)
	keep, drop := a, b
	switch c.Value("keep") {
	case "both":
		if err := c.Desk.TellApart(c.Ctx(), c.Who, a, b, saw, true); err != nil {
			return c.settleRefused(err)
		}
		return c.Go(back, ui.Note{
			Tone: ui.ToneOK, Lead: c.T("say.said_both"),
			Action: c.Undoable(back, func(ctx context.Context, who desk.Who) error {
				return c.Desk.TellApart(ctx, who, a, b, nil, false)
			}),
		})
	case "b":
		keep, drop = b, a
	case "a":
	default:
		return server.NewProblem(server.TypeBadRequest)
	}
	if err := c.Desk.VoidTwice(c.Ctx(), c.Who, keep, drop, saw, voidText("twice", "")); err != nil {
		return c.settleRefused(err)
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("say.kept_one")}
	after, err := pg.state(c.Ctx(), drop)
	if err != nil {
		return err
	}
	wrote := registry.SawOf(after)
	note.Action = c.Undoable(back, func(ctx context.Context, who desk.Who) error {
		return c.Desk.UnsettleTwice(ctx, who, drop, wrote)
	})
	return c.Go(back, note)
}
