package registry

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	p "tramy/syncproto"
)

const today Day = 20500

func wantErr(t *testing.T, err error, field string, code Code) {
	t.Helper()
	var errs Errors
	if !errors.As(err, &errs) || !errs.Has(field, code) {
		t.Errorf("got %v, want %s: %s", err, field, code)
	}
}

// What a form sends is what the page shows again, every field of it.
func TestRoundTrip(t *testing.T) {
	in := filledSubject()
	d, err := NewSubject(*in, today)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.IsSortedFunc(d.Writes, func(a, b p.Write) int { return int(a.Field) - int(b.Field) }) {
		t.Error("writes are not in order of field")
	}
	s := stateOf(d, 9)
	if got := SubjectOf(s); !reflect.DeepEqual(got.SubjectInput, *in) {
		t.Errorf("got\n%+v\nwant\n%+v", got.SubjectInput, *in)
	}
	if patch := in.Patch(s); len(patch) != 0 {
		t.Errorf("an unchanged form changes %v", patch)
	}
	dose := filledDose()
	d, err = NewImmunization(*dose, Known{Today: today})
	if err != nil {
		t.Fatal(err)
	}
	if got := ImmunizationOf(stateOf(d, 9)); !reflect.DeepEqual(got.ImmunizationInput, *dose) {
		t.Errorf("got\n%+v\nwant\n%+v", got.ImmunizationInput, *dose)
	}
}

func TestRoundTripReference(t *testing.T) {
	place := PlaceInput{
		Parent: someID(1), Code: "gso:03325", Name: "Xã Mường Lống", NameEN: "Muong Long", Level: LevelCommune, Type: "xa",
		From: 20270, Until: 30000, Successors: []p.EntityID{someID(2)}, Hamlets: []string{"Bản Lầu"}, Phone: "02383825353",
	}
	d, err := NewPlace(place)
	if err != nil || !reflect.DeepEqual(PlaceOf(stateOf(d, 9)).PlaceInput, place) {
		t.Errorf("place: %v %+v", err, d)
	}
	user := UserInput{Place: someID(1), Login: "lan.tyt", Name: "Lan", Role: 2, Password: "$argon2id$…", Phone: "0912345678"}
	if d, err = NewUser(user); err != nil || !reflect.DeepEqual(UserOf(stateOf(d, 9)).UserInput, user) {
		t.Errorf("user: %v %+v", err, d)
	}
	device := DeviceInput{
		Place: someID(1), Number: 123456, Key: make([]byte, 32), SealKey: make([]byte, 32), Role: NodeHub, Name: "máy 1",
		Revoked: "mất", Up: someID(3), FirstFree: 7, LastFree: 9,
	}
	if d, err = NewDevice(device); err != nil || !reflect.DeepEqual(DeviceOf(stateOf(d, 9)).DeviceInput, device) {
		t.Errorf("device: %v %+v", err, d)
	}
	vaccine := Vaccines()[0]
	if d, err = NewVaccine(vaccine); err != nil || !reflect.DeepEqual(VaccineOf(stateOf(d, 9)).VaccineInput, vaccine) {
		t.Errorf("vaccine: %v %+v", err, d)
	}
}

func TestReferenceRefused(t *testing.T) {
	_, err := NewPlace(PlaceInput{Code: "03325", From: 9, Until: 8})
	wantErr(t, err, "code", CodePlaceCode)
	wantErr(t, err, "name", CodeRequired)
	wantErr(t, err, "until", CodePeriodReversed)
	_, err = NewUser(UserInput{Login: "chị lan"})
	wantErr(t, err, "login", CodeLoginMalformed)
	_, err = NewDevice(DeviceInput{Number: 1_000_000, Key: []byte{1}})
	wantErr(t, err, "number", CodeDeviceNumber)
	wantErr(t, err, "key", CodeKeyLength)
	_, err = NewVaccine(VaccineInput{Code: "X", Name: "x", Volume: 1})
	wantErr(t, err, "volume", CodeVolume)

	d, _ := NewPlace(PlaceInput{Code: "gso:1", Name: "Xã A", Level: LevelCommune, From: 20000, Until: 21000})
	place := stateOf(d, 9)
	_, err = EditFields(place, Patch{PlaceFrom: p.Int(21000)}, SawOf(place))
	wantErr(t, err, "until", CodePeriodReversed)
	_, err = EditFields(place, Patch{PlacePhone: p.Text("1")}, SawOf(place))
	wantErr(t, err, "phone", CodePhoneMalformed)
	in := PlaceOf(place).PlaceInput
	in.Name, in.Phone = "Xã  A mới", "+84 212 385 2345"
	got, err := EditFields(place, in.Patch(place), SawOf(place))
	if err != nil || len(got.Writes) != 2 || !got.Writes[0].Data.Equal(p.Text("Xã A mới")) || !got.Writes[1].Data.Equal(p.Text("02123852345")) {
		t.Errorf("%+v %v", got, err)
	}
	var stale *StaleError
	if _, err = EditFields(place, Patch{PlaceName: p.Text("x")}, nil); !errors.As(err, &stale) {
		t.Errorf("%v", err)
	}
}

