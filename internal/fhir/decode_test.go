package fhir_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tramy/internal/fhir"
	"tramy/internal/locale"
	"tramy/internal/registry"
)

// bundle puts resources, as text, into a bundle as other programs write them.
func bundle(resources ...string) []byte {
	var entries []string
	for i, r := range resources {
		entries = append(entries, fmt.Sprintf(`{"fullUrl":"https://other.example/fhir/%d","resource":%s}`, i+1, r))
	}
	return []byte(`{"resourceType":"Bundle","type":"collection","entry":[` + strings.Join(entries, ",") + `]}`)
}

const otherPatient = `{"resourceType":"Patient","id":"17","meta":{"versionId":"3"},"text":{"status":"generated","div":"<div/>"},
	"identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"NNVNM"}]},"system":"https://moh.example/id","value":"014326000123"},
		{"system":"https://other.example/mrn","value":"A-7"}],
	"name":[{"use":"nickname","text":"Bé Chi"},{"family":"Lò","given":["Thị","Mai Chi"]}],"gender":"female","birthDate":"2026-05-02","multipleBirthBoolean":false,
	"address":[{"use":"old","text":"Mường La"},{"use":"home","line":["Nhà 3","Bản Bẹ"],"city":"Tà Xùa","state":"Sơn La"}],
	"contact":[{"relationship":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-RoleCode","code":"NMTH"}]}],"name":{"family":"Lò","given":["Thị Ánh"]},"telecom":[{"system":"phone","value":"0912 345 678"}]}],
	"maritalStatus":{"text":"S"}}`

func otherDose(more string) string {
	return `{"resourceType":"Immunization","status":"completed","vaccineCode":{"coding":[{"system":"http://hl7.org/fhir/sid/cvx","code":"198"}]},
		"patient":{"reference":"Patient/17"},"occurrenceDateTime":"2026-07-01T20:30:00Z"` + more + `}`
}

// TestAnothersBundle reads what another program might write: its own ids and systems, a name in parts, a time in another zone.
func TestAnothersBundle(t *testing.T) {
	r := decode(t, bundle(otherPatient, otherDose(`,"lotNumber":"X1","site":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActSite","code":"LA"}]},
		"route":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration","code":"IM"}]},"doseQuantity":{"value":0.5,"unit":"ml"},
		"expirationDate":"2027-03","performer":[{"actor":{"display":"BS Hà"}}],"location":{"display":"Phòng tiêm Hà"},"note":[{"text":"tốt"}],"protocolApplied":[{"doseNumberPositiveInt":2}]`),
		`{"resourceType":"Observation"}`, `{"resourceType":"Observation"}`, `{"resourceType":"Organization"}`))
	if r.Skipped["Observation"] != 2 || r.Skipped["Organization"] != 1 || r.Entries != 5 || len(r.People) != 1 {
		t.Fatalf("skipped %v of %d entries, %d people", r.Skipped, r.Entries, len(r.People))
	}
	who := r.People[0]
	s := who.Subject.Cleaned()
	if len(who.Problems) > 0 || s.Name != "Lò Thị Mai Chi" || s.MotherName != "Lò Thị Ánh" || s.MotherPhone != "0912345678" || s.PersonalNo != "014326000123" ||
		s.Hamlet != "Bản Bẹ" || who.Commune != "Tà Xùa" || s.Sex != registry.SexFemale || !slices.Equal(s.Aliases, []string{"Bé Chi"}) {
		t.Errorf("read %+v of %q, %v", s, who.Commune, who.Problems)
	}
	for _, kept := range []string{"A-7", "Mường La", "Nhà 3"} {
		if !strings.Contains(s.Note, kept) {
			t.Errorf("the note %q lacks %q", s.Note, kept)
		}
	}
	d := who.Doses[0]
	// 20:30 in London is the next morning in Vietnam.
	if d.Vaccine != "DPT-VGB-HIB" || d.GivenOn != day(2026, 7, 2) || d.GivenClock != registry.NewClock(3, 30) || d.Lot != "X1" || d.Site != registry.SiteLeftArm ||
		d.Route != registry.RouteIM || d.Volume != 500 || d.Expires != day(2027, 3, 31) || d.GiverName != "BS Hà" || d.PlaceName != "Phòng tiêm Hà" || d.Order != 2 || d.Note != "tốt" {
		t.Errorf("the dose %+v", d)
	}
}

