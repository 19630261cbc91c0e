package exchange_test

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tramy/internal/bundle"
	"tramy/internal/datadir"
	"tramy/internal/exchange"
	"tramy/internal/node"
	"tramy/internal/nodetest"
	"tramy/station"
	p "tramy/syncproto"
)

// A station that has never exchanged over a line gets everything from a stick, and what it records reaches the
// centre: the same on both sides as after an exchange over a line.
func TestFirstSyncByStickAlone(t *testing.T) {
	tr := nodetest.NewUnsynced(t)
	tr.Cut()
	u := newUSB(t)
	u.round(tr.Station.Courier, tr.Hub)
	sameSums(t, tr.Station, tr.Hub)
	id := enter(t, tr, tr.Station, "Lò Gia Bảo")
	packed := u.out(tr.Station.Courier)
	if packed.Changes == 0 || packed.More {
		t.Errorf("%+v", packed)
	}
	answered := u.hub(tr.Hub)
	if len(answered) != 1 || answered[0].Changes != packed.Changes || answered[0].Device.ID != tr.Station.Node.Identity().Device {
		t.Errorf("%+v, written %d", answered, packed.Changes)
	}
	if !knows(t, tr.Hub.Node, id) {
		t.Error("the centre does not know the child")
	}
	if st := status(t, tr.Station.Node); st.AtRoot > 0 && st.Saved == 0 {
		t.Error("a tick was shown before its proof was read")
	}
	u.in(tr.Station.Courier)
	if st := status(t, tr.Station.Node); st.Saved != 0 || st.AtRoot == 0 {
		t.Errorf("%d only here, %d at the centre", st.Saved, st.AtRoot)
	}
	sameSums(t, tr.Station, tr.Hub)
	if left := u.files(); len(left) != 0 {
		t.Errorf("left on the stick: %v", left)
	}
}

// Every step done twice, an answer that comes before an older one, a request that the hub reads again weeks later, a
// lost file: nothing is lost, doubled or moved back, whatever goes over the line meanwhile.
func TestStepsRepeatedLostAndReordered(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	c, u := tr.Station.Courier, newUSB(t)
	enter(t, tr, tr.Station, "Lò Một")
	u.out(c) // lost
	if err := os.RemoveAll(filepath.Join(u.path, bundle.Folder)); err != nil {
		t.Fatal(err)
	}
	enter(t, tr, tr.Station, "Lò Hai")
	u.out(c)
	u.hub(tr.Hub)
	again := u.hub(tr.Hub)
	if again[0].Changes != 0 {
		t.Errorf("%d changes were new the second time", again[0].Changes)
	}
	first := u.keep()
	enter(t, tr, tr.Station, "Lò Ba")
	second := newUSB(t)
	second.out(c)
	second.hub(tr.Hub)
	second.in(c)
	after := status(t, tr.Station.Node)
	if after.Saved != 0 {
		t.Errorf("%d only here", after.Saved)
	}
	// The older answer comes now. Its receipts are old: no tick goes out.
	u.in(c)
	if got := status(t, tr.Station.Node); got.Saved != 0 || got.AtRoot != after.AtRoot {
		t.Errorf("an older answer took ticks back: %d only here", got.Saved)
	}
	// And once more, from a copy.
	u.put(first)
	files, err := c.InFrom(ctx, u.path)
	if err != nil || len(files) != 1 || !errors.Is(files[0].Err, node.ErrBundleRead) {
		t.Errorf("%+v, %v", files, err)
	}
	// Over the line, then the hub reads the oldest file again: it sends the station back nowhere.
	enter(t, tr, tr.Station, "Lò Tư")
	tr.Sync(t)
	at, err := tr.Hub.Node.ChildPosition(ctx, tr.Station.Node.Identity().Device)
	if err != nil {
		t.Fatal(err)
	}
	u.put(first)
	late := u.hub(tr.Hub)
	if !late[0].Late || late[0].Changes != 0 {
		t.Errorf("%+v", late[0])
	}
	if now, err := tr.Hub.Node.ChildPosition(ctx, tr.Station.Node.Identity().Device); err != nil || now != at {
		t.Errorf("the position went from %+v to %+v, %v", at, now, err)
	}
	tr.Sync(t)
	sameSums(t, tr.Station, tr.Hub)
	if st := status(t, tr.Hub.Node); st.Subjects != 4 || len(st.Alarms) != 0 {
		t.Errorf("%d children at the centre, %d alarms", st.Subjects, len(st.Alarms))
	}
}