// A newborn has no name: it goes by its mother's.
func TestNewbornWithoutName(t *testing.T) {
	d, err := NewSubject(SubjectInput{Place: someID(1), Code: goodCode, MotherName: " Lò  Thị Ánh ", BirthDate: today, BirthClock: NewClock(7, 45)}, today)
	if err != nil {
		t.Fatal(err)
	}
	s := SubjectOf(stateOf(d, 9))
	if s.Name != "CB Lò Thị Ánh" || s.MotherName != "Lò Thị Ánh" || s.BirthPrec != PrecisionMinute || s.Group != GroupChild {
		t.Errorf("%+v", s)
	}
}

func TestElderWithYearOnly(t *testing.T) {
	d, err := NewSubject(SubjectInput{Name: "Lò Văn Tư", Code: goodCode, Place: someID(1), BirthDate: dayOf(1958, 7, 3), BirthPrec: PrecisionYear}, today)
	if err != nil {
		t.Fatal(err)
	}
	if s := SubjectOf(stateOf(d, 9)); s.BirthDate != dayOf(1958, 1, 1) || s.Group != GroupAdult {
		t.Errorf("%v %v", s.BirthDate, s.Group)
	}
}

func TestSubjectRefused(t *testing.T) {
	for _, c := range []struct {
		change func(*SubjectInput)
		field  string
		code   Code
	}{
		{func(in *SubjectInput) { in.Name, in.MotherName = "\u200b ", "" }, "name", CodeRequired},
		{func(in *SubjectInput) { in.Name = strings.Repeat("ă", 121) }, "name", CodeNameTooLong},
		{func(in *SubjectInput) { in.Note = strings.Repeat("x", 4097) }, "note", CodeTextTooLong},
		{func(in *SubjectInput) { in.Code = "" }, "code", CodeRequired},
		{func(in *SubjectInput) { in.Code = "1234561234567854" }, "code", CodeCodeCheck},
		{func(in *SubjectInput) { in.Place = p.EntityID{} }, "place", CodePlaceRequired},
		{func(in *SubjectInput) { in.BirthDate = today + 1 }, "birth_date", CodeBirthFuture},
		{func(in *SubjectInput) { in.BirthDate = birthMin - 1 }, "birth_date", CodeBirthTooOld},
		{func(in *SubjectInput) { in.BirthDate, in.BirthPrec, in.BirthClock = 0, 0, 0 }, "birth_date", CodeBirthRequired},
		{func(in *SubjectInput) { in.Sex = 9 }, "sex", CodeChoiceUnknown},
		{func(in *SubjectInput) { in.MotherPhone = "091234" }, "mother_phone", CodePhoneMalformed},
		{func(in *SubjectInput) { in.PersonalNo = "01122400000" }, "personal_no", CodePersonalNo},
		{func(in *SubjectInput) { in.StatusDate = today + 1 }, "status_date", CodeStatusFuture},
		{func(in *SubjectInput) { in.BirthOrder = 10 }, "birth_order", CodeBirthOrder},
		{func(in *SubjectInput) { in.BirthWeight = 310 }, "birth_weight", CodeWeight},
		{func(in *SubjectInput) { in.DueDate = today + 400 }, "due_date", CodeDueDateFar},
		{func(in *SubjectInput) { in.NextDate = today + 4000 }, "next_date", CodeNextDateFar},
	} {
		in := *filledSubject()
		c.change(&in)
		_, err := NewSubject(in, today)
		wantErr(t, err, c.field, c.code)
	}
	in := *filledSubject()
	in.BirthWeight = 310
	_, err := NewSubject(in, today)
	if errs := err.(Errors); errs[0].Params["guess"] != 3100 {
		t.Errorf("310 g: %v, want the question whether 3,100 g is meant", errs[0].Params)
	}
}

