package sim

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"

	"tramy/internal/bundle"
	"tramy/internal/envelope"
	"tramy/internal/exchange"
	"tramy/internal/node"
	"tramy/internal/sim/proof"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// carried is what happens to sticks and to the lines of those who need them.
var carried = []op{
	{"a machine loses its line or has one again", 8, bundles, (*world).darken},
	{"files are written for the hub", 8, bundles, func(w *world) { w.pack(w.below(), w.stick()) }},
	{"a stick is read", 10, bundles, func(w *world) { w.read(w.anyone(), w.stick()) }},
	{"a stick goes to the hub and back", 10, bundles, (*world).roundTrip},
	{"one file is read at some machine", 5, bundles, (*world).readOne},
	{"a stick is copied", 2, bundles, (*world).copyStick},
	{"a file on a stick is damaged", 3, bundles, (*world).hurtFile},
	{"a stick is lost", 1, bundles, func(w *world) { w.must(os.RemoveAll(w.stick())) }},
}

// sticksMax is how many sticks there are.
const sticksMax = 3

// usb is all sticks. They are folders, because the product reads and writes folders.
type usb struct {
	dir  string
	to   map[[32]byte]p.EntityID // for whom a file with that content is
	hurt map[[32]byte]bool       // it was damaged
}

// sticksIn is where the sticks of a run lie: in memory where a system has such a folder.
func sticksIn() string {
	const shm = "/dev/shm"
	if f, err := os.Stat(shm); err == nil && f.IsDir() {
		return shm
	}
	return ""
}

func (u *usb) remove() {
	if u.dir != "" {
		_ = os.RemoveAll(u.dir) // it is the system's folder for what may go at any time
	}
}

// stick chooses one.
func (w *world) stick() string { return w.stickAt(w.tape.below(sticksMax)) }

func (w *world) stickAt(i int) string {
	if w.usb.dir == "" {
		dir, err := os.MkdirTemp(sticksIn(), "tramy-sticks-")
		w.must(err)
		w.usb = usb{dir: dir, to: map[[32]byte]p.EntityID{}, hurt: map[[32]byte]bool{}}
	}
	path := filepath.Join(w.usb.dir, strconv.Itoa(i))
	w.must(os.MkdirAll(filepath.Join(path, bundle.Folder), 0o700))
	return path
}

// fileKeys makes a device's keys for files of 32 random bytes.
func fileKeys(random []byte) (*envelope.Key, []byte) {
	key, err := envelope.KeyOf(random)
	if err == nil {
		var public []byte
		if public, err = key.Public(); err == nil {
			return key, public
		}
	}
	panic(err)
}

// below chooses a machine that has a hub.
func (w *world) below() *machine {
	return w.machine(func(m *machine) bool { return m.up != nil && m.runs() })
}

// courier is what a machine exchanges with its hub by files, nil at the root.
func (m *machine) courier() *exchange.Courier {
	if m.up == nil {
		return nil
	}
	quiet := slog.New(slog.DiscardHandler)
	return &exchange.Courier{Node: m.node, Seal: m.files, Software: "sim", Now: m.now, Log: quiet, UpSeal: func(ctx context.Context) ([]byte, error) {
		key := m.up.seal // as enrolment told it
		err := m.node.Store().View(ctx, func(tx store.Tx) error {
			dev, err := tx.Device(m.id.Upstream.Device)
			if err == nil && dev != nil {
				key = []byte(dev.SealKey)
			}
			return err
		})
		return key, err
	}}
}

func (w *world) darken() {
	if m := w.below(); m != nil {
		m.dark = w.tape.chance(700)
		w.note("%s has no line: %v", m.name, m.dark)
	}
}

// errPulled is what a program hears whose stick is pulled out.
var errPulled = errors.New("simulated: the stick is gone")

// pack writes a machine's request on a stick. It reports whether there is one.
func (w *world) pack(m *machine, stick string) bool {
	if m == nil {
		return false
	}
	if w.tape.chance(80) {
		left := w.tape.below(4096)
		_, err := m.courier().Out(w.ctx, func(_ string, write func(io.Writer) error) error {
			err := write(&shortWriter{left})
			return errors.Join(err, errPulled)
		})
		w.note("%s writes on a stick that is pulled out: %v", m.name, err)
		if err == nil {
			w.fail("%s says that it wrote on a stick that was pulled out", m.name)
		}
		return false
	}
	defer w.written(m, stick)
	out, err := m.courier().OutTo(w.ctx, stick)
	if err != nil {
		w.note("%s writes no file: %v", m.name, err)
		w.excuse(m, err)
		return false
	}
	w.note("%s writes %s: %d changes", m.name, out.Name, out.Changes)
	return true
}

