package hub_test

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"tramy/hub"
	"tramy/internal/datadir"
	"tramy/internal/desk"
	"tramy/internal/exchange"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/store"
	p "tramy/syncproto"
)

func newCode(t *testing.T, h *hub.Hub, who desk.Who, place p.EntityID, role registry.NodeRole) *exchange.Code {
	t.Helper()
	c, err := h.NewCode(t.Context(), who, place, role)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// machine is a new machine's request.
func machine(t *testing.T, c *exchange.Code) *exchange.EnrolRequest {
	t.Helper()
	key, seal := make([]byte, 32), make([]byte, 32)
	rand.Read(key)
	x, err := ecdh.X25519().NewPrivateKey(append(seal[:31], 64))
	if err != nil {
		t.Fatal(err)
	}
	return &exchange.EnrolRequest{Secret: c.Secret[:], Key: key, SealKey: x.PublicKey().Bytes(), Name: "máy", Software: "test"}
}

func show(t *testing.T, c *exchange.Code) (*exchange.EnrolAnswer, error) {
	t.Helper()
	return exchange.Enrol(t.Context(), c, server.PinnedClient(c.Pin), machine(t, c))
}

func TestEnrolmentMakesADevice(t *testing.T) {
	tr := nodetest.NewUnsynced(t)
	c := newCode(t, tr.Hub, tr.Admin, tr.Facility, registry.NodeStation)
	a, err := show(t, c)
	if err != nil {
		t.Fatal(err)
	}
	if a.Place != tr.Facility || a.PlaceName != c.Place || a.Role != registry.NodeStation || len(a.Chain) != 1 || a.Chain[0].Device != tr.Hub.Node.Identity().Device {
		t.Errorf("%+v", a)
	}
	if !bytes.Equal(a.Token[:16], a.Device[:]) {
		t.Error("the token does not name the device")
	}
	err = tr.Hub.Node.Store().View(t.Context(), func(tx store.Tx) error {
		dev, err := tx.Device(a.Device)
		if err != nil || dev == nil || dev.Number != int64(a.Number) || dev.Place != tr.Facility || dev.Up != a.Chain[0].Device || dev.NumberLast != 0 {
			t.Errorf("the hub has %+v, %v", dev, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestCodesThatDoNotWork(t *testing.T) {
	tr := nodetest.NewUnsynced(t)
	used := newCode(t, tr.Hub, tr.Admin, tr.Facility, registry.NodeStation)
	if _, err := show(t, used); err != nil {
		t.Fatal(err)
	}
	unknown := *used
	rand.Read(unknown.Secret[:])
	wrongKey := newCode(t, tr.Hub, tr.Admin, tr.Facility, registry.NodeStation)
	wrongKey.Pin[0] ^= 1
	expired := newCode(t, tr.Hub, tr.Admin, tr.Facility, registry.NodeStation)
	tr.Clock().Add(hub.CodeLifetime + 2*time.Second)
	for name, c := range map[string]struct {
		code *exchange.Code
		want error
	}{
		"used": {used, exchange.ErrEnrolUsed}, "unknown": {&unknown, exchange.ErrEnrolUnknown}, "expired": {expired, exchange.ErrEnrolExpired},
		"another hub's key": {wrongKey, server.ErrWrongHubKey},
	} {
		path := filepath.Join(t.TempDir(), "station")
		_, err := datadir.Enrol(t.Context(), path, c.code, "máy", "test")
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if datadir.Exists(path) {
			t.Errorf("%s: a data folder was made", name)
		}
	}
	// Within its time a code works to the last second.
	late := newCode(t, tr.Hub, tr.Admin, tr.Facility, registry.NodeStation)
	tr.Clock().Add(hub.CodeLifetime)
	if _, err := show(t, late); err != nil {
		t.Errorf("in its last second: %v", err)
	}
}

// One code makes one device, however many present it at once.
func TestCodeWorksOnce(t *testing.T) {
	tr := nodetest.NewUnsynced(t)
	c := newCode(t, tr.Hub, tr.Admin, tr.Facility, registry.NodeStation)
	var wg sync.WaitGroup
	var mu sync.Mutex
	made := 0
	for range 8 {
		req := machine(t, c)
		wg.Go(func() {
			_, err := exchange.Enrol(context.Background(), c, server.PinnedClient(c.Pin), req)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				made++
			case !errors.Is(err, exchange.ErrEnrolUsed):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if made != 1 {
		t.Errorf("one code made %d devices", made)
	}
}

// A request that cannot become a device burns no code.
func TestBadRequestBurnsNoCode(t *testing.T) {
	tr := nodetest.NewUnsynced(t)
	c := newCode(t, tr.Hub, tr.Admin, tr.Facility, registry.NodeStation)
	for name, change := range map[string]func(r *exchange.EnrolRequest){
		"short key": func(r *exchange.EnrolRequest) { r.Key = r.Key[:31] }, "no key": func(r *exchange.EnrolRequest) { r.Key = nil },
		"no seal key": func(r *exchange.EnrolRequest) { r.SealKey = nil },
	} {
		req := machine(t, c)
		change(req)
		if _, err := exchange.Enrol(t.Context(), c, server.PinnedClient(c.Pin), req); err == nil {
			t.Errorf("%s: enrolled", name)
		}
	}
	if _, err := show(t, c); err != nil {
		t.Errorf("the code was burnt: %v", err)
	}
}

func TestGuessingCodes(t *testing.T) {
	tr := nodetest.NewUnsynced(t)
	srv := server.New(server.Options{Hosts: []string{server.AnyHost}, Log: nodetest.Quiet()})
	tr.Hub.Register(srv)
	post := func(addr string, c *exchange.Code) (int, exchange.EnrolAnswer) {
		b, err := json.Marshal(machine(t, c))
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("POST", exchange.PathEnrol, bytes.NewReader(b))
		r.RemoteAddr = addr + ":99"
		r.Header.Set("Content-Type", "application/vnd.tramy.enrol+json")
		w := httptest.NewRecorder()
		srv.ServeHTTP(w, r)
		var a exchange.EnrolAnswer
		if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
			t.Errorf("%d %q: %v", w.Code, w.Body, err)
		}
		return w.Code, a
	}
	good := newCode(t, tr.Hub, tr.Admin, tr.Facility, registry.NodeStation)
	guess := *good
	for i := range 12 {
		rand.Read(guess.Secret[:])
		status, a := post("203.0.113.7", &guess)
		if i < 10 && (status != http.StatusForbidden || a.Error != exchange.EnrolUnknown) || i >= 10 && (status != http.StatusTooManyRequests || a.Error != exchange.EnrolTooMany) {
			t.Errorf("attempt %d: %d %s", i, status, a.Error)
		}
	}
	// Who guesses from an address that many share keeps nobody behind it out.
	if status, a := post("203.0.113.7", good); status != http.StatusOK || a.Token == nil {
		t.Errorf("the right code after ten wrong ones: %d %s", status, a.Error)
	}
	r := httptest.NewRequest("POST", exchange.PathEnrol, bytes.NewReader([]byte("{}")))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	srv.ServeHTTP(w, r)
	if w.Code != http.StatusBadRequest {
		t.Errorf("another content type: %d", w.Code)
	}
}

func TestWhoMayMakeCodes(t *testing.T) {
	tr := nodetest.NewUnsynced(t)
	for role := rights.Role(1); role < 12; role++ {
		who := desk.Who{User: tr.Nurse.User, Role: role, Place: tr.Nation}
		_, err := tr.Hub.NewCode(t.Context(), who, tr.Facility, registry.NodeStation)
		if may := rights.May(role, rights.Create, registry.KindDevice); may != (err == nil) || !may && !errors.Is(err, desk.ErrForbidden) {
			t.Errorf("%s: %v", role, err)
		}
	}
	if _, err := tr.Hub.NewCode(t.Context(), tr.Nurse, tr.Facility, registry.NodeStation); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a nurse: %v", err)
	}
	if _, err := tr.Hub.NewCode(t.Context(), tr.Admin, p.EntityID{1}, registry.NodeStation); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("no place: %v", err)
	}
}

// Numbers stand at the front of every code a machine makes: no two machines may have one, at any tier.
func TestDeviceNumbersAreUniqueAndBlocksApart(t *testing.T) {
	tr := nodetest.NewUnsynced(t)
	taken := map[int]string{}
	take := func(who string, from, to int) {
		t.Helper()
		for n := from; n <= to; n++ {
			if other, is := taken[n]; is {
				t.Fatalf("number %d is %s's and %s's", n, other, who)
			}
			taken[n] = who
		}
	}
	err := tr.Hub.Node.Store().View(t.Context(), func(tx store.Tx) error {
		rows, err := tx.Devices()
		for _, r := range rows {
			if r.Up != r.ID {
				take(r.Name, int(r.Number), int(r.Number))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var blocks [][2]int
	for i, role := range []registry.NodeRole{1, 2, 2, 1, 1, 2, 1} {
		a, err := show(t, newCode(t, tr.Hub, tr.Admin, tr.Province, role))
		if err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprint("machine ", i)
		take(name, a.Number, a.Number)
		if role == registry.NodeHub != (a.FirstFree > 0) || a.Role != role {
			t.Fatalf("role %v has block %d-%d", role, a.FirstFree, a.LastFree)
		}
		if role == registry.NodeHub {
			if a.LastFree < a.FirstFree || a.LastFree > 999_999 {
				t.Fatalf("block %d-%d", a.FirstFree, a.LastFree)
			}
			take(name+"'s block", a.FirstFree, a.LastFree)
			blocks = append(blocks, [2]int{a.FirstFree, a.LastFree})
		}
	}
	if len(blocks) != 3 {
		t.Fatalf("%d hubs below", len(blocks))
	}
	// A hub below gives out of its own block, to its end and not beyond.
	first := tr.Hub.Numbers
	t.Cleanup(func() { tr.Hub.Numbers = first })
	next := len(taken)
	_ = next
	last := 0
	for n := range taken {
		last = max(last, n)
	}
	tr.Hub.Numbers[1] = last + 4
	numbers, hubs := 0, 0
	for {
		a, err := show(t, newCode(t, tr.Hub, tr.Admin, tr.Province, registry.NodeRole(1+numbers%2)))
		if err != nil {
			if numbers+hubs == 0 || errors.Is(err, exchange.ErrNotHub) {
				t.Errorf("used up: %v", err)
			}
			break
		}
		if numbers++; numbers > 10 {
			t.Fatal("numbers beyond the end")
		}
		take("late machine", a.Number, a.Number)
		if a.FirstFree > 0 {
			take("late block", a.FirstFree, a.LastFree)
			hubs++
		}
		if max(a.Number, a.LastFree) > last+4 {
			t.Errorf("%d-%d is beyond what this hub has", a.Number, a.LastFree)
		}
	}
}

// The hub keeps hashes: neither a code's secret nor a device's token can be read out of its folder.
func TestSecretsAreNotInTheHubsFolder(t *testing.T) {
	nodetest.FilesOnly(t)
	tr := nodetest.NewUnsynced(t)
	unused := newCode(t, tr.Hub, tr.Admin, tr.Facility, registry.NodeStation)
	used := newCode(t, tr.Hub, tr.Admin, tr.Facility, registry.NodeStation)
	a, err := show(t, used)
	if err != nil {
		t.Fatal(err)
	}
	files := 0
	marks := map[string][]byte{"unused code": unused.Secret[:], "used code": used.Secret[:], "token": a.Token[16:]}
	device := false
	err = filepath.WalkDir(tr.Hub.Dir.Path, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		device = device || bytes.Contains(b, a.Device[:])
		for name, secret := range marks {
			for form, text := range map[string][]byte{
				"as it is": secret, "hex": []byte(hex.EncodeToString(secret)), "base64": []byte(base64.StdEncoding.EncodeToString(secret)[:20]),
			} {
				if bytes.Contains(bytes.ToLower(b), bytes.ToLower(text)) && bytes.Contains(b, text) {
					t.Errorf("the %s stands in %s, %s", name, filepath.Base(path), form)
				}
			}
		}
		return nil
	})
	if err != nil || files < 4 || !device {
		t.Errorf("%d files were searched, the device was found: %v, %v", files, device, err)
	}
}