// TestBadRows: each says which entry and which element, and takes nothing of the person; the others come through.
func TestBadRows(t *testing.T) {
	patient := func(more string) string {
		return strings.Replace(otherPatient, `"maritalStatus"`, more+`,"maritalStatus"`, 1)
	}
	replaced := func(from, to string) string { return strings.Replace(otherDose(""), from, to, 1) }
	cases := map[string]struct {
		entries []string
		code    registry.Code
		path    string
		entry   int
	}{
		"a modifier":           {[]string{patient(`"modifierExtension":[{"url":"https://x.example/not"}]`)}, fhir.CodeModifier, "Patient.modifierExtension", 1},
		"rules":                {[]string{patient(`"implicitRules":"https://x.example"`)}, fhir.CodeRules, "Patient.implicitRules", 1},
		"not in use":           {[]string{patient(`"active":false`)}, fhir.CodeNotInUse, "Patient.active", 1},
		"replaced":             {[]string{patient(`"link":[{"type":"replaced-by","other":{"reference":"Patient/18"}}]`)}, fhir.CodeReplaced, "Patient.link", 1},
		"a shape":              {[]string{strings.Replace(otherPatient, `"2026-05-02"`, `5`, 1)}, fhir.CodeShape, "Patient.birthDate", 1},
		"no date":              {[]string{strings.Replace(otherPatient, `"2026-05-02"`, `"2026-02-30"`, 1)}, fhir.CodeDate, "Patient.birthDate", 1},
		"a sex":                {[]string{strings.Replace(otherPatient, `"female"`, `"F"`, 1)}, fhir.CodeGender, "Patient.gender", 1},
		"two of one id":        {[]string{otherPatient, otherPatient}, fhir.CodeTwoPatients, "Patient.id", 1},
		"nobody's dose":        {[]string{replaced("Patient/17", "Patient/18")}, fhir.CodeNoPatient, "Immunization.patient", 1},
		"a status":             {[]string{otherPatient, replaced("completed", "done")}, fhir.CodeStatus, "Immunization.status", 2},
		"no status":            {[]string{otherPatient, replaced(`"status":"completed",`, "")}, fhir.CodeStatus, "Immunization.status", 2},
		"a vaccine":            {[]string{otherPatient, replaced(`"198"`, `"207"`)}, fhir.CodeVaccine, "Immunization.vaccineCode", 2},
		"one of several":       {[]string{otherPatient, replaced(`"198"`, `"129"`)}, fhir.CodeVaccineTwo, "Immunization.vaccineCode", 2},
		"no day":               {[]string{otherPatient, replaced(`"occurrenceDateTime":"2026-07-01T20:30:00Z"`, `"occurrenceString":"hè"`)}, fhir.CodeUndated, "Immunization.occurrence", 2},
		"a month":              {[]string{otherPatient, replaced(`2026-07-01T20:30:00Z`, `2026-07`)}, fhir.CodeDatePart, "Immunization.occurrenceDateTime", 2},
		"a time without zone":  {[]string{otherPatient, replaced(`2026-07-01T20:30:00Z`, `2026-07-01T20:30:00`)}, fhir.CodeDate, "Immunization.occurrenceDateTime", 2},
		"too weak":             {[]string{otherPatient, otherDose(`,"isSubpotent":true`)}, fhir.CodeSubpotent, "Immunization.isSubpotent", 2},
		"drops":                {[]string{otherPatient, otherDose(`,"doseQuantity":{"value":2,"unit":"drop"}`)}, fhir.CodeQuantity, "Immunization.doseQuantity", 2},
		"a number":             {[]string{otherPatient, otherDose(`,"protocolApplied":[{"doseNumberPositiveInt":99}]`)}, fhir.CodeOrder, "Immunization.protocolApplied.doseNumber", 2},
		"a modifier of a dose": {[]string{otherPatient, otherDose(`,"modifierExtension":[{"url":"x"}]`)}, fhir.CodeModifier, "Immunization.modifierExtension", 2},
		"ours, wrong":          {[]string{patient(`"extension":[{"url":"urn:tramy:field:status","valueCode":"asleep"}]`)}, fhir.CodeExtension, "Patient.extension", 1},
	}
	good := strings.ReplaceAll(strings.ReplaceAll(otherPatient, `"17"`, `"99"`), "Mai Chi", "Vân")
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := decode(t, bundle(append(slices.Clone(c.entries), good)...))
			who := r.People[0]
			if len(who.Problems) == 0 || who.Problems[0].Code != c.code || who.Problems[0].Path != c.path || who.Problems[0].Entry != c.entry {
				t.Errorf("problems %+v", who.Problems)
			}
			if last := r.People[len(r.People)-1]; len(last.Problems) > 0 || last.Subject.Name != "Lò Thị Vân" {
				t.Errorf("the next person: %+v %v", last.Subject, last.Problems)
			}
		})
	}
	entry := strings.Replace(string(bundle(otherPatient)), `{"fullUrl"`, `{"request":{"method":"DELETE","url":"Patient/17"},"fullUrl"`, 1)
	if who := decode(t, []byte(entry)).People[0]; len(who.Problems) != 1 || who.Problems[0].Code != fhir.CodeMethod {
		t.Errorf("DELETE: %+v", who.Problems)
	}
}

