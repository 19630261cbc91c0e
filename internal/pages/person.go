package pages

import (
	"strings"

	"tramy/internal/desk"
	"tramy/internal/locale"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/ui"
)

// Person is a row of people as every list shows it. Home says who is a visitor, and who is to be asked where they live.
func (c *Call) Person(row *project.SubjectRow, home *desk.Home) ui.Person {
	out := ui.Person{
		ID: row.ID.String(), Name: row.Name, Sex: SexOf(row.Sex),
		Born: born(row.BirthDate, row.BirthPrec), Age: c.age(row.BirthDate, row.BirthPrec, true),
		Mother: row.MotherName, Grown: c.grown(row), Hamlet: c.HamletName(row.Residence, row.Hamlet), Phone: registry.FormatPhone(row.Phone),
		Visitor: !home.Commune.IsZero() && !row.Residence.IsZero() && !home.Has(row), AskHome: home.Asks(row),
		Code: shortCode(row.Code),
	}
	if row.BirthOrder > 0 {
		out.Twin = c.twinWord(2, int(row.BirthOrder))
	}
	if mark, ok := away(row.Status); ok {
		out.Mark = mark
		out.Mark.Text = c.T("status." + row.Status.String())
	}
	return out
}

func away(s registry.Status) (ui.Mark, bool) {
	switch s {
	case registry.StatusAbsent, registry.StatusMoved, registry.StatusDied:
		return ui.Mark{Kind: ui.MarkAway}, true
	}
	return ui.Mark{}, false
}

// shortCode is the end of a code, by which people find it again.
func shortCode(code string) string {
	if len(code) != 16 {
		return ""
	}
	return code[8:12] + " " + code[12:]
}

// SexOf is a sex as pages draw it.
func SexOf(s registry.Sex) ui.Sex {
	switch s {
	case registry.SexMale:
		return ui.SexMale
	case registry.SexFemale:
		return ui.SexFemale
	}
	return ui.SexUnknown
}

// born writes a birth date as exactly as it is known.
func born(d registry.Day, prec registry.Precision) string {
	switch prec {
	case 0:
		return ""
	case registry.PrecisionMonth:
		return d.Month().String()
	case registry.PrecisionYear:
		y, _, _ := d.Date()
		return itoa(y)
	}
	return d.String()
}

// age is how old somebody is; nothing is said where only the year is known.
func (c *Call) age(d registry.Day, prec registry.Precision, short bool) string {
	if prec == 0 || prec == registry.PrecisionYear || prec == registry.PrecisionMonth {
		return ""
	}
	if short {
		return c.Words.ShortAge(dayTime(d), dayTime(c.Today))
	}
	return c.Words.Age(dayTime(d), dayTime(c.Today))
}

// schoolMonths is the age from which nobody misses the mother's name: that of school.
const schoolMonths = 6 * 12

// grown reports whether somebody is too old for their mother's name to be missed.
func (c *Call) grown(row *project.SubjectRow) bool {
	if row.BirthPrec == 0 {
		return row.Group == registry.GroupAdult || row.Group == registry.GroupPregnant
	}
	return c.Today.AgeMonths(row.BirthDate) >= schoolMonths
}

// PersonLine is a person in one small line: sex, birth date, mother, hamlet.
func (c *Call) PersonLine(row *project.SubjectRow) string {
	parts := []string{sexWord(c.Words, row.Sex)}
	if b := born(row.BirthDate, row.BirthPrec); b != "" {
		parts = append(parts, b)
	}
	if row.BirthOrder > 0 {
		parts = append(parts, c.twinWord(2, int(row.BirthOrder)))
	}
	if row.MotherName != "" {
		parts = append(parts, c.T("row.mother", "name", row.MotherName))
	} else if !c.grown(row) {
		parts = append(parts, c.T("row.no_mother"))
	}
	if row.Hamlet != "" {
		parts = append(parts, row.Hamlet)
	}
	return strings.Join(parts, ", ")
}

func sexWord(words *locale.Catalogue, s registry.Sex) string {
	if s == 0 {
		s = registry.SexUnknown
	}
	return words.T("sex." + s.String())
}

// CandidateOf is somebody who may be the one being looked at, with what agrees and what does not.
func (c *Call) CandidateOf(found *desk.Candidate) ui.Candidate {
	out := ui.Candidate{
		ID: found.Row.ID.String(), Name: found.Row.Name, Line: c.PersonLine(&found.Row), Mark: ui.Mark{Kind: ui.MarkSimilar},
	}
	if found.Match.Likely() {
		out.Mark.Kind = ui.MarkAlike
	}
	if found.SameCode {
		out.Mark.Kind = ui.MarkAlike
		out.Signs = append(out.Signs, ui.Mark{Kind: ui.MarkSame, Text: c.T("mark.same") + ": " + c.T("field.code")})
	}
	for _, item := range found.Match.Items {
		mark := ui.Mark{Text: c.T("field." + item.Field)}
		switch item.Verdict {
		case registry.Same, registry.Near:
			mark.Kind = ui.MarkSame
		case registry.Different:
			mark.Kind = ui.MarkDiffers
		default:
			continue
		}
		mark.Text = c.T("mark."+string(mark.Kind)) + ": " + mark.Text
		out.Signs = append(out.Signs, mark)
	}
	return out
}

// Offline says since when the node above cannot be asked, "" while it can.
func (c *Call) Offline() string {
	if c.Uplink == nil {
		return ""
	}
	if link := c.Uplink.Link(); link.Down {
		return c.Words.When(link.Since, c.Now)
	}
	return ""
}
