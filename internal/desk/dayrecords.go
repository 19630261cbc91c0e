package desk

import (
	"context"
	"slices"

	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// dayKinds are what vaccination days leave in a person's record beside the doses.
var dayKinds = []p.Kind{registry.KindVisit, registry.KindReaction, registry.KindContact, registry.KindAppointment}

// DayRecords are the visits, reactions, attempts to reach somebody and appointments of a record, those taken back among them, each
// kind by day. Whoever opened the record may ask; the look is that one's.
func (d *Desk) DayRecords(ctx context.Context, who Who, r *Record, kinds ...p.Kind) ([]*p.State, error) {
	if len(kinds) == 0 {
		kinds = dayKinds
	}
	var out []*p.State
	err := d.view(ctx, func(tx store.Tx) error {
		for _, kind := range kinds {
			if !slices.Contains(dayKinds, kind) || !rights.May(who.Role, rights.Read, kind) {
				continue
			}
			rows, err := tx.RecordsOf(kind, append(idsOf(r.Linked, subjectID), r.Subject.ID)...)
			if err != nil {
				return err
			}
			for i := range rows {
				s, err := tx.State(rows[i].ID)
				if err != nil {
					return err
				}
				if s != nil {
					out = append(out, s)
				}
			}
		}
		return nil
	})
	return out, err
}