// TestWhichVaccine: who paid, the name beside the code, and for hepatitis B the day decide between what one code may mean.
func TestWhichVaccine(t *testing.T) {
	for name, c := range map[string]struct{ concept, more, on, want string }{
		"ours":                  {`{"coding":[{"system":"urn:tramy:vaccine","code":"IMOJEV"},{"system":"http://hl7.org/fhir/sid/cvx","code":"39"}]}`, "", "2026-09-01", "IMOJEV"},
		"at birth":              {`{"coding":[{"system":"http://hl7.org/fhir/sid/cvx","code":"08"}]}`, "", "2026-05-03", "VGB0"},
		"later":                 {`{"coding":[{"system":"http://hl7.org/fhir/sid/cvx","code":"08"}]}`, "", "2026-05-10", "VGB"},
		"public":                {`{"coding":[{"system":"http://hl7.org/fhir/sid/cvx","code":"109"}]}`, `,"fundingSource":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/immunization-funding-source","code":"public"}]}`, "2026-07-05", "PCV"},
		"by name":               {`{"coding":[{"system":"http://hl7.org/fhir/sid/cvx","code":"119"}],"text":"Rotavin"}`, "", "2026-07-05", "ROTAVIN"},
		"by name alone":         {`{"text":"Sởi - Rubella"}`, "", "2026-09-05", "MR"},
		"a code goes before it": {`{"coding":[{"system":"http://hl7.org/fhir/sid/cvx","code":"03"}],"text":"Sởi - Rubella"}`, "", "2026-09-05", "MMR"},
	} {
		dose := fmt.Sprintf(`{"resourceType":"Immunization","status":"completed","vaccineCode":%s,"patient":{"reference":"Patient/17"},"occurrenceDateTime":"%s"%s}`, c.concept, c.on, c.more)
		who := decode(t, bundle(otherPatient, dose)).People[0]
		if len(who.Problems) > 0 || len(who.Doses) != 1 || who.Doses[0].Vaccine != c.want {
			t.Errorf("%s: %+v %v, want %s", name, who.Doses, who.Problems, c.want)
		}
	}
}

func TestEveryVaccineHasARow(t *testing.T) {
	e := fhir.Encoder{Vaccines: registry.Vaccines()}
	for _, v := range registry.Vaccines() {
		d := fhir.Dose{ID: id(2), ImmunizationInput: registry.ImmunizationInput{Vaccine: v.Code, GivenOn: day(2026, 9, 1), Source: registry.SourceCard}}
		if n := len(e.Immunization(child(), &d).VaccineCode.Coding); n < 2 {
			t.Errorf("%s has no code of another system", v.Code)
		}
	}
}

func TestWholeFilesThatAreNone(t *testing.T) {
	for name, c := range map[string]struct{ text, kind string }{
		"empty":     {" \n", fhir.KindEmpty},
		"cut":       {string(bundle(otherPatient))[:300], fhir.KindJSON},
		"no FHIR":   {`{"a":1}`, fhir.KindResource},
		"a history": {`{"resourceType":"Bundle","type":"history"}`, fhir.KindBundle},
		"two":       {`{"resourceType":"Bundle","type":"collection"}{"resourceType":"Bundle","type":"collection"}`, fhir.KindBundle},
		"Latin":     {"{\"resourceType\":\"Patient\",\"name\":[{\"text\":\"L\xf2\"}]}", fhir.KindText},
	} {
		_, err := fhir.Decode(strings.NewReader(c.text), reading())
		var file *fhir.FileError
		if !errors.As(err, &file) || file.Kind != c.kind {
			t.Errorf("%s: %v, want %s", name, err, c.kind)
		}
	}
}

