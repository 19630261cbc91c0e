package hub_test

import (
	"crypto/ed25519"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tramy/internal/backup"
	"tramy/internal/datadir"
	"tramy/internal/exchange"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/station"
	p "tramy/syncproto"
)

// lossy lets requests for new keys, or their answers, be lost.
type lossy struct {
	through      http.RoundTripper
	before, then bool // lose the next request, or its answer
}

var errLine = errors.New("the line broke")

func (l *lossy) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path != exchange.PathKeys {
		return l.through.RoundTrip(r)
	}
	if l.before {
		return nil, errLine
	}
	resp, err := l.through.RoundTrip(r)
	if err == nil && l.then {
		resp.Body.Close()
		return nil, errLine
	}
	return resp, err
}

// carried lets a station call over a line that loses what it is told to.
func carried(t *testing.T, st *station.Station) *lossy {
	t.Helper()
	c := st.Uplink.Client
	tr := &http.Transport{TLSClientConfig: c.TLS.Clone(), ForceAttemptHTTP2: true}
	t.Cleanup(tr.CloseIdleConnections)
	l := &lossy{through: tr}
	c.Carry = l
	return l
}

// reaches checks that what a station records arrives at its hub.
func reaches(t *testing.T, tr *nodetest.Tree, st *station.Station, when string, children ...p.EntityID) {
	t.Helper()
	exchanges(t, st.Uplink.Client)
	err := tr.Hub.Node.Store().View(t.Context(), func(tx store.Tx) error {
		for _, id := range children {
			if s, err := tx.State(id); err != nil || s == nil {
				t.Errorf("%s: a child is missing at the hub: %v", when, err)
			}
		}
		held, err := tx.HeldLogs()
		if len(held) > 0 {
			t.Errorf("%s: %d logs are held", when, len(held))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Whichever step the line or the machine breaks at, the machine goes on working, and the next exchange ends the change.
func TestChangingKeysBreaksOff(t *testing.T) {
	for name, c := range map[string]struct {
		before, then bool // what is lost
		crash        bool // the program ends there
	}{
		"nothing is lost": {}, "the request is lost": {before: true}, "the answer is lost": {then: true},
		"the request is lost and the program ends": {before: true, crash: true}, "the answer is lost and the program ends": {then: true, crash: true},
	} {
		t.Run(name, func(t *testing.T) {
			tr := nodetest.New(t)
			st, end := laptop(t, tr, tr.Hub, tr.Facility)
			path := st.Dir.Path
			first := child(t, tr, st, "Lò Một")
			old := st.Node.Identity().Key
			line := carried(t, st)
			line.before, line.then = c.before, c.then
			err := st.ChangeKeys(t.Context())
			if lost := c.before || c.then; lost != errors.Is(err, errLine) || !lost && err != nil {
				t.Fatal(err)
			}
			second := child(t, tr, st, "Lò Hai") // under the old key, whatever the hub knows
			if c.crash || err == nil {
				end()
				st = tr.OpenStationAt(t, path)
				end = closing(t, st)
			}
			line.before, line.then = false, false
			if err != nil {
				res, serr := st.Uplink.Client.Sync(t.Context())
				st.Dir.KeepKeys(t.Context(), st.Uplink.Client, res, serr)
				end()
				st = tr.OpenStationAt(t, path)
				end = closing(t, st)
			}
			id := st.Node.Identity()
			if id.Key.Equal(old) || len(id.Former) != 1 || !id.Former[0].Equal(old) {
				t.Fatal("the keys were not changed")
			}
			third := child(t, tr, st, "Lò Ba")
			reaches(t, tr, st, "after the change", first, second, third)
			row := deviceRow(t, tr.Hub, id.Device)
			if row.Key != string(id.Key.Public().(ed25519.PublicKey)) || len(row.Keys()) != 2 || row.SealKey == "" {
				t.Errorf("the hub knows %d keys", len(row.Keys()))
			}
			end()
		})
	}
}

// A hub that is put back to before it took the keys is asked to take them again, by the next exchange.
func TestHubSetBackTakesTheKeysAgain(t *testing.T) {
	nodetest.FilesOnly(t)
	tr := nodetest.New(t)
	st, end := laptop(t, tr, tr.Hub, tr.Facility)
	path := st.Dir.Path
	one := child(t, tr, st, "Lò Một")
	exchanges(t, st.Uplink.Client)
	saved := filepath.Join(t.TempDir(), "hub")
	tr.ReopenHub(t, func(dir string) { copyFolder(t, dir, saved) })
	if err := st.ChangeKeys(t.Context()); err != nil {
		t.Fatal(err)
	}
	end()
	tr.ReopenHub(t, func(dir string) {
		for _, name := range []string{datadir.FileDatabase, datadir.FileJournal} {
			b, err := os.ReadFile(filepath.Join(saved, name))
			if err == nil {
				err = os.WriteFile(filepath.Join(dir, name), b, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	st = tr.OpenStationAt(t, path)
	defer func() { closing(t, st)() }()
	two := child(t, tr, st, "Lò Hai")
	res, err := st.Uplink.Client.Sync(t.Context())
	if err != nil || res.Refusal == nil || res.Refusal.Code != p.RefusedToken {
		t.Fatalf("%+v, %v", res, err)
	}
	st.Dir.KeepKeys(t.Context(), st.Uplink.Client, res, err)
	reaches(t, tr, st, "after the hub was set back", one, two)
}

// A machine put back from a backup of before it changed its keys has the old ones only. It is enrolled again with them, and all
// that was ever signed stays proved.
func TestMachineSetBackToItsOldKeys(t *testing.T) {
	tr := nodetest.New(t)
	st, end := laptop(t, tr, tr.Hub, tr.Facility)
	path := st.Dir.Path
	one := child(t, tr, st, "Lò Một")
	exchanges(t, st.Uplink.Client)
	end()
	saved := filepath.Join(t.TempDir(), "laptop")
	copyFolder(t, path, saved)
	st = tr.OpenStationAt(t, path)
	if err := st.ChangeKeys(t.Context()); err != nil {
		t.Fatal(err)
	}
	closing(t, st)()
	st = tr.OpenStationAt(t, path)
	two := child(t, tr, st, "Lò Hai")
	made, err := st.Backups.Make(t.Context()) // with what was never sent
	if err != nil {
		t.Fatal(err)
	}
	closing(t, st)()

	old := tr.OpenStationAt(t, saved)
	three := child(t, tr, old, "Lò Ba")
	res, err := old.Uplink.Client.Sync(t.Context())
	if err != nil || res.Refusal == nil || res.Refusal.Code != p.RefusedToken {
		t.Fatalf("a copy with the old token: %+v, %v", res, err)
	}
	closing(t, old)()
	if _, err := again(t, saved, newCode(t, tr.Hub, tr.Admin, tr.Facility, registry.NodeStation)); err != nil {
		t.Fatal(err)
	}
	old = tr.OpenStationAt(t, saved)
	defer func() { closing(t, old)() }()
	if _, in, err := tr.Hub.TakeBackup(t.Context(), tr.Admin, made.Path, nil); err != nil || in.Bad > 0 {
		t.Fatalf("%+v, %v", in, err)
	}
	reaches(t, tr, old, "enrolled again", one, two, three)
	if row := deviceRow(t, tr.Hub, old.Node.Identity().Device); len(row.Keys()) != 2 {
		t.Errorf("%d keys", len(row.Keys()))
	}
}

// A backup encrypted before the keys were changed opens after it, at the machine and at its hub.
func TestOldBackupsOpenAfterTheKeysChanged(t *testing.T) {
	tr := nodetest.New(t)
	st, end := laptop(t, tr, tr.Hub, tr.Facility)
	path := st.Dir.Path
	one := child(t, tr, st, "Lò Một")
	made, err := st.Backups.Make(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := st.ChangeKeys(t.Context()); err != nil {
		t.Fatal(err)
	}
	end()
	restored, err := backup.Restore(t.Context(), backup.Restoring{File: made.Path, Into: path, Program: "station", Open: nodetest.OpenStation})
	if err != nil {
		t.Fatalf("%+v, %v", restored, err)
	}
	st = tr.OpenStationAt(t, path)
	defer func() { closing(t, st)() }()
	reaches(t, tr, st, "restored", one)
	if _, in, err := tr.Hub.TakeBackup(t.Context(), tr.Admin, made.Path, nil); err != nil || in.Bad > 0 {
		t.Errorf("%+v, %v", in, err)
	}
}

// Nobody gives a machine keys but the machine.
func TestKeysThatAreNotTaken(t *testing.T) {
	tr := nodetest.New(t)
	st, end := laptop(t, tr, tr.Hub, tr.Facility)
	defer end()
	id := st.Node.Identity()
	hubID := tr.Hub.Node.Identity().Device
	other := tr.Station.Node.Identity()
	_, fresh, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	make := func() *exchange.NewKeys {
		return &exchange.NewKeys{
			Device: id.Device, Old: id.Key.Public().(ed25519.PublicKey), Key: fresh.Public().(ed25519.PublicKey), SealKey: fresh[:32], TokenHash: fresh[32:64],
		}
	}
	token := st.Dir.Keys.Token
	for name, c := range map[string]struct {
		change func(k *exchange.NewKeys)
		token  []byte
		want   error
	}{
		"signed by the new key alone":   {func(k *exchange.NewKeys) { k.OldProof = k.Proof }, token, exchange.ErrKeysNotProved},
		"the new key is not shown":      {func(k *exchange.NewKeys) { k.Proof = k.OldProof }, token, exchange.ErrKeysNotProved},
		"for another hub":               {func(k *exchange.NewKeys) { k.Sign(other.Device, id.Key, fresh) }, token, exchange.ErrKeysNotProved},
		"another's seal key slipped in": {func(k *exchange.NewKeys) { k.SealKey = fresh[1:33] }, token, exchange.ErrKeysNotProved},
		"another's token":               {func(*exchange.NewKeys) {}, tr.Station.Dir.Keys.Token, exchange.ErrKeysNotProved},
		"no token":                      {func(*exchange.NewKeys) {}, token[:40], exchange.ErrTokenRefused},
		"another's key as the old one": {func(k *exchange.NewKeys) {
			k.Old = other.Key.Public().(ed25519.PublicKey)
			k.Sign(hubID, other.Key, fresh)
		}, token, exchange.ErrKeysRefused},
		"another's key as the new one": {func(k *exchange.NewKeys) {
			k.Key = other.Key.Public().(ed25519.PublicKey)
			k.Sign(hubID, id.Key, other.Key)
		}, token, exchange.ErrKeysRefused},
	} {
		k := make()
		k.Sign(hubID, id.Key, fresh)
		c.change(k)
		if err := st.Uplink.Client.ChangeKeys(t.Context(), k, c.token); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if row := deviceRow(t, tr.Hub, id.Device); len(row.Keys()) != 1 {
		t.Error("the keys were changed")
	}
	exchanges(t, st.Uplink.Client)
}

// An officer asks for new keys, and the machine changes them at its next exchange; no clock does.
func TestKeysAreChangedWhenAsked(t *testing.T) {
	tr := nodetest.New(t)
	st, end := laptop(t, tr, tr.Hub, tr.Facility)
	path := st.Dir.Path
	reopen := func() {
		end()
		st = tr.OpenStationAt(t, path)
		end = closing(t, st)
	}
	defer func() { end() }()
	keep := func() int {
		t.Helper()
		res, err := st.Uplink.Client.Sync(t.Context())
		if err != nil || res.Refusal != nil {
			t.Fatalf("%+v, %v", res, err)
		}
		st.Dir.KeepKeys(t.Context(), st.Uplink.Client, res, err)
		reopen()
		return len(st.Dir.Keys.Former)
	}
	if n := keep(); n != 0 {
		t.Fatalf("changed %d times, and nobody asked", n)
	}
	if err := tr.Hub.AskForKeys(t.Context(), tr.Admin, st.Node.Identity().Device); err != nil {
		t.Fatal(err)
	}
	if n := keep(); n != 1 {
		t.Fatalf("changed %d times", n)
	}
	if n := keep(); n != 1 {
		t.Fatalf("changed %d times for having been asked once", n)
	}
	tr.Clock().Add(10 * 365 * 24 * time.Hour)
	if n := keep(); n != 1 {
		t.Fatalf("changed %d times by a clock that is years ahead", n)
	}
}
