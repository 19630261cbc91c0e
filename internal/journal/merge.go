package journal

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"tramy/internal/node"
	p "tramy/syncproto"
)

// place is where one whole record stands in one of several journals.
type place struct {
	from int // which journal
	at   int64
	log  p.LogID
	seq  p.Seq
	sum  [8]byte // of what it says, without the chain
}

func (r *place) dot() p.Dot { return p.Dot{Log: r.log, Seq: r.seq} }

// Merge writes a new journal at a path with every whole record that any of the others holds, once, in an order in which
// each log's acts follow each other; where two journals tell an order, the first named one's stands. A journal that is
// not there holds none, and of one whose beginning is damaged what can be found is taken. Records of logs that another
// device opened are left out: key is this device's Ed25519 key. It returns how many records there are.
func Merge(to string, key []byte, from ...string) (int, error) {
	var all []place
	files := make([]*os.File, len(from))
	for i, path := range from {
		f, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return 0, err
		}
		defer f.Close()
		files[i] = f
		list, err := places(frames{f, magic, RecordBytesMax}, i, key)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", path, err)
		}
		all, _, _ = union(all, list)
	}
	return len(all), writeMerged(to, all, files)
}

func writeMerged(to string, all []place, files []*os.File) error {
	if err := os.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	j, err := Open(to)
	if err != nil {
		return err
	}
	err = func() error {
		for i := range all {
			body, _, err := frames{files[all[i].from], magic, RecordBytesMax}.record(all[i].at)
			if err != nil {
				return err
			}
			if body == nil {
				return fmt.Errorf("%s: a record went bad while it was read", files[all[i].from].Name())
			}
			chain := chainOver(j.chain, body)
			copy(body[1:], chain[:])
			rec := framed(body)
			if _, err := j.f.WriteAt(rec, j.size); err != nil {
				return err
			}
			j.size += int64(len(rec))
			j.chain = chain
		}
		return j.f.Sync()
	}()
	return errors.Join(err, j.Close())
}

// places lists the whole records of a journal of this device, also of one whose magic line is damaged. A record that
// no program of ours wrote is passed over.
func places(in frames, from int, key []byte) ([]place, error) {
	var list []place
	others := map[p.LogID]bool{}
	_, _, err := in.scan(0, func(at int64, body []byte) error {
		r, err := decode(body)
		if err != nil {
			return nil
		}
		log := r.Changes[0].Dot.Log
		if !opened(r, key) {
			others[log] = true
		}
		if !others[log] {
			list = append(list, place{from: from, at: at, log: log, seq: r.Changes[0].Dot.Seq, sum: sumOf(body)})
		}
		return nil
	})
	return list, err
}

// sumOf hashes what a record says: the same act has the same in whichever journal it stands.
func sumOf(body []byte) [8]byte {
	h := sha256.New()
	h.Write(body[:1])
	h.Write(body[17:])
	return [8]byte(h.Sum(nil)[:8])
}

// union puts what only the second list has in among the first, each before the next that both have. more is how many
// those are, forks how many the two tell differently: there the first stands.
func union(a, b []place) (all []place, more, forks int) {
	const added = -1
	index := make(map[p.Dot]int, len(a))
	for i := range a {
		index[a[i].dot()] = i
	}
	done := 0
	for i := range b {
		k, both := index[b[i].dot()]
		switch {
		case !both:
			all = append(all, b[i])
			index[b[i].dot()] = added // twice in one journal counts once
			more++
			continue
		case k == added:
			continue
		}
		if a[k].sum != b[i].sum {
			forks++
		}
		if k >= done {
			all = append(all, a[done:k+1]...)
			done = k + 1
		}
	}
	return append(all, a[done:]...), more, forks
}

// foreign reports whether a journal holds a log that another device opened.
func foreign(in frames, key []byte) (bool, error) {
	found := false
	_, _, err := in.scan(in.first(), func(_ int64, body []byte) error {
		if r, err := decode(body); err == nil && !opened(r, key) {
			found = true
		}
		return nil
	})
	return found, err
}

// opened reports whether this device opened the record's log, as far as the record says; key is its keys, one behind the other.
func opened(r *node.Record, key []byte) bool {
	if r.Opening == nil {
		return true
	}
	for ; len(key) >= ed25519.PublicKeySize; key = key[ed25519.PublicKeySize:] {
		if p.NewLogID(ed25519.PublicKey(key[:ed25519.PublicKeySize]), r.Opening.Random) == r.Changes[0].Dot.Log {
			return true
		}
	}
	return false
}
