package enrol

import (
	"bytes"
	"cmp"
	"errors"
	"maps"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Hub is a hub as enrolling sees it.
type Hub struct {
	Device  p.EntityID
	Numbers [2]int       // first and last device number it may give out
	Above   []p.EntityID // the nodes above it, up to the root
}

// Terms are what a code grants.
type Terms struct {
	Place p.EntityID
	Role  registry.NodeRole
}

// Machine is what every machine brings.
type Machine struct {
	Key     []byte // Ed25519
	SealKey []byte // X25519
	Name    string
}

// Former is what a machine that was enrolled before says of itself. Its key is proved; nothing else is.
type Former struct {
	Device              p.EntityID
	Up                  p.EntityID // the hub it belonged to
	Place               p.EntityID
	PlaceName           string
	Role                registry.NodeRole
	Number              int
	FirstFree, LastFree int      // a hub's block of numbers; none: it is used up
	State               *p.State // the device's entity as the machine holds it; nil: it does not
}

// New returns the device that a machine becomes which never was one.
func (h *Hub) New(tx store.Tx, t Terms, m Machine) (registry.DeviceInput, error) {
	in := registry.DeviceInput{Place: t.Place, Key: m.Key, SealKey: m.SealKey, Role: t.Role, Name: m.Name, Up: h.Device}
	if len(m.SealKey) != 32 {
		return in, ErrSealKey
	}
	devices, err := tx.Devices()
	if err != nil {
		return in, err
	}
	if holds(devices, m.Key, p.EntityID{}) {
		return in, ErrOtherDevice
	}
	return in, h.assign(tx, devices, &in, block{})
}

// Again returns what is to be written so that a machine is a child of this hub as the device that it is already, and the
// device as it is then. The machine has proved that it holds the key.
//
// A device that the hub knows gets this hub as its upstream, nothing else. One that it does not know, because the
// hub that enrolled it is lost and those above were set back, is written again under its old id: all of it in the
// machine's name, its creation being nobody's any more. Should the creation come after all, what that says of key, place
// and role stands, see registry.DeviceOf. So whoever has a code can come in as a device that nobody knows, at the place of
// the code, and no further.
func (h *Hub) Again(tx store.Tx, t Terms, m Machine, f *Former) (registry.Draft, registry.DeviceInput, error) {
	fail := func(err error) (registry.Draft, registry.DeviceInput, error) {
		return registry.Draft{}, registry.DeviceInput{}, err
	}
	if f.Device == h.Device || slices.Contains(h.Above, f.Device) {
		return fail(ErrBelow)
	}
	devices, err := tx.Devices()
	if err != nil {
		return fail(err)
	}
	known, err := tx.State(f.Device)
	if err != nil {
		return fail(err)
	}
	if holds(devices, m.Key, f.Device) {
		return fail(ErrOtherDevice)
	}
	if err := neverDevice(tx, f.Device, known); err != nil {
		return fail(err)
	}
	old := known
	if old == nil {
		old = &p.State{ID: f.Device, Kind: registry.KindDevice}
	}
	in := registry.DeviceOf(old).DeviceInput
	row, is := project.DeviceRowOf(old)
	void := is && row.Revoked
	// Of one whose creation is lost this hub may hold what it wrote itself, and that does not say who the device is.
	is = is && len(in.Key) > 0 && !in.Place.IsZero() && in.Role != 0
	switch {
	case void, revoked(old), revoked(f.State):
		return fail(ErrRevoked)
	case len(in.Key) > 0 && !bytes.Equal(in.Key, m.Key) && !slices.ContainsFunc(in.FormerKeys(), func(k []byte) bool { return bytes.Equal(k, m.Key) }):
		return fail(ErrOtherKey)
	case !is:
		brought := registry.DeviceInput{
			Place: f.Place, Role: f.Role, Number: f.Number, FirstFree: f.FirstFree, LastFree: f.LastFree,
			Key: m.Key, SealKey: m.SealKey, Name: m.Name,
		}
		if f.State != nil { // the name that people know it by
			brought.Name = cmp.Or(registry.DeviceOf(f.State).Name, m.Name)
		}
		in = brought
	}
	if len(in.SealKey) != 32 {
		in.SealKey = m.SealKey
	}
	if len(in.SealKey) != 32 {
		return fail(ErrSealKey)
	}
	if in.Role != t.Role {
		return fail(ErrOtherRole)
	}
	if in.Place != t.Place {
		return fail(placeError(tx, t.Place, in.Place, f.PlaceName))
	}
	if err := h.renumber(tx, devices, f, is, &in); err != nil {
		return fail(err)
	}
	in.Up = h.Device
	fields := connection
	if is && !bytes.Equal(in.Key, m.Key) {
		// Put back from a backup of before it changed its keys: it has the old ones only. What the later ones signed stays proved.
		if in, err = in.ReplaceKeys(m.Key, m.SealKey); err != nil {
			return fail(err)
		}
		fields = append(slices.Clone(connection), registry.DeviceKey, registry.DeviceSealKey, registry.DeviceFormer, registry.DeviceRenew)
	}
	patch := in.Patch(old)
	if is { // nothing else is settled by the way
		maps.DeleteFunc(patch, func(f p.Field, _ p.Data) bool { return !slices.Contains(fields, f) })
	}
	draft, err := drafted(old, f.State, in.Up, patch)
	return draft, in, err
}

// holds reports whether a device other than self has a key.
func holds(devices []project.DeviceRow, key []byte, self p.EntityID) bool {
	return slices.ContainsFunc(devices, func(d project.DeviceRow) bool { return d.ID != self && d.Key == string(key) })
}

// neverDevice refuses an id that is something else's, or nobody's although this node holds what was written under it.
func neverDevice(tx store.Tx, id p.EntityID, known *p.State) error {
	if known != nil && known.Kind != registry.KindDevice || id.IsZero() {
		return ErrOtherDevice
	}
	birth := id.Birth()
	log, err := tx.Log(birth.Log)
	if err != nil || log == nil || log.Device.IsZero() {
		return err
	}
	author, err := tx.Device(log.Device)
	if err != nil {
		return err
	}
	if author != nil && author.Role != registry.NodeHub || known == nil && log.In >= birth.Seq {
		return ErrOtherDevice
	}
	return nil
}

func revoked(s *p.State) bool { return s != nil && registry.DeviceOf(s).Revoked != "" }

func placeError(tx store.Tx, code, machine p.EntityID, brought string) error {
	e := &PlaceError{Machine: brought}
	for _, n := range []struct {
		id   p.EntityID
		name *string
	}{{code, &e.Code}, {machine, &e.Machine}} {
		row, err := tx.Place(n.id)
		if err != nil {
			return err
		}
		if row != nil {
			*n.name = row.Name
		}
	}
	return e
}

// renumber lets a machine keep its number and block, unless somebody else has them by now or they lie further on than
// this hub can have come before it was set back: a number is cheap, and whoever has a code must not use all of them up.
func (h *Hub) renumber(tx store.Tx, devices []project.DeviceRow, f *Former, known bool, in *registry.DeviceInput) error {
	own := h.block()
	next, err := h.next(tx, devices, block{})
	if err != nil {
		return err
	}
	reach := next + blocksLost*own.size(min(next, own.last))
	number, numbers := in.Number, block{in.FirstFree, in.LastFree}
	claim := *f
	claim.Number, claim.FirstFree, claim.LastFree = number, numbers.first, numbers.last
	valid := 0 < number && number <= NumberLast && numbers.last <= NumberLast && numbers.first >= 0 && numbers.first <= numbers.last
	usedUp := in.Role == registry.NodeHub && f.LastFree == 0
	near := known || valid && (!own.has(number) || number <= reach) && (!own.has(numbers.last) || numbers.last <= reach)
	if near && valid && !usedUp && h.keepsNumber(devices, &claim, known) && (in.Role != registry.NodeHub || h.keepsBlock(devices, &claim)) {
		return nil
	}
	var brought block
	if near {
		brought = block{number, max(number, numbers.last)} // what it has written under it stays its own
	}
	err = h.assign(tx, devices, in, brought)
	if valid && errors.Is(err, ErrNumbersUsedUp) {
		// Better two machines with one number, whose codes are drawn at random, than one that cannot send what it has.
		in.FirstFree, in.LastFree = 0, 0
		return nil
	}
	return err
}

// blocksLost is how many blocks for hubs a hub may have given out since its backup.
const blocksLost = 3

// connection are the fields that coming back may change: the rest is who the machine is.
var connection = []p.Field{registry.DeviceUp, registry.DeviceNumber, registry.DeviceNumbers}

// drafted writes a patch over what is known of the device. What the machine alone knows of its connection is replaced with
// it; of its keys, place and role nothing is, on its word.
func drafted(old, brought *p.State, up p.EntityID, patch registry.Patch) (registry.Draft, error) {
	draft, err := registry.EditFields(old, patch, registry.SawOf(old))
	if err != nil {
		return draft, err
	}
	if !slices.ContainsFunc(draft.Writes, func(w p.Write) bool { return w.Field == registry.DeviceUp }) {
		// It is written in any case: who let the machine in, and when.
		draft.Writes = append(draft.Writes, registry.Edit(old, registry.DeviceUp, p.Ref(up)).Writes...)
		slices.SortFunc(draft.Writes, func(a, b p.Write) int { return cmp.Compare(a.Field, b.Field) })
	}
	if brought == nil {
		return draft, nil
	}
	for i := range draft.Writes {
		w := &draft.Writes[i]
		if slices.Contains(connection, w.Field) {
			w.Supersedes = alsoReplaced(w.Supersedes, brought.Values(w.Field))
		}
	}
	return draft, nil
}

func alsoReplaced(names []p.Superseded, values []p.Value) []p.Superseded {
	for i := range values {
		if s := values[i].Superseded(); len(names) < p.SupersededMax && !slices.Contains(names, s) {
			names = append(names, s)
		}
	}
	slices.SortFunc(names, p.Superseded.Compare)
	return names
}
