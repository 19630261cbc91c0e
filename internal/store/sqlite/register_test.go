package sqlite

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// A register as a commune has it, made up: names, codes, phones and lots as varied as real ones.
var (
	families = []string{"Nguyễn", "Nguyễn", "Nguyễn", "Trần", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý"}
	middles  = []string{"Văn", "Thị", "Thị", "Minh", "Ngọc", "Thanh", "Hoàng", "Đức", "Quốc", "Bảo", "Gia", "Khánh", "Thùy", "Phương", "Anh"}
	givens   = []string{"Anh", "Anh", "An", "Bình", "Châu", "Chi", "Dung", "Dũng", "Duy", "Đạt", "Giang", "Hà", "Hải", "Hạnh", "Hiếu", "Hoa", "Hòa", "Hùng", "Huy", "Hương", "Khoa", "Lan", "Linh", "Linh", "Long", "Mai", "Minh", "Nam", "Nga", "Nghĩa", "Ngọc", "Nhi", "Như", "Phúc", "Phương", "Quân", "Quang", "Quỳnh", "Sơn", "Tâm", "Thảo", "Thành", "Thư", "Trang", "Trâm", "Trí", "Trinh", "Tuấn", "Uyên", "Việt", "Vy", "Yến"}
	vaccines = []string{"HepB-birth", "BCG", "DPT-VGB-Hib", "DPT-VGB-Hib", "DPT-VGB-Hib", "bOPV", "bOPV", "bOPV", "IPV", "IPV", "Measles", "MR"}
)

type register struct {
	rng    *rand.Rand
	log    int
	seq    p.Seq
	places []p.EntityID
	scope  p.EntityID
	nurse  p.EntityID
	next   int
}

func newRegister() *register {
	g := &register{rng: rand.New(rand.NewPCG(1, 2))}
	g.scope, g.nurse = g.id(), g.id()
	for range 3 {
		g.places = append(g.places, g.id())
	}
	return g
}

// id names the next entity: a log holds some 60 changes, a morning's work.
func (g *register) id() p.EntityID {
	if g.seq == 60 || g.log == 0 {
		g.log, g.seq = g.log+1, 0
	}
	g.seq++
	var key [32]byte
	binary.BigEndian.PutUint64(key[:], uint64(g.log))
	return p.Dot{Log: p.NewLogID(key[:], [16]byte{}), Seq: g.seq}.Entity()
}

func pick[T any](g *register, list []T) T { return list[g.rng.IntN(len(list))] }

func (g *register) name() string {
	return pick(g, families) + " " + pick(g, middles) + " " + pick(g, givens)
}

func (g *register) digits(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + g.rng.IntN(10))
	}
	return string(b)
}

func (g *register) state(kind p.Kind, at int64, fields ...any) *p.State {
	s := &p.State{ID: g.id(), Kind: kind}
	birth := s.ID.Birth()
	for i := 0; i < len(fields); i += 2 {
		v := p.Value{Dot: birth, At: p.At{WallMS: at, OffsetMS: int32(g.rng.IntN(4000) - 2000)}, Actor: g.nurse, Data: fields[i+1].(p.Data)}
		if i > 0 {
			v.At = s.Fields[0].Values[0].At
		}
		s.Fields = append(s.Fields, p.FieldValues{Field: fields[i].(p.Field), Values: []p.Value{v}})
	}
	s.Seen = []p.Seen{p.Seen(birth)}
	return s
}

func (g *register) child() *p.State {
	g.next++
	birth := int64(18_800 + g.next%1800)
	code := "123456" + g.digits(8)
	return g.state(registry.KindSubject, birth*86_400_000,
		p.FieldPlace, p.Ref(g.scope),
		registry.SubjectCode, p.Text(code+"97"),
		registry.SubjectName, p.Text(g.name()),
		registry.SubjectBirthDate, p.Int(birth),
		registry.SubjectBirthPrec, p.Int(1),
		registry.SubjectSex, p.Int(int64(1+g.rng.IntN(2))),
		registry.SubjectEthnic, p.Text("Kinh"),
		registry.SubjectHamlet, p.Text(fmt.Sprintf("Thôn %d", 1+g.rng.IntN(12))),
		registry.SubjectMotherName, p.Text(g.name()),
		registry.SubjectMotherPhone, p.Text("09"+g.digits(8)),
		registry.SubjectFatherName, p.Text(g.name()),
		registry.SubjectStatus, p.Int(1),
		registry.SubjectGroup, p.Int(1),
		registry.SubjectNextDate, p.Int(birth+400),
	)
}

