package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"tramy/internal/datadir"
	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	"tramy/internal/synth"
	"tramy/station"
	p "tramy/syncproto"
)

// load records each station's commune in its folder, as a nurse would: a person, then the doses.
func (c *generateCmd) load(e *env, opt synth.Options) error {
	var loaded *list
	if c.Out != "" {
		var err error
		if loaded, err = newList(filepath.Join(c.Out, loadedFile), "folder", "code", "person", "register", "like", "slips"); err != nil {
			return err
		}
		defer loaded.abandon()
	}
	for _, path := range c.Load {
		if err := c.loadStation(e, path, opt, loaded); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	if loaded != nil {
		return loaded.close()
	}
	return nil
}

func (c *generateCmd) loadStation(e *env, path string, opt synth.Options, loaded *list) (err error) {
	dir, err := datadir.Open(path, "station")
	if err != nil {
		return err
	}
	s, err := station.Open(e.ctx, dir, station.Options{
		Open: openStation, Now: time.Now, Software: program, Delay: time.Hour, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		return errors.Join(err, dir.Close())
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	commune, err := communeOf(e.ctx, s)
	if err != nil {
		return err
	}
	// Nothing of today: whoever gives a dose today answers questions before it.
	opt.Today = min(opt.Today, s.Today()-1)
	opt.Commune = func(string) p.EntityID { return commune.ID }
	opt.Place = func(code string, f synth.Facility) p.EntityID {
		if "gso:"+code == commune.Code && (f == synth.Station || f == synth.Point) {
			return s.Node.Identity().Place
		}
		return p.EntityID{} // where a dose on a card was given is not known
	}
	nation, err := synth.New(c.Seed, opt)
	if err != nil {
		return err
	}
	at := -1
	for i, x := range nation.Communes() {
		if "gso:"+x.Code == commune.Code {
			at = i
		}
	}
	if at < 0 {
		return fmt.Errorf("its commune %s (%s) is not among the %d made up; raise --communes or name a list of units with --places", commune.Name, commune.Code, len(nation.Communes()))
	}
	report, done, doses := progress(e.err), 0, 0
	for r := range nation.Register(at) {
		if err := record(e.ctx, s, r); err != nil {
			return fmt.Errorf("%s: %w", r.Subject.Code, err)
		}
		if loaded != nil {
			if err := loaded.add(path, string(r.Subject.Code), personText(r.Person), r.At.String(), r.Rare.String(), slips(r)); err != nil {
				return err
			}
		}
		done, doses = done+1, doses+len(r.Doses)
		if done%100 == 0 {
			report("records", done, max(done+1, nation.Children(at)))
		}
	}
	report("records", done, done)
	_, err = fmt.Fprintf(e.out, "%s: %d records with %d doses of %s\n", path, done, doses, commune.Name)
	return err
}

// record registers one person with their doses. The code is this machine's own, so that no card is sought elsewhere.
func record(ctx context.Context, s *station.Station, r *synth.Record) error {
	var err error
	id := s.Node.Identity()
	if r.Subject.Code, err = registry.NewCode(int(id.Number), rand.Reader); err != nil {
		return err
	}
	who := desk.Who{Name: program, Role: rights.Nurse, Place: id.Place}
	subject, _, err := s.Register(ctx, who, r.Subject, true)
	if err != nil {
		return err
	}
	visit := desk.Visit{Subject: subject}
	for i := range r.Doses {
		d := r.Doses[i].ImmunizationInput
		if d.Source == registry.SourceHere && d.Place != id.Place {
			d.Source = registry.SourceElsewhere
		}
		visit.Doses = append(visit.Doses, d)
	}
	if len(visit.Doses) == 0 {
		return nil
	}
	_, err = s.RecordVisit(ctx, who, visit)
	return err
}

// communeOf is the commune that a station stands in.
func communeOf(ctx context.Context, s *station.Station) (*project.PlaceRow, error) {
	var out *project.PlaceRow
	err := s.Node.Store().View(ctx, func(tx store.Tx) error {
		for id := s.Node.Identity().Place; !id.IsZero(); {
			row, err := tx.Place(id)
			if err != nil || row == nil {
				return err
			}
			if strings.HasPrefix(row.Code, "gso:") && row.Level == registry.LevelCommune {
				out = row
				return nil
			}
			id = row.Parent
		}
		return nil
	})
	if err == nil && out == nil {
		err = errors.New("it does not know its commune yet; let it exchange with its hub once")
	}
	return out, err
}