// written takes note of requests that a machine wrote on a stick, also of one that was whole there before the machine died
// or could not note that it wrote it: such a file counts like any other.
func (w *world) written(m *machine, stick string) {
	names, sums := w.contents(stick)
	for _, name := range names {
		number, _, way, ok := bundle.ParseName(name)
		if _, known := w.usb.to[sums[name]]; ok && !known && !w.usb.hurt[sums[name]] && way == bundle.Up && number == m.id.Number {
			w.usb.to[sums[name]] = m.id.Upstream.Device
		}
	}
}

// shortWriter takes only so many bytes.
type shortWriter struct{ left int }

// Write implements io.Writer.
func (s *shortWriter) Write(b []byte) (int, error) {
	if len(b) <= s.left {
		s.left -= len(b)
		return len(b), nil
	}
	return s.left, errPulled
}

// address takes note of whom a file is for.
func (w *world) address(path string, to p.EntityID) {
	b, err := os.ReadFile(path)
	w.must(err)
	w.usb.to[sha256.Sum256(b)] = to
}

// contents are the files of a stick by name.
func (w *world) contents(stick string) (names []string, sums map[string][32]byte) {
	entries, err := os.ReadDir(filepath.Join(stick, bundle.Folder))
	w.must(err)
	sums = map[string][32]byte{}
	for _, e := range entries {
		if filepath.Ext(e.Name()) != bundle.Suffix {
			continue // what a machine left that died while it wrote: it has a name that nobody reads
		}
		b, err := os.ReadFile(filepath.Join(stick, bundle.Folder, e.Name()))
		w.must(err)
		sums[e.Name()] = sha256.Sum256(b)
		names = append(names, e.Name())
	}
	return names, sums
}

// read lets a machine do with a stick what there is to do.
func (w *world) read(m *machine, stick string) {
	if m == nil || !m.runs() {
		return
	}
	_, sums := w.contents(stick)
	w.readAt(m, stick, sums)
}

// readAt reads a stick or one file of it. It checks that what was damaged, or is for another machine, is refused, and
// that nothing else is, but for reasons that a fault gave.
func (w *world) readAt(m *machine, path string, sums map[string][32]byte) {
	stick := path
	if filepath.Ext(path) == bundle.Suffix {
		stick = filepath.Dir(filepath.Dir(path))
	}
	defer w.answered(m, stick)
	var read exchange.BundlesRead
	var err error
	if m.isHub() {
		read, err = exchange.ReadBundles(w.ctx, m.courier(), &exchange.Bundles{Node: m.node, Seal: m.files, Now: m.now}, path, "")
	} else {
		read.Taken, err = m.courier().InPath(w.ctx, path)
	}
	if err != nil {
		w.excuse(m, err)
	}
	for i := range read.Taken {
		t := &read.Taken[i]
		w.note("%s reads %s", m.name, t.String())
		w.judge(m, t.File, sums[t.File], t.Err)
	}
	for i := range read.Answered {
		a := &read.Answered[i]
		if a.Err != nil {
			w.note("%s reads %s: %v", m.name, a.File, a.Err)
		} else {
			w.note("%s answers %s: %d new changes", m.name, a.File, a.Changes)
		}
		w.judge(m, a.File, sums[a.File], a.Err)
		if a.Answer != "" {
			w.address(filepath.Join(stick, bundle.Folder, a.Answer), a.Device.ID)
		}
	}
	w.proven(m)
}

// answered takes note of answers that a hub wrote on a stick and could not tell of, because it died then.
func (w *world) answered(hub *machine, stick string) {
	names, sums := w.contents(stick)
	for _, name := range names {
		number, _, way, ok := bundle.ParseName(name)
		if _, known := w.usb.to[sums[name]]; !ok || known || w.usb.hurt[sums[name]] || way != bundle.Down {
			continue
		}
		for _, m := range w.machines {
			if m.up == hub && m.id.Number == number {
				w.usb.to[sums[name]] = m.id.Device
			}
		}
	}
}

// judge checks what became of one file.
func (w *world) judge(m *machine, name string, sum [32]byte, err error) {
	switch to, known := w.usb.to[sum]; {
	case w.usb.hurt[sum] && err == nil:
		w.fail("%s took in %s, which is damaged", m.name, name)
	case known && to != m.id.Device && err == nil:
		w.fail("%s took in %s, which is for another machine", m.name, name)
	case !known && err == nil:
		w.fail("%s took in %s, which nobody wrote", m.name, name)
	case known && to == m.id.Device && err != nil:
		w.excuse(m, err)
	}
}

