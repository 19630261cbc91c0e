package hostile

import (
	"context"
	"errors"
	"fmt"

	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/station"
	p "tramy/syncproto"
)

// Station is an honest machine that goes on working.
type Station struct {
	st      *station.Station
	commune p.EntityID
	rounds  int
	last    p.EntityID
}

// NewStation lets a station work, which has exchanged once.
func NewStation(ctx context.Context, st *station.Station) (*Station, error) {
	s := &Station{st: st}
	return s, st.Node.Store().View(ctx, func(tx store.Tx) error {
		row, err := tx.Place(st.Node.Identity().Place)
		if err == nil && row == nil {
			err = errors.New("the station does not know its own place")
		}
		if err == nil {
			s.commune = row.Parent
		}
		return err
	})
}

// Round implements Other: a child is registered, and the hub has it.
func (s *Station) Round(ctx context.Context) error {
	s.rounds++
	today := s.st.Today()
	id, err := s.st.Node.Append(ctx, p.EntityID{}, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		code, err := registry.NewCode(int(s.st.Node.Identity().Number), s.st.Rand)
		if err != nil {
			return nil, err
		}
		d, err := registry.NewSubject(registry.SubjectInput{
			Place: s.commune, Code: code, Name: fmt.Sprintf("Trẻ thử %d", s.rounds), BirthDate: today - 30, MotherName: "Mẹ thử", Sex: registry.SexFemale,
		}, today)
		return []registry.Draft{d}, err
	})
	if err != nil {
		return err
	}
	res, err := s.st.Uplink.Client.Sync(ctx)
	switch {
	case err != nil:
		return err
	case res.Refusal != nil:
		return fmt.Errorf("refused: %s", res.Refusal.Message)
	case res.Sent == 0:
		return errors.New("nothing was sent")
	}
	s.last = id[0].Entity()
	return nil
}

// Last is what the last round registered.
func (s *Station) Last() p.EntityID { return s.last }
