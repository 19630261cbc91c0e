package pages

import (
	"context"
	"net/http"

	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// What follows is for the pages that only one program has.

// IDOf reads the {id} of a path.
func IDOf(r *http.Request) (p.EntityID, error) { return idOf(r) }

// Invalid says what is wrong with an entry.
func (c *Call) Invalid(e *registry.FieldError) string { return sentence(c.Words, e) }

// Sentence says what the rules said, each with the name of its field; false if err is of another kind.
func (c *Call) Sentence(err error) (string, bool) {
	wrong, ok := c.sentences(err)
	return wrong.rest(c.Words), ok
}

// StaleText shows what a field holds now that a form had not shown.
func (c *Call) StaleText(stale *registry.StaleError) string { return c.staleText(stale) }

// OpenToWrite opens a record that may be written to: what is only shown through a broken glass may not.
func (c *Call) OpenToWrite(id p.EntityID) (*desk.Record, error) {
	rec, err := c.Desk.Open(c.Ctx(), c.Who, id)
	if err == nil && !rec.Glass.IsZero() {
		return nil, desk.ErrElsewhere
	}
	return rec, err
}

// LineOf is a person in one small line: birth date and mother.
func (c *Call) LineOf(rec *desk.Record) string {
	line := bornField(&rec.Subject.SubjectInput)
	if rec.Subject.MotherName != "" {
		line += ", " + c.T("row.mother", "name", rec.Subject.MotherName)
	}
	return line
}

// PutBack writes what stood before in some fields of an entity, for a button that takes an act back.
func (pg *Pages) PutBack(ctx context.Context, who desk.Who, id p.EntityID, old registry.Patch) error {
	now, err := pg.state(ctx, id)
	if err != nil {
		return err
	}
	return pg.write(ctx, who, now, old)
}

// VaccineNames returns what names a dose by the code of its vaccine and its number.
func (c *Call) VaccineNames() (func(code string, n int) ui.DoseName, error) {
	ref := &reference{byCode: map[string]*project.VaccineRow{}}
	err := c.View(func(tx store.Tx) error {
		var err error
		ref.vaccines, err = tx.Vaccines()
		return err
	})
	for i := range ref.vaccines {
		ref.byCode[ref.vaccines[i].Code] = &ref.vaccines[i]
	}
	words := c.Words
	return func(code string, n int) ui.DoseName { return ref.numbered(words, code, n) }, err
}
