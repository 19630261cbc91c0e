package fhir

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"tramy/internal/registry"
)

func (d *decoder) dose(x *item) {
	var r Immunization
	if err := json.Unmarshal(x.resource, &r); err != nil {
		d.ownerOf(x, &r).problem(x.n, shapePath("Immunization", err), CodeShape, "")
		return
	}
	who := d.ownerOf(x, &r)
	who.common(x, r.ImplicitRules, r.ModifierExtension)
	before := len(who.Problems)
	if r.Status == "entered-in-error" {
		// Nothing here is undone because a file says so: what was recorded here is judged here.
		who.warn(x.n, "Immunization.status", WarnEnteredInError, "")
		return
	}
	dose := d.immunization(x, who, &r)
	if len(who.Problems) == before {
		who.Doses = append(who.Doses, dose)
	}
}

// ownerOf is whose dose it is; somebody without a name but with a problem where the patient is not in the file.
func (d *decoder) ownerOf(x *item, r *Immunization) *Incoming {
	ref := r.Patient.Reference
	if ref == "" { // it may have failed before it came to that
		var part struct {
			Patient Reference `json:"patient"`
		}
		if json.Unmarshal(x.resource, &part) == nil {
			ref, r.Patient = part.Patient.Reference, part.Patient
		}
	}
	at, ok := d.byRef[ref]
	if !ok && ref != "" {
		// ".../Patient/17" and ".../Patient/17/_history/2" name what an entry calls Patient/17.
		ref, _, _ = strings.Cut(ref, "/_history/")
		if i := strings.LastIndex(ref, "Patient/"); i >= 0 {
			at, ok = d.byRef[ref[i:]]
		}
	}
	if id := r.Patient.Identifier; !ok && r.Patient.Reference == "" && id != nil && id.Value != "" {
		at, ok = d.byIdentifier(id)
	}
	if !ok {
		return d.nobody(x, newProblem(x.n, "Immunization.patient", CodeNoPatient, r.Patient.Reference))
	}
	who := d.out.People[at]
	d.out.owner[x.n-1] = at
	who.Entries = append(who.Entries, x.n)
	return who
}

// byIdentifier finds who has a number; two who have it are nobody.
func (d *decoder) byIdentifier(id *Identifier) (at int, ok bool) {
	for _, s := range identifierSystems {
		if s.system != id.System {
			continue
		}
		for i, who := range d.out.People {
			if *s.at(&who.Subject) != id.Value {
				continue
			}
			if ok {
				return 0, false
			}
			at, ok = i, true
		}
	}
	return at, ok
}

// immunization reads one dose; what is in the way stands with the person.
func (d *decoder) immunization(x *item, who *Incoming, r *Immunization) Dose {
	patch := registry.Patch{}
	for i := range r.Extension {
		who.field(x, registry.KindImmunization, &r.Extension[i], nativeDose, patch)
	}
	dose := Dose{ImmunizationInput: registry.ImmunizationOf(stateOf(registry.KindImmunization, patch)).ImmunizationInput, Entry: x.n}
	dose.Source = registry.SourceImport
	switch r.Status {
	case "completed":
	case "not-done":
		d.notDone(x, who, r, &dose)
	default:
		who.problem(x.n, "Immunization.status", CodeStatus, r.Status)
	}
	d.day(x, who, r, &dose)
	if n, known := number(r.FundingSource, registry.ProgrammeEnum, SystemProgramme, systemFunding, funding); known {
		dose.Programme = registry.Programme(n)
	}
	code, several := find(&r.VaccineCode, d.known, dose.Programme, bornOn(&who.Subject), dose.GivenOn)
	switch {
	case code != "":
		dose.Vaccine = code
	case len(several) > 0:
		who.problem(x.n, "Immunization.vaccineCode", CodeVaccineTwo, conceptText(&r.VaccineCode), "near", strings.Join(several, ", "))
	default:
		who.problem(x.n, "Immunization.vaccineCode", CodeVaccine, conceptText(&r.VaccineCode))
	}
	if r.IsSubpotent != nil && *r.IsSubpotent {
		who.problem(x.n, "Immunization.isSubpotent", CodeSubpotent, "")
	}
	if len(r.Reaction) > 0 {
		who.warn(x.n, "Immunization.reaction", WarnReaction, "")
	}
	d.details(x, who, r, &dose)
	d.order(x, who, r, &dose)
	return dose
}

// bornOn is the birth date where the day is known.
func bornOn(in *registry.SubjectInput) registry.Day {
	if in.BirthPrec.DayKnown() {
		return in.BirthDate
	}
	return 0
}

func conceptText(c *CodeableConcept) string {
	if c.Text != "" {
		return c.Text
	}
	var parts []string
	for _, x := range c.Coding {
		parts = append(parts, x.System+" "+x.Code)
	}
	return strings.Join(parts, ", ")
}

func (d *decoder) notDone(x *item, who *Incoming, r *Immunization, dose *Dose) {
	n, known := number(r.StatusReason, registry.NotDoneEnum, SystemNotDone, systemActReason, notDone)
	if dose.NotDone = registry.NotDone(n); n == 0 {
		dose.NotDone = registry.NotDoneOther
	}
	if !known {
		text := conceptText(r.StatusReason)
		keepNote(&dose.Note, "statusReason", text)
		who.warn(x.n, "Immunization.statusReason", WarnInNote, text)
	}
}

