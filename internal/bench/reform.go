package bench

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"tramy/hub"
	"tramy/internal/atlas"
	"tramy/internal/datadir"
	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/reform"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/store"
	"tramy/station"
	p "tramy/syncproto"
)

// Country is what Reform goes through: the lists of the map before and after, and the map between them.
type Country struct {
	Before, After []reform.Unit
	Map           []reform.Pair
}

// What Reform works with.
const (
	reformProvince = "gso:80" // Long An, which ends: its code goes to another province, and 13 of its communes are split
	reformStations = 20
	reformChildren = 12 // at each station before it goes dark
	reformDark     = 4  // registered there while it is
)

var (
	reformBegin = time.Date(2025, 6, 2, 1, 0, 0, 0, time.UTC)
	reformDay   = registry.Today(time.Date(2025, 7, 1, 1, 0, 0, 0, time.UTC), vietnam)
)

// Reform takes a country through the reform of its map while the stations of a province are dark: a root with the
// whole old map, a province's hub, and stations in communes that merge and that are split, each with a register and
// with work it has not sent. They come back three weeks later, having written under the old map all the while.
func Reform(ctx context.Context, opt Options, c Country) (Report, error) {
	opt.defaults()
	r := Report{Title: "A reform of the map", Work: Work{Children: reformStations * (reformChildren + reformDark), Doses: reformStations * (reformChildren + reformDark)}}
	t := &reformTree{opt: opt, clock: &clock{}, maker: NewMaker(opt.Seed), admin: desk.Who{Name: "operator", Role: rights.Admin}}
	t.clock.set(reformBegin)
	defer t.close()
	if err := t.found(ctx, &r, c); err != nil {
		return r, err
	}
	if err := t.dark(ctx); err != nil {
		return r, fmt.Errorf("before and in the dark: %w", err)
	}
	opt.Progress("The reform")
	t.clock.move(18 * 24 * time.Hour)
	plan, took, err := t.write(ctx, reform.Import{Units: c.After, Map: c.Map, From: reformDay})
	if err != nil {
		return r, err
	}
	r.add("reform", "replayed over the country", took.Seconds(), "s", Bound{}, fmt.Sprintf("%d communes and %d provinces on the new map", len(c.After)-provincesOf(c.After), provincesOf(c.After)))
	r.add("reform", "acts", float64(len(plan.Acts)), "", Bound{}, fmt.Sprintf("%d places change", len(plan.Changes)))
	before := t.down.Load()
	if _, err := t.hub.Uplink.Client.Sync(ctx); err != nil {
		return r, err
	}
	r.add("reform", "down to the province's hub", float64(t.down.Load()-before), "B", Bound{}, "")
	t.clock.move(21 * 24 * time.Hour)
	opt.Progress("The stations come back")
	if err := t.back(ctx, &r); err != nil {
		return r, fmt.Errorf("coming back: %w", err)
	}
	return r, t.sums(ctx, &r)
}

func provincesOf(units []reform.Unit) (n int) {
	for i := range units {
		if units[i].Level == registry.LevelProvince {
			n++
		}
	}
	return n
}

// reformTree is a root, a province's hub and its stations.
type reformTree struct {
	opt   Options
	dir   string
	clock *clock
	maker *Maker
	admin desk.Who

	root, hub *hub.Hub
	stations  []*darkStation
	down      atomic.Int64 // bytes that hubs sent
	closers   []func()
}

// darkStation is a station and what it wrote.
type darkStation struct {
	*station.Station
	nurse    desk.Who
	commune  p.EntityID
	children []p.EntityID
}

func (t *reformTree) close() {
	for _, fn := range slices.Backward(t.closers) {
		fn()
	}
	_ = os.RemoveAll(t.dir)
}