func TestSubjectWarnings(t *testing.T) {
	in := *filledSubject() // born 2024, male, number 011 2 24
	if w := in.Warnings(); len(w) != 0 {
		t.Errorf("%v", w)
	}
	in.PersonalNo, in.Name, in.Insurance = "099323000001", "GIÀNG A PÁO", "123"
	w := Errors(in.Warnings())
	for _, c := range []Code{WarnPersonalProvince, WarnPersonalSex, WarnPersonalYear} {
		if !w.Has("personal_no", c) {
			t.Errorf("no %s in %v", c, w)
		}
	}
	if !w.Has("name", WarnAllCaps) || !w.Has("insurance", WarnInsuranceLength) {
		t.Errorf("%v", w)
	}
}

func TestDoseRefused(t *testing.T) {
	known := Known{Today: today, BirthDate: 20000, BirthPrec: PrecisionDay, Vaccine: func(code string) bool { return code == "BCG" }}
	for _, c := range []struct {
		change func(*ImmunizationInput)
		field  string
		code   Code
	}{
		{func(in *ImmunizationInput) { in.Subject, in.Code = p.EntityID{}, "" }, "subject", CodeSubjectRequired},
		{func(in *ImmunizationInput) { in.Code = "1" }, "code", CodeCodeCheck},
		{func(in *ImmunizationInput) { in.Place = p.EntityID{} }, "place", CodePlaceRequired},
		{func(in *ImmunizationInput) { in.Vaccine = "" }, "vaccine", CodeRequired},
		{func(in *ImmunizationInput) { in.Vaccine = "XYZ" }, "vaccine", CodeVaccineUnknown},
		{func(in *ImmunizationInput) { in.GivenOn = 0 }, "given_on", CodeRequired},
		{func(in *ImmunizationInput) { in.GivenOn = today + 1 }, "given_on", CodeDoseFuture},
		{func(in *ImmunizationInput) { in.GivenOn = 19999 }, "given_on", CodeDoseBeforeBirth},
		{func(in *ImmunizationInput) { in.Source = 0 }, "source", CodeRequired},
		{func(in *ImmunizationInput) { in.GivenOn, in.Screening = today, 0 }, "screening", CodeScreening},
		{func(in *ImmunizationInput) { in.Against = "" }, "against", CodeAgainst},
		{func(in *ImmunizationInput) { in.Temperature = 3720 }, "temperature", CodeTemperature},
		{func(in *ImmunizationInput) { in.Volume = 50000 }, "volume", CodeVolume},
		{func(in *ImmunizationInput) { in.Order = 99 }, "dose_order", CodeOrder},
		{func(in *ImmunizationInput) { in.Site = 77 }, "site", CodeChoiceUnknown},
		{func(in *ImmunizationInput) { in.Expires = 1 }, "expires", CodeExpiresRange},
	} {
		in := *filledDose()
		c.change(&in)
		_, err := NewImmunization(in, known)
		wantErr(t, err, c.field, c.code)
	}
	// Known to the year only: any day of that year may be after birth.
	in := *filledDose()
	in.GivenOn = dayOf(2024, 1, 2)
	if _, err := NewImmunization(in, Known{Today: today, BirthDate: dayOf(2024, 1, 1), BirthPrec: PrecisionYear}); err != nil {
		t.Error(err)
	}
	// A refusal needs no screening and no lot.
	refusal := ImmunizationInput{Subject: someID(3), Place: someID(1), Vaccine: "bcg", GivenOn: today, Source: SourceHere, NotDone: NotDoneRefused}
	if d, err := NewImmunization(refusal, known); err != nil {
		t.Error(err)
	} else if im := ImmunizationOf(stateOf(d, 9)); im.Given() || im.Vaccine != "BCG" {
		t.Errorf("%+v", im)
	}
	late := *filledDose()
	late.Lot, late.Expires, late.Temperature = "", 20000, 380
	if w := Errors(late.Warnings()); !w.Has("lot", WarnLotMissing) || !w.Has("expires", WarnLotExpired) || !w.Has("temperature", WarnFever) {
		t.Errorf("%v", w)
	}
}

