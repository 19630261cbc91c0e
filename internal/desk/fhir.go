package desk

import (
	"context"
	"iter"
	"slices"

	"tramy/internal/fhir"
	"tramy/internal/forecast"
	"tramy/internal/registry"
	"tramy/internal/sheet"
	p "tramy/syncproto"
)

// fhirGroup is where the catalogue has the sentences of package fhir.
const fhirGroup = "fhir"

// FHIRPerson is somebody of an export as package fhir writes people.
func FHIRPerson(x *sheet.Person) *fhir.Person {
	out := &fhir.Person{ID: x.Record, Subject: x.Subject, Commune: x.Commune, MotherCode: x.MotherCode}
	if x.CommuneCode != "" {
		out.CommuneCode = registry.StatisticsOffice + x.CommuneCode
	}
	for i := range x.Doses {
		d := &x.Doses[i]
		out.Doses = append(out.Doses, fhir.Dose{
			ID: d.Record, ImmunizationInput: d.ImmunizationInput, Void: d.Void, Number: d.Number, PlaceName: d.PlaceName, PlaceCode: d.PlaceCode, GiverName: d.GiverName,
		})
	}
	return out
}

// FHIRPeople turns an export into people of package fhir, one at a time.
func FHIRPeople(people iter.Seq2[*sheet.Person, error]) iter.Seq2[*fhir.Person, error] {
	return func(yield func(*fhir.Person, error) bool) {
		for x, err := range people {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(FHIRPerson(x), nil) {
				return
			}
		}
	}
}

// OpenFHIR opens a record for another program: the record itself, with the doses of all that are linked as one person, those
// entered in error included, so that who had one before learns of it. It writes down who looked, as Open does.
func (d *Desk) OpenFHIR(ctx context.Context, who Who, id p.EntityID) (*fhir.Person, error) {
	r, err := d.Open(ctx, who, id)
	if err != nil {
		return nil, err
	}
	return d.fhirOf(ctx, who, r)
}

// fhirOf is an opened record as package fhir has people.
func (d *Desk) fhirOf(ctx context.Context, who Who, r *Record) (*fhir.Person, error) {
	out := &fhir.Person{ID: r.Subject.ID, Subject: r.Subject.SubjectInput, Void: r.Subject.Void}
	if r.Residence != nil {
		out.Commune, out.CommuneCode = r.Residence.Name, r.Residence.Code
	}
	if r.Family.Mother != nil {
		// Her number is shown: that is a look at her, too.
		if err := d.NoteListed(ctx, who, r.Family.Mother.ID); err != nil {
			return nil, err
		}
		out.MotherCode = r.Family.Mother.Code
	}
	for i := range r.Doses {
		out.Doses = append(out.Doses, d.fhirDose(&r.Doses[i]))
	}
	return out, nil
}

// WholeFHIR is an opened record with everything that another program can be sent of it: doses, facilities, reactions, and what the
// schedule has as of today. say puts a reason of the schedule into words.
func (d *Desk) WholeFHIR(ctx context.Context, who Who, r *Record, say func(*forecast.Schedule, forecast.Reason) string) (*fhir.Whole, error) {
	person, err := d.fhirOf(ctx, who, r)
	if err != nil {
		return nil, err
	}
	out := &fhir.Whole{Person: *person, On: d.Today()}
	add := func(id p.EntityID) (name, code string) {
		row, known := d.Node.Atlas().Row(id)
		if !known {
			return "", ""
		}
		if !slices.ContainsFunc(out.Places, func(x fhir.Place) bool { return x.ID == id }) {
			out.Places = append(out.Places, fhir.Place{ID: id, Name: row.Name, Code: row.Code})
		}
		return row.Name, row.Code
	}
	for i := range person.Doses {
		add(person.Doses[i].Place)
	}
	reactions, err := d.ReactionsOf(ctx, who, r)
	if err != nil {
		return nil, err
	}
	for i := range reactions {
		x := fhir.Reaction{ID: reactions[i].ID, ReactionInput: reactions[i].ReactionInput}
		x.PlaceName, x.PlaceCode = add(x.Place)
		out.Reactions = append(out.Reactions, x)
	}
	next, err := d.Forecast(ctx, who, r.Subject.ID, out.On)
	if err == nil {
		out.Next = Recommended(next, func(reason forecast.Reason) string { return say(next.Schedule, reason) })
	}
	return out, err
}

// statusOf names the standings that FHIR has a code for.
var statusOf = map[forecast.SeriesStatus]string{
	forecast.Complete: "complete", forecast.Immune: "immune", forecast.Contraindicated: "contraindicated",
}

// Recommended is what a schedule says, as package fhir writes it; say puts a reason into words.
func Recommended(f *Advice, say func(forecast.Reason) string) []fhir.Recommended {
	if f.Schedule == nil {
		return nil
	}
	var out []fhir.Recommended
	for i := range f.Items {
		x := &f.Items[i]
		one := fhir.Recommended{
			Vaccine: f.Code(x), Number: x.Number, Earliest: x.Earliest, Recommended: x.Recommended, OverdueFrom: x.OverdueFrom, Latest: x.Latest, Urgency: x.Urgency.String(),
		}
		switch {
		case x.OverdueFrom != 0 && f.On >= x.OverdueFrom:
			one.Status = "overdue"
		case f.On >= x.Recommended:
			one.Status = "due"
		}
		for _, r := range x.Reasons {
			one.Reasons = append(one.Reasons, say(r))
		}
		out = append(out, one)
	}
	for i := range f.Groups {
		g := &f.Groups[i]
		switch status := statusOf[g.Status]; {
		case status != "":
			out = append(out, fhir.Recommended{Group: f.Schedule.Groups[g.Group].Name, Status: status})
		case g.Status == forecast.AgedOut: // R4 has no code for it: our own word alone
			out = append(out, fhir.Recommended{Group: f.Schedule.Groups[g.Group].Name, Urgency: g.Status.String()})
		}
	}
	return out
}

