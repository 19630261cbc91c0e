package registry

import (
	p "tramy/syncproto"
)

// Fields of a fridge (212). Its place (3) is the station or point that keeps it.
const (
	FridgeName    p.Field = 10 // text, as people there call it
	FridgeLow     p.Field = 11 // int, tenths of a degree Celsius: colder is an excursion
	FridgeHigh    p.Field = 12 // int, tenths of a degree Celsius: warmer is an excursion
	FridgeSerial  p.Field = 13 // text: maker, model, number
	FridgeRetired p.Field = 14 // int, day number from which nothing is kept in it
)

// Fields of a temperature (213): what somebody read off a fridge's thermometer, or a day of a logger in it. Its place (3) is the
// fridge's.
const (
	TemperatureFridge   p.Field = 10 // ref
	TemperatureDay      p.Field = 11 // int, day number
	TemperatureClock    p.Field = 12 // int, minutes after midnight: when it was read; of a logger the day's last reading
	TemperatureValue    p.Field = 13 // int, tenths of a degree Celsius: what it showed; none of a logger's day
	TemperatureLowest   p.Field = 14 // int, tenths of a degree Celsius, since it was last set back; of a logger in that day
	TemperatureHighest  p.Field = 15 // int, likewise
	TemperatureBelow    p.Field = 16 // int, minutes colder than the fridge should be; a logger's alone
	TemperatureAbove    p.Field = 17 // int, minutes warmer than the fridge should be; a logger's alone
	TemperatureReadings p.Field = 18 // int: how many there are in a logger's day; none: somebody looked
	TemperatureNote     p.Field = 19 // text: what was done about it
)

var fridgeFields = []FieldInfo{
	{KindFridge, p.FieldPlace, "place", Soft, TypeRef, nil},
	{KindFridge, p.FieldVoid, "void", Soft, TypeText, nil},
	{KindFridge, FridgeName, "name", Soft, TypeText, nil},
	{KindFridge, FridgeLow, "low", Soft, TypeInt, nil},
	{KindFridge, FridgeHigh, "high", Soft, TypeInt, nil},
	{KindFridge, FridgeSerial, "serial", Soft, TypeText, nil},
	{KindFridge, FridgeRetired, "retired_on", Soft, TypeDay, nil},
	{KindTemperature, p.FieldPlace, "place", Soft, TypeRef, nil},
	{KindTemperature, p.FieldVoid, "void", Soft, TypeText, nil},
	{KindTemperature, TemperatureFridge, "fridge", Soft, TypeRef, nil},
	{KindTemperature, TemperatureDay, "day", Soft, TypeDay, nil},
	{KindTemperature, TemperatureClock, "minute", Soft, TypeClock, nil},
	{KindTemperature, TemperatureValue, "value", Soft, TypeInt, nil},
	{KindTemperature, TemperatureLowest, "lowest", Soft, TypeInt, nil},
	{KindTemperature, TemperatureHighest, "highest", Soft, TypeInt, nil},
	{KindTemperature, TemperatureBelow, "minutes_below", Soft, TypeInt, nil},
	{KindTemperature, TemperatureAbove, "minutes_above", Soft, TypeInt, nil},
	{KindTemperature, TemperatureReadings, "readings", Soft, TypeInt, nil},
	{KindTemperature, TemperatureNote, "note", Soft, TypeText, nil},
}

// Vaccines are kept between 2 and 8 °C (TT 34/2018/TT-BYT and its successors). What is colder than 0 °C may have frozen.
const (
	FridgeLowUsual  Tenths = 20
	FridgeHighUsual Tenths = 80
	Freezing        Tenths = 0
)

// What a thermometer in a fridge, a freezer or a room can show.
const (
	FridgeTemperatureMin Tenths = -900
	FridgeTemperatureMax Tenths = 600
)

// FridgesMax is how many fridges one place keeps.
const FridgesMax = 20

// Tenths are tenths of a degree Celsius.
type Tenths int

// Degrees are a temperature, or none.
type Degrees struct {
	Tenths
	Known bool
}

// DegreesOf is a temperature.
func DegreesOf(t Tenths) Degrees { return Degrees{Tenths: t, Known: true} }

// FridgeInput is where vaccines are kept cold.
type FridgeInput struct {
	Place     p.EntityID
	Name      string
	Low, High Tenths // both zero: as usual
	Serial    string
	Retired   Day
}

// Fridge is a fridge as it stands.
type Fridge struct {
	ID p.EntityID
	FridgeInput
	Void string
}

