package web

import (
	"net/http"
	"slices"

	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/ui"
)

// paperCandidates is asked while a child is typed into a row of a list: what cannot be read yet is not compared.
func (w *Web) paperCandidates(c *pages.Call) error {
	key := c.Value("row")
	if !mayPaper(c) || !c.May(rights.Create, registry.KindSubject) || !isNewKey(key) {
		return desk.ErrForbidden
	}
	x := &paper{web: w, c: c, form: c.TypedForm(), errs: map[string]string{}, alike: map[string][]desk.Candidate{}}
	part, err := x.maybe(key)
	if err != nil {
		return err
	}
	return c.Draw(http.StatusOK, "papercands", part)
}

// maybe draws who the child of a row may be, who was shown when it was to be saved before those who are alike. Once somebody said that it
// is none of them, that holds until somebody else appears.
func (x *paper) maybe(key string) (ui.PaperCandidates, error) {
	out := ui.PaperCandidates{Key: key, Force: x.form.Get("force."+key) != ""}
	list := x.alike[key]
	if list == nil {
		var in registry.SubjectInput
		x.subject(key).Parse(x.c, &in)
		if in.Name == "" && in.MotherName == "" && in.MotherPhone == "" && !in.HasBirth() {
			return out, nil
		}
		var err error
		if list, err = x.c.Desk.Candidates(x.c.Ctx(), x.c.Who, in); err != nil {
			return out, err
		}
	}
	if len(list) > 0 {
		if err := x.c.Desk.NoteListed(x.c.Ctx(), x.c.Who, desk.CandidateIDs(list)...); err != nil {
			return out, err
		}
	}
	said := x.form["different."+key]
	for i := range list {
		row := x.c.CandidateOf(&list[i])
		out.Likely = out.Likely || row.Mark.Kind == ui.MarkAlike
		out.Force = out.Force && slices.Contains(said, row.ID)
		out.Rows = append(out.Rows, row)
	}
	return out, nil
}
