package pages

import (
	"errors"
	"slices"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/locale"
	"tramy/internal/node"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/sheet"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// ImportReasons is what is to be said of an entry read from a file, in the order of its rows: why it was not
// taken in, or what was left as it was. Warnings of the file are said of those that were not taken in only, for
// whoever mends them looks at the row anyway.
func ImportReasons(lang string, e *desk.ImportedEntry) []desk.ImportReason {
	return importReasons(lang, e, func(args []any) []any { return args })
}

// ImportReasonsUntold is ImportReasons without names, days and whatever else stands in the file or in the register: for the screen of
// whoever gives commands, and for tickets. The codes of persons stay, to answer with.
func ImportReasonsUntold(lang string, e *desk.ImportedEntry) []desk.ImportReason {
	bare := *e
	bare.Candidates = slices.Clone(e.Candidates)
	for i := range bare.Candidates {
		bare.Candidates[i].Row = project.SubjectRow{ID: e.Candidates[i].Row.ID, Code: e.Candidates[i].Row.Code}
	}
	return importReasons(lang, &bare, untold)
}

// toldArgs are the arguments of sentences that are about the form of a file, and not about somebody in it.
var toldArgs = []any{"vaccine", "near", "column", "field", "sheet", "today"}

// untold leaves numbers and what is about the file in the arguments of a sentence.
func untold(args []any) []any {
	args = slices.Clone(args)
	for i := 0; i+1 < len(args); i += 2 {
		if _, number := args[i+1].(int); !number && !slices.Contains(toldArgs, args[i]) {
			args[i+1] = "…"
		}
	}
	return args
}

func importReasons(lang string, e *desk.ImportedEntry, tellable func(args []any) []any) []desk.ImportReason {
	words := locale.For(lang)
	var out []desk.ImportReason
	tell := func(list []sheet.Problem) {
		for i := range list {
			pr := &list[i]
			out = append(out, desk.ImportReason{Code: string(pr.Code), Row: pr.Row, Column: pr.Column, Title: pr.Title, Text: words.T(pr.Key(), tellable(pr.Args())...)})
		}
	}
	tell(e.Problems)
	for _, list := range [][]desk.Remark{e.Faults, e.Kept} {
		for i := range list {
			out = append(out, importRemark(words, e, &list[i], tellable))
		}
	}
	if e.Verdict == desk.ImportRefused {
		tell(e.Warnings)
	}
	if e.Verdict == desk.ImportProposed {
		out = append([]desk.ImportReason{{Code: "likely", Row: e.Rows[0], Text: importCandidates(words, e.Candidates)}}, out...)
	}
	return out
}

// importRemark says one thing about an entry.
func importRemark(words *locale.Catalogue, e *desk.ImportedEntry, r *desk.Remark, tellable func(args []any) []any) desk.ImportReason {
	reason := desk.ImportReason{Code: string(r.Error.Code), Row: e.Rows[0]}
	field, vaccine := r.Error.Field, ""
	if r.Dose >= 0 && r.Dose < len(e.Entry.Doses) {
		dose := &e.Entry.Doses[r.Dose]
		reason.Row, vaccine = dose.Row, dose.Vaccine
		column := sheet.Column{Index: dose.Column}
		reason.Column = column.Letter()
		for i := range e.Mapping.Columns {
			if e.Mapping.Columns[i].Index == dose.Column {
				reason.Title = e.Mapping.Columns[i].Title
			}
		}
	} else {
		for i := range e.Mapping.Columns {
			if c := &e.Mapping.Columns[i]; c.Field == field {
				reason.Column, reason.Title = c.Letter(), c.Title
			}
		}
	}
	args := []any{"vaccine", vaccine}
	for name, v := range r.Error.Params {
		if data, ok := v.(p.Data); ok {
			info, _ := registry.FieldNamed(registry.KindSubject, field)
			v = (&names{words: words}).show(&info, data)
		}
		args = append(args, name, param(words, field, name, v))
	}
	if key := "import_reason." + string(r.Error.Code); words.Has(key) {
		reason.Text = words.T(key, tellable(args)...)
	} else {
		reason.Text = words.T("invalid."+string(r.Error.Code), tellable(args)...)
		if guess, ok := r.Error.Params["guess"]; ok {
			reason.Text += " " + words.T("invalid.guess", tellable([]any{"guess", param(words, field, "guess", guess)})...)
		}
		if reason.Title == "" && words.Has("field."+field) {
			reason.Title = words.T("field." + field)
		}
	}
	return reason
}

// importCandidates names whom an entry may be, with the codes to answer with.
func importCandidates(words *locale.Catalogue, found []desk.Candidate) string {
	var list []string
	for i := range found {
		who := registry.PersonCode(found[i].Row.Code).Format()
		if found[i].Row.Name != "" {
			who += " " + found[i].Row.Name + " (" + ImportCandidateLine(words.Lang(), &found[i]) + ")"
		}
		list = append(list, who)
	}
	if len(list) == 0 {
		return words.T("import_reason.likely_row")
	}
	return words.T("import_reason.likely", "who", strings.Join(list, "; "))
}

// ImportCandidateLine tells birth date, mother and hamlet of somebody a row may be.
func ImportCandidateLine(lang string, found *desk.Candidate) string {
	words := locale.For(lang)
	row := &found.Row
	return personBrief(words, row)
}

func personBrief(words *locale.Catalogue, row *project.SubjectRow) string {
	parts := []string{born(row.BirthDate, row.BirthPrec)}
	if row.MotherName != "" {
		parts = append(parts, words.T("row.mother", "name", row.MotherName))
	}
	if row.Hamlet != "" {
		parts = append(parts, row.Hamlet)
	}
	return strings.Join(parts, ", ")
}

// ImportReasonText joins reasons for one cell of the file with the rows that were not taken in.
func ImportReasonText(reasons []desk.ImportReason) string {
	var list []string
	for i := range reasons {
		list = append(list, ImportReasonLine(&reasons[i]))
	}
	return strings.Join(list, " ")
}

// ImportReasonLine is one reason with the column it is about: "D (BCG): …".
func ImportReasonLine(r *desk.ImportReason) string {
	where := r.Column
	if r.Title != "" && where != "" {
		where += " (" + r.Title + ")"
	} else if where == "" {
		where = r.Title
	}
	if where != "" {
		where += ": "
	}
	return where + r.Text
}

// ImportFault says what is wrong with a whole file, or what stopped the import.
func ImportFault(lang string, err error) string {
	words := locale.For(lang)
	var file sheet.FileError
	switch {
	case errors.As(err, &file):
		args := file.Args()
		for i := 0; i+1 < len(args); i += 2 {
			if name, ok := args[i+1].(string); ok && args[i] == "field" && words.Has("sheet_field."+name) {
				args[i+1] = words.T("sheet_field." + name)
			}
		}
		return words.T(file.Key(), args...)
	case errors.Is(err, store.ErrFull):
		return words.T("error.disk_full") + " " + words.T("error.disk_full_do")
	case errors.Is(err, node.ErrRevoked):
		return words.T("error.revoked") + " " + words.T("error.revoked_do")
	case errors.Is(err, desk.ErrForbidden), errors.Is(err, desk.ErrLogin):
		return words.T("error.forbidden") + " " + words.T("error.forbidden_do")
	case errors.Is(err, desk.ErrImportRuns):
		return words.T("import_say.busy")
	}
	return words.T("error.internal") + " " + words.T("error.internal_do")
}