// A form opened before somebody else's edit must not replace what it never showed.
func TestStaleForm(t *testing.T) {
	d, _ := NewSubject(*filledSubject(), today)
	old := stateOf(d, 9)
	saw := SawOf(old)
	now := with(old, SubjectMotherPhone, p.Text("0933333333"), 10)
	patch := Patch{SubjectMotherPhone: p.Text("0922 222 222")}
	var stale *StaleError
	if _, err := EditSubject(now, patch, saw, today); !errors.As(err, &stale) || stale.Field != SubjectMotherPhone || len(stale.Values) != 2 {
		t.Fatalf("%v", err)
	}
	if !strings.Contains(stale.Error(), "mother_phone") {
		t.Error(stale)
	}
	// The form that shows both settles them.
	got, err := EditSubject(now, patch, SawOf(now), today)
	if err != nil || len(got.Writes) != 1 || len(got.Writes[0].Supersedes) != 2 || !got.Writes[0].Data.Equal(p.Text("0922222222")) {
		t.Errorf("%+v %v", got, err)
	}
	// Choosing the value that stands already is a choice, too; with no conflict it is nothing.
	if got, err = EditSubject(now, Patch{SubjectMotherPhone: now.Get(SubjectMotherPhone)}, SawOf(now), today); err != nil || got.Empty() {
		t.Errorf("a choice was not written: %v", err)
	}
	if got, err = EditSubject(old, Patch{SubjectMotherPhone: old.Get(SubjectMotherPhone)}, saw, today); err != nil || !got.Empty() {
		t.Errorf("nothing new was written: %+v %v", got, err)
	}
	// Other fields do not matter.
	if _, err = EditSubject(now, Patch{SubjectNote: p.Null()}, saw, today); err != nil {
		t.Error(err)
	}
}

// An old mistake elsewhere does not stop today's correction; one in the patch does.
func TestEditChecksOnlyPatch(t *testing.T) {
	d, _ := NewSubject(*filledSubject(), today)
	old := stateOf(d, 9)
	for i := range old.Fields {
		if old.Fields[i].Field == SubjectFatherPhone {
			old.Fields[i].Values[0].Data = p.Text("xxx")
		}
	}
	if _, err := EditSubject(old, Patch{SubjectNote: p.Text("x")}, SawOf(old), today); err != nil {
		t.Error(err)
	}
	_, err := EditSubject(old, Patch{SubjectMotherPhone: p.Text("1")}, SawOf(old), today)
	wantErr(t, err, "mother_phone", CodePhoneMalformed)
	_, err = EditSubject(old, Patch{SubjectSex: p.Text("male")}, SawOf(old), today)
	wantErr(t, err, "sex", CodeTypeWrong)
	_, err = EditSubject(old, Patch{4711: p.Text("x")}, SawOf(old), today)
	wantErr(t, err, "4711", CodeFieldUnknown)
}

// Who types a whole birth date over a mere year knows the day.
func TestEditBirthPrecision(t *testing.T) {
	in := *filledSubject()
	in.BirthPrec, in.BirthClock = PrecisionYear, 0
	d, _ := NewSubject(in, today)
	old := stateOf(d, 9)
	got, err := EditSubject(old, Patch{SubjectBirthDate: p.Int(20010)}, SawOf(old), today)
	if err != nil || len(got.Writes) != 2 || !got.Writes[1].Data.Equal(p.Int(int64(PrecisionDay))) {
		t.Errorf("%+v %v", got, err)
	}
	got, err = EditSubject(old, Patch{SubjectBirthDate: p.Null()}, SawOf(old), today)
	if err != nil || len(got.Writes) != 2 || !got.Writes[1].Data.IsNull() {
		t.Errorf("%+v %v", got, err)
	}
}