// found makes the root with the old map, and the province's hub and stations.
func (t *reformTree) found(ctx context.Context, r *Report, c Country) (err error) {
	t.opt.Progress("The old map")
	if t.dir, err = os.MkdirTemp(t.opt.Dir, "tramy-bench-"); err != nil {
		return err
	}
	path := filepath.Join(t.dir, "root")
	root, err := hub.InitRoot(ctx, path, "own:VN", "Việt Nam", "mật khẩu của trung tâm", t.opt.OpenHub, t.clock.now)
	if err != nil {
		return err
	}
	t.admin.User, t.admin.Place = root.Admin, root.Nation
	if t.root, err = t.open(ctx, path); err != nil {
		return err
	}
	plan, took, err := t.write(ctx, reform.Import{Units: c.Before, From: registry.Today(reformBegin, vietnam) - 90})
	if err != nil {
		return err
	}
	r.add("old map", "entered", took.Seconds(), "s", Bound{}, fmt.Sprintf("%d places in %d acts", len(plan.Changes), len(plan.Acts)))
	province, communes, err := t.chosen(ctx, c)
	if err != nil {
		return err
	}
	t.opt.Progress("The province's hub and its stations")
	if path, err = t.enrol(ctx, t.root, province, registry.NodeHub); err != nil {
		return err
	}
	if t.hub, err = t.open(ctx, path); err != nil {
		return err
	}
	t.closers = append(t.closers, t.hub.Uplink.Client.Close)
	for i, commune := range communes {
		s := &darkStation{commune: commune}
		facility, err := t.root.AddPlace(ctx, t.admin, registry.PlaceInput{
			Parent: commune, Code: fmt.Sprintf("kcb:%05d", 15001+i), Name: fmt.Sprintf("Trạm y tế %d", i+1), Level: registry.LevelFacility, Type: registry.PlaceStation,
		})
		if err != nil {
			return err
		}
		s.nurse = desk.Who{Login: fmt.Sprint("nurse", i), Name: "Lò Thị Mai", Role: rights.Nurse, Place: commune}
		if s.nurse.User, err = t.root.AddUser(ctx, t.admin, desk.NewUser{Login: s.nurse.Login, Name: s.nurse.Name, Role: s.nurse.Role, Place: commune, Password: "ba con trâu trắng bên suối"}); err != nil {
			return err
		}
		if _, err := t.hub.Uplink.Client.Sync(ctx); err != nil {
			return err
		}
		if path, err = t.enrol(ctx, t.hub, facility, registry.NodeStation); err != nil {
			return err
		}
		d, err := datadir.Open(path, "station")
		if err != nil {
			return err
		}
		if s.Station, err = station.Open(ctx, d, station.Options{Open: t.opt.OpenStation, Now: t.clock.now, Software: software, Delay: time.Hour, Log: slog.New(slog.DiscardHandler)}); err != nil {
			return err
		}
		t.closers = append(t.closers, func() { _ = s.Close() }, s.Uplink.Client.Close)
		t.stations = append(t.stations, s)
	}
	return nil
}

// chosen are the province and the communes with a station: half of them will be split, the others merge.
func (t *reformTree) chosen(ctx context.Context, c Country) (province p.EntityID, communes []p.EntityID, err error) {
	rows, err := t.places(ctx, t.root)
	if err != nil {
		return province, nil, err
	}
	m := atlas.New(rows).At(reformDay - 1)
	split := map[string]bool{}
	for _, pair := range c.Map {
		split[registry.StatisticsOffice+pair.Old] = pair.Split
	}
	var splits, merges []p.EntityID
	for _, r := range m.Rows() {
		if r.Code == reformProvince {
			province = r.ID
		}
		if r.Level == registry.LevelCommune && slices.Contains(m.Path(r.ID), province) {
			if split[r.Code] {
				splits = append(splits, r.ID)
			} else {
				merges = append(merges, r.ID)
			}
		}
	}
	n := min(len(splits), reformStations/2)
	if n == 0 || len(merges) < reformStations-n {
		return province, nil, fmt.Errorf("%s has %d communes that are split and %d others, too few", reformProvince, len(splits), len(merges))
	}
	return province, append(splits[:n:n], merges[:reformStations-n]...), nil
}

func (t *reformTree) places(ctx context.Context, h *hub.Hub) (rows []project.PlaceRow, err error) {
	err = h.Node.Store().View(ctx, func(tx store.Tx) error {
		rows, err = tx.Places()
		return err
	})
	return rows, err
}

