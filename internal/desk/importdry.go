package desk

import (
	"context"

	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// dryRun keeps the people that an import would have registered by now, so that a preview finds those who stand
// in the file twice as the import itself will.
type dryRun struct {
	people []dryPerson
	blocks map[string][]int
}

type dryPerson struct {
	row     int
	subject registry.Subject
	doses   []registry.ImmunizationInput
}

func newDryRun() *dryRun { return &dryRun{blocks: map[string][]int{}} }

// dryPerson is person without writing.
func (im *Import) dryPerson(ctx context.Context, row int, in *Newcomer) (*intent, error) {
	var out *intent
	err := im.d.view(ctx, func(tx store.Tx) error {
		var err error
		out, err = im.decide(tx, in, row, func(i int) p.EntityID { return p.Dot{Seq: p.Seq(i + 1)}.Entity() })
		return err
	})
	if err != nil {
		return nil, err
	}
	if out.Verdict != ImportNew {
		return out, im.claim(ctx, out, row)
	}
	out.Subject = p.EntityID{}
	im.dry.meet(out, row, in)
	return out, nil
}

// meet holds a newcomer against those before it, and adds it to them if it is none of them.
func (y *dryRun) meet(out *intent, row int, in *Newcomer) {
	told := registry.Subject{SubjectInput: in.Subject}
	want := registry.ProfileOf(&told)
	keys := registry.Blocks(&told)
	if told.Code != "" {
		keys = append(keys, "code:"+string(told.Code))
	}
	seen := map[int]bool{}
	for _, key := range keys {
		for _, i := range y.blocks[key] {
			other := &y.people[i]
			if seen[i] {
				continue
			}
			seen[i] = true
			m := registry.CompareProfiles(want, registry.ProfileOf(&other.subject))
			sure := surely(&told, &other.subject, &m)
			switch {
			case sure && !nameless(&in.Subject):
				fresh := newDoses(in.Doses, other.doses)
				other.doses = append(other.doses, fresh...)
				out.Verdict, out.Doses = ImportThere, len(fresh)
				if len(fresh) > 0 {
					out.Verdict = ImportCompleted
				}
				return
			case in.SameAs == "" && (sure || worthAsking(&m) || hasCode(&other.subject, told.Code)):
				out.Verdict, out.Doses = ImportProposed, 0
				out.Faults = []Remark{{-1, registry.FieldError{Field: "name", Code: WarnTwinRow, Params: map[string]any{"row": other.row}}}}
				return
			}
		}
	}
	y.people = append(y.people, dryPerson{row: row, subject: told, doses: in.Doses})
	for _, key := range keys {
		y.blocks[key] = append(y.blocks[key], len(y.people)-1)
	}
}

// newDoses are the doses of one telling that another lacks.
func newDoses(told, known []registry.ImmunizationInput) []registry.ImmunizationInput {
	var out []registry.ImmunizationInput
next:
	for i := range told {
		for j := range known {
			days := int(told[i].GivenOn) - int(known[j].GivenOn)
			if told[i].Vaccine == known[j].Vaccine && max(days, -days) < sameDoseDays {
				continue next
			}
		}
		out = append(out, told[i])
	}
	return out
}
