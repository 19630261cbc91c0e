package hub

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"tramy/internal/desk"
	"tramy/internal/forecast"
	"tramy/internal/forecast/national"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// ErrScheduleOverlap says that another version is in force on a day on which the new one is.
var ErrScheduleOverlap = errors.New("two versions of the schedule would be in force on one day")

// ErrNoSchedule says that there is nothing to compare with.
var ErrNoSchedule = errors.New("no schedule is in force here")

// ScheduleImport says what bringing in a schedule did, or would do.
type ScheduleImport struct {
	Code     string
	Title    string
	From     registry.Day
	Until    registry.Day
	Replaces bool   // a version with this code was there; its file is another now
	Ends     string // the version that now ends where this one begins; "" if none does
}

// Schedules lists the versions of the schedule, oldest first.
func (h *Hub) Schedules(ctx context.Context) ([]project.ScheduleRow, error) {
	var rows []project.ScheduleRow
	err := h.Node.Store().View(ctx, func(tx store.Tx) error {
		var err error
		rows, err = tx.Schedules()
		return err
	})
	return slices.DeleteFunc(rows, func(r project.ScheduleRow) bool { return r.Void }), err
}

// readSchedule reads a file, which may be based on a version that is here. name stands for it in problems.
func readSchedule(rows []project.ScheduleRow, name string, file []byte) (*forecast.Schedule, error) {
	return national.LoadBased(name, file, func(code string) (string, []byte) {
		for _, r := range rows {
			if r.Code == code {
				return code, []byte(r.File)
			}
		}
		return code, nil
	})
}

// ImportSchedule brings in a version of the national schedule. A version that is open-ended ends where the new
// one begins; any other overlap is refused.
func (h *Hub) ImportSchedule(ctx context.Context, who desk.Who, name string, file []byte) (ScheduleImport, error) {
	if err := h.mayNational(who, rights.Create, registry.KindSchedule); err != nil {
		return ScheduleImport{}, err
	}
	var out ScheduleImport
	_, err := h.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		rows, err := tx.Schedules()
		if err != nil {
			return nil, err
		}
		rows = slices.DeleteFunc(rows, func(r project.ScheduleRow) bool { return r.Void })
		s, err := readSchedule(rows, name, file)
		if err != nil {
			return nil, err
		}
		in := registry.ScheduleInput{Code: s.ID, Title: s.Title, From: s.From, Until: s.Until, File: string(file)}
		out = ScheduleImport{Code: in.Code, Title: in.Title, From: in.From, Until: in.Until}
		var drafts []registry.Draft
		same := -1
		for i, r := range rows {
			switch {
			case r.Code == in.Code:
				same = i
				if in.Until == 0 && r.Until > in.From {
					in.Until = r.Until // it was ended by the version after it
					out.Until = r.Until
				}
			case r.Until == 0 && r.From < in.From:
				end, err := ended(tx, r.ID, in.From)
				if err != nil {
					return nil, err
				}
				drafts, out.Ends = append(drafts, end), r.Code
			case (r.Until == 0 || in.From < r.Until) && (in.Until == 0 || r.From < in.Until):
				return nil, fmt.Errorf("%s (from %s) and %s (from %s): %w", r.Code, r.From.ISO(), in.Code, in.From.ISO(), ErrScheduleOverlap)
			}
		}
		if same < 0 {
			draft, err := registry.NewSchedule(in)
			return append(drafts, draft), err
		}
		out.Replaces = true
		old, err := tx.State(rows[same].ID)
		if err != nil {
			return nil, err
		}
		draft, err := registry.EditFields(old, in.Patch(old), registry.SawOf(old))
		if err == nil && !draft.Empty() {
			drafts = append(drafts, draft)
		}
		return drafts, err
	})
	return out, err
}

// ended is the draft that ends an open version.
func ended(tx store.Tx, id p.EntityID, until registry.Day) (registry.Draft, error) {
	s, err := tx.State(id)
	if err != nil {
		return registry.Draft{}, err
	}
	return registry.EditFields(s, registry.Patch{registry.ScheduleUntil: p.Int(int64(until))}, registry.SawOf(s))
}

