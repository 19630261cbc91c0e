package node

import (
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
)

// singles projects what stands alone: places, users, devices, vaccines, access records. Places come
// first in effect, because routes depend on them.
func (b *batch) singles() error {
	var places []project.PlaceRow
	anew := false
	for i := 0; i < len(b.touched); i++ { // a rejection touches what it takes back
		e := b.touched[i]
		if e.state == nil {
			continue
		}
		var err error
		if e.was(rowsTaken...) {
			// Under the id of what a machine wrote after it was set back stands something of another kind above.
			if err = b.takeRows(e); err != nil {
				return err
			}
		}
		switch e.state.Kind {
		case registry.KindPlace:
			if r, ok := project.PlaceRowOf(e.state); ok {
				err = b.tx.PutPlaceRow(&r)
				places = append(places, r)
				anew = anew || b.redrawn(&r)
			}
		case registry.KindUser:
			if r, ok := project.UserRowOf(e.state); ok {
				delete(b.users, r.ID)
				err = b.tx.PutUserRow(&r)
			}
		case registry.KindDevice:
			if r, ok := project.DeviceRowOf(e.state); ok {
				err = b.tx.PutDeviceRow(&r)
			}
		case registry.KindVaccine:
			if r, ok := project.VaccineRowOf(e.state); ok {
				err = b.tx.PutVaccineRow(&r)
				anew = true
			}
		case registry.KindSchedule:
			if r, ok := project.ScheduleRowOf(e.state); ok {
				err = b.tx.PutScheduleRow(&r)
				anew = true
			}
		case registry.KindAccess:
			if r, ok := project.AccessRowOf(e.state); ok {
				err = b.tx.PutAccessRow(&r, project.AccessNamed(e.state))
			}
		case registry.KindConsent:
			if r, ok := project.ConsentRowOf(e.state); ok {
				err = b.tx.PutConsentRow(&r)
			} else if e.old != nil {
				err = b.tx.DeleteConsentRow(e.id)
			}
		case registry.KindRequest:
			if r, ok := project.RequestRowOf(e.state); ok {
				err = b.tx.PutRequestRow(&r)
			} else if e.old != nil {
				err = b.tx.DeleteRequestRow(e.id)
			}
		case registry.KindRejection:
			if r, ok := project.RejectionRowOf(e.state); ok && b.rebuilding {
				err = b.tx.PutRejectionRow(&r) // what follows from it was done when it came
			} else if ok {
				err = b.reject(&r)
			}
		case registry.KindRescue:
			if e.old != nil {
				err = b.tx.DeleteRescueRows(e.id)
			}
			rows := project.RescueRowsOf(e.state)
			for i := 0; err == nil && i < len(rows); i++ {
				err = b.tx.PutRescueRow(&rows[i])
			}
		case registry.KindLink:
			if r, ok := project.LinkRowOf(e.state); ok {
				err = b.tx.PutLinkRow(&r)
			} else if e.old != nil {
				err = b.tx.DeleteLinkRow(e.id)
			}
		case registry.KindRecall:
			if err = b.record(e); err == nil {
				err = b.recalled(e)
			}
		default:
			err = b.record(e)
		}
		if err != nil {
			return err
		}
	}
	if b.rebuilding { // rows alone: nothing moves that was where it belongs
		b.places = b.places.With(places)
		return nil
	}
	if anew {
		if err := b.newGeneration(); err != nil {
			return err
		}
	}
	if len(places) == 0 {
		return nil
	}
	b.redrawing = true
	return b.placesChanged(places)
}

// record projects what is only listed: by whom, where and when.
func (b *batch) record(e *entry) error {
	if !registry.Listed(e.state.Kind) {
		return nil
	}
	if r, ok := project.RecordRowOf(e.state); ok {
		if err := b.noteArrival(e); err != nil {
			return err
		}
		if err := b.tx.PutRecordRow(&r); err != nil {
			return err
		}
		return b.stockMoves(e, project.MovementRowsOf(e.state))
	}
	if e.old != nil {
		if err := b.tx.DeleteRecordRow(e.id); err != nil {
			return err
		}
		return b.stockMoves(e, nil)
	}
	return nil
}

// redrawn reports whether a place may have changed the areas of people: by what it is or was, or by coming after what
// lies in it or became it.
func (b *batch) redrawn(r *project.PlaceRow) bool {
	old, known := b.places.Row(r.ID)
	if !known {
		return b.places.Named(r.ID)
	}
	return old.Code != r.Code || old.Parent != r.Parent || old.From != r.From || old.Until != r.Until || old.Void != r.Void ||
		!slices.Equal(old.Successors, r.Successors) || !slices.Equal(old.Former, r.Former) || !slices.Equal(old.Lists, r.Lists)
}

// takeAway removes what is kept of an entity that has no state any more.
func (b *batch) takeAway(e *entry) error {
	if e.old == nil {
		return nil // came and went within this batch
	}
	if err := b.tx.DeleteState(e.id); err != nil {
		return err
	}
	if err := b.takeRows(e); err != nil {
		return err
	}
	return b.tx.PutConflicts(e.id, nil)
}

// rowsTaken are the kinds whose rows takeRows knows.
var rowsTaken = append(registry.ListedKinds(), registry.KindSubject, registry.KindImmunization, registry.KindLink, registry.KindRescue,
	registry.KindConsent, registry.KindRequest)

// takeRows removes the rows of what an entity was before the batch.
func (b *batch) takeRows(e *entry) error {
	switch e.old.Kind { // of what else has rows, stations write only that somebody looked, which stays on record
	case registry.KindSubject:
		row, err := b.tx.SubjectRow(e.id)
		if err != nil {
			return err
		}
		return b.storeSubject(e.id, nil, row)
	case registry.KindImmunization:
		return b.storeDose(e, nil, nil)
	case registry.KindLink:
		return b.tx.DeleteLinkRow(e.id)
	case registry.KindRescue:
		return b.tx.DeleteRescueRows(e.id)
	case registry.KindConsent:
		return b.tx.DeleteConsentRow(e.id)
	case registry.KindRequest:
		return b.tx.DeleteRequestRow(e.id)
	}
	if e.old.Kind == registry.KindRecall {
		if err := b.recalled(e); err != nil {
			return err
		}
	}
	if registry.Listed(e.old.Kind) {
		if err := b.tx.DeleteRecordRow(e.id); err != nil {
			return err
		}
		return b.stockMoves(e, nil)
	}
	return nil
}
