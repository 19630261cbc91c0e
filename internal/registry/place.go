package registry

import (
	"cmp"
	"slices"

	p "tramy/syncproto"
)

// Place is a tier of the health service or a facility, with its period of validity.
type Place struct {
	ID p.EntityID
	PlaceInput
	Void string
}

// PlaceInput is what is entered about a place.
type PlaceInput struct {
	Parent     p.EntityID
	Code       string // system:code, e.g. gso:03325, kcb:01234, own:VN; newest, as are the fields beside it
	Name       string
	NameEN     string
	Level      Level
	Type       string // xa, phuong, dackhu, tinh, thanhpho, tram, diem, benhvien…
	From       Day    // when it began; 0: always
	Until      Day    // exclusive; 0: in force
	Successors []p.EntityID
	Hamlets    []string
	Phone      string
	Former     []FormerPlace // what it was before, oldest first
	Lists      []string      // of places at risk or in a programme that it is on, as schedules name them without "list:"
}

// FormerPlace is what a place was up to a day on which it got another name, kind, code or parent and stayed the
// same place. A mistake that is put right leaves no former period.
type FormerPlace struct {
	Until  Day // exclusive
	Parent p.EntityID
	Code   string
	Name   string
	Type   string
}

// What one place may name.
const (
	FormerMax       = 16  // former periods
	SuccessorsMax   = 32  // an old commune went to five new ones at most
	HamletsMax      = 800 // of a commune of 30,000 people: a few hundred
	HamletsBytesMax = 32 << 10
	ListsMax        = 16
)

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
		Former:     g.former(PlaceFormer),
		Lists:      g.texts(PlaceLists),
	}
}

// formerItems is how many items of the list one former period is: until, parent, code, name, type.
const formerItems = 5

func (g getter) former(f p.Field) []FormerPlace {
	list, _ := g(f).List()
	out := formerFrom(list)
	slices.SortStableFunc(out, func(a, b FormerPlace) int { return cmp.Compare(a.Until, b.Until) })
	return out
}

// FormerOf reads former periods from what stands in the field.
func FormerOf(d p.Data) []FormerPlace {
	return getter(func(p.Field) p.Data { return d }).former(PlaceFormer)
}

// formerFrom reads former periods; one that is not understood is left out.
func formerFrom(list []p.Data) []FormerPlace {
	var out []FormerPlace
	for ; len(list) >= formerItems; list = list[formerItems:] {
		at := func(i p.Field) p.Data { return list[i] }
		g := getter(at)
		x := FormerPlace{Until: g.day(0), Parent: g.ref(1), Code: g.text(2), Name: g.text(3), Type: g.text(4)}
		if x.Until != 0 {
			out = append(out, x)
		}
	}
	return out
}

func formerData(list []FormerPlace) p.Data {
	if len(list) == 0 {
		return p.Null()
	}
	items := make([]p.Data, 0, formerItems*len(list))
	for i := range list {
		x := &list[i]
		items = append(items, p.Int(int64(x.Until)), refData(x.Parent), p.Text(x.Code), p.Text(x.Name), p.Text(x.Type))
	}
	return p.List(items...)
}

// FormerOn returns which former period a day falls into, false if the newest fields hold on it. The periods are in
// order.
func FormerOn(periods []FormerPlace, day Day) (FormerPlace, bool) {
	for i := range periods {
		if day < periods[i].Until {
			return periods[i], true
		}
	}
	return FormerPlace{}, false
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
		{PlaceFormer, formerData(in.Former)},
		{PlaceLists, textsData(in.Lists)},
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
