package sim

import (
	"bytes"
	"io"

	"tramy/internal/node"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// together is what happens where several laptops stand in one room, and to a station that is lost for ever.
var together = []op{
	{"neighbours speak", 14, rooms, (*world).neighboursSpeak},
	{"a station saves, its neighbour carries it, and it is lost", 2, rooms, (*world).carriedAndLost},
	{"a station is lost for ever", 1, rooms, func(w *world) { w.loseStation(w.station()) }},
	{"somebody else is in the room", 3, rooms, (*world).stranger},
}

// pair is a laptop that calls and one that answers.
type pair struct{ from, to *machine }

// talk is a connection of a pair: what the one that answers said counts for as long as it stands.
type talk struct {
	peer   *node.Peer // as the one that calls knows the other
	ra, rb int        // in which run of each
}

// neighbour chooses another laptop of a station's room.
func (w *world) neighbour(m *machine) *machine {
	if m == nil {
		return nil
	}
	return w.machine(func(o *machine) bool { return o != m && o.commune == m.commune && o.runs() })
}

func (w *world) neighboursSpeak() {
	a := w.station()
	if b := w.neighbour(a); b != nil {
		w.speak(a, b)
	}
}

// stranger lets a laptop call one of another station. Unless a reform put both into one place, nothing may come of it.
func (w *world) stranger() {
	a, b := w.station(), w.station()
	if a == nil || b == nil || a.commune == b.commune {
		return
	}
	if w.speak(a, b) && !w.on[reforms] {
		w.fail("%s and %s spoke as neighbours, which they are not", a.name, b.name)
	}
}

// roundsTogether is how many requests in a row there may be: each has to bring something.
const roundsTogether = 200

// speak lets a laptop call another until that has all, as package room does over a network: both find out by its device key
// who the other is, the one that answers does so with every request. It reports whether they spoke at all.
func (w *world) speak(a, b *machine) bool {
	at := pair{a, b}
	t := w.talks[at]
	if t == nil || t.ra != a.run || t.rb != b.run {
		peer, err := a.node.PeerByKey(w.ctx, publicKey(b))
		if err != nil {
			w.note("%s does not take %s for a neighbour: %v", a.name, b.name, err)
			return false
		}
		t = &talk{peer, a.run, b.run}
	}
	if w.talks == nil {
		w.talks = map[pair]*talk{}
	}
	delete(w.talks, at) // whatever goes wrong below, the connection is gone
	for range roundsTogether {
		again, err := w.request(a, b, t)
		if err != nil {
			w.note("%s and %s break off: %v", a.name, b.name, err)
			return false
		}
		w.keptWord(a, b)
		if !again {
			w.note("%s has told %s all", a.name, b.name)
			w.talks[at] = t
			return true
		}
	}
	w.fail("%s and %s come to no end", a.name, b.name)
	return false
}

// nearWeights are those of what may happen to a request in a room.
var nearWeights = []int{passes: 20, cutUp: 2, cutDown: 2, lost: 1, late: 0, portal: 1}

// request does one request.
func (w *world) request(a, b *machine, t *talk) (again bool, err error) {
	call, err := a.node.BeginPeer(w.ctx, t.peer)
	if err != nil {
		return false, err
	}
	var up, down bytes.Buffer
	if err := call.WriteRequest(&up); err != nil {
		return false, err
	}
	fate, cut := w.tape.weighed(nearWeights), 0
	if fate != passes {
		cut = w.tape.below(1 << 16)
		w.met("room", a, fate)
	}
	switch fate {
	case lost:
		return false, errLine
	case portal:
		again, err := call.ReadResponse(bytes.NewReader([]byte("<html>Đăng nhập wifi</html>")))
		if err == nil {
			w.fail("%s took a page for its neighbour's answer", a.name)
		}
		return again, err
	}
	var arrives io.Reader = &up
	if fate == cutUp {
		arrives = io.MultiReader(bytes.NewReader(up.Bytes()[:part(up.Len(), cut)]), broken{})
	}
	peer, err := b.node.PeerByKey(w.ctx, publicKey(a))
	if err != nil {
		return false, err
	}
	if err := b.node.ServePeer(w.ctx, peer, arrives, &down); err != nil {
		return false, err
	}
	if fate == cutUp {
		return false, errLine
	}
	var answer io.Reader = &down
	if fate == cutDown {
		answer = io.MultiReader(bytes.NewReader(down.Bytes()[:part(down.Len(), cut)]), broken{})
	}
	return call.ReadResponse(answer)
}

// keptWord checks that a neighbour has what it just signed that it has: a person may be told so.
func (w *world) keptWord(a, b *machine) {
	var word []byte
	w.must(a.view(func(tx store.Tx) (err error) {
		word, err = tx.Meta("peer:" + b.id.Device.String())
		return err
	}))
	if len(word) <= 16 {
		w.fail("%s was told nothing by %s", a.name, b.name)
	}
	f, err := p.DecodeFrame(word[16:])
	w.must(err)
	heads, ok := f.(*p.Heads)
	if !ok || heads.Verify(publicKey(b), a.id.Device, [16]byte(word)) != nil {
		w.fail("%s keeps as %s's word what it did not sign", a.name, b.name)
	}
	w.must(b.view(func(tx store.Tx) error {
		for i := range heads.Logs {
			h := &heads.Logs[i]
			row, err := tx.Log(h.Log)
			if err != nil {
				return err
			}
			if h.Here > 0 && (row == nil || row.Head < h.Here) {
				w.fail("%s says that it has %d changes of log %s, and has fewer", b.name, h.Here, h.Log)
			}
		}
		return nil
	}))
}

// carriedAndLost lets a station save what only its neighbour hears of.
func (w *world) carriedAndLost() {
	a := w.station()
	b := w.neighbour(a)
	if b == nil {
		return
	}
	w.doseBy(a)
	if a.runs() && w.speak(a, b) {
		w.loseStation(a)
	}
}

// loseStation takes a station away with all that lies on it. One always stays.
func (w *world) loseStation(m *machine) {
	left := 0
	for _, o := range w.machines {
		if o.commune != nil && !o.gone && !o.revoked {
			left++
		}
	}
	if m == nil || left < 2 {
		return
	}
	w.note("%s is lost for ever", m.name)
	m.stop()
	m.gone = true
}
