package desk_test

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/sheet"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// village is a small register with everything that is not plain: twins, a newborn without a name, an adult of
// whom only the year is known, a mother with a record of her own, two linked records of one child, a refusal, a
// dose and a person entered in error.
func village(t *testing.T, tr *nodetest.Tree) {
	t.Helper()
	d := tr.Station.Desk
	register := func(in registry.SubjectInput) p.EntityID {
		in.Place = tr.Commune
		id, _, err := d.Register(t.Context(), tr.Nurse, in, true)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	visit := func(id p.EntityID, doses ...registry.ImmunizationInput) (ids []p.EntityID) {
		for i := range doses {
			doses[i].Screening = registry.ScreeningEligible
		}
		ids, err := d.RecordVisit(t.Context(), tr.Nurse, desk.Visit{Subject: id, Doses: doses})
		if err != nil {
			t.Fatal(err)
		}
		return ids
	}
	dose := func(vaccine, on, lot string) registry.ImmunizationInput {
		return registry.ImmunizationInput{Vaccine: vaccine, GivenOn: day(t, on), Lot: lot, Site: registry.SiteLeftThigh, Route: registry.RouteIM}
	}
	plain := bao(t).Subject
	plain.PersonalNo, plain.Hamlet, plain.Note, plain.Allergies = "011226000123", "bản Na Phay 1", "ở nhờ nhà ngoại; chuyển về tháng 5", "trứng"
	a := register(plain)
	visit(a, dose("BCG", "2026-03-15", "B1"), dose("VGB0", "2026-03-15", ""))
	visit(a, dose("DPT-VGB-HIB", "2026-05-20", "P7"), dose("BOPV", "2026-05-20", "O2"))
	wrong := visit(a, dose("PCV", "2026-06-01", "X"))[0]
	v, err := d.Dose(t.Context(), tr.Nurse, wrong)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.VoidDose(t.Context(), tr.Nurse, wrong, "nhầm trẻ", registry.SawOf(v.State)); err != nil {
		t.Fatal(err)
	}
	visit(a, registry.ImmunizationInput{Vaccine: "ROTA", GivenOn: day(t, "2026-06-02"), NotDone: registry.NotDonePostponed})
	again := plain
	again.PersonalNo, again.Insurance, again.Hamlet = "", "0123456789", "bản Pha Thanh"
	b := register(again)
	visit(b, dose("IPV", "2026-08-20", "I1"))
	if err := d.Link(t.Context(), tr.Nurse, a, b, true); err != nil {
		t.Fatal(err)
	}
	mother := register(registry.SubjectInput{Name: "Cà Thị Xuân", BirthDate: day(t, "1999-01-01"), BirthPrec: registry.PrecisionYear, Sex: registry.SexFemale, Hamlet: "bản Pha Thanh"})
	for i, name := range []string{"Cà Gia Huy", "Cà Gia Hùng"} {
		twin := register(registry.SubjectInput{
			Name: name, BirthDate: day(t, "2026-02-03"), BirthClock: registry.NewClock(8, 10+i), Sex: registry.SexMale,
			MotherName: "Cà Thị Xuân", Mother: mother, BirthOrder: i + 1, BirthWeight: 2400,
		})
		visit(twin, dose("BCG", "2026-02-04", "B1"))
	}
	register(registry.SubjectInput{MotherName: "Vàng Thị Mỷ", BirthDate: day(t, "2026-11-24"), Sex: registry.SexFemale})
	gone := register(registry.SubjectInput{Name: "Ghi Nhầm", BirthDate: day(t, "2026-01-01"), MotherName: "Ai Đó"})
	rec, err := d.Open(t.Context(), tr.Head, gone)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.VoidSubject(t.Context(), tr.Head, gone, "không có thật", registry.SawOf(rec.State)); err != nil {
		t.Fatal(err)
	}
}

// walk tells of everybody at a desk from the states, without export's help: by code, as the fields read, then
// the doses that count.
func walk(t *testing.T, d *desk.Desk, long bool) map[string][]string {
	t.Helper()
	subjects, doses := map[p.EntityID]registry.Subject{}, map[p.EntityID][]registry.Immunization{}
	lead := map[p.EntityID]p.EntityID{}
	err := d.Node.Store().View(t.Context(), func(tx store.Tx) error {
		return tx.EachState(func(s *p.State) error {
			switch s.Kind {
			case registry.KindSubject:
				if one := registry.SubjectOf(s); one.Void == "" {
					subjects[s.ID] = one
				}
			case registry.KindImmunization:
				if im := registry.ImmunizationOf(s); im.Void == "" && (long || im.NotDone == 0) {
					doses[im.Subject] = append(doses[im.Subject], im)
				}
			case registry.KindLink:
				if l := registry.LinkOf(s); l.Same {
					lead[l.B] = l.A // A is the smaller
				}
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for id, s := range subjects {
		if !lead[id].IsZero() {
			continue
		}
		all := doses[id]
		for other, of := range lead {
			if of == id {
				all = append(all, doses[other]...)
				s.Aliases = append(s.Aliases, string(subjects[other].Code))
				s.Insurance = cmpOr(s.Insurance, subjects[other].Insurance)
				s.PersonalNo = cmpOr(s.PersonalNo, subjects[other].PersonalNo)
			}
		}
		mother := subjects[s.Mother].Code
		s.Mother, s.Group, s.FromCard = p.EntityID{}, 0, false
		var list []string
		for _, im := range all {
			if long {
				list = append(list, fmt.Sprint(im.Vaccine, im.GivenOn, im.Lot, im.Expires, im.Site, im.Route, im.Programme, im.Screening, im.NotDone, im.Place))
			} else {
				list = append(list, fmt.Sprint(im.Vaccine, im.GivenOn, im.Lot))
			}
		}
		slices.Sort(list)
		key := string(s.Code)
		// Which of two linked records leads is chance; it is told by what both say.
		out[key] = append([]string{fmt.Sprintf("%+v mother %s", s.SubjectInput, mother)}, list...)
	}
	return out
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func written(t *testing.T, d *desk.Desk, who desk.Who, long bool, format sheet.Format) []byte {
	t.Helper()
	people, err := d.Export(t.Context(), who, desk.ExportOptions{For: registry.TakeCare, Reason: "thử", NotDone: long})
	if err != nil {
		t.Fatal(err)
	}
	vaccines, err := d.Vaccines(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if long {
		err = sheet.WriteLong(&b, format, people, sheet.WriteOptions{Vaccines: vaccines})
	} else {
		err = sheet.WriteWide(&b, format, people, sheet.WriteOptions{Vaccines: vaccines, Lots: true})
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// takeIn imports a file as somebody would who changes no column.
func takeIn(t *testing.T, d *desk.Desk, who desk.Who, name string, file []byte) desk.ImportCounts {
	t.Helper()
	book, err := sheet.Open(name, bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	names, err := d.VaccineNames(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m, err := book.Guess("", nil, names)
	if err != nil {
		t.Fatal(err)
	}
	counts, err := d.ImportBook(t.Context(), who, book, &m, desk.ImportOptions{File: name}, func(e desk.ImportedEntry, _ *desk.ImportCounts) error {
		if len(e.Problems)+len(e.Faults)+len(e.Kept) > 0 || e.Verdict == desk.ImportProposed {
			t.Errorf("%s row %d: %s %+v %+v %+v", name, e.Rows[0], e.Verdict, e.Problems, e.Faults, e.Kept)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

// What one station exports is the same people and doses at an empty one of the commune, and nothing new at home.
func TestExportComesBack(t *testing.T) {
	for _, long := range []bool{false, true} {
		for _, format := range []sheet.Format{sheet.XLSX, sheet.CSV} {
			t.Run(fmt.Sprint(format, " long ", long), func(t *testing.T) {
				tr := nodetest.New(t)
				village(t, tr)
				home := tr.Station.Desk
				name := "so." + string(format)
				file := written(t, home, tr.Head, long, format)
				before := changes(t, home)
				counts := takeIn(t, home, tr.Head, name, file)
				if n := changes(t, home) - before; n != 0 || counts.There != 5 {
					t.Errorf("at home it wrote %d changes: %+v", n, counts)
				}
				empty := tr.AddStation(t, tr.Hub, tr.Facility, "Máy hai")
				if _, err := empty.Uplink.Client.Sync(t.Context()); err != nil {
					t.Fatal(err)
				}
				if counts := takeIn(t, empty.Desk, tr.Head, name, file); counts.New != 5 {
					t.Errorf("at an empty station: %+v", counts)
				}
				want, got := walk(t, home, long), walk(t, empty.Desk, long)
				if len(want) != 5 || len(got) != len(want) {
					t.Errorf("%d people, want %d", len(got), len(want))
				}
				for code, lines := range want {
					if !slices.Equal(got[code], lines) {
						t.Errorf("%s:\n%s\nwant\n%s", code, strings.Join(got[code], "\n"), strings.Join(lines, "\n"))
					}
				}
			})
		}
	}
}

func TestExportRights(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	if _, err := d.Export(t.Context(), tr.Nurse, desk.ExportOptions{For: registry.TakeReport, Reason: "x"}); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a nurse: %v", err)
	}
	if _, err := d.Export(t.Context(), tr.Head, desk.ExportOptions{For: registry.TakeReport, Reason: "  "}); !errors.Is(err, desk.ErrNoReason) {
		t.Errorf("without a reason: %v", err)
	}
	if _, err := d.Export(t.Context(), tr.Head, desk.ExportOptions{For: "fun", Reason: "báo cáo"}); !errors.Is(err, desk.ErrNoPurpose) {
		t.Errorf("without a purpose: %v", err)
	}
	if _, err := d.Export(t.Context(), tr.Head, desk.ExportOptions{For: registry.TakeReport, Reason: "báo cáo"}); err != nil {
		t.Error(err)
	}
	err := d.Node.Store().View(t.Context(), func(tx store.Tx) error {
		rows, err := tx.Accesses(p.EntityID{}, 10)
		if err == nil && (len(rows) != 1 || rows[0].Act != registry.ActExport || rows[0].Reason != "report: báo cáo") {
			t.Errorf("access log: %+v", rows)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Who was born when, and who lives elsewhere; and more people than are read at once.
func TestExportChooses(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	im, err := d.BeginImport(t.Context(), tr.Nurse, desk.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	const all = 120
	for i := range all {
		in := bao(t)
		in.Subject.Name = "Lò " + string(rune('A'+i%26)) + string(rune('a'+i/26))
		in.Subject.BirthDate, in.Subject.MotherPhone, in.Doses = day(t, "2025-01-01")+registry.Day(i), "", nil
		if i == 7 {
			in.Subject.Place = tr.Province
		}
		if a, err := im.Person(t.Context(), i+2, in); err != nil || a.Verdict != desk.ImportNew {
			t.Fatal(a, err)
		}
	}
	im.End()
	// One who is linked with an older record that lives elsewhere lives there.
	people, err := d.Search(t.Context(), tr.Nurse, "Lò Ha")
	if err != nil || len(people) != 1 || people[0].Residence != tr.Province {
		t.Fatalf("%+v, %v", people, err)
	}
	away := people[0]
	if people, err = d.Search(t.Context(), tr.Nurse, "Lò Ia"); err != nil || len(people) != 1 {
		t.Fatalf("%+v, %v", people, err)
	}
	if err := d.Link(t.Context(), tr.Nurse, away.ID, people[0].ID, true); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		opt  desk.ExportOptions
		want int
	}{
		{desk.ExportOptions{}, all - 2},
		{desk.ExportOptions{Visitors: true}, all - 1},
		{desk.ExportOptions{BornFrom: day(t, "2025-01-11")}, all - 10},
		{desk.ExportOptions{BornUntil: day(t, "2025-01-10")}, 8},
		{desk.ExportOptions{BornFrom: day(t, "2025-01-08"), BornUntil: day(t, "2025-01-08"), Visitors: true}, 1},
	} {
		c.opt.For, c.opt.Reason = registry.TakeCare, "thử"
		people, err := d.Export(t.Context(), tr.Head, c.opt)
		if err != nil {
			t.Fatal(err)
		}
		if n := count(t, people); n != c.want {
			t.Errorf("%+v: %d people, want %d", c.opt, n, c.want)
		}
	}
}

func count(t *testing.T, people iter.Seq2[*sheet.Person, error]) (n int) {
	t.Helper()
	for _, err := range people {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	return n
}
