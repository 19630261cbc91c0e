package desk_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

func day(t testing.TB, text string) registry.Day {
	t.Helper()
	d, err := registry.ParseISO(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// bao is a child as most registers have them.
func bao(t testing.TB) desk.Newcomer {
	return desk.Newcomer{
		Subject: registry.SubjectInput{
			Name: "Lò Gia Bảo", BirthDate: day(t, "2026-03-14"), Sex: registry.SexMale, MotherName: "Lò Thị Ánh",
			MotherPhone: "0978 123 456", Hamlet: "Na Phay 1", Ethnic: "Thái",
		},
		Doses: []registry.ImmunizationInput{
			{Vaccine: "BCG", GivenOn: day(t, "2026-03-15")},
			{Vaccine: "DPT-VGB-HIB", GivenOn: day(t, "2026-05-20"), Order: 1},
			{Vaccine: "BOPV", GivenOn: day(t, "2026-05-20"), Order: 1},
		},
	}
}

// read brings a file in and returns what became of each row.
func read(t testing.TB, d *desk.Desk, who desk.Who, dry bool, in ...desk.Newcomer) []*desk.Arrival {
	t.Helper()
	im, err := d.BeginImport(t.Context(), who, desk.ImportOptions{File: "so.xlsx", Dry: dry})
	if err != nil {
		t.Fatal(err)
	}
	defer im.End()
	var out []*desk.Arrival
	for i := range in {
		a, err := im.Person(t.Context(), i+2, in[i])
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, a)
	}
	return out
}

// changes counts the changes of the station's own logs, access records left out.
func changes(t testing.TB, d *desk.Desk) (n int64) {
	t.Helper()
	err := d.Node.Store().View(context.Background(), func(tx store.Tx) error {
		logs, err := tx.Logs(p.LogID{}, 1000)
		for _, l := range logs {
			if l.Own && !l.Access {
				n += int64(l.Head)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func verdicts(t testing.TB, name string, got []*desk.Arrival, want ...desk.Verdict) {
	t.Helper()
	for i := range want {
		if got[i].Verdict != want[i] {
			t.Errorf("%s: row %d is %s, want %s: faults %+v, %d candidates", name, i, got[i].Verdict, want[i], got[i].Faults, len(got[i].Candidates))
		}
	}
}

// A child comes in as one act, and the same file a second time writes nothing at all.
func TestImportTwice(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	an := bao(t)
	an.Subject.Name, an.Subject.MotherName, an.Subject.MotherPhone = "Cà Văn An", "Cà Thị Mo", ""
	file := []desk.Newcomer{bao(t), an, {Subject: registry.SubjectInput{MotherName: "Vàng Thị Mỷ", BirthDate: day(t, "2026-11-24"), Sex: registry.SexFemale}}}
	verdicts(t, "preview", read(t, d, tr.Nurse, true, file...), desk.ImportNew, desk.ImportNew, desk.ImportNew)
	if n := changes(t, d); n != 0 {
		t.Fatalf("the preview wrote %d changes", n)
	}
	first := read(t, d, tr.Nurse, false, file...)
	verdicts(t, "first", first, desk.ImportNew, desk.ImportNew, desk.ImportNew)
	written := changes(t, d)
	if written != 3+6 {
		t.Errorf("%d changes, want 3 people and 6 doses", written)
	}
	second := read(t, d, tr.Nurse, false, file...)
	verdicts(t, "second", second, desk.ImportThere, desk.ImportThere, desk.ImportThere)
	if n := changes(t, d); n != written {
		t.Errorf("reading the file again wrote %d changes", n-written)
	}
	for i := range first {
		if first[i].Subject != second[i].Subject || len(second[i].Kept) > 0 {
			t.Errorf("row %d: %+v, then %+v", i, first[i], second[i])
		}
	}
	rec, err := d.Open(t.Context(), tr.Nurse, first[0].Subject)
	if err != nil {
		t.Fatal(err)
	}
	if rec.Subject.Hamlet != "bản Na Phay 1" || rec.Subject.Place != tr.Commune || len(rec.Doses) != 3 {
		t.Errorf("%+v with %d doses", rec.Subject, len(rec.Doses))
	}
	for _, dose := range rec.Doses {
		if dose.Source != registry.SourceImport || !dose.Counted || dose.Programme != registry.ProgrammeEPI {
			t.Errorf("dose %+v", dose.ImmunizationRow)
		}
	}
}

// Whoever is surely there gets what is missing and keeps what stands.
func TestImportCompletes(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	in := bao(t).Subject
	in.Place, in.Hamlet, in.Ethnic = tr.Commune, "bản Pha Thanh", ""
	id, _, err := d.Register(t.Context(), tr.Nurse, in, true)
	if err != nil {
		t.Fatal(err)
	}
	// Given here a day before the file says, and one that was entered in error.
	visit := func(vaccine, on string) p.EntityID {
		ids, err := d.RecordVisit(t.Context(), tr.Nurse, desk.Visit{Subject: id, Doses: []registry.ImmunizationInput{
			{Vaccine: vaccine, GivenOn: day(t, on), Lot: "A1", Screening: registry.ScreeningEligible},
		}})
		if err != nil {
			t.Fatal(err)
		}
		return ids[0]
	}
	visit("BOPV", "2026-05-19")
	wrong := visit("BCG", "2026-03-15")
	dose, err := d.Dose(t.Context(), tr.Nurse, wrong)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.VoidDose(t.Context(), tr.Nurse, wrong, "nhầm trẻ", registry.SawOf(dose.State)); err != nil {
		t.Fatal(err)
	}
	got := read(t, d, tr.Nurse, false, bao(t))[0]
	if got.Verdict != desk.ImportCompleted || got.Subject != id || got.Doses != 1 || got.Fields != 1 {
		t.Fatalf("%+v", got)
	}
	kept := map[registry.Code]int{}
	for _, k := range got.Kept {
		kept[k.Error.Code]++
	}
	if kept[desk.WarnKept] != 1 || kept[desk.WarnNearDate] != 1 || kept[desk.WarnKeptVoid] != 1 {
		t.Errorf("kept %v: %+v", kept, got.Kept)
	}
	rec, err := d.Open(t.Context(), tr.Nurse, id)
	if err != nil {
		t.Fatal(err)
	}
	if rec.Subject.Ethnic != "Thái" || rec.Subject.Hamlet != "bản Pha Thanh" || len(rec.Doses) != 3 {
		t.Errorf("%+v, %d doses", rec.Subject, len(rec.Doses))
	}
	before := changes(t, d)
	if again := read(t, d, tr.Nurse, false, bao(t))[0]; again.Verdict != desk.ImportThere || changes(t, d) != before {
		t.Errorf("again: %+v", again)
	}
}

// Who may be somebody else is asked about, and the answer is taken, once.
func TestImportProposes(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	here := read(t, d, tr.Nurse, false, bao(t))[0].Subject
	rec, err := d.Open(t.Context(), tr.Nurse, here)
	if err != nil {
		t.Fatal(err)
	}
	almost := bao(t)
	almost.Subject.Name, almost.Subject.BirthDate = "Lò Gia Bao", day(t, "2026-03-15")
	almost.Doses = almost.Doses[:1]
	almost.Doses[0].GivenOn = day(t, "2026-04-20")
	before := changes(t, d)
	got := read(t, d, tr.Nurse, false, almost)[0]
	if got.Verdict != desk.ImportProposed || len(got.Candidates) != 1 || got.Candidates[0].Row.ID != here || changes(t, d) != before {
		t.Fatalf("%+v", got)
	}
	verdicts(t, "preview", read(t, d, tr.Nurse, true, almost), desk.ImportProposed)
	unknown := almost
	unknown.SameAs = "0000 0000 0000 0000"
	verdicts(t, "a code nobody has", read(t, d, tr.Nurse, false, unknown), desk.ImportRefused)

	other := almost
	other.SameAs = desk.SomebodyNew
	other.Subject.Name = "Lò Gia Báo"
	for i, want := range []desk.Verdict{desk.ImportNew, desk.ImportThere} {
		if got := read(t, d, tr.Nurse, false, other)[0]; got.Verdict != want {
			t.Errorf("somebody new, time %d: %+v", i+1, got)
		}
	}
	same := almost
	same.SameAs = rec.Subject.Code.Format()
	for i, want := range []desk.Verdict{desk.ImportCompleted, desk.ImportThere} {
		if got := read(t, d, tr.Nurse, false, same)[0]; got.Verdict != want || got.Subject != here {
			t.Errorf("the same, time %d: %+v", i+1, got)
		}
	}
}

// Twins have a mother and a day in common and stay two, whatever order the file comes in.
func TestImportTwins(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	twin := func(name string, order int) desk.Newcomer {
		in := bao(t)
		in.Subject.Name, in.Subject.BirthOrder, in.Subject.MotherName, in.Subject.MotherPhone = name, order, "Lò Thị Ánh", ""
		return in
	}
	nobody := func(order int) desk.Newcomer {
		in := twin("", order)
		in.Subject.MotherName = "Mùa Thị Chá"
		return in
	}
	for _, c := range []struct {
		name string
		file []desk.Newcomer
		want []desk.Verdict
	}{
		{"other names", []desk.Newcomer{twin("Lò Gia Bảo", 0), twin("Lò Thị Xuân", 0)}, []desk.Verdict{desk.ImportNew, desk.ImportNew}},
		{"names alike, in order", []desk.Newcomer{twin("Lò Gia Huy", 1), twin("Lò Gia Huy", 2)}, []desk.Verdict{desk.ImportNew, desk.ImportNew}},
		{"no names, in order", []desk.Newcomer{nobody(1), nobody(2)}, []desk.Verdict{desk.ImportNew, desk.ImportNew}},
	} {
		verdicts(t, c.name+", preview", read(t, d, tr.Nurse, true, c.file...), c.want...)
		verdicts(t, c.name, read(t, d, tr.Nurse, false, c.file...), c.want...)
		for i, a := range read(t, d, tr.Nurse, false, c.file...) {
			if a.Verdict != desk.ImportThere {
				t.Errorf("%s, again: row %d %+v", c.name, i, a)
			}
		}
	}
	// Without names or order nobody can know: the second row is asked about.
	none := func() desk.Newcomer {
		in := twin("", 0)
		in.Subject.MotherName = "Sùng Thị Dợ"
		return in
	}
	asked := []desk.Verdict{desk.ImportNew, desk.ImportProposed}
	verdicts(t, "nothing to tell them apart, preview", read(t, d, tr.Nurse, true, none(), none()), asked...)
	verdicts(t, "nothing to tell them apart", read(t, d, tr.Nurse, false, none(), none()), asked...)
	second := none()
	second.SameAs = desk.SomebodyNew
	verdicts(t, "answered, and still alike", read(t, d, tr.Nurse, false, none(), second), desk.ImportThere, desk.ImportRefused)
	second.Subject.BirthOrder = 2
	verdicts(t, "answered", read(t, d, tr.Nurse, false, second), desk.ImportNew)
	before := changes(t, d)
	verdicts(t, "both again", read(t, d, tr.Nurse, false, none(), second), desk.ImportThere, desk.ImportThere)
	if n := changes(t, d); n != before {
		t.Errorf("the answered file again wrote %d changes", n-before)
	}
}

// Two rows of one child are one child, and of a row with a mistake nothing is taken.
func TestImportRows(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	more := bao(t)
	more.Doses = append(more.Doses[:1:1], registry.ImmunizationInput{Vaccine: "IPV", GivenOn: day(t, "2026-08-20")}, more.Doses[0])
	file := []desk.Newcomer{bao(t), more}
	verdicts(t, "preview", read(t, d, tr.Nurse, true, file...), desk.ImportNew, desk.ImportCompleted)
	got := read(t, d, tr.Nurse, false, file...)
	verdicts(t, "one child in two rows", got, desk.ImportNew, desk.ImportCompleted)
	if got[1].Doses != 1 || len(got[1].Kept) != 1 || got[1].Kept[0].Error.Code != desk.WarnTwice || got[1].Kept[0].Dose != 2 {
		t.Errorf("%+v", got[1])
	}
	before := changes(t, d)
	for name, c := range map[string]struct {
		spoil func(in *desk.Newcomer)
		code  registry.Code
		dose  int
	}{
		"before birth":    {func(in *desk.Newcomer) { in.Doses[1].GivenOn = day(t, "2026-03-13") }, registry.CodeDoseBeforeBirth, 1},
		"in the future":   {func(in *desk.Newcomer) { in.Doses[2].GivenOn = day(t, "2027-03-13") }, registry.CodeDoseFuture, 2},
		"unknown vaccine": {func(in *desk.Newcomer) { in.Doses[0].Vaccine = "XYZ" }, registry.CodeVaccineUnknown, 0},
		"no phone":        {func(in *desk.Newcomer) { in.Subject.MotherPhone = "12" }, registry.CodePhoneMalformed, -1},
		"too many doses": {func(in *desk.Newcomer) {
			for len(in.Doses) < 61 {
				in.Doses = append(in.Doses, registry.ImmunizationInput{Vaccine: "DPT", GivenOn: in.Doses[1].GivenOn + registry.Day(len(in.Doses))})
			}
		}, desk.CodeTooManyDoses, -1},
	} {
		in := bao(t)
		in.Subject.Name, in.Subject.MotherName, in.Subject.BirthDate = "Vừ A Dình", "Mùa Thị Chá", day(t, "2026-03-14")
		c.spoil(&in)
		got := read(t, d, tr.Nurse, false, in)[0]
		if got.Verdict != desk.ImportRefused || len(got.Faults) == 0 || got.Faults[0].Error.Code != c.code || got.Faults[0].Dose != c.dose {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if n := changes(t, d); n != before {
		t.Errorf("rows with mistakes wrote %d changes", n-before)
	}
	most := bao(t)
	most.Subject.Name, most.Subject.MotherName, most.Doses = "Vừ A Dình", "Mùa Thị Chá", nil
	for i := range 60 {
		most.Doses = append(most.Doses, registry.ImmunizationInput{Vaccine: "DPT", GivenOn: day(t, "2026-03-15") + registry.Day(i)})
	}
	if got := read(t, d, tr.Nurse, false, most)[0]; got.Verdict != desk.ImportNew || got.Doses != 60 {
		t.Errorf("as many doses as an act holds: %+v", got)
	}
}

// Who is dead, or was entered in error, is not born again by a file.
func TestImportBringsNobodyBack(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	id := read(t, d, tr.Nurse, false, bao(t))[0].Subject
	rec, err := d.Open(t.Context(), tr.Nurse, id)
	if err != nil {
		t.Fatal(err)
	}
	died := registry.Patch{registry.SubjectStatus: p.Int(int64(registry.StatusDied))}
	if err := d.Edit(t.Context(), tr.Nurse, id, died, registry.SawOf(rec.State)); err != nil {
		t.Fatal(err)
	}
	verdicts(t, "who died", read(t, d, tr.Nurse, false, bao(t)), desk.ImportThere)
	if rec, err = d.Open(t.Context(), tr.Nurse, id); err != nil {
		t.Fatal(err)
	}
	if err := d.VoidSubject(t.Context(), tr.Head, id, "ghi nhầm xã", registry.SawOf(rec.State)); err != nil {
		t.Fatal(err)
	}
	verdicts(t, "who was entered in error", read(t, d, tr.Nurse, false, bao(t)), desk.ImportProposed)
	again := bao(t)
	again.SameAs = desk.SomebodyNew
	verdicts(t, "who is new after all", read(t, d, tr.Nurse, false, again), desk.ImportNew)
	verdicts(t, "and then is here", read(t, d, tr.Nurse, false, again, bao(t)), desk.ImportThere, desk.ImportThere)
}

func TestImportRights(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	if _, err := d.BeginImport(t.Context(), tr.Officer, desk.ImportOptions{}); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("an officer: %v", err)
	}
	im, err := d.BeginImport(t.Context(), tr.Nurse, desk.ImportOptions{File: "so-2026.xlsx"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.BeginImport(t.Context(), tr.Head, desk.ImportOptions{}); !errors.Is(err, desk.ErrImportRuns) {
		t.Errorf("a second one beside it: %v", err)
	}
	if _, err := d.BeginImport(t.Context(), tr.Head, desk.ImportOptions{Dry: true}); err != nil {
		t.Errorf("a preview beside it: %v", err)
	}
	im.End()
	err = d.Node.Store().View(t.Context(), func(tx store.Tx) error {
		rows, err := tx.Accesses(p.EntityID{}, 10)
		if err == nil && (len(rows) != 1 || rows[0].Act != registry.ActImport || rows[0].Reason != "so-2026.xlsx") {
			t.Errorf("access log: %+v", rows)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// BenchmarkImport brings in children with twelve doses each.
func BenchmarkImport(b *testing.B) {
	tr := nodetest.New(b)
	im, err := tr.Station.BeginImport(b.Context(), tr.Nurse, desk.ImportOptions{})
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for i := range b.N {
		in := bao(b)
		in.Subject.Name, in.Subject.MotherName = fmt.Sprintf("Lò Gia %c%c%c", 'A'+i%26, 'a'+i/26%26, 'a'+i/676%26), fmt.Sprintf("Cà Thị %c%c", 'A'+i*7%26, 'a'+i*11/26%26)
		in.Subject.BirthDate, in.Subject.MotherPhone = in.Subject.BirthDate-registry.Day(i%1500), fmt.Sprintf("097%07d", i)
		for len(in.Doses) < 12 {
			in.Doses = append(in.Doses, registry.ImmunizationInput{Vaccine: "DPT", GivenOn: in.Doses[2].GivenOn + registry.Day(len(in.Doses)*30)})
		}
		for k := range in.Doses {
			in.Doses[k].GivenOn -= registry.Day(i%1500) + 300
			in.Doses[k].GivenOn += 300
			if in.Doses[k].GivenOn > 20780 {
				in.Doses[k].GivenOn = 20780 - registry.Day(k)
			}
		}
		if _, err := im.Person(b.Context(), i+2, in); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "children/s")
}