// FridgeOf reads a fridge from its state.
func FridgeOf(s *p.State) Fridge {
	void, _ := Voided(s)
	g := getter(s.Get)
	f := Fridge{ID: s.ID, Void: void, FridgeInput: FridgeInput{
		Place: g.ref(p.FieldPlace), Name: g.text(FridgeName), Low: FridgeLowUsual, High: FridgeHighUsual, Serial: g.text(FridgeSerial), Retired: g.day(FridgeRetired),
	}}
	if low := g.degrees(FridgeLow); low.Known {
		f.Low = low.Tenths
	}
	if high := g.degrees(FridgeHigh); high.Known {
		f.High = high.Tenths
	}
	return f
}

// Keeps reports whether vaccines are kept in it on a day.
func (f *Fridge) Keeps(on Day) bool { return f.Void == "" && (f.Retired == 0 || on < f.Retired) }

func (f *FridgeInput) clean() {
	f.Name, f.Serial = cleanLine(f.Name), cleanLine(f.Serial)
	if f.Low == 0 && f.High == 0 {
		f.Low, f.High = FridgeLowUsual, FridgeHighUsual
	}
}

func (f *FridgeInput) fields() []fieldData {
	return []fieldData{
		{p.FieldPlace, refData(f.Place)},
		{FridgeName, textData(f.Name)},
		{FridgeLow, p.Int(int64(f.Low))},
		{FridgeHigh, p.Int(int64(f.High))},
		{FridgeSerial, textData(f.Serial)},
		{FridgeRetired, intData(f.Retired)},
	}
}

func (f *FridgeInput) check(today Day) error {
	var c check
	c.failIf(f.Place.IsZero(), "place", CodePlaceRequired)
	c.failIf(f.Name == "", "name", CodeRequired)
	c.tenths("low", DegreesOf(f.Low))
	c.tenths("high", DegreesOf(f.High))
	c.failIf(f.High <= f.Low, "high", CodeRange, "min", f.Low+1, "max", FridgeTemperatureMax)
	c.failIf(f.Retired > today, "retired_on", CodeDayFuture, "today", today)
	c.texts(KindFridge, f.fields())
	return c.err(nil)
}

// tenths refuses what no thermometer here shows.
func (c *check) tenths(name string, d Degrees) {
	c.failIf(d.Known && (d.Tenths < FridgeTemperatureMin || d.Tenths > FridgeTemperatureMax), name, CodeFridgeTemperature, "min", FridgeTemperatureMin, "max", FridgeTemperatureMax)
}

// NewFridge makes the draft of a fridge, or the Errors in the way.
func NewFridge(in FridgeInput, today Day) (Draft, error) {
	in.clean()
	if err := in.check(today); err != nil {
		return Draft{}, err
	}
	return creation(KindFridge, in.fields()), nil
}

// EditFridge makes the draft after which a fridge is as in says; its place stays. saw is what the form had shown.
func EditFridge(old *p.State, in FridgeInput, today Day, saw Saw) (Draft, error) {
	in.Place = FridgeOf(old).Place
	in.clean()
	if err := in.check(today); err != nil {
		return Draft{}, err
	}
	return edit(old, difference(old, in.fields()), saw)
}

// TemperatureInput is a reading, or a day of a logger.
type TemperatureInput struct {
	Fridge, Place          p.EntityID
	Day                    Day
	Clock                  Clock
	Value, Lowest, Highest Degrees
	Below, Above           int // minutes
	Readings               int // of a logger; 0: somebody looked
	Note                   string
}

// Temperature is one as recorded.
type Temperature struct {
	ID p.EntityID
	TemperatureInput
	Void string
}

// TemperatureOf reads one from its state.
func TemperatureOf(s *p.State) Temperature {
	void, _ := Voided(s)
	g := getter(s.Get)
	return Temperature{ID: s.ID, Void: void, TemperatureInput: TemperatureInput{
		Fridge: g.ref(TemperatureFridge), Place: g.ref(p.FieldPlace), Day: g.day(TemperatureDay), Clock: g.clock(TemperatureClock),
		Value: g.degrees(TemperatureValue), Lowest: g.degrees(TemperatureLowest), Highest: g.degrees(TemperatureHighest),
		Below: g.small(TemperatureBelow), Above: g.small(TemperatureAbove), Readings: g.small(TemperatureReadings), Note: g.text(TemperatureNote),
	}}
}

// Coldest and Warmest are the ends of what it tells.
func (t *TemperatureInput) Coldest() Degrees {
	if !t.Lowest.Known || t.Value.Known && t.Value.Tenths < t.Lowest.Tenths {
		return t.Value
	}
	return t.Lowest
}

// Warmest is the other end.
func (t *TemperatureInput) Warmest() Degrees {
	if !t.Highest.Known || t.Value.Known && t.Value.Tenths > t.Highest.Tenths {
		return t.Value
	}
	return t.Highest
}

// Breaks reports whether it was colder or warmer than a fridge should be.
func (t *TemperatureInput) Breaks(f *FridgeInput) (cold, warm bool) {
	low, high := t.Coldest(), t.Warmest()
	return low.Known && low.Tenths < f.Low, high.Known && high.Tenths > f.High
}

