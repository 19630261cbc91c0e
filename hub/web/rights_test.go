package web

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/report"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/store"
	"tramy/station"
	p "tramy/syncproto"
)

// side is one of two provinces that the centre holds: the one the accounts belong to, or another.
type side struct {
	which, login      string
	name, mother      string // of its child
	commune, facility p.EntityID
	child, twin, dose p.EntityID
	request           p.EntityID // about the child, taken down at its station
	reaction          p.EntityID // of the child, recorded there
	closing           p.EntityID // of the month before, handed in there
	campaign          p.EntityID // of the commune
	recall            p.EntityID // for the commune
	device, account   p.EntityID
	log               p.LogID
	hold              func() // makes the last change of its station's log wait for somebody to decide
	settle            url.Values
}

// newSide is a commune with a station that has sent up a child, twice, a dose, and a request about the child's data.
func newSide(t *testing.T, x *tree, which, login string, st *station.Station, nurse desk.Who, commune, facility p.EntityID) *side {
	t.Helper()
	ctx := t.Context()
	s := &side{which: which, login: login, name: "Trẻ Của " + which, mother: "Mẹ Của " + which, commune: commune, facility: facility, device: st.Node.Identity().Device}
	sync := func() {
		if _, err := st.Uplink.Client.Sync(ctx); err != nil {
			t.Fatal(err)
		}
	}
	sync()
	child := func() p.EntityID {
		id, _, err := st.Register(ctx, nurse, registry.SubjectInput{
			Place: commune, Name: s.name, MotherName: s.mother, MotherPhone: "0385000412", BirthDate: st.Today() - 100,
		}, true)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	s.child, s.twin = child(), child()
	doses, err := st.RecordVisit(ctx, nurse, desk.Visit{
		Subject: s.child, Screening: registry.ScreeningEligible, Checked: registry.CheckedCard, Doses: []registry.ImmunizationInput{{Vaccine: "BCG", Lot: "A24-123"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.dose = doses[0]
	if s.request, err = st.AddRequest(ctx, nurse, registry.RequestInput{
		Subject: s.child, Wish: registry.WishView, By: s.mother, Relation: registry.RelationMother, Channel: registry.ChannelSpoken,
	}); err != nil {
		t.Fatal(err)
	}
	packed, hash, err := report.Pack(nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.closing, err = st.CloseMonth(ctx, nurse, registry.ClosingInput{Month: st.Today().Month() - 1, Packed: packed, Hash: hash}); err != nil {
		t.Fatal(err)
	}
	if s.reaction, err = st.RecordReaction(ctx, nurse, registry.ReactionInput{
		Subject: s.child, Doses: []p.EntityID{s.dose}, On: st.Today(), Signs: []string{"fever"},
	}); err != nil {
		t.Fatal(err)
	}
	// The last change of the log is the one that waits for somebody to decide, and that rejecting takes back: no door asks for it.
	noted, err := st.Open(ctx, nurse, s.twin)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Edit(ctx, nurse, s.twin, registry.Patch{registry.SubjectNote: p.Text("đến cùng bà")}, registry.SawOf(noted.State)); err != nil {
		t.Fatal(err)
	}
	sync()
	if s.campaign, err = x.Hub.PlanCampaign(ctx, x.Officer, registry.CampaignInput{
		Place: commune, Name: s.name, Kind: registry.CampaignOutbreak, Vaccine: "SOI", From: st.Today(), Until: st.Today() + 20,
	}); err != nil {
		t.Fatal(err)
	}
	if s.recall, err = x.Hub.WriteRecall(ctx, x.Officer, registry.RecallInput{
		Place: commune, Vaccine: "BCG", Number: "A24-123", Kind: registry.RecallRecalled, Children: registry.CareWatch, Reason: "hỏng lạnh", Day: st.Today(),
	}); err != nil {
		t.Fatal(err)
	}
	s.account = x.AddUser(t, "muc-tieu-"+login, "Người "+which, rights.Nurse, commune).User
	s.log = s.dose.Birth().Log
	s.hold = func() {
		err := x.Hub.Node.Store().Update(ctx, func(tx store.Tx) error {
			row, err := tx.Log(s.log)
			if err != nil {
				return err
			}
			row.Reason, row.In = p.HoldRights, row.Head-1
			return tx.PutLog(row)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	rec, err := x.Hub.Open(ctx, x.Officer, s.child)
	if err != nil {
		t.Fatal(err)
	}
	dot := rec.State.Values(registry.SubjectMotherName)[0].Dot
	s.settle = url.Values{
		"entity": {s.child.String()}, "field": {strconv.Itoa(int(registry.SubjectMotherName))}, "choice": {dot.String()},
		"seen": {registry.Saw{registry.SubjectMotherName: {dot}}.String()},
	}
	return s
}

// door is a route and how it is asked for something of a side.
type door struct {
	nodetest.Door
	ask func(s *side) (path string, form url.Values)
}

// everybody's routes show and change nothing of anybody else's, and say so here.
var everybody = map[string]string{
	"GET /static/{file}":      "style and icons",
	"GET /login":              "before anybody is known",
	"POST /login":             "before anybody is known",
	"POST /logout":            "ends one's own log-in",
	"POST /look":              "language and colours",
	"POST /undo":              "takes back one's own act, by a key that only its author was given; the act asks again",
	"GET /settings":           "one's own account; colleagues as far as the table lets",
	"POST /settings/password": "one's own password",
	"GET /enrol/{file}":       "the file of a code, for who made the code",

	"POST /login/code":             "before anybody is known: the second half of a log-in, by a key that only its first half was given",
	"GET /settings/second-factor":  "one's own second factor",
	"POST /settings/second-factor": "one's own second factor",
	"GET /settings/own-password":   "one's own first password",
	"POST /settings/own-password":  "one's own first password",
	"POST /settings/logins":        "one's own log-ins",

	"GET /stock": ownStore, "GET /stock/in": ownStore, "POST /stock/in": ownStore, "GET /stock/count": ownStore, "POST /stock/count": ownStore,
	"GET /stock/lot": ownStore, "POST /stock/lot": ownStore, "POST /stock/void": ownStore, "GET /stock/send": ownStore, "POST /stock/send": ownStore,
	"GET /stock/delivery/{id}": ownStore, "POST /stock/delivery/{id}": ownStore,
	"GET /stock/orders": ownStore, "GET /stock/orders/ask": ownStore, "POST /stock/orders/ask": ownStore, "GET /stock/orders/{id}": ownStore, "POST /stock/orders/{id}": ownStore,
}

// ownStore is why pages of stock are nobody else's.
const ownStore = "the store of the hub's own place, and no other's: desk.TestStoreIsItsOwnPlaces"

// doors are all others.
func doors() map[string]door {
	id := func(e p.EntityID) string { return e.String() }
	values := func(pairs ...string) url.Values {
		v := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return v
	}
	return map[string]door{
		"POST /search":            {nodetest.Door{Act: rights.Read, Kind: registry.KindSubject, Ends: false}, func(s *side) (string, url.Values) { return "/search", values("q", s.mother) }},
		"GET /search":             {nodetest.Door{Act: rights.Read, Kind: registry.KindSubject, Ends: false}, func(*side) (string, url.Values) { return "/search", nil }},
		"GET /child/{id}":         {nodetest.Door{Act: rights.Read, Kind: registry.KindSubject, Ends: true}, func(s *side) (string, url.Values) { return "/child/" + id(s.child), nil }},
		"GET /child/{id}/history": {nodetest.Door{Act: rights.Read, Kind: registry.KindSubject, Ends: true}, func(s *side) (string, url.Values) { return "/child/" + id(s.child) + "/history", nil }},
		"GET /child/{id}/edit":    {nodetest.Door{Act: rights.Amend, Kind: registry.KindSubject, Ends: true}, func(s *side) (string, url.Values) { return "/child/" + id(s.child) + "/edit", nil }},
		"POST /child/{id}/edit":   {nodetest.Door{Act: rights.Amend, Kind: registry.KindSubject, Ends: true}, func(s *side) (string, url.Values) { return "/child/" + id(s.child) + "/edit", values("note", "x") }},
		"GET /child/{id}/status":  {nodetest.Door{Act: rights.Amend, Kind: registry.KindSubject, Ends: true}, func(s *side) (string, url.Values) { return "/child/" + id(s.child) + "/status", values("note", "x") }},
		"POST /child/{id}/status": {nodetest.Door{Act: rights.Amend, Kind: registry.KindSubject, Ends: true}, func(s *side) (string, url.Values) {
			return "/child/" + id(s.child) + "/status", values("what", "absent")
		}},
		"POST /child/{id}/name": {nodetest.Door{Act: rights.Amend, Kind: registry.KindSubject, Ends: true}, func(s *side) (string, url.Values) {
			return "/child/" + id(s.child) + "/name", values("child_name", "Tên Mới")
		}},
		// The record, and who looked at anybody: Read of both, which is who may export a record.
		"GET /child/{id}/looks": {nodetest.Door{Act: rights.Export, Kind: registry.KindSubject, Ends: true}, func(s *side) (string, url.Values) { return "/child/" + id(s.child) + "/looks", nil }},
		// It asks for a reason and says nothing of the child, so it ends at no place; what it posts to does.
		"GET /child/{id}/why": {nodetest.Door{Act: rights.Read, Kind: registry.KindSubject, Ends: false}, func(s *side) (string, url.Values) { return "/child/" + id(s.child) + "/why", nil }},
		"POST /child/{id}/why": {nodetest.Door{Act: rights.Read, Kind: registry.KindSubject, Ends: true}, func(s *side) (string, url.Values) {
			return "/child/" + id(s.child) + "/why", values("reason", "mẹ hỏi lịch tiêm")
		}},
		"GET /child/{id}/paper": {nodetest.Door{Act: rights.Read, Kind: registry.KindSubject, Ends: true}, func(s *side) (string, url.Values) { return "/child/" + id(s.child) + "/paper", nil }},
		"POST /child/{id}/paper": {nodetest.Door{Act: rights.Read, Kind: registry.KindSubject, Ends: true}, func(s *side) (string, url.Values) {
			return "/child/" + id(s.child) + "/paper", values("for", registry.TakeFamily, "reason", "mẹ xin")
		}},
		"GET /child/{id}/consent": {nodetest.Door{Act: rights.Read, Kind: registry.KindConsent, Ends: true}, func(s *side) (string, url.Values) { return "/child/" + id(s.child) + "/consent", nil }},
		"POST /child/{id}/consent": {nodetest.Door{Act: rights.Create, Kind: registry.KindConsent, Ends: true}, func(s *side) (string, url.Values) {
			return "/child/" + id(s.child) + "/consent", values("by", s.mother, "relation", "mother", "channel", "spoken", "purpose.reminders", "given")
		}},
		"GET /child/{id}/consent/form": {nodetest.Door{Act: rights.Read, Kind: registry.KindConsent, Ends: true}, func(s *side) (string, url.Values) { return "/child/" + id(s.child) + "/consent/form", nil }},
		"GET /child/{id}/request":      {nodetest.Door{Act: rights.Read, Kind: registry.KindSubject, Ends: true}, func(s *side) (string, url.Values) { return "/child/" + id(s.child) + "/request", nil }},
		"POST /child/{id}/request": {nodetest.Door{Act: rights.Create, Kind: registry.KindRequest, Ends: true}, func(s *side) (string, url.Values) {
			return "/child/" + id(s.child) + "/request", values("wish", "view", "by", s.mother, "relation", "mother", "channel", "spoken")
		}},
		"GET /requests":             {nodetest.Door{Act: rights.Read, Kind: registry.KindRequest, Ends: false}, func(*side) (string, url.Values) { return "/requests?all=1", nil }},
		"GET /request/{id}":         {nodetest.Door{Act: rights.Read, Kind: registry.KindRequest, Ends: true}, func(s *side) (string, url.Values) { return "/request/" + id(s.request), nil }},
		"POST /request/{id}/answer": {nodetest.Door{Act: rights.Amend, Kind: registry.KindRequest, Ends: true}, func(s *side) (string, url.Values) { return "/request/" + id(s.request) + "/answer", nil }},
		"POST /request/{id}/extend": {nodetest.Door{Act: rights.Amend, Kind: registry.KindRequest, Ends: true}, func(s *side) (string, url.Values) {
			return "/request/" + id(s.request) + "/extend", values("why", "chờ trạm cũ trả lời")
		}},
		"POST /request/{id}/close": {nodetest.Door{Act: rights.Amend, Kind: registry.KindRequest, Ends: true}, func(s *side) (string, url.Values) {
			return "/request/" + id(s.request) + "/close", values("outcome", "done", "answer", "đã in cho mẹ")
		}},
		"POST /request/{id}/lift": {nodetest.Door{Act: rights.Amend, Kind: registry.KindRequest, Ends: true}, func(s *side) (string, url.Values) {
			return "/request/" + id(s.request) + "/lift", values("lift", "mẹ đổi ý")
		}},
		"GET /recalls":              {nodetest.Door{Act: rights.Read, Kind: registry.KindRecall}, func(*side) (string, url.Values) { return "/recalls", nil }},
		"POST /recalls":             {nodetest.Door{Act: rights.Create, Kind: registry.KindRecall}, func(*side) (string, url.Values) { return "/recalls", values("number", "") }},
		"GET /recall/{id}":          {nodetest.Door{Act: rights.Read, Kind: registry.KindRecall, Ends: true}, func(s *side) (string, url.Values) { return "/recall/" + id(s.recall), nil }},
		"POST /recall/{id}":         {nodetest.Door{Act: rights.Amend, Kind: registry.KindRecall, Ends: true}, func(s *side) (string, url.Values) { return "/recall/" + id(s.recall), values("kind", "") }},
		"POST /recall/{id}/lift":    {nodetest.Door{Act: rights.Amend, Kind: registry.KindRecall, Ends: true}, func(s *side) (string, url.Values) { return "/recall/" + id(s.recall) + "/lift", values("why", "") }},
		"GET /recall/{id}/children": {nodetest.Door{Act: rights.Read, Kind: registry.KindRecall, Ends: true}, func(s *side) (string, url.Values) { return "/recall/" + id(s.recall) + "/children", nil }},
		"POST /recall/{id}/apart": {nodetest.Door{Act: rights.Create, Kind: registry.KindMovement, Ends: true}, func(s *side) (string, url.Values) {
			return "/recall/" + id(s.recall) + "/apart", values("found-1", "x")
		}},
		"GET /campaigns":            {nodetest.Door{Act: rights.Read, Kind: registry.KindCampaign}, func(*side) (string, url.Values) { return "/campaigns", nil }},
		"POST /campaigns":           {nodetest.Door{Act: rights.Create, Kind: registry.KindCampaign}, func(*side) (string, url.Values) { return "/campaigns", values("name", "") }},
		"GET /campaign/{id}":        {nodetest.Door{Act: rights.Read, Kind: registry.KindCampaign, Ends: true}, func(s *side) (string, url.Values) { return "/campaign/" + id(s.campaign), nil }},
		"POST /campaign/{id}":       {nodetest.Door{Act: rights.Amend, Kind: registry.KindCampaign, Ends: true}, func(s *side) (string, url.Values) { return "/campaign/" + id(s.campaign), values("name", "") }},
		"POST /campaign/{id}/void":  {nodetest.Door{Act: rights.Void, Kind: registry.KindCampaign, Ends: true}, func(s *side) (string, url.Values) { return "/campaign/" + id(s.campaign) + "/void", values("why", "") }},
		"GET /campaign/{id}/report": {nodetest.Door{Act: rights.Read, Kind: registry.KindEnrolment, Ends: true}, func(s *side) (string, url.Values) { return "/campaign/" + id(s.campaign) + "/report", nil }},
		"GET /stock/needs":          {nodetest.Door{Act: rights.Read, Kind: registry.KindMovement, Ends: true}, func(s *side) (string, url.Values) { return "/stock/needs?place=" + id(s.commune), nil }},
		"GET /stock/needs/rows":     {nodetest.Door{Act: rights.Read, Kind: registry.KindMovement, Ends: true}, func(s *side) (string, url.Values) { return "/stock/needs/rows?item=BCG&place=" + id(s.commune), nil }},
		"GET /stock/wastage":        {nodetest.Door{Act: rights.Read, Kind: registry.KindMovement, Ends: true}, func(s *side) (string, url.Values) { return "/stock/wastage?place=" + id(s.commune), nil }},
		"GET /targets":              {nodetest.Door{Act: rights.Read, Kind: registry.KindTarget, Ends: true}, func(s *side) (string, url.Values) { return "/targets?place=" + id(s.commune), nil }},
		"POST /targets": {nodetest.Door{Act: rights.Create, Kind: registry.KindTarget, Ends: true}, func(s *side) (string, url.Values) {
			return "/targets", values("at", id(s.commune), "source", "plan", "place-0", id(s.commune), "n-0-births", "4")
		}},
		"POST /targets/file": {nodetest.Door{Act: rights.Create, Kind: registry.KindTarget, Ends: true}, func(s *side) (string, url.Values) {
			return "/targets/file?place=" + id(s.commune), values("source", "plan")
		}},
		"GET /reports": {nodetest.Door{Act: rights.Read, Kind: registry.KindDevice}, func(*side) (string, url.Values) { return "/reports", nil }},
		"POST /reports/register": {nodetest.Door{Act: rights.Export, Kind: registry.KindSubject, Ends: true}, func(s *side) (string, url.Values) {
			return "/reports/register", values("form", "register", "format", "csv", "for", "report", "reason", "nộp CDC", "place", id(s.commune))
		}},
		"GET /reports/closed":      {nodetest.Door{Act: rights.Read, Kind: registry.KindClosing}, func(*side) (string, url.Values) { return "/reports/closed", nil }},
		"GET /reports/closed/{id}": {nodetest.Door{Act: rights.Read, Kind: registry.KindClosing, Ends: true}, func(s *side) (string, url.Values) { return "/reports/closed/" + id(s.closing), nil }},
		"GET /reports/rows": {nodetest.Door{Act: rights.Read, Kind: registry.KindSubject, Ends: true}, func(s *side) (string, url.Values) {
			return "/reports/rows?row=born&column=all-year&place=" + id(s.commune), nil
		}},
		"GET /reactions":            {nodetest.Door{Act: rights.Read, Kind: registry.KindReaction, Ends: false}, func(*side) (string, url.Values) { return "/reactions", nil }},
		"GET /reaction/{id}":        {nodetest.Door{Act: rights.Read, Kind: registry.KindReaction, Ends: true}, func(s *side) (string, url.Values) { return "/reaction/" + id(s.reaction), nil }},
		"GET /reaction/{id}/others": {nodetest.Door{Act: rights.Read, Kind: registry.KindReaction, Ends: true}, func(s *side) (string, url.Values) { return "/reaction/" + id(s.reaction) + "/others", nil }},
		"GET /reaction/{id}/form":   {nodetest.Door{Act: rights.Read, Kind: registry.KindReaction, Ends: true}, func(s *side) (string, url.Values) { return "/reaction/" + id(s.reaction) + "/form", nil }},
		"POST /reaction/{id}": {nodetest.Door{Act: rights.Amend, Kind: registry.KindReaction, Ends: true}, func(s *side) (string, url.Values) {
			return "/reaction/" + id(s.reaction), values("sign", "fever", "dose", id(s.dose), "began_on", "n")
		}},
		"POST /reaction/{id}/told": {nodetest.Door{Act: rights.Amend, Kind: registry.KindReaction, Ends: true}, func(s *side) (string, url.Values) {
			return "/reaction/" + id(s.reaction) + "/told", values("how", "chị Hà")
		}},
		"POST /reaction/{id}/void": {nodetest.Door{Act: rights.Void, Kind: registry.KindReaction, Ends: true}, func(s *side) (string, url.Values) {
			return "/reaction/" + id(s.reaction) + "/void", values("void", "ghi nhầm")
		}},
		"GET /dose/{id}":          {nodetest.Door{Act: rights.Read, Kind: registry.KindImmunization, Ends: true}, func(s *side) (string, url.Values) { return "/dose/" + id(s.dose), nil }},
		"POST /dose/{id}":         {nodetest.Door{Act: rights.Amend, Kind: registry.KindImmunization, Ends: true}, func(s *side) (string, url.Values) { return "/dose/" + id(s.dose), values("lot", "B-77") }},
		"POST /dose/{id}/void":    {nodetest.Door{Act: rights.Amend, Kind: registry.KindImmunization, Ends: true}, func(s *side) (string, url.Values) { return "/dose/" + id(s.dose) + "/void", values("reason", "twice") }},
		"POST /dose/{id}/restore": {nodetest.Door{Act: rights.Amend, Kind: registry.KindImmunization, Ends: true}, func(s *side) (string, url.Values) { return "/dose/" + id(s.dose) + "/restore", nil }},
		"GET /review":             {nodetest.Door{Act: rights.Settle, Kind: registry.KindSubject, Ends: false}, func(*side) (string, url.Values) { return "/review", nil }},
		"POST /review/settle":     {nodetest.Door{Act: rights.Settle, Kind: registry.KindSubject, Ends: true}, func(s *side) (string, url.Values) { return "/review/settle", s.settle }},
		"POST /review/twice": {nodetest.Door{Act: rights.Void, Kind: registry.KindImmunization, Ends: true}, func(s *side) (string, url.Values) {
			return "/review/twice", values("a", id(s.dose), "b", id(s.dose), "keep", "both")
		}},
		"POST /review/link": {nodetest.Door{Act: rights.Create, Kind: registry.KindLink, Ends: true}, func(s *side) (string, url.Values) {
			return "/review/link", values("a", id(s.child), "b", id(s.twin), "same", "0")
		}},
		"GET /users": {nodetest.Door{Act: rights.Manage, Kind: registry.KindUser, Ends: false}, func(*side) (string, url.Values) { return "/users", nil }},
		"POST /users": {nodetest.Door{Act: rights.Create, Kind: registry.KindUser, Ends: true}, func(s *side) (string, url.Values) {
			return "/users", values("name", "X", "login", "moi-"+s.login, "role", "nurse", "place", id(s.commune))
		}},
		"POST /users/disable": {nodetest.Door{Act: rights.Manage, Kind: registry.KindUser, Ends: true}, func(s *side) (string, url.Values) { return "/users/disable", values("id", id(s.account)) }},
		"POST /users/enable":  {nodetest.Door{Act: rights.Manage, Kind: registry.KindUser, Ends: true}, func(s *side) (string, url.Values) { return "/users/enable", values("id", id(s.account)) }},
		"POST /users/reset":   {nodetest.Door{Act: rights.Manage, Kind: registry.KindUser, Ends: true}, func(s *side) (string, url.Values) { return "/users/reset", values("id", id(s.account)) }},
		"POST /users/logout":  {nodetest.Door{Act: rights.Manage, Kind: registry.KindUser, Ends: true}, func(s *side) (string, url.Values) { return "/users/logout", values("id", id(s.account)) }},
		"POST /users/second-factor": {nodetest.Door{Act: rights.Manage, Kind: registry.KindUser, Ends: true}, func(s *side) (string, url.Values) {
			return "/users/second-factor", values("id", id(s.account))
		}},
		"GET /usb":         {nodetest.Door{Act: rights.Read, Kind: registry.KindDevice, Ends: false}, func(*side) (string, url.Values) { return "/usb", nil }},
		"POST /usb/in":     {nodetest.Door{Act: rights.Read, Kind: registry.KindDevice, Ends: false}, func(*side) (string, url.Values) { return "/usb/in", nil }},
		"POST /usb/upload": {nodetest.Door{Act: rights.Read, Kind: registry.KindDevice, Ends: false}, func(*side) (string, url.Values) { return "/usb/upload", nil }},
		"GET /usb/answers": {nodetest.Door{Act: rights.Read, Kind: registry.KindDevice, Ends: false}, nil}, // a file that one's own upload made, or none
		"GET /":            {nodetest.Door{Act: rights.Read, Kind: registry.KindDevice, Ends: true}, func(s *side) (string, url.Values) { return "/?place=" + id(s.commune), nil }},
		"GET /stations":    {nodetest.Door{Act: rights.Read, Kind: registry.KindDevice, Ends: false}, func(*side) (string, url.Values) { return "/stations", nil }},
		"GET /enrol":       {nodetest.Door{Act: rights.Create, Kind: registry.KindDevice, Ends: false}, func(*side) (string, url.Values) { return "/enrol", nil }},
		"POST /enrol": {nodetest.Door{Act: rights.Create, Kind: registry.KindDevice, Ends: true}, func(s *side) (string, url.Values) {
			return "/enrol", values("place", id(s.facility), "role", "station")
		}},
		"GET /devices":        {nodetest.Door{Act: rights.Read, Kind: registry.KindDevice, Ends: false}, func(*side) (string, url.Values) { return "/devices", nil }},
		"GET /devices/{id}":   {nodetest.Door{Act: rights.Manage, Kind: registry.KindDevice, Ends: true}, func(s *side) (string, url.Values) { return "/devices/" + id(s.device), nil }},
		"POST /devices/admit": {nodetest.Door{Act: rights.Manage, Kind: registry.KindDevice, Ends: true}, func(s *side) (string, url.Values) { s.hold(); return "/devices/admit", values("log", s.log.String()) }},
		"POST /devices/reject": {nodetest.Door{Act: rights.Create, Kind: registry.KindRejection, Ends: true}, func(s *side) (string, url.Values) {
			s.hold()
			return "/devices/reject", values("log", s.log.String(), "reason", "thử")
		}},
		"POST /devices/revoke": {nodetest.Door{Act: rights.Manage, Kind: registry.KindDevice, Ends: true}, func(s *side) (string, url.Values) {
			return "/devices/revoke", values("id", id(s.device), "reason", "thử")
		}},
		"POST /devices/reinstate": {nodetest.Door{Act: rights.Manage, Kind: registry.KindDevice, Ends: true}, func(s *side) (string, url.Values) { return "/devices/reinstate", values("id", id(s.device)) }},
		"POST /devices/keys":      {nodetest.Door{Act: rights.Manage, Kind: registry.KindDevice, Ends: true}, func(s *side) (string, url.Values) { return "/devices/keys", values("id", id(s.device)) }},
		"GET /places":             {nodetest.Door{Act: rights.Read, Kind: registry.KindDevice, Ends: true}, func(s *side) (string, url.Values) { return "/places?at=" + id(s.commune), nil }},
		"POST /places": {nodetest.Door{Act: rights.Create, Kind: registry.KindPlace, Ends: true}, func(s *side) (string, url.Values) {
			return "/places", values("parent", id(s.commune), "name", "Điểm tiêm", "kind", registry.PlacePoint)
		}},
		"GET /places/change": {nodetest.Door{Act: rights.Amend, Kind: registry.KindPlace, Ends: true}, func(s *side) (string, url.Values) { return "/places/change?do=rename&at=" + id(s.commune), nil }},
		"POST /places/change": {nodetest.Door{Act: rights.Amend, Kind: registry.KindPlace, Ends: true}, func(s *side) (string, url.Values) {
			return "/places/change", values("do", "rename", "at", id(s.commune))
		}},
		"POST /places/preview": {nodetest.Door{Act: rights.Amend, Kind: registry.KindPlace, Ends: true}, func(s *side) (string, url.Values) {
			return "/places/preview", values("do", "rename", "at", id(s.commune), "name", "Xã Mới")
		}},
		"POST /places/write": {nodetest.Door{Act: rights.Amend, Kind: registry.KindPlace, Ends: true}, func(s *side) (string, url.Values) {
			return "/places/write", values("do", "rename", "at", id(s.commune), "name", "Xã Mới", "digest", "0")
		}},
		"GET /access": {nodetest.Door{Act: rights.Read, Kind: registry.KindAccess, Ends: false}, func(*side) (string, url.Values) { return "/access", nil }},
		"POST /access": {nodetest.Door{Act: rights.Read, Kind: registry.KindAccess, Ends: false}, func(*side) (string, url.Values) {
			return "/access", values("user", "Thu", "act", "")
		}},
		"POST /places/find": {nodetest.Door{Act: rights.Read, Kind: registry.KindDevice, Ends: false}, func(*side) (string, url.Values) {
			return "/places/find", values("q", "Mường")
		}},
		// Last: what it opens stays open. It ends at no place, that is what it is for.
		"POST /child/{id}/open": {nodetest.Door{Act: rights.BreakGlass, Kind: registry.KindSubject, Ends: false}, func(s *side) (string, url.Values) {
			return "/child/" + id(s.child) + "/open", values("reason", "mẹ đưa con đến, quên sổ")
		}},
	}
}

// TestPagesCellByCell asks every route of a hub for something of one's own province and of another, as every role, and
// holds the answer against the table of rights.
func TestPagesCellByCell(t *testing.T) {
	x := newTree(t)
	own := newSide(t, x, "nhà", "nha", x.Station, x.Nurse, x.Commune, x.Facility)
	there := func(in registry.PlaceInput) p.EntityID {
		id, err := x.Hub.AddPlace(t.Context(), x.Admin, in)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	commune := there(registry.PlaceInput{Parent: x.Other, Code: "gso:00004", Name: "Phường Ba Đình", Level: registry.LevelCommune, Type: "phuong"})
	facility := there(registry.PlaceInput{Parent: commune, Code: "kcb:01001", Name: "Trạm Y tế phường Ba Đình", Level: registry.LevelFacility, Type: registry.PlaceStation})
	nurse := x.AddUser(t, "badinh", "Trần Thị Nga", rights.Nurse, commune)
	other := newSide(t, x, "khác", "khac", x.AddStation(t, x.Hub, facility, "Máy Ba Đình"), nurse, commune, facility)
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	logins := &server.Logins{Store: &server.MemoryLogins{}}
	w, err := New(Options{Hub: x.Hub, Logins: logins, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	s := server.New(server.Options{Logins: logins, Log: quiet, ErrorPage: w.ErrorPage})
	w.Register(s)
	ts := httptest.NewServer(s)
	t.Cleanup(ts.Close)

	table := doors()
	const last = "POST /child/{id}/open" // what it opens stays open
	order := slices.DeleteFunc(nodetest.OneOf(t, s.Routes(), table, everybody), func(name string) bool { return name == last })
	order = append(order, last)

	cells := nodetest.Cells{T: t}
	for _, role := range rights.Roles() {
		place := x.Province
		if role == rights.Nurse || role == rights.Head || role == rights.Family {
			place = x.Commune
		}
		x.AddUser(t, "o-"+role.String(), "Người "+role.String(), role, place)
		c := nodetest.NewCaller(t, ts.URL, "o-"+role.String())
		for _, name := range order {
			d := table[name]
			if d.ask == nil {
				continue
			}
			for _, at := range []*side{own, other} {
				method, _, _ := strings.Cut(name, " ")
				path, form := d.ask(at)
				status, body := c.Ask(method, path, form)
				shown := strings.Contains(body, at.name)
				cells.Hold(name, d.Door, role, at == own, status, shown)
				if method == http.MethodGet && status == http.StatusOK && at == own && strings.HasPrefix(path, "/child/") && !strings.HasSuffix(path, "/why") && !shown {
					t.Errorf("%s by %s: the page does not name the child", name, role)
				}
			}
		}
	}
	t.Logf("cells of the hub's pages: %d/%d", cells.Right, cells.All)
}

// An officer of another province has a mother with her card before them: the whole code finds the child, masked; the
// reason opens the record to read; and whose child it is sees that first.
func TestGlassOnPages(t *testing.T) {
	x := newTree(t)
	own := newSide(t, x, "nhà", "nha", x.Station, x.Nurse, x.Commune, x.Facility)
	x.AddUser(t, "hanoi", "Trần Văn Nam", rights.Province, x.Other)
	rec, err := x.Hub.Open(t.Context(), x.Officer, own.child)
	if err != nil {
		t.Fatal(err)
	}
	address := serve(t, x)
	b := as(t, address, "hanoi")
	page := b.post("/search", url.Values{"q": {own.name}}, http.StatusOK)
	silentAbout(t, page, own.mother, "Thuộc nơi khác")
	page = b.post("/search", url.Values{"q": {rec.Subject.Code.Format()}}, http.StatusOK)
	says(t, page, "Thuộc nơi khác", "T. C. nhà", "/child/"+own.child.String())
	silentAbout(t, page, own.name, own.mother, "0385")
	child := "/child/" + own.child.String()
	page = b.get(child, http.StatusForbidden)
	says(t, page, "Hồ sơ thuộc nơi khác", "T. C. nhà", "trong 60 phút")
	silentAbout(t, page, own.name, "Nhận trẻ về trạm")
	says(t, b.post(child+"/open", url.Values{"reason": {"vội"}}, http.StatusUnprocessableEntity), "ít nhất 10 chữ cái")
	const why = "mẹ đưa con đến, quên sổ"
	page = b.post(child+"/open", url.Values{"reason": {why}}, http.StatusOK)
	says(t, page, own.name, "Đang xem hồ sơ của nơi khác, đến 09:00.", "Chỉ xem.")
	for _, beyond := range []string{"/paper", "/looks", "/consent", "/request", "/edit"} {
		if strings.Contains(page, child+beyond) {
			t.Errorf("the page leads to %s, which is refused", beyond)
		}
	}
	says(t, b.get(child+"/history", http.StatusOK), own.name)
	silentAbout(t, b.get(child+"/paper", http.StatusForbidden), own.name)
	silentAbout(t, b.post(child+"/paper", url.Values{"for": {registry.TakeFamily}, "reason": {why}}, http.StatusForbidden), own.name)
	b.get("/child/"+own.twin.String(), http.StatusForbidden)

	for login, want := range map[string]bool{officerLogin: true, nodetest.HeadLogin: true, nodetest.OfficerLogin: true, "hanoi": false} {
		page := as(t, address, login).get("/access", http.StatusOK)
		if got := strings.Contains(text(page), "Xem gấp hồ sơ khác địa bàn") && strings.Contains(text(page), why) && strings.Contains(text(page), own.name); got != want {
			t.Errorf("%s sees who looked at their child: %v, want %v\n%s", login, got, want, text(page))
		}
	}
	as(t, address, nodetest.AdminLogin).get(child, http.StatusForbidden)
}
