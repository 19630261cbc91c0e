package web

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// keyOf is the key of the row to which a control belongs, "" for one of the whole list.
func keyOf(name string) string {
	what, rest, has := strings.Cut(name, ".")
	if !has || what == "vlot" || what == "expires" || what == "vnone" {
		return ""
	}
	key, _, _ := strings.Cut(rest, ".")
	return key
}

// says are the controls by which a row says that somebody was here.
var says = []string{"as", "give", "not", "other"}

// markedIn are the rows that are filled in.
func markedIn(form url.Values) map[string]bool {
	out := map[string]bool{}
	for name := range form {
		what, _, _ := strings.Cut(name, ".")
		if key := keyOf(name); key != "" && slices.Contains(says, what) && form.Get(name) != "" {
			out[key] = true
		}
	}
	for _, key := range form["new"] {
		if isNewKey(key) && form.Get("mother."+key)+form.Get("name."+key)+form.Get("born."+key) != "" {
			out[key] = true
		}
	}
	return out
}

// paperRowsIn counts the rows that are filled in in a draft.
func paperRowsIn(form url.Values) int { return len(markedIn(form)) }

func (x *paper) marked() map[string]bool { return markedIn(x.form) }

// isNewKey tells the key of a child who is not registered yet, n1 and so on, from an id.
func isNewKey(key string) bool {
	digits, is := strings.CutPrefix(key, "n")
	return is && digits != "" && len(digits) <= 4 && strings.Trim(digits, "0123456789") == ""
}

func (x *paper) newKeys() []string {
	var out []string
	for _, key := range x.form["new"] {
		if isNewKey(key) && !slices.Contains(out, key) && len(out) < paperNewMax {
			out = append(out, key)
		}
	}
	return out
}

// dropRow takes a row out of a form.
func dropRow(form url.Values, key string) {
	for name := range form {
		if keyOf(name) == key {
			delete(form, name)
		}
	}
	for _, list := range []string{"new", "open"} {
		form[list] = slices.DeleteFunc(slices.Clone(form[list]), func(k string) bool { return k == key })
		if len(form[list]) == 0 {
			delete(form, list)
		}
	}
}

// leftIn reports whether a form still holds something that is not saved.
func leftIn(form url.Values) bool { return len(markedIn(form))+len(form["new"]) > 0 }

// subjectNames are what is asked about a child who is not registered yet.
var subjectNames = []string{"name", "mother", "phone", "born", "hamlet", "sex"}

// subject is the form of such a child.
func (x *paper) subject(key string) *pages.SubjectForm {
	f := &pages.SubjectForm{Text: map[string]string{}, Errs: map[string]string{}}
	for _, name := range subjectNames {
		f.Text[name] = strings.TrimSpace(x.form.Get(name + "." + key))
	}
	return f
}

// visit makes a visit of a row. False: something cannot be read, and errs says what.
func (x *paper) visit(key string, due []desk.SheetDose) (desk.Visit, bool) {
	v := desk.Visit{Paper: true, Place: x.sheet.Place, Session: x.session, GivenOn: x.sheet.Day, Screening: registry.ScreeningOnPaper}
	ok := true
	bad := func(name, sentence string) { x.errs[name], ok = sentence, false }
	get := func(name string) string { return strings.TrimSpace(x.form.Get(name + "." + key)) }
	var clock registry.Clock
	var err error
	if text := get("at"); text != "" {
		if clock, err = registry.ParseClock(text); err != nil {
			bad("at."+key, x.c.DateError(err))
		}
	}
	if text := get("temp"); text != "" {
		if v.Temperature, err = registry.ParseTemperature(text); err != nil {
			bad("temp."+key, x.c.T("invalid.temperature_unreadable"))
		}
	}
	if text := get("weight"); text != "" {
		if v.Weight, err = registry.ParseWeight(text); err != nil {
			bad("weight."+key, x.c.T("invalid.weight_unreadable"))
		}
	}
	giver, fine := x.giver()
	ok = ok && fine
	give := x.form["give."+key]
	if get("as") != "" {
		give = nil
		for _, d := range due {
			give = append(give, d.Vaccine)
		}
	}
	if other := get("other"); other != "" && !slices.Contains(give, other) {
		give = append(slices.Clone(give), other)
	}
	for _, code := range give {
		in := registry.ImmunizationInput{Vaccine: code, Source: registry.SourceHere, GivenClock: clock, GivenBy: giver, Note: get("note"), Programme: registry.ProgrammeEPI}
		for i := range x.vaccines {
			if row := &x.vaccines[i]; row.Code == code {
				if in.Route, in.Programme = row.Route, cmp.Or(row.Programme, in.Programme); row.Route == registry.RouteOral {
					in.Site = registry.SiteMouth
				}
			}
		}
		if text := x.form.Get("site." + key + "." + code); text != "" {
			n, known := registry.SiteEnum.Number(text)
			if !known {
				bad("site."+key+"."+code, x.c.T("invalid.choice_unknown"))
			}
			in.Site = registry.Site(n)
		}
		if !x.lot(&in, key, code) {
			ok = false
		}
		v.Doses = append(v.Doses, in)
	}
	if text := get("not"); text != "" {
		n, known := registry.NotDoneEnum.Number(text)
		if !known {
			bad("not."+key, x.c.T("invalid.choice_unknown"))
		}
		any := false
		for _, d := range due {
			if !slices.Contains(give, d.Vaccine) {
				any = true
				v.Doses = append(v.Doses, registry.ImmunizationInput{Vaccine: d.Vaccine, Source: registry.SourceHere, NotDone: registry.NotDone(n), GivenClock: clock, Note: get("note"), Programme: registry.ProgrammeEPI})
			}
		}
		if !any && known {
			bad("not."+key, x.c.T("backpaper.not_what"))
		}
	}
	return v, ok
}

func (x *paper) giver() (p.EntityID, bool) {
	text := x.form.Get("given_by")
	if text == "" {
		return p.EntityID{}, true
	}
	list, err := x.givers()
	id, bad := p.ParseEntityID(text)
	if err != nil || bad != nil || list.Chosen() == "" {
		x.errs["given_by"] = x.c.T("invalid.choice_unknown")
		return id, false
	}
	return id, true
}

// lot puts the lot of a dose in: the row's own, else that of the whole list. A lot that is not known is said to be so, by a tick: then
// the dose waits in the list of those without one.
func (x *paper) lot(in *registry.ImmunizationInput, key, code string) bool {
	in.Lot = strings.TrimSpace(x.form.Get("lot." + key + "." + code))
	if code == x.form.Get("other."+key) && in.Lot == "" {
		in.Lot = strings.TrimSpace(x.form.Get("other_lot." + key))
	}
	if in.Lot == "" {
		in.Lot = strings.TrimSpace(x.form.Get("vlot." + code))
		if text := x.form.Get("expires." + code); text != "" && in.Lot != "" {
			var err error
			if in.Expires, err = pages.ParseExpires(text, x.c.Today); err != nil {
				x.errs["expires."+code] = x.c.DateError(err)
				return false
			}
		}
	}
	if in.Lot == "" {
		if x.form.Get("vnone."+code) != "" {
			return true
		}
		name := "vlot." + code
		if code == x.form.Get("other."+key) && !x.onList(code) { // it stands in no list above
			name = "other_lot." + key
		}
		x.errs[name] = x.c.T("backpaper.lot_missing")
		return false
	}
	for _, l := range x.known[code] {
		if in.Expires == 0 && registry.SameLot(l.Number, in.Lot) {
			in.Expires = l.Expires
		}
	}
	return true
}