func TestVoidAndAmend(t *testing.T) {
	d, _ := NewImmunization(*filledDose(), Known{Today: today})
	old := stateOf(d, 9)
	_, err := Void(old, "  ", SawOf(old))
	wantErr(t, err, "void", CodeReasonRequired)
	if got, err := Void(old, "nhầm trẻ", SawOf(old)); err != nil || len(got.Writes) != 1 || got.Writes[0].Field != p.FieldVoid {
		t.Errorf("%+v %v", got, err)
	}

	void := with(old, p.FieldVoid, p.Text("nhầm trẻ"), 10)
	if im := ImmunizationOf(void); im.Counts() || im.Void != "nhầm trẻ" {
		t.Errorf("%+v", im)
	}
	// A void and a correction at the same time: it counts, and somebody looks at it.
	both := with(void, p.FieldVoid, p.Null(), 11)
	if im := ImmunizationOf(both); !im.Counts() {
		t.Errorf("%+v", im)
	}
	if r := Reviewed(both); len(r) != 1 || r[0].Name != "void" {
		t.Errorf("to review: %v", r)
	}
	// Two reasons: still void.
	if _, isVoid := Voided(with(void, p.FieldVoid, p.Text("ghi hai lần"), 12)); !isVoid {
		t.Error("two reasons make no void")
	}

	patch := Patch{DoseLot: p.Text("b2")}
	got, err := AmendImmunization(void, patch, SawOf(void), Known{Today: today})
	if err != nil || len(got.Writes) != 2 || got.Writes[0].Field != p.FieldVoid || !got.Writes[0].Data.IsNull() ||
		len(got.Writes[0].Supersedes) != 1 || !got.Writes[1].Data.Equal(p.Text("B2")) {
		t.Errorf("%+v %v", got, err)
	}
	// Never void before: the correction still says that it stands.
	if got, err = AmendImmunization(old, patch, SawOf(old), Known{Today: today}); err != nil || len(got.Writes) != 2 || len(got.Writes[0].Supersedes) != 0 {
		t.Errorf("%+v %v", got, err)
	}
	// Voided while the form was open.
	var stale *StaleError
	if _, err = AmendImmunization(void, patch, SawOf(old), Known{Today: today}); !errors.As(err, &stale) || stale.Field != p.FieldVoid {
		t.Errorf("%v", err)
	}
	if got, err = AmendImmunization(old, Patch{DoseLot: old.Get(DoseLot)}, SawOf(old), Known{Today: today}); err != nil || !got.Empty() {
		t.Errorf("nothing to correct, but %+v %v", got, err)
	}
	if got, err = AmendImmunization(old, Patch{p.FieldSubject: p.Ref(someID(8))}, SawOf(old), Known{Today: today}); err != nil ||
		got.Writes[0].Field != p.FieldSubject || got.Writes[1].Field != p.FieldVoid {
		t.Errorf("moved to another child: %+v %v", got, err)
	}
	_, err = AmendImmunization(stateOf(mustDraft(t, ImmunizationInput{Subject: someID(3), Place: someID(1), Vaccine: "BCG", GivenOn: today - 5, Source: SourceCard}), 9),
		Patch{DoseScreening: p.Int(int64(ScreeningPostpone))}, nil, Known{Today: today})
	wantErr(t, err, "against", CodeAgainst)
	if got, err = Restore(void, SawOf(void)); err != nil || len(got.Writes) != 1 {
		t.Errorf("%+v %v", got, err)
	}
}

