package main

import (
	"fmt"
	"testing"

	"tramy/internal/browsertest"
	"tramy/internal/registry"
)

// What the script writes out of a date typed in a few strokes is what the program reads from the strokes themselves, for whoever has no
// scripts or presses Enter too soon.
func TestDatesAreOneWithAndWithoutScripts(t *testing.T) {
	nation, _ := smallCountry(t)
	station := nation.Stations()[0]
	p := &person{t, browsertest.Open(t, 1366, 768), "dates"}
	p.login(station, "tram1")
	p.open("http://" + station.PagesAddr + "/register")
	today := station.Desk().Today()
	typed := func(name, text string) string {
		return (&walker{person: *p}).value1(fmt.Sprintf(`(() => { const i = Object.assign(document.createElement("input"), {name: %q, value: %q});
			i.setAttribute("data-date", ""); document.querySelector("main").append(i); i.focus(); i.blur(); i.remove(); return i.value; })()`, name, text))
	}
	_, month, day := today.Date()
	for _, text := range []string{
		"n", "H", "hôm nay", "Hôm  nay", "hom nay", "q", "hôm qua", "-1", "-30", "+28", "2511", "25/11", "1.2", "2902", "251126", "25/11/26", "010136", "25112026", "5 1 2026",
		fmt.Sprintf("%02d%02d", day, month),
	} {
		want, err := registry.ParseDay(text, today)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		got, err := registry.ParseDay(typed("on", text), today)
		if err != nil || got != want {
			t.Errorf("%q becomes %v with scripts and %v without (%v)", text, got, want, err)
		}
		if shown := typed("on", text); text != "2902" && shown != want.String() {
			t.Errorf("%q is shown as %q, want %s", text, shown, want)
		}
	}
	// What cannot be read stays, for the sentence under the field; a vial's date is the next such day.
	for _, text := range []string{"25/11/58", "3113", "hôm kia", "-400", "11/2026"} {
		if got := typed("on", text); got != text {
			t.Errorf("%q becomes %q", text, got)
		}
	}
	tomorrow := today + 1
	_, month, day = tomorrow.Date()
	short := fmt.Sprintf("%02d%02d", day, month)
	if got := typed("expires.BCG", short); got != tomorrow.String() && day*100+int(month) != 2902 {
		t.Errorf("on a vial %q is %s, want %s", short, got, tomorrow)
	}
	if got := typed("born", "h 7h30"); got != today.String()+" 07:30" {
		t.Errorf("a birth today at half past seven becomes %q", got)
	}
}