// write plans an order at the root and writes it.
func (t *reformTree) write(ctx context.Context, order reform.Order) (*hub.Reform, time.Duration, error) {
	begun := time.Now()
	plan, err := t.root.PlanPlaces(ctx, t.admin, order)
	if err != nil {
		return nil, 0, err
	}
	err = t.root.WritePlaces(ctx, t.admin, plan.Plan, nil)
	return plan, time.Since(begun), err
}

// open starts a hub and lets it answer.
func (t *reformTree) open(ctx context.Context, path string) (*hub.Hub, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	d, err := datadir.Open(path, "hub")
	if err != nil {
		return nil, err
	}
	quiet := slog.New(slog.DiscardHandler)
	h, err := hub.Open(ctx, d, hub.Options{Open: t.opt.OpenHub, Now: t.clock.now, Software: software, Addresses: []string{"https://" + l.Addr().String()}, Delay: time.Hour, Log: quiet})
	if err != nil {
		return nil, err
	}
	conf, err := h.TLS()
	if err != nil {
		return nil, err
	}
	srv := server.New(server.Options{Hosts: []string{server.AnyHost}, TLS: conf, Log: quiet})
	h.Register(srv)
	serving, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = srv.Serve(serving, &countingListener{l, &t.down}) // what fails there fails in the exchanges too
	}()
	t.closers = append(t.closers, func() { _ = h.Close() }, func() {
		stop()
		<-done
	})
	return h, nil
}

// countingListener counts what is sent to whoever calls.
type countingListener struct {
	net.Listener
	sent *atomic.Int64
}

// Accept implements net.Listener.
func (l *countingListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return &countingConn{c, l.sent}, err
}

type countingConn struct {
	net.Conn
	sent *atomic.Int64
}

// Write implements net.Conn.
func (c *countingConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.sent.Add(int64(n))
	return n, err
}

func (t *reformTree) enrol(ctx context.Context, up *hub.Hub, place p.EntityID, role registry.NodeRole) (string, error) {
	code, err := up.NewCode(ctx, t.admin, place, role)
	if err != nil {
		return "", err
	}
	path := filepath.Join(t.dir, rand.Text())
	_, err = datadir.Enrol(ctx, path, code, "Máy", software)
	return path, err
}

// dark lets each station fill its register and exchange, and then work without a network.
func (t *reformTree) dark(ctx context.Context) error {
	for _, s := range t.stations {
		if _, err := s.Uplink.Client.Sync(ctx); err != nil {
			return err
		}
		if err := t.work(ctx, s, reformChildren); err != nil {
			return err
		}
		for range 2 {
			if _, err := s.Uplink.Client.Sync(ctx); err != nil {
				return err
			}
		}
		if err := t.work(ctx, s, reformDark/2); err != nil {
			return err
		}
	}
	_, err := t.hub.Uplink.Client.Sync(ctx)
	return err
}

// work registers children and gives each a dose.
func (t *reformTree) work(ctx context.Context, s *darkStation, n int) error {
	for range n {
		in, err := t.maker.Child(s.commune, int(s.Node.Identity().Number), s.Today(), 25)
		if err != nil {
			return err
		}
		in.Code = ""
		id, _, err := s.Register(ctx, s.nurse, in, true)
		if err != nil {
			return err
		}
		if _, err := s.RecordVisit(ctx, s.nurse, desk.Visit{
			Subject: id, Checked: registry.CheckedCard, Screening: registry.ScreeningEligible, Doses: []registry.ImmunizationInput{{Vaccine: "BCG"}},
		}); err != nil {
			return err
		}
		s.children = append(s.children, id)
	}
	return nil
}