// Froze reports whether what must not freeze may have frozen.
func (t *TemperatureInput) Froze() bool {
	low := t.Coldest()
	return low.Known && low.Tenths < Freezing
}

func (t *TemperatureInput) fields() []fieldData {
	return []fieldData{
		{p.FieldPlace, refData(t.Place)},
		{TemperatureFridge, refData(t.Fridge)},
		{TemperatureDay, intData(t.Day)},
		{TemperatureClock, clockData(t.Clock)},
		{TemperatureValue, degreesData(t.Value)},
		{TemperatureLowest, degreesData(t.Lowest)},
		{TemperatureHighest, degreesData(t.Highest)},
		{TemperatureBelow, intData(t.Below)},
		{TemperatureAbove, intData(t.Above)},
		{TemperatureReadings, intData(t.Readings)},
		{TemperatureNote, textData(t.Note)},
	}
}

func (t *TemperatureInput) check(today Day) error {
	var c check
	c.failIf(t.Place.IsZero(), "place", CodePlaceRequired)
	c.failIf(t.Fridge.IsZero(), "fridge", CodeRequired)
	c.failIf(!t.Value.Known && t.Readings == 0, "value", CodeRequired)
	c.failIf(t.Day == 0, "day", CodeRequired)
	c.failIf(t.Day > today, "day", CodeDayFuture, "today", today)
	c.tenths("value", t.Value)
	c.tenths("lowest", t.Lowest)
	c.tenths("highest", t.Highest)
	c.failIf(t.Lowest.Known && t.Highest.Known && t.Highest.Tenths < t.Lowest.Tenths, "highest", CodeRange, "min", t.Lowest.Tenths, "max", FridgeTemperatureMax)
	c.texts(KindTemperature, t.fields())
	return c.err(nil)
}

// NewTemperature makes the draft of a reading or of a logger's day, or the Errors in the way.
func NewTemperature(in TemperatureInput, today Day) (Draft, error) {
	in.Note = cleanText(in.Note)
	if err := in.check(today); err != nil {
		return Draft{}, err
	}
	return creation(KindTemperature, in.fields()), nil
}

// LengthenTemperature makes the draft after which a logger's day tells what another file says of it as well: one that was taken later
// that day, or another logger's. Of both the worse stands, and what was done about it stays. It is empty if the file says no more.
func LengthenTemperature(old *p.State, in TemperatureInput, today Day) (Draft, error) {
	was := TemperatureOf(old)
	in.Place, in.Note, in.Clock = was.Place, was.Note, max(in.Clock, was.Clock)
	in.Readings, in.Below, in.Above = max(in.Readings, was.Readings), max(in.Below, was.Below), max(in.Above, was.Above)
	if was.Lowest.Known && (!in.Lowest.Known || was.Lowest.Tenths < in.Lowest.Tenths) {
		in.Lowest = was.Lowest
	}
	if was.Highest.Known && (!in.Highest.Known || was.Highest.Tenths > in.Highest.Tenths) {
		in.Highest = was.Highest
	}
	if in == was.TemperatureInput {
		return Draft{}, nil
	}
	if err := in.check(today); err != nil {
		return Draft{}, err
	}
	return edit(old, difference(old, in.fields()), SawOf(old))
}

// NoteTemperature makes the draft after which a reading says what was done about it.
func NoteTemperature(old *p.State, note string, saw Saw) (Draft, error) {
	note = cleanText(note)
	var c check
	c.failIf(note == "", "note", CodeRequired)
	c.texts(KindTemperature, []fieldData{{TemperatureNote, textData(note)}})
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return edit(old, Patch{TemperatureNote: textData(note)}, saw)
}

func (g getter) degrees(f p.Field) Degrees {
	n, ok := g(f).Int()
	if !ok || n < int64(FridgeTemperatureMin) || n > int64(FridgeTemperatureMax) {
		return Degrees{}
	}
	return DegreesOf(Tenths(n))
}

func degreesData(d Degrees) p.Data {
	if !d.Known {
		return p.Null()
	}
	return p.Int(int64(d.Tenths))
}

// freezingSpares are the codes of vaccines that freezing does not spoil: freeze-dried ones, and the oral polio vaccine (WHO, Temperature
// sensitivity of vaccines, WHO/IVB/06.10).
var freezingSpares = map[string]bool{
	"BCG": true, "BOPV": true, "SOI": true, "MR": true, "MMR": true, "VAR": true, "IMOJEV": true, "SXH": true, "SVV": true, "DAI-PEP": true,
}

// FreezeSensitive reports whether freezing spoils a vaccine; of one that is not known here it is taken for granted.
func FreezeSensitive(vaccine string) bool { return !freezingSpares[vaccine] }
