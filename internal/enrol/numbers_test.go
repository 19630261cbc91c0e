package enrol_test

import (
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"testing"

	"tramy/internal/enrol"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/internal/store/memory"
	p "tramy/syncproto"
)

var (
	here  = device(1)
	place = device(900)
)

// device is an id; its log is its own.
func device(n int) p.EntityID {
	var log p.LogID
	binary.BigEndian.PutUint32(log[:], uint32(n))
	return p.Dot{Log: log, Seq: 1}.Entity()
}

func key(n int) []byte {
	seed := make([]byte, ed25519.SeedSize)
	binary.BigEndian.PutUint32(seed, uint32(n))
	return ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
}

// known is a device as a hub holds it; lost says that its creation is not among what is seen.
type known struct {
	id          int
	up          int
	number      int
	first, last int
	lost        bool
}

func (k known) state() *p.State {
	s := &p.State{ID: device(k.id), Kind: registry.KindDevice}
	dot := s.ID.Birth()
	if k.lost {
		dot.Log[11] ^= 0xc0
	}
	s.Seen = []p.Seen{p.Seen(dot)}
	role := registry.NodeStation
	if k.last > 0 {
		role = registry.NodeHub
	}
	add := func(f p.Field, d p.Data) {
		s.Fields = append(s.Fields, p.FieldValues{Field: f, Values: []p.Value{{Dot: dot, Data: d}}})
	}
	add(p.FieldPlace, p.Ref(place))
	add(registry.DeviceNumber, p.Int(int64(k.number)))
	add(registry.DeviceKey, p.Bytes(key(k.id)))
	add(registry.DeviceSealKey, p.Bytes(make([]byte, 32)))
	add(registry.DeviceRole, p.Int(int64(role)))
	add(registry.DeviceUp, p.Ref(device(k.up)))
	if k.last > 0 {
		add(registry.DeviceNumbers, p.List(p.Int(int64(k.first)), p.Int(int64(k.last))))
	}
	return s
}