func (d *Desk) fhirDose(v *DoseView) fhir.Dose {
	one := fhir.Dose{
		ID: v.ID, ImmunizationInput: v.Immunization.ImmunizationInput, Void: v.Immunization.Void, Number: int(v.ImmunizationRow.Dose), PlaceName: v.PlaceName, GiverName: v.GivenBy,
	}
	if row, ok := d.Node.Atlas().Row(v.Immunization.Place); ok {
		one.PlaceCode = row.Code
	}
	return one
}

// DoseFHIR is one dose with whose it is, and writes down who looked.
func (d *Desk) DoseFHIR(ctx context.Context, who Who, id p.EntityID) (*fhir.Person, *fhir.Dose, error) {
	v, err := d.Dose(ctx, who, id)
	if err != nil {
		return nil, nil, err
	}
	dose := d.fhirDose(v)
	return &fhir.Person{ID: v.Subject}, &dose, nil
}

// ReadFHIR reads a file of FHIR for this register: what it knows of vaccines.
func (d *Desk) ReadFHIR(ctx context.Context) (fhir.Reading, error) {
	list, err := d.Vaccines(ctx)
	return fhir.Reading{Vaccines: list}, err
}

// ImportFHIR takes people of a file of FHIR in, as ImportBook takes those of a spreadsheet: the same rules of who is who, the same
// preview, and the same file twice changes nothing. The rows of an entry are numbers of entries of the bundle.
func (d *Desk) ImportFHIR(ctx context.Context, who Who, in *fhir.Read, opt ImportOptions, each func(ImportedEntry, *ImportCounts) error) (ImportCounts, error) {
	m := &sheet.Mapping{Rows: in.Entries}
	return d.importAll(ctx, who, m, opt, func(read sheet.ReadContext, yield func(*sheet.Entry) error) error {
		own := map[string]bool{}
		for _, name := range read.Communes {
			own[sheet.FoldCommune(name)] = true
		}
		for _, x := range in.People {
			if err := yield(d.fhirEntry(x, read, own)); err != nil {
				return err
			}
		}
		return nil
	}, each)
}

// fhirEntry is somebody who was read, as an import takes entries.
func (d *Desk) fhirEntry(x *fhir.Incoming, read sheet.ReadContext, own map[string]bool) *sheet.Entry {
	e := &sheet.Entry{SameAs: x.SameAs, Rows: append([]int{x.Entry}, slices.DeleteFunc(slices.Clone(x.Entries), func(n int) bool { return n == x.Entry })...)}
	e.Subject, e.Commune, e.CommuneCode, e.MotherCode = x.Subject, x.Commune, x.CommuneCode, x.MotherCode
	tell := func(list []fhir.Problem) (out []sheet.Problem) {
		for _, pr := range list {
			out = append(out, sheet.Problem{Row: pr.Entry, Title: pr.Path, Text: pr.Text, Code: pr.Code, Group: fhirGroup, Params: pr.Params})
		}
		return out
	}
	e.Problems, e.Warnings = tell(x.Problems), tell(x.Warnings)
	if name := commune(x); name != "" && !read.AllowForeign && len(own) > 0 && !own[sheet.FoldCommune(name)] {
		e.Problems = append(e.Problems, sheet.Problem{Row: x.Entry, Title: "Patient.address", Text: name, Code: sheet.CodeAnotherCommune})
	}
	for i := range x.Doses {
		dose := sheet.Dose{ImmunizationInput: x.Doses[i].ImmunizationInput, PlaceName: x.Doses[i].PlaceName, GiverName: x.Doses[i].GiverName, Row: x.Doses[i].Entry, Column: noColumn}
		dose.Place = d.placeOf(&x.Doses[i], read)
		if !dose.Place.IsZero() {
			dose.PlaceName = ""
		}
		e.Doses = append(e.Doses, dose)
	}
	return e
}

// noColumn is the column of what does not come from a table.
const noColumn = -1

// commune is the code of the commune of residence, else its name.
func commune(x *fhir.Incoming) string {
	if x.CommuneCode != "" {
		return x.CommuneCode
	}
	return x.Commune
}

// placeOf finds the facility of a dose by its code, else by its name. One at which nobody here may record is kept as words.
func (d *Desk) placeOf(dose *fhir.Dose, read sheet.ReadContext) p.EntityID {
	if dose.PlaceCode != "" {
		if row, ok := d.Node.Atlas().ByCode(dose.PlaceCode, dose.GivenOn); ok && d.Node.MayRecordAt(row.ID) {
			return row.ID
		}
	}
	if id, ok := read.Place(dose.PlaceName); ok && dose.PlaceName != "" {
		return id
	}
	return p.EntityID{}
}