// A file written, then an exchange over the line with news from elsewhere, work, a restart: the answer that comes last
// passes over nothing.
func TestStickAndLineMixed(t *testing.T) {
	tr := nodetest.New(t)
	other := tr.AddStation(t, tr.Hub, tr.Facility, "Máy hai")
	if _, err := other.Uplink.Client.Sync(context.Background()); err != nil {
		t.Fatal(err)
	}
	u := newUSB(t)
	enter(t, tr, tr.Station, "Lò Một")
	u.out(tr.Station.Courier)
	enter(t, tr, other, "Vừ Hai")
	if _, err := other.Uplink.Client.Sync(context.Background()); err != nil {
		t.Fatal(err)
	}
	u.hub(tr.Hub)
	enter(t, tr, other, "Vừ Ba")
	if _, err := other.Uplink.Client.Sync(context.Background()); err != nil {
		t.Fatal(err)
	}
	tr.Sync(t)
	enter(t, tr, tr.Station, "Lò Bốn")
	last := enter(t, tr, other, "Vừ Năm")
	if _, err := other.Uplink.Client.Sync(context.Background()); err != nil {
		t.Fatal(err)
	}
	before := cursors(t, tr.Station)
	u.in(tr.Station.Courier)
	if after := cursors(t, tr.Station); !maps.Equal(after, before) {
		t.Errorf("an answer that was overtaken moved the cursors from %v to %v", before, after)
	}
	tr.Sync(t)
	sameSums(t, tr.Station, tr.Hub)
	if !knows(t, tr.Station.Node, last) || status(t, tr.Station.Node).Subjects != 5 {
		t.Errorf("%d children at the station", status(t, tr.Station.Node).Subjects)
	}
	// The other way round, by stick alone from here on.
	tr.Cut()
	u.round(tr.Station.Courier, tr.Hub)
	sameSums(t, tr.Station, tr.Hub)
}

// The machine is switched off while the stick is away.
func TestAnswerIsReadAfterARestart(t *testing.T) {
	tr := nodetest.New(t)
	tr.Cut()
	u := newUSB(t)
	id := enter(t, tr, tr.Station, "Lò Một")
	u.out(tr.Station.Courier)
	path := tr.Station.Dir.Path
	if err := tr.Station.Close(); err != nil {
		t.Fatal(err)
	}
	u.hub(tr.Hub)
	dir, err := datadir.Open(path, "station")
	if err != nil {
		t.Fatal(err)
	}
	tr.Station, err = station.Open(context.Background(), dir, station.Options{
		Open: nodetest.OpenStation, Now: tr.Clock().Now, Software: "nodetest", Delay: time.Hour, Log: nodetest.Quiet(),
	})
	if err != nil {
		t.Fatal(err)
	}
	u.in(tr.Station.Courier)
	if st := status(t, tr.Station.Node); st.Saved != 0 || !knows(t, tr.Hub.Node, id) {
		t.Errorf("%d only here", st.Saved)
	}
	u.round(tr.Station.Courier, tr.Hub)
	sameSums(t, tr.Station, tr.Hub)
}

// Several stations on one stick, with a damaged file, one of a revoked machine and one for another hub among them: each
// is said, and the others are answered.
func TestManyStationsOnOneStick(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	below := tr.AddHub(t, tr.Province, "Điện Biên")
	two := tr.AddStation(t, tr.Hub, tr.Facility, "Máy hai")
	gone := tr.AddStation(t, tr.Hub, tr.Facility, "Máy mất")
	elsewhere := tr.AddStation(t, below, tr.Facility, "Máy của tỉnh")
	u := newUSB(t)
	for _, st := range []*station.Station{tr.Station, two, gone, elsewhere} {
		u.out(st.Courier)
	}
	if err := tr.Hub.Revoke(ctx, tr.Admin, gone.Node.Identity().Device, "mất máy"); err != nil {
		t.Fatal(err)
	}
	damaged := u.keep()
	for name, b := range damaged {
		if d, _, _, _ := bundle.ParseName(name); d != two.Node.Identity().Number {
			delete(damaged, name)
			continue
		}
		b[len(b)-20] ^= 1
	}
	u.put(damaged)
	read, err := tr.Hub.ReadBundles(ctx, u.path, "")
	if err != nil || len(read.Answered) != 4 {
		t.Fatalf("%+v, %v", read.Answered, err)
	}
	want := map[int64]error{two.Node.Identity().Number: bundle.ErrDamaged, gone.Node.Identity().Number: exchange.ErrRevokedDevice, elsewhere.Node.Identity().Number: bundle.ErrNotFor}
	for _, a := range read.Answered {
		number, _, _, _ := bundle.ParseName(a.File)
		if !errors.Is(a.Err, want[number]) || want[number] == nil && a.Err != nil {
			t.Errorf("%s: %v, want %v", a.File, a.Err, want[number])
		}
	}
	u.in(tr.Station.Courier)
	files, err := gone.Courier.InFrom(ctx, u.path)
	if err != nil || len(files) != 1 || files[0].Refusal == nil || files[0].Refusal.Code != p.RefusedRevoked {
		t.Errorf("the revoked one: %+v, %v", files, err)
	}
	if _, err := two.Courier.InFrom(ctx, u.path); !errors.Is(err, exchange.ErrNoBundles) {
		t.Errorf("no answer: %v", err)
	}
}