// excuses are why a file that is whole and for this machine may be refused: the machine or its hub was set back or hung
// elsewhere since it was written, it was read before, or the machine's disk fails.
var excuses = []error{
	errBroken, store.ErrFull, store.ErrCorrupt, node.ErrBundleUnknown, node.ErrBundleRead, node.ErrBundleMoved, exchange.ErrStranger,
	exchange.ErrUnknownDevice, exchange.ErrRevokedDevice, exchange.ErrNoBundles, exchange.ErrNotAnswer, exchange.ErrNotRequest,
}

func (w *world) excuse(m *machine, err error) {
	for _, e := range excuses {
		if errors.Is(err, e) {
			return
		}
	}
	w.fail("%s cannot do with files what it should: %v", m.name, err)
}

// proven checks that what a machine shows as saved elsewhere was signed by a hub, now and not only at the end.
func (w *world) proven(m *machine) {
	if !m.runs() {
		return
	}
	wrong, err := proof.Ticks(w.ctx, &proof.Node{Name: m.name, Store: m.store.inner, Device: m.id.Device}, w.keys())
	if errors.Is(err, store.ErrCorrupt) {
		return // it is found out, and set aside
	}
	w.must(err)
	if len(wrong) > 0 {
		w.fail("%s", wrong[0])
	}
}

// roundTrip carries a request up and its answer down; each part may be left out or done twice.
func (w *world) roundTrip() {
	m, stick := w.below(), w.stick()
	if m == nil {
		return
	}
	w.pack(m, stick)
	for range 1 + w.tape.below(2) {
		if !w.tape.chance(100) {
			w.read(w.alive(m.up), stick)
		}
		if !w.tape.chance(100) {
			w.read(w.alive(m), stick)
		}
	}
}

// readOne reads one file at a machine for which it may not be. What must be refused changes nothing there.
func (w *world) readOne() {
	m, stick := w.anyone(), w.stick()
	names, sums := w.contents(stick)
	if m == nil || len(names) == 0 {
		return
	}
	name := names[w.tape.below(len(names))]
	w.readFile(m, stick, name, sums)
}

func (w *world) readFile(m *machine, stick, name string, sums map[string][32]byte) {
	path := filepath.Join(stick, bundle.Folder, name)
	sum := sums[name]
	if w.usb.to[sum] == m.id.Device && !w.usb.hurt[sum] {
		w.readAt(m, path, sums)
		return
	}
	c := &counting{Store: m.store.inner}
	m.store.inner = c
	defer func() { m.store.inner = c.Store }()
	w.readAt(m, path, sums)
	if c.written > 0 {
		w.fail("%s refused %s and yet wrote something of it", m.name, name)
	}
}

// counting is a store that counts what is written.
type counting struct {
	store.Store
	written int
}

// Update implements store.Store.
func (c *counting) Update(ctx context.Context, fn func(store.Tx) error) error {
	c.written++
	return c.Store.Update(ctx, fn)
}

// hurtFile cuts a file off or flips one of its bits, and has it read at the machine that it is for.
func (w *world) hurtFile() {
	stick := w.stick()
	names, sums := w.contents(stick)
	if len(names) == 0 {
		return
	}
	name := names[w.tape.below(len(names))]
	path := filepath.Join(stick, bundle.Folder, name)
	b, err := os.ReadFile(path)
	w.must(err)
	if len(b) == 0 {
		return
	}
	to := w.usb.to[sums[name]]
	if w.tape.chance(500) {
		b = b[:w.tape.below(len(b))]
	} else {
		bit := w.tape.below(8 * len(b))
		b[bit/8] ^= 1 << (bit % 8)
	}
	w.must(os.WriteFile(path, b, 0o600))
	sum := sha256.Sum256(b)
	if _, written := w.usb.to[sum]; written {
		return // damaged twice, it is whole again
	}
	w.usb.hurt[sum] = true
	w.note("%s is damaged", name)
	for _, m := range w.machines {
		if m.runs() && m.id.Device == to {
			w.readFile(m, stick, name, map[string][32]byte{name: sum})
			return
		}
	}
}

func (w *world) copyStick() {
	from, to := w.stick(), w.stick()
	if from == to {
		return
	}
	names, _ := w.contents(from)
	for _, name := range names {
		b, err := os.ReadFile(filepath.Join(from, bundle.Folder, name))
		w.must(err)
		w.must(os.WriteFile(filepath.Join(to, bundle.Folder, name), b, 0o600))
	}
}

// oldSticks has everybody read, when all is settled, what lies about; then all settles again.
func (w *world) oldSticks() {
	if w.usb.dir == "" {
		return
	}
	for i := range sticksMax {
		for _, m := range w.machines {
			if !m.gone && !m.deaf() {
				w.read(m, w.stickAt(i))
			}
		}
	}
	w.settle()
}
