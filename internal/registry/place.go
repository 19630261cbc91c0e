package registry

import p "tramy/syncproto"

// Place is a tier of the health service or a facility, with its period of validity.
type Place struct {
	ID p.EntityID
	PlaceInput
	Void string
}

// PlaceInput is what is entered about a place.
type PlaceInput struct {
	Parent     p.EntityID
	Code       string // system:code, e.g. gso:03325, kcb:01234, own:VN
	Name       string
	NameEN     string
	Level      Level
	Type       string // xa, phuong, dackhu, tinh, thanhpho, tram, diem, benhvien…
	From       Day    // 0: always
	Until      Day    // exclusive; 0: in force
	Successors []p.EntityID
	Hamlets    []string
	Phone      string
}

// PlaceOf reads a place from its state.
func PlaceOf(s *p.State) Place {
	g := getter(s.Get)
	void, _ := Voided(s)
	return Place{ID: s.ID, PlaceInput: placeFrom(g), Void: void}
}

func placeFrom(g getter) PlaceInput {
	return PlaceInput{
		Parent:     g.ref(p.FieldPlace),
		Code:       g.text(PlaceCode),
		Name:       g.text(PlaceName),
		NameEN:     g.text(PlaceNameEN),
		Level:      enumOf[Level](g, PlaceLevel),
		Type:       g.text(PlaceType),
		From:       g.day(PlaceFrom),
		Until:      g.day(PlaceUntil),
		Successors: g.refs(PlaceSuccessors),
		Hamlets:    g.texts(PlaceHamlets),
		Phone:      g.text(PlacePhone),
	}
}

// InForce reports whether the place exists on a day.
func (in *PlaceInput) InForce(on Day) bool {
	return (in.From == 0 || in.From <= on) && (in.Until == 0 || on < in.Until)
}

func (in *PlaceInput) fields() []fieldData {
	return []fieldData{
		{p.FieldPlace, refData(in.Parent)},
		{PlaceCode, textData(in.Code)},
		{PlaceName, textData(in.Name)},
		{PlaceNameEN, textData(in.NameEN)},
		{PlaceLevel, intData(in.Level)},
		{PlaceType, textData(in.Type)},
		{PlaceFrom, intData(in.From)},
		{PlaceUntil, intData(in.Until)},
		{PlaceSuccessors, refsData(in.Successors)},
		{PlaceHamlets, textsData(in.Hamlets)},
		{PlacePhone, textData(in.Phone)},
	}
}

// Vaccine is a product group as it stands on the card.
type Vaccine struct {
	ID p.EntityID
	VaccineInput
	Void string
}

// VaccineInput is what is entered about a vaccine.
type VaccineInput struct {
	Code      string
	Name      string // Vietnamese
	NameEN    string
	Short     string   // as on the card
	Antigens  []string // as in the schedule: D, T, wP, HepB…
	Doses     int      // in the routine series; 0: repeated or by history
	Order     int      // row on the card
	Route     Route
	Site      Site
	Volume    int // microlitres
	Programme Programme
}

// VaccineOf reads a vaccine from its state.
func VaccineOf(s *p.State) Vaccine {
	g := getter(s.Get)
	void, _ := Voided(s)
	return Vaccine{ID: s.ID, VaccineInput: vaccineFrom(g), Void: void}
}

func vaccineFrom(g getter) VaccineInput {
	return VaccineInput{
		Code:      g.text(VaccineCode),
		Name:      g.text(VaccineName),
		NameEN:    g.text(VaccineNameEN),
		Short:     g.text(VaccineShort),
		Antigens:  g.texts(VaccineAntigens),
		Doses:     g.small(VaccineDoses),
		Order:     g.small(VaccineOrder),
		Route:     enumOf[Route](g, VaccineRoute),
		Site:      enumOf[Site](g, VaccineSite),
		Volume:    g.small(VaccineVolume),
		Programme: enumOf[Programme](g, VaccineProg),
	}
}

func (in *VaccineInput) fields() []fieldData {
	return []fieldData{
		{VaccineCode, textData(in.Code)},
		{VaccineName, textData(in.Name)},
		{VaccineNameEN, textData(in.NameEN)},
		{VaccineShort, textData(in.Short)},
		{VaccineAntigens, textsData(in.Antigens)},
		{VaccineDoses, intData(in.Doses)},
		{VaccineOrder, intData(in.Order)},
		{VaccineRoute, intData(in.Route)},
		{VaccineSite, intData(in.Site)},
		{VaccineVolume, intData(in.Volume)},
		{VaccineProg, intData(in.Programme)},
	}
}