// What is put into the wrong machine does nothing there.
func TestWrongMachine(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	two := tr.AddStation(t, tr.Hub, tr.Facility, "Máy hai")
	u := newUSB(t)
	request := filepath.Join(u.path, bundle.Folder, u.out(tr.Station.Courier).Name)
	answer := filepath.Join(u.path, bundle.Folder, u.hub(tr.Hub)[0].Answer)
	in := func(what string, c *exchange.Courier, path string, want error) {
		t.Helper()
		files, err := c.InPath(ctx, path)
		if err != nil || len(files) != 1 || !errors.Is(files[0].Err, want) {
			t.Errorf("%s: %+v, %v; want %v", what, files, err, want)
		}
	}
	in("a request at its station", tr.Station.Courier, request, bundle.ErrNotFor)
	in("an answer at another station", two.Courier, answer, bundle.ErrNotFor)
	if read, err := tr.Hub.ReadBundles(ctx, answer, ""); err != nil || !errors.Is(read.Answered[0].Err, bundle.ErrNotFor) {
		t.Errorf("an answer at its hub: %+v, %v", read, err)
	}
	// Encrypted to the station and signed, but not by its hub.
	seal, err := tr.Station.Dir.Keys.SealPublic()
	if err != nil {
		t.Fatal(err)
	}
	for _, from := range []p.EntityID{two.Node.Identity().Device, tr.Hub.Node.Identity().Device} {
		var forged bytes.Buffer
		w, err := bundle.NewWriter(&forged, bundle.Head{Way: bundle.Down, From: from, To: tr.Station.Node.Identity().Device, Request: 1}, two.Node.Identity().Key, seal)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := tr.Station.Courier.In(ctx, &forged); !errors.Is(err, exchange.ErrStranger) && !errors.Is(err, bundle.ErrSignature) {
			t.Errorf("forged: %v", err)
		}
	}
	in("the answer at last", tr.Station.Courier, answer, nil)
}

// A hub without a network carries what it and its stations have to the hub above, and brings the answer back to them.
func TestHubOfHubByStick(t *testing.T) {
	tr := nodetest.New(t)
	below := tr.AddHub(t, tr.Province, "Điện Biên")
	st := tr.AddStation(t, below, tr.Facility, "Máy của tỉnh")
	tr.Cut()
	u, up := newUSB(t), newUSB(t)
	u.round(st.Courier, below)
	id := enter(t, tr, st, "Lò Gia Bảo")
	u.out(st.Courier)
	u.hub(below)
	u.in(st.Courier)
	if got := status(t, st.Node); got.AtHub == 0 || got.AtRoot != 0 {
		t.Errorf("at the hub %d, at the centre %d", got.AtHub, got.AtRoot)
	}
	up.round(below.Courier, tr.Hub)
	if !knows(t, tr.Hub.Node, id) {
		t.Fatal("the centre does not know the child")
	}
	u.round(st.Courier, below)
	if got := status(t, st.Node); got.Saved != 0 || got.AtRoot == 0 {
		t.Errorf("only here %d, at the centre %d", got.Saved, got.AtRoot)
	}
	sameSums(t, st, below)
}

// More calls are made than are remembered.
func TestForgottenCallIsRefused(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	u := newUSB(t)
	u.out(tr.Station.Courier)
	u.hub(tr.Hub)
	old := u.keep()
	for i := range node.BundleCallsMax {
		if i == node.BundleCallsMax-1 {
			calls, err := tr.Station.Courier.Calls(ctx)
			if err != nil || len(calls) != node.BundleCallsMax {
				t.Fatalf("%d calls, %v", len(calls), err)
			}
		}
		newUSB(t).out(tr.Station.Courier)
	}
	u.put(old)
	files, err := tr.Station.Courier.InFrom(ctx, u.path)
	if err != nil || !errors.Is(files[0].Err, node.ErrBundleUnknown) {
		t.Errorf("%+v, %v", files, err)
	}
}

// The stick is full or write-protected at the hub: what it brought is kept, and the same file is answered later.
func TestAnswerThatCannotBeWritten(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	u := newUSB(t)
	id := enter(t, tr, tr.Station, "Lò Một")
	name := u.out(tr.Station.Courier).Name
	notFolder := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(notFolder, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	got := tr.Hub.Bundles.TakeFile(ctx, filepath.Join(u.path, bundle.Folder, name), notFolder)
	var unwritten *exchange.AnswerError
	if !errors.As(got.Err, &unwritten) || got.Answer != "" {
		t.Errorf("%+v", got)
	}
	if !knows(t, tr.Hub.Node, id) {
		t.Error("the centre does not know the child")
	}
	u.hub(tr.Hub)
	u.in(tr.Station.Courier)
	if st := status(t, tr.Station.Node); st.Saved != 0 {
		t.Errorf("%d only here", st.Saved)
	}
}

// A machine that was enrolled before hubs told their key for files learns it over the line.
func TestKeyForFilesIsLearnt(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	tr.Station.Dir.Info.Chain[0].SealKey = nil
	if _, err := tr.Station.Courier.OutTo(ctx, t.TempDir()); !errors.Is(err, exchange.ErrNoSealKey) {
		t.Errorf("without a key: %v", err)
	}
	tr.Station.Dir.LearnSealKey(ctx, tr.Station.Uplink.Client)
	newUSB(t).round(tr.Station.Courier, tr.Hub)
}