func (g *register) dose(subject *p.State, n int) *p.State {
	birth, _ := subject.Get(registry.SubjectBirthDate).Int()
	day := birth + int64(n*40+g.rng.IntN(20))
	minute := int64(450 + g.rng.IntN(240))
	return g.state(registry.KindImmunization, day*86_400_000+minute*60_000+int64(g.rng.IntN(60_000)),
		p.FieldSubject, p.Ref(subject.ID),
		p.FieldPlace, p.Ref(pick(g, g.places)),
		registry.DoseVaccine, p.Text(vaccines[n%len(vaccines)]),
		registry.DoseGivenOn, p.Int(day),
		registry.DoseGivenMinute, p.Int(minute),
		registry.DoseLot, p.Text(fmt.Sprintf("%s%05d", vaccines[n%len(vaccines)][:2], day/30)),
		registry.DoseExpires, p.Int(day/30*30+500),
		registry.DoseSite, p.Int(int64(1+g.rng.IntN(4))),
		registry.DoseRoute, p.Int(1),
		registry.DoseProgramme, p.Int(1),
		registry.DoseSource, p.Int(1),
		registry.DoseScreening, p.Int(1),
		registry.DoseTemperature, p.Int(int64(360+g.rng.IntN(15))),
	)
}

// fill writes a register as a first sync would: children with their doses, some hundred children a
// transaction, new entities only.
func (g *register) fill(tb testing.TB, s *Store, children, dosesEach int) {
	tb.Helper()
	var number p.FeedNumber
	for done := 0; done < children; {
		n := min(150, children-done)
		done += n
		err := s.Update(context.Background(), func(tx store.Tx) error {
			for range n {
				number++
				if err := g.visit(tx, number, dosesEach); err != nil {
					return err
				}
			}
			return tx.PutSum(g.scope, store.ScopeSum{Count: int64(number)})
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
}

func (g *register) visit(tx store.Tx, number p.FeedNumber, doses int) error {
	return g.prepare(doses).write(tx, g.scope, number)
}

// family is a child with its doses, ready to be written.
type family struct {
	states []*p.State // the child first
	rows   project.Rows
}

func (g *register) prepare(doses int) *family {
	child := g.child()
	c := project.Case{Subjects: []*p.State{child}}
	for n := range doses {
		c.Doses = append(c.Doses, g.dose(child, n))
	}
	return &family{states: append([]*p.State{child}, c.Doses...), rows: project.CaseRows(c)}
}

func (f *family) write(tx store.Tx, scope p.EntityID, number p.FeedNumber) error {
	for i := range f.rows.Subjects {
		if err := tx.PutSubjectRow(&f.rows.Subjects[i]); err != nil {
			return err
		}
		if k, ok := f.rows.Subjects[i].Cohort(); ok {
			if err := tx.AddCohort(k, 1); err != nil {
				return err
			}
		}
	}
	for i := range f.rows.Doses {
		if err := tx.PutImmunizationRow(&f.rows.Doses[i]); err != nil {
			return err
		}
		if k, ok := f.rows.Doses[i].Coverage(); ok {
			if err := tx.AddCoverage(k, 1); err != nil {
				return err
			}
		}
	}
	for i, st := range f.states {
		if err := tx.PutState(st, true); err != nil {
			return err
		}
		if i > 0 {
			if err := tx.PutMember(f.states[0].ID, st.ID); err != nil {
				return err
			}
		}
		if err := tx.PutRoute(&store.RouteRow{Scope: scope, Entity: st.ID, Number: number, Hash: p.StateHash(st)}); err != nil {
			return err
		}
	}
	return nil
}
