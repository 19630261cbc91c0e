package registry

import (
	"testing"

	p "tramy/syncproto"
)

func TestParseTenths(t *testing.T) {
	for text, want := range map[string]Degrees{
		"": {}, " ": {}, "4,6": DegreesOf(46), "4.6 °C": DegreesOf(46), "−20": DegreesOf(-200), "-0,5": DegreesOf(-5), "+8": DegreesOf(80), "0": DegreesOf(0), "4,65": DegreesOf(47),
	} {
		if got, err := ParseTenths(text); err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"abc", "4,6,1", "1234", "--4", "4 6"} {
		if got, err := ParseTenths(text); err == nil {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

func TestFridgeLimits(t *testing.T) {
	today := day(t, "2026-11-27")
	read := func(at Tenths) error {
		_, err := NewTemperature(TemperatureInput{Fridge: someID(1), Place: someID(2), Day: today, Clock: NewClock(7, 5), Value: DegreesOf(at)}, today)
		return err
	}
	for _, at := range []Tenths{FridgeTemperatureMin, 0, FridgeTemperatureMax} {
		if err := read(at); err != nil {
			t.Errorf("%d: %v", at, err)
		}
	}
	for _, at := range []Tenths{FridgeTemperatureMin - 1, FridgeTemperatureMax + 1} {
		if errs, _ := read(at).(Errors); !errs.Has("value", CodeFridgeTemperature) {
			t.Errorf("%d: %v", at, errs)
		}
	}
	if _, err := NewFridge(FridgeInput{Place: someID(1), Name: "Tủ 1", Low: 80, High: 80}, today); err == nil {
		t.Error("a fridge that keeps nothing")
	}
	if _, err := NewFridge(FridgeInput{Place: someID(1), Name: "Tủ 1"}, today); err != nil {
		t.Error(err)
	}
}

// Two loggers lie in one fridge: the day tells the worse of both, and a file that says no more writes nothing.
func TestTwoLoggersOfOneDay(t *testing.T) {
	today := day(t, "2026-11-27")
	in := TemperatureInput{
		Fridge: someID(1), Place: someID(2), Day: today, Clock: NewClock(23, 30), Readings: 288, Lowest: DegreesOf(31), Highest: DegreesOf(72),
	}
	first, err := NewTemperature(in, today)
	if err != nil {
		t.Fatal(err)
	}
	old := stateOf(first, 9)
	if again, err := LengthenTemperature(old, in, today); err != nil || !again.Empty() {
		t.Errorf("the same file: %+v, %v", again, err)
	}
	other := in
	other.Readings, other.Clock, other.Lowest, other.Highest, other.Below = 24, NewClock(23, 0), DegreesOf(-5), DegreesOf(60), 120
	draft, err := LengthenTemperature(old, other, today)
	if err != nil {
		t.Fatal(err)
	}
	wrote := map[p.Field]int64{}
	for _, w := range draft.Writes {
		wrote[w.Field], _ = w.Data.Int()
	}
	if len(wrote) != 2 || wrote[TemperatureLowest] != -5 || wrote[TemperatureBelow] != 120 {
		t.Errorf("the other logger: %+v", draft.Writes)
	}
}

// 0 °C is a temperature, and none is none.
func TestZeroDegreesIsKept(t *testing.T) {
	today := day(t, "2026-11-27")
	draft, err := NewTemperature(TemperatureInput{Fridge: someID(1), Place: someID(2), Day: today, Clock: NewClock(7, 5), Value: DegreesOf(0)}, today)
	if err != nil {
		t.Fatal(err)
	}
	got := TemperatureOf(stateOf(draft, 9))
	if got.Value != DegreesOf(0) || got.Lowest.Known || got.Froze() {
		t.Errorf("%+v", got)
	}
	if cold, warm := got.Breaks(&FridgeInput{Low: 20, High: 80}); !cold || warm {
		t.Error("0 °C is too cold")
	}
}