func (d *decoder) day(x *item, who *Incoming, r *Immunization, dose *Dose) {
	text := r.OccurrenceDateTime
	day, clock, ok := moment(text)
	switch {
	case text == "":
		who.problem(x.n, "Immunization.occurrence", CodeUndated, r.OccurrenceString)
	case len(text) == len("2026") || len(text) == len("2026-01"):
		who.problem(x.n, "Immunization.occurrenceDateTime", CodeDatePart, text)
	case !ok:
		who.problem(x.n, "Immunization.occurrenceDateTime", CodeDate, text)
	default:
		dose.GivenOn, dose.GivenClock = day, clock
	}
}

// vietnam is the zone of the register: UTC+7 without summer time since 1975.
var vietnam = time.FixedZone("+07", 7*60*60)

// moment reads a date, or a date with a time and a zone, as the day in Vietnam and the time of day.
func moment(text string) (registry.Day, registry.Clock, bool) {
	if len(text) == len("2006-01-02") {
		day, err := registry.ParseISO(text)
		return day, 0, err == nil
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return 0, 0, false
	}
	t = t.In(vietnam)
	day, err := registry.NewDay(t.Year(), t.Month(), t.Day())
	clock := registry.NewClock(t.Hour(), t.Minute())
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
		clock = 0 // midnight is how programs write a day without a time
	}
	return day, clock, err == nil
}

// details reads what nothing depends on but the record: what means nothing here is kept in the note.
func (d *decoder) details(x *item, who *Incoming, r *Immunization, dose *Dose) {
	keep := func(path, text string) {
		if keepNote(&dose.Note, strings.TrimPrefix(path, "Immunization."), text) != "" {
			who.warn(x.n, path, WarnInNote, text)
		}
	}
	var notes []string
	for _, n := range r.Note {
		if text := strings.TrimSpace(n.Text); text != "" {
			notes = append(notes, text)
		}
	}
	dose.Note = strings.Join(append(notes, nonEmpty(dose.Note)...), "; ")
	dose.Lot = r.LotNumber
	if r.ExpirationDate != "" {
		dose.Expires = expiry(r.ExpirationDate)
		if dose.Expires == 0 {
			keep("Immunization.expirationDate", r.ExpirationDate)
		}
	}
	n, known := number(r.Site, registry.SiteEnum, SystemSite, systemSite, sites)
	if !known {
		n, known = number(r.Site, registry.SiteEnum, SystemSite, systemActSite, sites)
	}
	if dose.Site = registry.Site(n); !known {
		keep("Immunization.site", conceptText(r.Site))
	}
	n, known = number(r.Route, registry.RouteEnum, SystemRoute, systemRouteV3, routes)
	if dose.Route = registry.Route(n); !known {
		keep("Immunization.route", conceptText(r.Route))
	}
	if r.Location != nil {
		dose.PlaceName = strings.TrimSpace(r.Location.Display)
		if id := r.Location.Identifier; id != nil && id.System == SystemPlace {
			dose.PlaceCode = id.Value
		}
	}
	for _, pf := range r.Performer {
		if name := strings.TrimSpace(pf.Actor.Display); name != "" && dose.GiverName == "" {
			dose.GiverName = name
		}
	}
	d.quantity(x, who, r, dose)
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// expiry reads an expiry date; one that names a month means its last day.
func expiry(text string) registry.Day {
	if len(text) == len("2026-01") {
		if day, err := registry.ParseISO(text + "-01"); err == nil {
			return day.Month().Last()
		}
		return 0
	}
	day, _, _ := moment(text)
	return day
}

// quantity reads the volume: a wrong one is a wrong dose, so that what is not millilitres is asked about.
func (d *decoder) quantity(x *item, who *Incoming, r *Immunization, dose *Dose) {
	q := r.DoseQuantity
	if q == nil || q.Value == "" {
		return
	}
	v, err := q.Value.Float64()
	unit := q.Code
	if unit == "" {
		unit = q.Unit
	}
	if unit = strings.ToLower(unit); err != nil || unit != "ml" || v <= 0 || v > 1000 {
		who.problem(x.n, "Immunization.doseQuantity", CodeQuantity, q.Value.String()+" "+unit)
		return
	}
	dose.Volume = int(v*1000 + 0.5)
}

// order reads the dose's number, unless it is one that was only counted.
func (d *decoder) order(x *item, who *Incoming, r *Immunization, dose *Dose) {
	if len(r.ProtocolApplied) == 0 {
		return
	}
	a := &r.ProtocolApplied[0]
	for _, e := range a.Extension {
		if e.URL == extensionCounted && e.ValueBoolean != nil && *e.ValueBoolean {
			return
		}
	}
	n := a.DoseNumberPositiveInt
	if text := strings.TrimSpace(a.DoseNumberString); n == 0 && text != "" {
		parsed, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			keepNote(&dose.Note, "doseNumber", text)
			who.warn(x.n, "Immunization.protocolApplied.doseNumber", WarnInNote, text)
			return
		}
		n, dose.HasOrder = parsed, true
	}
	if n < 0 || n > registry.OrderMax {
		who.problem(x.n, "Immunization.protocolApplied.doseNumber", CodeOrder, strconv.FormatInt(n, 10))
		return
	}
	dose.Order, dose.HasOrder = int(n), dose.HasOrder || n > 0
}