// with runs fn at a hub that knows devices.
func with(t *testing.T, devices []known, fn func(tx store.Tx)) {
	t.Helper()
	st := memory.New()
	err := st.Update(context.Background(), func(tx store.Tx) error {
		for _, k := range devices {
			s := k.state()
			row, ok := project.DeviceRowOf(s)
			if !ok {
				t.Fatalf("device %d gives no row", k.id)
			}
			if err := errors.Join(tx.PutState(s, true), tx.PutDeviceRow(&row)); err != nil {
				return err
			}
		}
		fn(tx)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Numbers that are seen to be taken are given to nobody else.
func TestNextNumber(t *testing.T) {
	for name, c := range map[string]struct {
		devices []known
		want    int
	}{
		"the first":                             {nil, 100},
		"after a station":                       {[]known{{id: 2, up: 1, number: 100}}, 101},
		"after a hub and its block":             {[]known{{id: 2, up: 1, number: 100, first: 101, last: 164}}, 165},
		"after a station that went elsewhere":   {[]known{{id: 2, up: 7, number: 120}}, 121},
		"not after one that came from afar":     {[]known{{id: 2, up: 1, number: 5000}}, 100},
		"not after this hub's own":              {[]known{{id: 1, up: 9, number: 99, first: 100, last: 2099}}, 100},
		"a block behind one whose time is lost": {[]known{{id: 2, up: 1, number: 110, lost: true}}, 110 + 124 + 1},
		"but no further than there are":         {[]known{{id: 2, up: 1, number: 2050, lost: true}}, 2051},
		"one in a known hub's block":            {[]known{{id: 3, up: 1, number: 100, first: 101, last: 164}, {id: 2, up: 1, number: 110, lost: true}}, 165},
	} {
		with(t, c.devices, func(tx store.Tx) {
			h := enrol.Hub{Device: here, Numbers: [2]int{100, 2099}}
			in, err := h.New(tx, enrol.Terms{Place: place, Role: registry.NodeStation}, enrol.Machine{Key: key(50), SealKey: make([]byte, 32)})
			if err != nil || in.Number != c.want {
				t.Errorf("%s: %d, %v; want %d", name, in.Number, err, c.want)
			}
		})
	}
}

func TestNumbersEnd(t *testing.T) {
	h := enrol.Hub{Device: here, Numbers: [2]int{100, 101}}
	for _, c := range []struct {
		last int
		role registry.NodeRole
		err  error
	}{{100, registry.NodeStation, nil}, {100, registry.NodeHub, enrol.ErrNumbersUsedUp}, {101, registry.NodeStation, enrol.ErrNumbersUsedUp}} {
		with(t, []known{{id: 2, up: 1, number: c.last}}, func(tx store.Tx) {
			_, err := h.New(tx, enrol.Terms{Place: place, Role: c.role}, enrol.Machine{Key: key(50), SealKey: make([]byte, 32)})
			left, lerr := h.Left(tx)
			if !errors.Is(err, c.err) || lerr != nil || left != (c.last == 100) {
				t.Errorf("after %d, a %s: %v, left %v, %v; want %v", c.last, c.role, err, left, lerr, c.err)
			}
		})
	}
}

// A machine keeps the number it brings, unless it is somebody else's by now.
func TestNumberOfWhoComesBack(t *testing.T) {
	const id = 50
	for name, c := range map[string]struct {
		devices             []known
		number, first, last int
		want, from, to      int
	}{
		"its own":                            {nil, 103, 0, 0, 103, 0, 0},
		"given to another":                   {[]known{{id: 2, up: 1, number: 103}}, 103, 0, 0, 104, 0, 0},
		"in a block given to another":        {[]known{{id: 2, up: 1, number: 100, first: 101, last: 164}}, 103, 0, 0, 165, 0, 0},
		"of its lost hub's block":            {[]known{{id: 7, up: 1, number: 100, first: 101, last: 164}}, 103, 0, 0, 103, 0, 0},
		"from afar":                          {nil, 77_000, 0, 0, 77_000, 0, 0},
		"further than three blocks on":       {nil, 100 + 3*124 + 1, 0, 0, 100, 0, 0},
		"three blocks on":                    {nil, 100 + 3*124, 0, 0, 100 + 3*124, 0, 0},
		"none":                               {nil, 0, 0, 0, 100, 0, 0},
		"a hub with its block":               {nil, 103, 104, 167, 103, 104, 167},
		"a hub, its block partly another":    {[]known{{id: 2, up: 1, number: 110}}, 103, 104, 167, 168, 169, 168 + (2099-168)/16},
		"a hub whose own stations are known": {[]known{{id: 2, up: id, number: 110}}, 103, 104, 167, 103, 104, 167},
		"a hub that used up its block":       {nil, 103, 0, 0, 104, 105, 104 + 124},
		"the last number of all":             {nil, enrol.NumberLast, 0, 0, enrol.NumberLast, 0, 0},
		"a number beyond the last":           {nil, enrol.NumberLast + 1, 0, 0, 100, 0, 0},
	} {
		with(t, c.devices, func(tx store.Tx) {
			h := enrol.Hub{Device: here, Numbers: [2]int{100, 2099}}
			role := registry.NodeStation
			if c.last > 0 || c.to > 0 {
				role = registry.NodeHub
			}
			f := &enrol.Former{Device: device(id), Up: device(7), Place: place, Role: role, Number: c.number, FirstFree: c.first, LastFree: c.last}
			draft, in, err := h.Again(tx, enrol.Terms{Place: place, Role: role}, enrol.Machine{Key: key(id), SealKey: make([]byte, 32), Name: "Máy"}, f)
			if err != nil || in.Number != c.want || in.FirstFree != c.from || in.LastFree != c.to || draft.Entity != device(id) {
				t.Errorf("%s: number %d, block %d-%d, %v; want %d, %d-%d", name, in.Number, in.FirstFree, in.LastFree, err, c.want, c.from, c.to)
			}
		})
	}
}

// A hub that has no number left takes back who was enrolled before, and gives away no block that it does not have.
func TestComesBackThoughNumbersAreUsedUp(t *testing.T) {
	with(t, []known{{id: 2, up: 1, number: 101}}, func(tx store.Tx) {
		h := enrol.Hub{Device: here, Numbers: [2]int{100, 101}}
		for _, role := range []registry.NodeRole{registry.NodeStation, registry.NodeHub} {
			f := &enrol.Former{Device: device(50), Up: device(7), Place: place, Role: role, Number: 101}
			_, in, err := h.Again(tx, enrol.Terms{Place: place, Role: role}, enrol.Machine{Key: key(50), SealKey: make([]byte, 32), Name: "Máy"}, f)
			if err != nil || in.Number != 101 || in.LastFree != 0 {
				t.Errorf("a %s: number %d, block up to %d, %v", role, in.Number, in.LastFree, err)
			}
			f.Number = 0
			if _, _, err := h.Again(tx, enrol.Terms{Place: place, Role: role}, enrol.Machine{Key: key(50), SealKey: make([]byte, 32), Name: "Máy"}, f); !errors.Is(err, enrol.ErrNumbersUsedUp) {
				t.Errorf("a %s without a number: %v", role, err)
			}
		}
	})
}

// What only the machine knows of its old connection is replaced; of who it is nothing is, on its word.
func TestWhatIsWrittenAgain(t *testing.T) {
	brought := known{id: 50, up: 7, number: 103}.state()
	with(t, nil, func(tx store.Tx) {
		h := enrol.Hub{Device: here, Numbers: [2]int{100, 2099}}
		f := &enrol.Former{Device: device(50), Up: device(7), Place: place, Role: registry.NodeStation, Number: 103, State: brought}
		draft, _, err := h.Again(tx, enrol.Terms{Place: place, Role: registry.NodeStation}, enrol.Machine{Key: key(50), SealKey: make([]byte, 32), Name: "Máy"}, f)
		if err != nil {
			t.Fatal(err)
		}
		fields := map[p.Field]bool{}
		for _, w := range draft.Writes {
			fields[w.Field] = true
			connection := w.Field == registry.DeviceUp || w.Field == registry.DeviceNumber
			if connection != (len(w.Supersedes) == 1) {
				t.Errorf("field %d replaces %d values", w.Field, len(w.Supersedes))
			}
		}
		for _, f := range []p.Field{p.FieldPlace, registry.DeviceNumber, registry.DeviceKey, registry.DeviceSealKey, registry.DeviceRole, registry.DeviceName, registry.DeviceUp} {
			if !fields[f] {
				t.Errorf("field %d is not written", f)
			}
		}
	})
}

// A hub that lost its database may have nothing of a device but what it wrote itself when it took it in: who is above it,
// in the place of what the creation said.
func TestOfWhoComesBackOnlyTheConnectionIsKnown(t *testing.T) {
	birth := device(50).Birth()
	dot := p.Dot{Log: device(1).Birth().Log, Seq: 7}
	s := &p.State{
		ID: device(50), Kind: registry.KindDevice, Seen: []p.Seen{p.Seen(dot)},
		Fields: []p.FieldValues{{Field: registry.DeviceUp, Values: []p.Value{{Dot: dot, Data: p.Ref(here)}}}},
		Gone:   []p.GoneValues{{Field: registry.DeviceUp, Gone: []p.Superseded{{Dot: birth}}}},
	}
	with(t, nil, func(tx store.Tx) {
		if err := tx.PutState(s, true); err != nil {
			t.Fatal(err)
		}
		h := enrol.Hub{Device: here, Numbers: [2]int{100, 2099}}
		f := &enrol.Former{Device: device(50), Up: device(7), Place: place, Role: registry.NodeStation, Number: 103, State: known{id: 50, up: 7, number: 103}.state()}
		_, in, err := h.Again(tx, enrol.Terms{Place: place, Role: registry.NodeStation}, enrol.Machine{Key: key(50), SealKey: make([]byte, 32), Name: "Máy"}, f)
		if err != nil || in.Role != registry.NodeStation || in.Place != place || in.Number != 103 || in.Up != here {
			t.Errorf("it comes in as %+v, %v", in, err)
		}
	})
}