func TestLimits(t *testing.T) {
	large := func(what string, err error, want bool) {
		t.Helper()
		var e *fhir.TooLargeError
		if got := errors.As(err, &e) && e.What == what; got != want {
			t.Errorf("%s: too large %v, want %v: %v", what, got, want, err)
		}
	}
	for more := range 2 {
		open := strings.Repeat("[", fhir.DepthMax-1+more)
		_, err := fhir.Decode(strings.NewReader(`{"resourceType":"Observation","x":`+open+strings.Repeat("]", len(open))+`}`), reading())
		large("depth", err, more == 1)

		lines := strings.Repeat("{\"resourceType\":\"X\"}\n", fhir.EntriesMax+more)
		_, err = fhir.Decode(strings.NewReader(lines), reading())
		large("entries", err, more == 1)

		text := `{"resourceType":"X"}`
		_, err = fhir.Decode(strings.NewReader(text+strings.Repeat(" ", fhir.BundleBytesMax-len(text)+more)), reading())
		large("bytes", err, more == 1)

		entries := []string{otherPatient}
		for range fhir.DosesMax + more {
			entries = append(entries, otherDose(""))
		}
		who := decode(t, bundle(entries...)).People[0]
		if got := len(who.Problems) == 1 && who.Problems[0].Code == fhir.CodeDoses; got != (more == 1) {
			t.Errorf("%d doses: %v", fhir.DosesMax+more, who.Problems)
		}
	}
}

// TestRejectedAreAFileAgain: who did not come in stands in a bundle of their own, with the reason, as they were sent.
func TestRejectedAreAFileAgain(t *testing.T) {
	other := strings.ReplaceAll(strings.ReplaceAll(otherPatient, `"17"`, `"99"`), "Mai Chi", "Vân")
	r := decode(t, bundle(other, otherPatient, otherDose("")))
	var out bytes.Buffer
	if err := r.Rejected(&out, map[int]string{2: "trùng với 1000"}); err != nil {
		t.Fatal(err)
	}
	if !json.Valid(out.Bytes()) || !strings.Contains(out.String(), "trùng với 1000") || !strings.Contains(out.String(), `"maritalStatus"`) || strings.Contains(out.String(), "Vân") {
		t.Errorf("the file: %s", out.String())
	}
	again := decode(t, out.Bytes())
	if len(again.People) != 1 || len(again.People[0].Doses) != 1 || again.People[0].Subject.Name != "Lò Thị Mai Chi" {
		t.Errorf("read again: %+v", again.People)
	}
}

// TestEverythingHasWords: each code and each kind of file has its sentence in both languages.
func TestEverythingHasWords(t *testing.T) {
	for _, lang := range locale.Languages() {
		words := locale.For(lang)
		has := func(key string) {
			if !words.Has(key) {
				t.Errorf("%s: no text for %q", lang, key)
			}
		}
		for _, c := range append(slices.Clone(fhir.Codes), fhir.WarningCodes...) {
			has("fhir." + string(c))
		}
		for _, kind := range fhir.Kinds {
			has((&fhir.FileError{Kind: kind}).Key())
		}
		for _, what := range fhir.LargeKinds {
			has((&fhir.TooLargeError{What: what}).Key())
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(bundleOf(child()))
	f.Add(bundle(otherPatient, otherDose("")))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := fhir.Decode(bytes.NewReader(data), reading())
		if err != nil {
			return
		}
		reasons := map[int]string{}
		for _, who := range r.People {
			reasons[who.Entry] = "x"
			for i := range who.Doses {
				if d := &who.Doses[i]; d.GivenOn == 0 || d.Vaccine == "" || d.Source != registry.SourceImport {
					t.Errorf("a dose without a day, a vaccine or a source: %+v", d)
				}
			}
		}
		if err := r.Rejected(&bytes.Buffer{}, reasons); err != nil {
			t.Error(err)
		}
	})
}
