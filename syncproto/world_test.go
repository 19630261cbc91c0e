package syncproto

import (
	"cmp"
	"crypto/ed25519"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// A world is a commune's register from one seed, with the entropy that a real one has: days with their
// own logs, children who come back when a dose is due, lots that run out, clocks with milliseconds.
type world struct {
	*rand.Rand
	key      ed25519.PrivateKey
	place    EntityID
	nurses   []EntityID
	day      int64 // since 1970
	vaccines []vaccine
	children []*child
}

type vaccine struct {
	code        string
	site, route int64
	lot         string
	expires     int64
	lotEnds     int64
}

type child struct {
	id    EntityID
	visit int
	due   int64
	phone Value
}

const (
	kindChild Kind = 101
	kindDose  Kind = 102
)

var visits = [][]string{
	{"BCG", "VGB0"},
	{"DPT-VGB-HIB", "BOPV"},
	{"DPT-VGB-HIB", "BOPV", "ROTA"},
	{"DPT-VGB-HIB", "BOPV", "IPV"},
	{"SOI", "VNNB1"},
	{"DPT4", "MR"},
}

var (
	families = strings.Fields("Nguyễn Nguyễn Nguyễn Nguyễn Trần Trần Lê Lê Phạm Huỳnh Hoàng Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Lò Quàng Giàng Vàng")
	middles  = strings.Fields("Văn Thị Thị Hữu Đức Minh Gia Bảo Ngọc Thanh Thu Kim Quốc Anh Khánh Hải Xuân Tuấn Phương Diệu")
	givens   = strings.Fields("An Anh Bình Châu Chi Cường Dung Dũng Duy Đạt Giang Hà Hải Hạnh Hiếu Hoa Hòa Hùng Hương Huy Khang Khoa Lan Linh Long Mai Minh My Nam Nga Ngân Nghĩa Ngọc Nhi Nhung Phong Phúc Quân Quang Quỳnh Sơn Tâm Thảo Thắng Thịnh Thu Thủy Tiến Trang Trí Trinh Tú Tuấn Uyên Vân Việt Vy Yến")
	hamlets  = []string{"Bản Phiêng Ban", "Tổ 1", "Tổ 2", "Thôn Đông", "Thôn Đoài", "Bản Nà Lốc", "Xóm Mới", "Thôn 4", "Thôn Thượng"}
	ethnics  = []string{"Kinh", "Kinh", "Kinh", "Thái", "Thái", "Mông"}
)

func newWorld(seed uint64) *world {
	w := &world{Rand: rand.New(rand.NewPCG(seed, 7)), day: 18000}
	var s [32]byte
	w.fill(s[:])
	w.key = ed25519.NewKeyFromSeed(s[:])
	hub := w.log()
	w.place = Dot{hub, Seq(1 + w.IntN(11000))}.Entity()
	for range 3 {
		w.nurses = append(w.nurses, Dot{hub, Seq(12000 + w.IntN(300))}.Entity())
	}
	for _, v := range visits {
		for _, code := range v {
			if !slices.ContainsFunc(w.vaccines, func(v vaccine) bool { return v.code == code }) {
				w.vaccines = append(w.vaccines, vaccine{code: code, site: int64(w.IntN(5)), route: int64(w.IntN(4))})
			}
		}
	}
	return w
}

func (w *world) fill(b []byte) {
	for i := range b {
		b[i] = byte(w.Uint32())
	}
}

func (w *world) random() (r [16]byte) {
	w.fill(r[:])
	return r
}

func (w *world) log() LogID { return NewLogID(w.key.Public().(ed25519.PublicKey), w.random()) }

func (w *world) opening() (*Opening, LogID) {
	o := &Opening{Device: Dot{w.log(), 9}.Entity(), Random: w.random(), Follows: w.log()}
	w.fill(o.FollowsHash[:])
	return o, NewLogID(w.key.Public().(ed25519.PublicKey), o.Random)
}

func pick[T any](w *world, list []T) T { return list[w.IntN(len(list))] }

func (w *world) name() string {
	return pick(w, families) + " " + pick(w, middles) + " " + pick(w, givens)
}

func (w *world) phone() string {
	return pick(w, []string{"09", "03", "08", "07"}) + fmt.Sprintf("%08d", w.IntN(1e8))
}

func (w *world) vaccine(code string) *vaccine {
	i := slices.IndexFunc(w.vaccines, func(v vaccine) bool { return v.code == code })
	v := &w.vaccines[i]
	if v.lotEnds <= w.day {
		v.lot = fmt.Sprintf("%s%04d-%02d", code[:2], w.IntN(10000), w.IntN(30))
		v.expires = w.day + 200 + int64(w.IntN(400))
		v.lotEnds = w.day + 20 + int64(w.IntN(40))
	}
	return v
}

// workday returns the changes of one vaccination day in a new log: visits children seen, of whom newborn
// are registered, and edits phones corrected.
func (w *world) workday(log LogID, visitors, newborn, edits, doses int) (changes []Change, edited []*child) {
	at := At{WallMS: w.day*86400e3 + 30*60e3 + int64(w.IntN(600e3)), OffsetMS: int32(w.IntN(3000) - 1000)}
	nurse := pick(w, w.nurses)
	add := func(c Change) *Change {
		c.Dot, c.At, c.Actor = Dot{log, Seq(len(changes) + 1)}, at, nurse
		if c.Entity.IsZero() {
			c.Entity = c.Dot.Entity()
		}
		changes = append(changes, c)
		return &changes[len(changes)-1]
	}
	w.children = slices.DeleteFunc(w.children, func(c *child) bool { return c.visit == len(visits) })
	slices.SortFunc(w.children, func(a, b *child) int { return cmp.Or(cmp.Compare(a.due, b.due), a.id.Compare(b.id)) })
	var seen []*child
	for _, c := range w.children {
		if len(seen) < visitors-newborn && w.IntN(5) > 0 {
			seen = append(seen, c)
		}
	}
	for range newborn {
		seen = append(seen, nil)
	}
	w.Shuffle(len(seen), func(i, j int) { seen[i], seen[j] = seen[j], seen[i] })
	given := 0
	for i, c := range seen {
		at.WallMS += 60e3 + int64(w.ExpFloat64()*240e3)
		if w.IntN(15) == 0 {
			nurse = pick(w, w.nurses)
		}
		if c == nil {
			ch := add(Change{Kind: kindChild, Writes: []Write{
				{Field: 3, Data: Ref(w.place)},
				{Field: 10, Data: Text(fmt.Sprintf("01421%02d%09d", w.day/365-30, w.IntN(1e9)))},
				{Field: 11, Data: Text(w.name())},
				{Field: 12, Data: Int(w.day - int64(w.IntN(60)))},
				{Field: 15, Data: Int(int64(1 + w.IntN(2)))},
				{Field: 16, Data: Text(pick(w, ethnics))},
				{Field: 17, Data: Text(pick(w, hamlets))},
				{Field: 18, Data: Text(w.name())},
				{Field: 19, Data: Text(w.phone())},
			}})
			c = &child{id: ch.Entity}
			c.phone = Value{Dot: ch.Dot, At: ch.At, Actor: ch.Actor, Data: ch.Writes[8].Data}
			w.children = append(w.children, c)
			at.WallMS += 40e3 + int64(w.IntN(60e3))
		}
		temperature := int64(363 + w.IntN(6) + w.IntN(6))
		minute := (at.WallMS/60e3+420)%1440 - int64(w.IntN(5))
		for _, code := range visits[c.visit] {
			if doses > 0 && given == doses {
				break
			}
			given++
			v := w.vaccine(code)
			add(Change{Kind: kindDose, Writes: []Write{
				{Field: 1, Data: Ref(c.id)},
				{Field: 3, Data: Ref(w.place)},
				{Field: 10, Data: Text(v.code)},
				{Field: 11, Data: Int(w.day)},
				{Field: 12, Data: Int(minute)},
				{Field: 14, Data: Text(v.lot)},
				{Field: 15, Data: Int(v.expires)},
				{Field: 16, Data: Int(v.site)},
				{Field: 17, Data: Int(v.route)},
				{Field: 18, Data: Int(1)},
				{Field: 19, Data: Int(1)},
				{Field: 24, Data: Int(0)},
				{Field: 25, Data: Int(temperature)},
			}})
		}
		c.visit++
		c.due = w.day + 20 + int64(w.IntN(20))
		if i < edits {
			at.WallMS += 20e3 + int64(w.IntN(60e3))
			ch := add(Change{Kind: kindChild, Entity: c.id, Writes: []Write{
				{Field: 19, Data: Text(w.phone()), Supersedes: []Superseded{c.phone.Superseded()}},
			}})
			if ch.Creates() {
				panic("an edit creates")
			}
			c.phone = Value{Dot: ch.Dot, At: ch.At, Actor: ch.Actor, Data: ch.Writes[0].Data}
			edited = append(edited, c)
		}
	}
	return changes, edited
}

// stateOf returns the state of an entity that was created and never edited.
func stateOf(c *Change) *State {
	s := &State{ID: c.Entity, Kind: c.Kind, Seen: []Seen{Seen(c.Dot)}}
	for _, w := range c.Writes {
		s.Fields = append(s.Fields, FieldValues{w.Field, []Value{{Dot: c.Dot, At: c.At, Actor: c.Actor, Data: w.Data}}})
	}
	return s
}

// years returns the feed of days such days, in feed order, edits applied; every third edit meets a
// concurrent one from another device.
func (w *world) years(days, visitors, newborn, editsOf1000 int) []Row {
	at := map[EntityID]int{}
	var rows []Row
	for range days {
		w.day += 7 + int64(w.IntN(4))
		log := w.log()
		changes, _ := w.workday(log, visitors, newborn, w.IntN(2*visitors*editsOf1000/1000+1), 0)
		for i := range changes {
			c := &changes[i]
			if c.Creates() {
				at[c.Entity] = len(rows)
				rows = append(rows, Row{State: stateOf(c)})
				continue
			}
			k := at[c.Entity]
			old := rows[k].State
			s := *old
			s.Fields = slices.Clone(old.Fields)
			last := &s.Fields[len(s.Fields)-1]
			v := []Value{{Dot: c.Dot, At: c.At, Actor: c.Actor, Data: c.Writes[0].Data}}
			if w.IntN(3) == 0 {
				o := v[0]
				o.Dot = Dot{w.log(), Seq(1 + w.IntN(150))}
				o.At.WallMS += int64(w.IntN(1e9))
				o.Data = Text(w.phone())
				v = append(v, o)
			}
			slices.SortFunc(v, func(a, b Value) int { return a.Dot.Compare(b.Dot) })
			*last = FieldValues{last.Field, v}
			s.Seen = seenOf(s.ID, s.groups())
			rows[k].State = nil
			at[c.Entity] = len(rows)
			rows = append(rows, Row{State: &s})
		}
	}
	return slices.DeleteFunc(rows, func(r Row) bool { return r.State == nil })
}

// dayD is the work D of design 7.1, after a register of 5,000 children has grown.
func dayD(seed uint64) (w *world, opening *Opening, prev Hash, changes []Change) {
	w = newWorld(seed)
	w.years(400, 60, 12, 10)
	w.day += 7
	o, log := w.opening()
	changes, _ = w.workday(log, 65, 5, 3, 150)
	return w, o, ChainStart(log), changes
}

// registerY is the work Y of design 7.1.
func registerY(seed uint64) []Row { return newWorld(seed).years(437, 60, 12, 27)[:65975] }