// back lets the stations write a last time under the old map, and then exchange.
func (t *reformTree) back(ctx context.Context, r *Report) error {
	var down []float64
	refused, held, wiped, resent := 0, 0, 0, 0
	for _, s := range t.stations {
		if err := t.work(ctx, s, reformDark/2); err != nil {
			return err
		}
		before, err := look(ctx, s)
		if err != nil {
			return err
		}
		passed, received := t.down.Load(), 0
		for range 2 { // what it sends comes back as nothing
			res, err := s.Uplink.Client.Sync(ctx)
			if err != nil {
				return err
			}
			if res.Refusal != nil {
				refused++
			}
			received += res.Received
		}
		down = append(down, float64(t.down.Load()-passed))
		after, err := look(ctx, s)
		if err != nil {
			return err
		}
		for _, id := range s.children {
			if !after.subjects[id] {
				wiped++
			}
		}
		resent += max(0, received-int(after.entities-before.entities)-after.changed(before))
	}
	if _, err := t.hub.Uplink.Client.Sync(ctx); err != nil {
		return err
	}
	for _, h := range []*hub.Hub{t.root, t.hub} {
		list, err := h.Stations(ctx, t.admin)
		if err != nil {
			return err
		}
		for i := range list {
			held += len(list[i].Held) + len(list[i].Rejected)
		}
	}
	slices.Sort(down)
	r.add("station", "down, the middle one", down[len(down)/2], "B", Bound{}, fmt.Sprintf("%d stations, each with %d children and %d doses not yet sent", len(down), reformDark, reformDark))
	r.add("station", "down, the largest", down[len(down)-1], "B", Bound{}, "")
	r.add("station", "refused", float64(refused), "", Bound{}, "must be 0")
	r.add("station", "held", float64(held), "", Bound{}, "must be 0")
	r.add("station", "wiped", float64(wiped), "", Bound{}, "of its own children; must be 0")
	r.add("station", "rows sent again", float64(resent), "", Bound{}, "beyond new entities and places that changed, all stations together")
	if refused+held+wiped > 0 {
		return fmt.Errorf("%d exchanges refused, %d logs held, %d children gone", refused, held, wiped)
	}
	return nil
}

// view is what a station has.
type view struct {
	entities int64
	subjects map[p.EntityID]bool
	places   map[p.EntityID]project.PlaceRow
}

func look(ctx context.Context, s *darkStation) (view, error) {
	v := view{subjects: map[p.EntityID]bool{}, places: map[p.EntityID]project.PlaceRow{}}
	err := s.Node.Store().View(ctx, func(tx store.Tx) error {
		counts, err := tx.Counts()
		if err != nil {
			return err
		}
		v.entities = counts.Entities
		rows, err := tx.Places()
		for i := range rows {
			v.places[rows[i].ID] = rows[i]
		}
		if err != nil {
			return err
		}
		for _, id := range s.children {
			row, err := tx.SubjectRow(id)
			if err != nil {
				return err
			}
			v.subjects[id] = row != nil
		}
		return nil
	})
	return v, err
}

// changed counts places that were there before and say something else now.
func (v *view) changed(before view) (n int) {
	for id, row := range v.places {
		if was, ok := before.places[id]; ok && !reform.Same(&was, &row) {
			n++
		}
	}
	return n
}

// sums holds the country's totals on the old map, on the new one, and of what was written against each other.
func (t *reformTree) sums(ctx context.Context, r *Report) error {
	rows, err := t.places(ctx, t.root)
	if err != nil {
		return err
	}
	a := atlas.New(rows)
	written := 0
	for _, s := range t.stations {
		written += len(s.children)
	}
	var total [2]int64
	var asked int64
	err = t.root.Node.Store().View(ctx, func(tx store.Tx) error {
		registered, err := tx.Registered()
		for i, day := range []registry.Day{reformDay - 1, reformDay} {
			m := a.At(day)
			for _, c := range registered {
				place, exact := m.Stands(c.Recorded, c.Residence)
				if !place.IsZero() {
					total[i] += c.Count
				}
				if !exact && i == 1 {
					asked += c.Count
				}
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	r.add("sums", "children written", float64(written), "", Bound{}, "")
	r.add("sums", "on the old map", float64(total[0]), "", Bound{}, "")
	r.add("sums", "on the new map", float64(total[1]), "", Bound{}, fmt.Sprintf("%d of them to be asked in which part they live", asked))
	if total[0] != int64(written) || total[1] != int64(written) {
		return fmt.Errorf("%d children were written, %d stand on the old map and %d on the new", written, total[0], total[1])
	}
	return nil
}
