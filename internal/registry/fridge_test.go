package registry

import "testing"

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