func mustDraft(t *testing.T, in ImmunizationInput) Draft {
	t.Helper()
	d, err := NewImmunization(in, Known{Today: today})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestLink(t *testing.T) {
	d, err := NewLink(someID(2), someID(1), false)
	if err != nil {
		t.Fatal(err)
	}
	s := stateOf(d, 9)
	if l := LinkOf(s); l.Same || l.A != someID(1) || l.B != someID(2) {
		t.Errorf("%+v", l)
	}
	linked := with(s, LinkSame, p.Bool(true), 8)
	if l := LinkOf(linked); !l.Same {
		t.Error("a link holds while any live value says so")
	}
	if l := LinkOf(with(linked, p.FieldVoid, p.Text("nhầm"), 10)); l.Same {
		t.Error("a void link holds")
	}
	if got, err := SetLink(linked, false, SawOf(linked)); err != nil || len(got.Writes[0].Supersedes) != 2 {
		t.Errorf("%+v %v", got, err)
	}
	_, err = NewLink(someID(1), someID(1), true)
	wantErr(t, err, "subject2", CodeSamePerson)
}

func TestRevocationHolds(t *testing.T) {
	d, _ := NewDevice(DeviceInput{Place: someID(1), Number: 5, Key: make([]byte, 32), Role: NodeStation, Revoked: "mất"})
	if DeviceOf(with(stateOf(d, 9), DeviceRevoked, p.Null(), 10)).Revoked != "mất" {
		t.Error("a concurrent write took a revocation back")
	}
}

// What a device's creation says of who it is counts, however great the dot is of what stands beside it; once a write that
// saw it has replaced it, that counts.
func TestCreationSaysWhoADeviceIs(t *testing.T) {
	in := DeviceInput{Place: someID(1), Number: 5, Key: bytes.Repeat([]byte{1}, 32), SealKey: bytes.Repeat([]byte{2}, 32), Role: NodeStation, Up: someID(3)}
	d, err := NewDevice(in)
	if err != nil {
		t.Fatal(err)
	}
	s := stateOf(d, 9)
	for f, data := range map[p.Field]p.Data{
		p.FieldPlace: p.Ref(someID(2)), DeviceKey: p.Bytes(make([]byte, 32)), DeviceSealKey: p.Bytes(make([]byte, 32)), DeviceRole: p.Int(int64(NodeHub)),
	} {
		if got := DeviceOf(with(s, f, data, 10)).DeviceInput; !reflect.DeepEqual(got, in) {
			t.Errorf("field %d was replaced from beside: %+v", f, got)
		}
		e := stateOf(Edit(s, f, data), 10)
		next := &p.State{ID: s.ID, Kind: s.Kind, Seen: s.Seen, Fields: slices.Clone(s.Fields)}
		for i := range next.Fields {
			if next.Fields[i].Field == f {
				next.Fields[i] = e.Fields[0]
			}
		}
		if got := DeviceOf(next).DeviceInput; reflect.DeepEqual(got, in) {
			t.Errorf("field %d cannot be replaced", f)
		}
	}
	if got := DeviceOf(with(s, DeviceUp, p.Ref(someID(4)), 10)); got.Up != someID(4) {
		t.Errorf("the upstream is that of the greater dot: %s", got.Up)
	}
}

func TestEditSupersedesAtMost(t *testing.T) {
	s := &p.State{ID: someID(1), Kind: KindSubject}
	fv := p.FieldValues{Field: SubjectNote}
	for i := range 20 {
		fv.Values = append(fv.Values, p.Value{Dot: p.Dot{Log: p.LogID{1}, Seq: p.Seq(i + 1)}, Data: p.Int(int64(i))})
	}
	s.Fields = append(s.Fields, fv)
	w := Edit(s, SubjectNote, p.Text("x")).Writes[0]
	if len(w.Supersedes) != SupersedesMax || w.Supersedes[SupersedesMax-1].Dot.Seq != 20 ||
		!slices.IsSortedFunc(w.Supersedes, p.Superseded.Compare) {
		t.Errorf("%v", w.Supersedes)
	}
}

func TestSawText(t *testing.T) {
	d, _ := NewSubject(*filledSubject(), today)
	saw := SawOf(with(stateOf(d, 9), SubjectName, p.Text("x"), 10))
	back, err := ParseSaw(saw.String())
	if err != nil || !reflect.DeepEqual(back, saw) {
		t.Errorf("%v %v", back, err)
	}
	// A field that was seen without a value has no dots.
	empty := Saw{SubjectNote: nil}
	if back, err := ParseSaw(empty.String()); err != nil || !reflect.DeepEqual(back, empty) {
		t.Errorf("%v %v", back, err)
	}
	for _, bad := range []string{"x", "11=", "11=zz:1", "70000=", "11=" + someID(1).Birth().Log.String() + ":0"} {
		if _, err := ParseSaw(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

// A state from elsewhere may hold anything: views must take it.
func TestViewsOfNonsense(t *testing.T) {
	s := &p.State{ID: someID(1), Kind: KindSubject}
	for f := p.Field(1); f < 50; f++ {
		for _, d := range []p.Data{p.Int(1 << 62), p.Text("x"), p.List(p.Int(1)), p.Bytes([]byte{1})} {
			s.Fields = []p.FieldValues{{Field: f, Values: []p.Value{{Data: d}}}}
			_, _, _, _, _ = SubjectOf(s), ImmunizationOf(s), LinkOf(s), UserOf(s), DeviceOf(s)
			_, _, _ = PlaceOf(s), VaccineOf(s), AccessOf(s)
			sub := SubjectOf(s)
			Blocks(&sub)
			Compare(&sub, &sub)
		}
	}
}
