package desk_test

import (
	"errors"
	"testing"
	"time"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

var mother = desk.Said{By: "Lò Thị Ánh", Relation: registry.RelationMother, Channel: registry.ChannelPaper}

func mayRemind(t *testing.T, d *desk.Desk, id p.EntityID) bool {
	t.Helper()
	may := false
	err := d.Node.Store().View(t.Context(), func(tx store.Tx) error {
		var err error
		may, err = d.MayUse(tx, id, registry.PurposeReminders)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return may
}

func TestConsents(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	id := child(t, tr, "Lò Gia Bảo", "2026-07-18")
	say := func(answers map[registry.Purpose]registry.Answer) {
		t.Helper()
		if err := d.RecordConsents(t.Context(), tr.Nurse, id, mother, answers); err != nil {
			t.Fatal(err)
		}
	}
	if mayRemind(t, d, id) {
		t.Error("silence is taken for a yes")
	}
	if err := d.RecordConsents(t.Context(), tr.Nurse, id, mother, nil); !errors.Is(err, desk.ErrNothingSaid) {
		t.Errorf("nothing said: %v", err)
	}
	say(map[registry.Purpose]registry.Answer{registry.PurposeReminders: registry.AnswerGiven, registry.PurposeResearch: registry.AnswerRefused})
	if !mayRemind(t, d, id) {
		t.Error("a yes allows nothing")
	}
	c, err := d.Consents(t.Context(), tr.Nurse, id)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Statements) != 2 || c.Statements[0].Taker != tr.Nurse.Name || c.Statements[0].PlaceName == "" || len(c.Purposes) != len(registry.Purposes) || c.AskChild || c.Adult {
		t.Errorf("%+v", c)
	}
	for _, x := range c.Purposes {
		want := map[registry.Purpose]registry.Standing{
			registry.PurposeCare: registry.StandingByLaw, registry.PurposeReporting: registry.StandingByLaw, registry.PurposeReminders: registry.StandingGiven, registry.PurposeResearch: registry.StandingRefused,
		}[x.Purpose]
		if want == 0 {
			want = registry.StandingNone
		}
		if x.Standing != want {
			t.Errorf("%s is %s, want %s", x.Purpose, x.Standing, want)
		}
	}
	say(map[registry.Purpose]registry.Answer{registry.PurposeReminders: registry.AnswerWithdrawn}) // on the same day
	if mayRemind(t, d, id) {
		t.Error("what was taken back goes on")
	}
	say(map[registry.Purpose]registry.Answer{registry.PurposeReminders: registry.AnswerGiven})
	if !mayRemind(t, d, id) {
		t.Error("a yes after a no allows nothing")
	}
	// What the station took down counts at the hub.
	tr.Sync(t)
	if !mayRemind(t, tr.Hub.Desk, id) {
		t.Error("the hub does not know of it")
	}
	if err := d.RecordConsents(t.Context(), tr.Admin, id, mother, map[registry.Purpose]registry.Answer{registry.PurposePhoto: registry.AnswerGiven}); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("an administrator takes down what a family says: %v", err)
	}
}

// A consent is a person's, whichever of their records it was taken down at.
func TestConsentFollowsTheLink(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	a, b := child(t, tr, "Lò Gia Bảo", "2026-07-18"), child(t, tr, "Lò Gia Bảo", "2026-07-18")
	if err := d.RecordConsents(t.Context(), tr.Nurse, b, mother, map[registry.Purpose]registry.Answer{registry.PurposeReminders: registry.AnswerGiven}); err != nil {
		t.Fatal(err)
	}
	if mayRemind(t, d, a) {
		t.Error("another person's yes")
	}
	if err := d.Link(t.Context(), tr.Nurse, a, b, true); err != nil {
		t.Fatal(err)
	}
	if !mayRemind(t, d, a) {
		t.Error("a linked record's yes is not heard")
	}
}

func TestRequestRestricts(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	id, other := child(t, tr, "Lò Gia Bảo", "2026-07-18"), child(t, tr, "Cà Văn Hùng", "2025-01-01")
	yes := map[registry.Purpose]registry.Answer{registry.PurposeReminders: registry.AnswerGiven, registry.PurposeResearch: registry.AnswerGiven}
	for _, x := range []p.EntityID{id, other} {
		if err := d.RecordConsents(t.Context(), tr.Nurse, x, mother, yes); err != nil {
			t.Fatal(err)
		}
	}
	ask := func(wish registry.Wish) p.EntityID {
		t.Helper()
		r, err := d.AddRequest(t.Context(), tr.Nurse, registry.RequestInput{Subject: id, Wish: wish, By: "Lò Thị Ánh", Relation: registry.RelationMother, Channel: registry.ChannelSpoken})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	saw := func(r p.EntityID) registry.Saw {
		t.Helper()
		x, err := d.Request(t.Context(), tr.Head, r)
		if err != nil {
			t.Fatal(err)
		}
		return registry.SawOf(x.State)
	}
	exported := func(taking string) int {
		t.Helper()
		people, err := d.Export(t.Context(), tr.Head, desk.ExportOptions{For: taking, Reason: "thử"})
		if err != nil {
			t.Fatal(err)
		}
		return count(t, people)
	}
	r := ask(registry.WishDelete)
	if open, late, err := d.RequestsWaiting(t.Context()); err != nil || open != 1 || late != 0 {
		t.Errorf("%d wait, %d late, %v", open, late, err)
	}
	if err := d.CloseRequest(t.Context(), tr.Nurse, r, registry.OutcomeRestricted, "luật giữ", saw(r)); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a nurse decides: %v", err)
	}
	var list registry.Errors
	if err := d.CloseRequest(t.Context(), tr.Head, r, registry.OutcomeDone, "đã xóa", saw(r)); !errors.As(err, &list) || !list.Has("outcome", registry.CodeLawKeeps) {
		t.Errorf("a record of doses is deleted: %v", err)
	}
	if exported(registry.TakeResearch) != 2 || exported(registry.TakeOther) != 2 {
		t.Error("nobody is restricted yet")
	}
	if err := d.CloseRequest(t.Context(), tr.Head, r, registry.OutcomeRestricted, "mũi tiêm phải giữ, từ nay hạn chế", saw(r)); err != nil {
		t.Fatal(err)
	}
	for taking, want := range map[string]int{
		registry.TakeCare: 2, registry.TakeReport: 2, registry.TakeFamily: 2, registry.TakeResearch: 1, registry.TakeOther: 1, registry.TakeSharing: 0,
	} {
		if got := exported(taking); got != want {
			t.Errorf("%s takes %d people, want %d", taking, got, want)
		}
	}
	if mayRemind(t, d, id) || !mayRemind(t, d, other) {
		t.Error("restricting is not heard by reminders, or by those of another child")
	}
	// Whoever opens the record says why, and can then work with it for a shift.
	var closed *desk.RestrictedError
	if _, err := d.Open(t.Context(), tr.Nurse, id); !errors.As(err, &closed) {
		t.Fatalf("it opens without a reason: %v", err)
	}
	if err := d.GiveReason(t.Context(), tr.Nurse, id, " "); !errors.Is(err, desk.ErrNoReason) {
		t.Errorf("no reason: %v", err)
	}
	if err := d.GiveReason(t.Context(), tr.Nurse, id, "tiêm hôm nay"); err != nil {
		t.Fatal(err)
	}
	if rec, err := d.Open(t.Context(), tr.Nurse, id); err != nil || !rec.Restricted {
		t.Fatal(err)
	}
	if _, err := d.Open(t.Context(), tr.Head, id); !errors.As(err, &closed) {
		t.Errorf("it opens for another: %v", err)
	}
	tr.Clock().Add(9 * time.Hour)
	if _, err := d.Open(t.Context(), tr.Nurse, id); !errors.As(err, &closed) {
		t.Errorf("it opens on the next day: %v", err)
	}
	if _, err := d.LooksAt(t.Context(), tr.Head, id); !errors.As(err, &closed) {
		t.Errorf("who looked is told without a reason: %v", err)
	}
	if err := d.GiveReason(t.Context(), tr.Head, id, "mẹ hỏi ai đã xem"); err != nil {
		t.Fatal(err)
	}
	looks, err := d.LooksAt(t.Context(), tr.Head, id)
	if err != nil {
		t.Fatal(err)
	}
	told := false
	for _, l := range looks.List {
		told = told || l.Reason == "tiêm hôm nay" && l.Who == tr.Nurse.Name
	}
	if !told {
		t.Errorf("the reason is not told: %+v", looks.List)
	}
	if err := d.LiftRequest(t.Context(), tr.Head, r, "gia đình đổi ý", saw(r)); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Open(t.Context(), tr.Head, id); err != nil {
		t.Errorf("after the restriction ended: %v", err)
	}
	// Taking consents back is part of the decision.
	w := ask(registry.WishWithdraw)
	if err := d.CloseRequest(t.Context(), tr.Head, w, registry.OutcomeDone, "đã rút", saw(w)); err != nil {
		t.Fatal(err)
	}
	if mayRemind(t, d, id) || !mayRemind(t, d, other) {
		t.Error("consents were not taken back, or those of another were")
	}
}

func TestRequestsAreListedByDeadline(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	id := child(t, tr, "Lò Gia Bảo", "2026-07-18")
	today := d.Today()
	add := func(wish registry.Wish, ago int) p.EntityID {
		t.Helper()
		r, err := d.AddRequest(t.Context(), tr.Nurse, registry.RequestInput{
			Subject: id, Wish: wish, By: "Lò Thị Ánh", Relation: registry.RelationMother, Channel: registry.ChannelPaper, On: today - registry.Day(ago),
		})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	fresh, old, answered := add(registry.WishView, 0), add(registry.WishCorrect, 7), add(registry.WishDelete, 9)
	x, err := d.Request(t.Context(), tr.Head, answered)
	if err != nil {
		t.Fatal(err)
	}
	saw := registry.SawOf(x.State)
	if err := d.AnswerRequest(t.Context(), tr.Head, answered, today-8, saw); err != nil {
		t.Fatal(err)
	}
	var refused registry.Errors
	if err := d.AnswerRequest(t.Context(), tr.Head, answered, today-7, saw); !errors.As(err, &refused) || !refused.Has("answered", registry.CodeNotOpen) {
		t.Errorf("answered twice: %v", err)
	}
	for _, who := range []desk.Who{tr.Nurse, tr.Head} {
		list, err := d.Requests(t.Context(), who, false)
		if err != nil || len(list) != 3 {
			t.Fatal(len(list), err)
		}
		if list[0].ID != old || !list[0].Late || list[1].ID != fresh || list[1].Late || list[2].ID != answered || list[2].Late {
			t.Errorf("%+v", list)
		}
		if list[0].MayDecide != (who.Role == tr.Head.Role) || list[0].Taker != tr.Nurse.Name || list[0].PlaceName == "" {
			t.Errorf("%+v", list[0])
		}
	}
	if open, late, err := d.RequestsWaiting(t.Context()); err != nil || open != 3 || late != 1 {
		t.Errorf("%d wait, %d late, %v", open, late, err)
	}
	// The officers above decide as well, and the station hears of it.
	tr.Sync(t)
	up, err := tr.Hub.Requests(t.Context(), tr.Officer, false)
	if err != nil || len(up) != 3 {
		t.Fatal(len(up), err)
	}
	if err := tr.Hub.CloseRequest(t.Context(), tr.Officer, fresh, registry.OutcomeDone, "đã in", registry.SawOf(up[1].State)); err != nil {
		t.Fatal(err)
	}
	tr.Sync(t)
	list, err := d.Requests(t.Context(), tr.Head, true)
	if err != nil || len(list) != 3 || list[2].ID != fresh || list[2].Open() || list[2].Answer != "đã in" {
		t.Errorf("%+v, %v", list, err)
	}
}

// What a family says at a hub, in writing to the province say, reaches the station of the child, and nobody else's.
func TestRequestTakenDownAtAHubReachesTheStation(t *testing.T) {
	tr := nodetest.New(t)
	id := child(t, tr, "Lò Gia Bảo", "2026-07-18")
	tr.Sync(t)
	if _, err := tr.Hub.AddRequest(t.Context(), tr.Officer, registry.RequestInput{
		Subject: id, Wish: registry.WishRestrict, By: "Lò Thị Ánh", Relation: registry.RelationMother, Channel: registry.ChannelPaper,
	}); err != nil {
		t.Fatal(err)
	}
	if err := tr.Hub.RecordConsents(t.Context(), tr.Officer, id, mother, map[registry.Purpose]registry.Answer{registry.PurposeReminders: registry.AnswerGiven}); err != nil {
		t.Fatal(err)
	}
	tr.Sync(t)
	list, err := tr.Station.Requests(t.Context(), tr.Head, false)
	if err != nil || len(list) != 1 || list[0].Wish != registry.WishRestrict {
		t.Fatalf("%+v, %v", list, err)
	}
	if !mayRemind(t, tr.Station.Desk, id) {
		t.Error("a consent taken down at the hub is not heard")
	}
}