// ScheduleCheck is how the advice for the people registered here differs under another schedule.
type ScheduleCheck struct {
	On       registry.Day
	Present  string // the version compared with
	People   int    // compared
	Changed  int    // of them, with other advice
	Examples []ScheduleDifference
}

// ScheduleDifference is one person whose advice changes, told without a name.
type ScheduleDifference struct {
	Code  string // of the person
	Born  registry.Day
	Items []DueDifference
}

// DueDifference is a vaccine whose date, number or status is another one. A row is nil where there is none.
type DueDifference struct {
	Vaccine string
	Before  *project.DueRow
	After   *project.DueRow
}

// examplesMax is how many people a check tells of.
const examplesMax = 12

// checkPage is how many people a check reads in one transaction.
const checkPage = 500

// CheckSchedule compares a schedule with the one in force, over everybody registered here, before it takes
// effect: on the day from which it holds, or today if that has passed. Nothing is written. progress is told
// how many were compared, and may be nil.
func (h *Hub) CheckSchedule(ctx context.Context, who desk.Who, name string, file []byte, progress func(people int)) (ScheduleCheck, error) {
	if err := h.mayNational(who, rights.Create, registry.KindSchedule); err != nil {
		return ScheduleCheck{}, err
	}
	rows, err := h.Schedules(ctx)
	if err != nil {
		return ScheduleCheck{}, err
	}
	next, err := readSchedule(rows, name, file)
	if err != nil {
		return ScheduleCheck{}, err
	}
	out := ScheduleCheck{On: max(h.Today(), next.From)}
	present := h.Node.Advisor().Schedule(out.On)
	if present == nil {
		return out, ErrNoSchedule
	}
	out.Present = present.ID
	before, after := h.Node.Advisor().Instead(present), h.Node.Advisor().Instead(next)
	q := store.SubjectQuery{Limit: checkPage}
	for {
		var page []project.SubjectRow
		err := h.Node.Store().View(ctx, func(tx store.Tx) error {
			var err error
			if page, err = tx.SearchSubjects(q); err != nil {
				return err
			}
			for i := range page {
				if err := h.compareDue(tx, &page[i], before, after, &out); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return out, err
		}
		if progress != nil {
			progress(out.People)
		}
		if len(page) < checkPage {
			return out, nil
		}
		last := page[len(page)-1]
		q.After, q.AfterID = last.SortName, last.ID
	}
}

// compareDue compares one person's advice; a case is compared once, with its canonical subject.
func (h *Hub) compareDue(tx store.Tx, s *project.SubjectRow, before, after *project.Advisor, out *ScheduleCheck) error {
	if s.Case != s.ID {
		return nil
	}
	subjects, err := tx.SubjectsOfCase(s.ID)
	if err != nil {
		return err
	}
	doses, err := tx.DosesOfCase(s.ID)
	if err != nil {
		return err
	}
	out.People++
	areas := h.Node.Areas(s.Recorded, s.Residence)
	old, _ := before.Due(s.ID, subjects, doses, areas, out.On)
	now, _ := after.Due(s.ID, subjects, doses, areas, out.On)
	items := differences(old, now)
	if len(items) == 0 {
		return nil
	}
	out.Changed++
	if len(out.Examples) < examplesMax {
		out.Examples = append(out.Examples, ScheduleDifference{Code: s.Code, Born: s.BirthDate, Items: items})
	}
	return nil
}

// differences lists what two advices do not say alike, by vaccine.
func differences(old, now []project.DueRow) []DueDifference {
	var out []DueDifference
	for i := range old {
		d := DueDifference{Vaccine: old[i].Vaccine, Before: &old[i]}
		if at := slices.IndexFunc(now, func(r project.DueRow) bool { return r.Vaccine == old[i].Vaccine }); at >= 0 {
			if d.After = &now[at]; now[at] == old[i] {
				continue
			}
		}
		out = append(out, d)
	}
	for i := range now {
		if !slices.ContainsFunc(old, func(r project.DueRow) bool { return r.Vaccine == now[i].Vaccine }) {
			out = append(out, DueDifference{Vaccine: now[i].Vaccine, After: &now[i]})
		}
	}
	slices.SortFunc(out, func(a, b DueDifference) int { return cmp.Compare(a.Vaccine, b.Vaccine) })
	return out
}
