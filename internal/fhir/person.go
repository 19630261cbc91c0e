package fhir

import (
	"slices"
	"strconv"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

// Person is somebody with doses. References of Subject and of its doses to records of the register are neither written
// nor read: what they name stands beside them as text.
type Person struct {
	ID          p.EntityID // of the record; of those who are linked, the canonical one
	Subject     registry.SubjectInput
	Void        string // why the record was entered in error
	Commune     string // of residence, as it is called
	CommuneCode string // system:code, e.g. gso:03325
	MotherCode  string // code of the mother's own record
	Doses       []Dose
}

// Dose is a dose given, or one that was not and why (NotDone).
type Dose struct {
	ID p.EntityID
	registry.ImmunizationInput
	Void      string
	Number    int // in its vaccine's series, as counted by date; 0 if it does not count
	PlaceName string
	PlaceCode string
	GiverName string
	Entry     int // read: which entry of the bundle, from 1
}

// nativeSubject are the fields of a subject that stand in elements of their own, or are not written at all: references
// mean nothing elsewhere, and what a form remembers is nobody's business.
var nativeSubject = []p.Field{
	p.FieldPlace, p.FieldVoid, p.FieldReleased, registry.SubjectCode, registry.SubjectName, registry.SubjectBirthDate, registry.SubjectBirthPrec,
	registry.SubjectBirthMinute, registry.SubjectSex, registry.SubjectHamlet, registry.SubjectMotherName, registry.SubjectMotherPhone, registry.SubjectMother,
	registry.SubjectFatherName, registry.SubjectFatherPhone, registry.SubjectGuardianName, registry.SubjectGuardianTel, registry.SubjectPersonalNo,
	registry.SubjectInsurance, registry.SubjectNationalCode, registry.SubjectPassport, registry.SubjectAliases, registry.SubjectBirthOrder,
	registry.SubjectAddrBirth, registry.SubjectPhone, registry.SubjectFromCard, registry.SubjectMovedDoses, registry.SubjectBornAt,
}

// nativeDose are those of a dose.
var nativeDose = []p.Field{
	p.FieldSubject, p.FieldPlace, p.FieldVoid, registry.DoseVaccine, registry.DoseGivenOn, registry.DoseGivenMinute, registry.DoseOrder, registry.DoseLot,
	registry.DoseExpires, registry.DoseSite, registry.DoseRoute, registry.DoseProgramme, registry.DoseSource, registry.DoseGivenBy, registry.DoseVolume,
	registry.DoseNotDone, registry.DoseNote, registry.DoseCode, registry.DoseMovedFrom, registry.DoseApart, registry.DoseCampaign,
}

// extensionsOf writes the fields of an input that FHIR has no element for.
func extensionsOf(kind p.Kind, patch registry.Patch, native []p.Field) []Extension {
	var out []Extension
	for _, info := range registry.FieldsOf(kind) {
		d, stated := patch[info.Field]
		if !stated || d.IsNull() || slices.Contains(native, info.Field) {
			continue
		}
		x := Extension{URL: extensionField + info.Name}
		n, _ := d.Int()
		switch info.Type {
		case registry.TypeText:
			x.ValueString, _ = d.Text()
		case registry.TypeEnum:
			x.ValueCode = info.Enum.Key(n)
		case registry.TypeDay:
			x.ValueDate = registry.Day(n).ISO()
		case registry.TypeInt:
			x.ValueInteger = &n
		case registry.TypeBool:
			yes := d.Bool()
			x.ValueBoolean = &yes
		case registry.TypeTexts:
			list, _ := d.List()
			for _, item := range list {
				one := x
				one.ValueString, _ = item.Text()
				out = append(out, one)
			}
			continue
		default:
			continue
		}
		out = append(out, x)
	}
	return out
}

// fieldFrom reads the value of an extension into data of its field; false if it is of another type.
func fieldFrom(info *registry.FieldInfo, x *Extension) (p.Data, bool) {
	switch info.Type {
	case registry.TypeText:
		return p.Text(x.ValueString), x.ValueString != ""
	case registry.TypeTexts:
		return p.List(p.Text(x.ValueString)), x.ValueString != ""
	case registry.TypeEnum:
		n, ok := info.Enum.Number(x.ValueCode)
		return p.Int(n), ok
	case registry.TypeDay:
		day, err := registry.ParseISO(x.ValueDate)
		return p.Int(int64(day)), err == nil
	case registry.TypeInt:
		if x.ValueInteger == nil {
			return p.Data{}, false
		}
		return p.Int(*x.ValueInteger), true
	case registry.TypeBool:
		if x.ValueBoolean == nil {
			return p.Data{}, false
		}
		return p.Bool(*x.ValueBoolean), true
	}
	return p.Data{}, false
}

// stateOf lays data out as a state, so that the registry's own view reads an input from it.
func stateOf(kind p.Kind, patch registry.Patch) *p.State {
	s := &p.State{Kind: kind}
	for _, info := range registry.FieldsOf(kind) {
		if d, ok := patch[info.Field]; ok && !d.IsNull() {
			s.Fields = append(s.Fields, p.FieldValues{Field: info.Field, Values: []p.Value{{Data: d}}})
		}
	}
	return s
}

// birthText writes a birth date as exactly as it is known.
func birthText(in *registry.SubjectInput) string {
	y, m, _ := in.BirthDate.Date()
	switch in.BirthPrec {
	case 0:
		return ""
	case registry.PrecisionYear:
		return pad(y, 4)
	case registry.PrecisionMonth:
		return pad(y, 4) + "-" + pad(int(m), 2)
	}
	return in.BirthDate.ISO()
}

func pad(n, digits int) string {
	s := strconv.Itoa(n)
	for len(s) < digits {
		s = "0" + s
	}
	return s
}

// momentText writes a day, with the time of day in Vietnam where it is known.
func momentText(day registry.Day, clock registry.Clock) string {
	if clock == 0 {
		return day.ISO()
	}
	return day.ISO() + "T" + clock.String() + ":00+07:00"
}
