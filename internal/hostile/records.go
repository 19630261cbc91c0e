package hostile

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"math/rand/v2"
	"slices"

	"github.com/klauspost/compress/zstd"

	"tramy/internal/exchange"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// How much one request of these attacks carries.
const (
	segmentsEach = 64
	replayed     = 512
	bombBytes    = 256 << 20
)

// record is what an attack's segments say, where it does not matter: a kind that no version knows.
func record(b []byte) p.Write { return p.Write{Field: 200, Data: p.Bytes(b)} }

// bombs sends what unfolds.
func bombs(ctx context.Context, a *attacker, d *device) error {
	all, end := clients()
	defer end()
	var packed bytes.Buffer
	z, err := zstd.NewWriter(&packed, zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		return err
	}
	zeros := make([]byte, 1<<20)
	for range bombBytes / len(zeros) {
		if _, err := z.Write(zeros); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	w := newAuthor(d.key, d.id, rand.New(rand.NewPCG(a.Seed, 3)))
	seg, _, err := w.write(199, record([]byte("x")))
	if err != nil {
		return err
	}
	bomb, err := w.resigned(seg.Raw, packed.Bytes())
	if err != nil {
		return err
	}
	zipped, err := d.request(bomb)
	if err != nil {
		return err
	}
	whole, err := d.request()
	if err != nil {
		return err
	}
	begun := whole[:len(whole)-2]
	frame := func(t p.FrameType, body []byte) []byte {
		out := binary.AppendUvarint(bytes.Clone(begun), uint64(len(body)))
		return append(append(out, byte(t)), body...)
	}
	deep := bytes.Repeat([]byte{0x91}, p.FrameSizeBytesMax)    // arrays in arrays
	counts := []byte{0xdd, 0xff, 0xff, 0xff, 0xff}             // an array of 2^32-1
	long := []byte{0x91, 0xc6, 0xff, 0xff, 0xff, 0xff}         // 2^32-1 bytes
	maps := bytes.Repeat([]byte{0xdf, 0xff, 0xff, 0xff, 0}, 9) // maps of 2^32 in each other
	bodies := [][]byte{zipped}
	for _, t := range []p.FrameType{p.FrameSegment, p.FrameLet, p.FrameLogs, p.FrameRange, p.FrameWant, p.FrameEnds, p.FrameBackup, p.FrameMove} {
		for _, b := range [][]byte{deep, counts, long, maps} {
			bodies = append(bodies, frame(t, b))
		}
	}
	return a.alone(ctx, func(ctx context.Context, w, i int) (string, error) {
		return a.post(ctx, all[w], exchange.PathExchange, p.ContentType, d.token, bytes.NewReader(bodies[i%len(bodies)]))
	})
}

// twoContents writes two contents under one position, again and again, of a log that is long.
func twoContents(ctx context.Context, a *attacker, d *device) error {
	all, end := clients()
	defer end()
	r := rand.New(rand.NewPCG(a.Seed, 4))
	w := newAuthor(d.key, d.id, r)
	var first []p.Frame
	var at []author // the author before each segment
	for range replayed {
		at = append(at, *w)
		seg, _, err := w.write(199, record(noise(r, 8)))
		if err != nil {
			return err
		}
		first = append(first, seg)
	}
	if what, err := d.say(ctx, a, all[0], first...); err != nil {
		return err
	} else if ctx.Err() == nil {
		a.got(what)
	}
	return a.alone(ctx, func(ctx context.Context, k, i int) (string, error) {
		r := rand.New(rand.NewPCG(a.Seed+uint64(k), uint64(i)))
		var again []p.Frame
		for range segmentsEach {
			other := at[r.IntN(len(at))]
			seg, id, err := other.write(199, record(noise(r, 8)))
			if err != nil {
				return "", err
			}
			_ = id // the id is that of the content that came first
			again = append(again, seg)
		}
		return d.say(ctx, a, all[k], again...)
	})
}

// replay sends a long log again, last first.
func replay(ctx context.Context, a *attacker, d *device) error {
	all, end := clients()
	defer end()
	w := newAuthor(d.key, d.id, rand.New(rand.NewPCG(a.Seed, 5)))
	var list []p.Frame
	for range replayed {
		seg, _, err := w.write(199, record([]byte("x")))
		if err != nil {
			return err
		}
		list = append(list, seg)
	}
	if what, err := d.say(ctx, a, all[0], list...); err != nil {
		return err
	} else if ctx.Err() == nil {
		a.got(what)
	}
	slices.Reverse(list)
	return a.alone(ctx, func(ctx context.Context, k, _ int) (string, error) { return d.say(ctx, a, all[k], list...) })
}

// wrongScope writes what a station may not: places, people's accounts, machines, and a child of the nation.
func wrongScope(ctx context.Context, a *attacker, d *device) error {
	all, end := clients()
	defer end()
	elsewhere := d.root // no place at all
	return a.alone(ctx, func(ctx context.Context, k, i int) (string, error) {
		r := rand.New(rand.NewPCG(a.Seed+uint64(k), uint64(i)))
		w := newAuthor(d.key, d.id, r)
		var list []p.Frame
		var ids []p.EntityID
		for _, kind := range []p.Kind{registry.KindPlace, registry.KindUser, registry.KindDevice, registry.KindVaccine, registry.KindSubject} {
			seg, id, err := w.write(kind, p.Write{Field: p.FieldPlace, Data: p.Ref(elsewhere)}, p.Write{Field: 11, Data: p.Text("Không Có Ai")})
			if err != nil {
				return "", err
			}
			list, ids = append(list, seg), append(ids, id)
		}
		what, err := d.say(ctx, a, all[k], list...)
		for _, id := range ids {
			a.must(id)
		}
		return what, err
	})
}

// parked sends segments of authors whom nobody knows: each a log of its own, with as much in it as there may be.
func parked(ctx context.Context, a *attacker, d *device) error {
	all, end := clients()
	defer end()
	return a.alone(ctx, func(ctx context.Context, k, i int) (string, error) {
		r := rand.New(rand.NewPCG(a.Seed+uint64(k)<<32, uint64(i)+6))
		key := ed25519.NewKeyFromSeed(noise(r, ed25519.SeedSize))
		nobody := p.Dot{Log: p.NewLogID(key.Public().(ed25519.PublicKey), [16]byte{1}), Seq: 1}.Entity()
		var list []p.Frame
		for range 16 {
			seg, _, err := newAuthor(key, nobody, r).write(199, record(noise(r, p.TextSizeBytesMax)))
			if err != nil {
				return "", err
			}
			list = append(list, seg)
		}
		return d.say(ctx, a, all[k], list...)
	})
}

// namesLogs lists logs that nobody has.
func namesLogs(ctx context.Context, a *attacker, d *device) error {
	all, end := clients()
	defer end()
	return a.alone(ctx, func(ctx context.Context, k, i int) (string, error) {
		r := rand.New(rand.NewPCG(a.Seed+uint64(k)<<32, uint64(i)+7))
		l := &p.Logs{}
		first := r.Uint32() | 1
		for n := range 2000 {
			m := p.LogMark{Seq: 7}
			binary.BigEndian.PutUint32(m.Log[:], first+uint32(n))
			l.Heads = append(l.Heads, m)
		}
		slices.SortFunc(l.Heads, func(x, y p.LogMark) int { return x.Log.Compare(y.Log) })
		return d.say(ctx, a, all[k], l)
	})
}
