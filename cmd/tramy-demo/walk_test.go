package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"tramy/internal/browsertest"
	"tramy/internal/country"
	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/server"
	"tramy/internal/store"
	p "tramy/syncproto"
)

var only = flag.String("walk", "", "visit only the pages whose pattern has this in it")

// visit is how a route that shows a page is opened in a browser.
type visit struct {
	path string // {child}, {dose}, … are filled in
	who  string // the login; "" is the node's first
	// form is posted to path, for a page that is an answer to a form; nil: the page is opened by its address.
	form url.Values
	// out is the page as who is not logged in sees it.
	out bool
}

// noPage are routes to GET that answer with something else than a page.
var noPage = []string{"/static/{file}", "/sync/badge", "/day/lists", "/import/rejected", "/usb/answers", "/enrol/{file}", "/phone/ca.crt", "/healthz", "/readyz"}

// notHere are pages that this country cannot show.
var notHere = map[string]string{
	"/phone/trust":         "no phone is let in here; cmd/tramy-station TestPhoneInABrowser looks at it the same way",
	"/phone/in":            "the same",
	"/child/{id}/edit":     "shut for everybody at these hubs; the station's is visited",
	"/child/{id}/status":   "the same",
	"/reports/closed/{id}": "no month is closed in this country; station/web TestCloseMonth looks at it",
	"/users":               "shut for everybody at a station; the hub's is visited",
}

// stationVisits, centreVisits and regionVisits say how each page of the programs is opened. A route to GET without a visit fails the test.
var stationVisits = map[string]visit{
	"GET /":                            {path: "/"},
	"GET /login":                       {path: "/login", out: true},
	"GET /due":                         {path: "/due?list=overdue"},
	"GET /due/print":                   {path: "/due/print?list=overdue"},
	"GET /new":                         {path: "/new"},
	"GET /fridge":                      {path: "/fridge"},
	"GET /hamlets":                     {path: "/hamlets"},
	"POST /due/print":                  {path: "/due/print?list=overdue", form: url.Values{"for": {"care"}, "reason": {"đi bản gọi trẻ"}}},
	"POST /search":                     {path: "/search", form: url.Values{"q": {"lo"}}},
	"GET /register":                    {path: "/register"},
	"POST /register":                   {path: "/register", form: url.Values{"born": {"32/13/2026"}}},
	"GET /homes":                       {path: "/homes"},
	"GET /elsewhere":                   {path: "/elsewhere"},
	"GET /import":                      {path: "/import", who: "truong1"},
	"GET /export":                      {path: "/export", who: "truong1"},
	"GET /stock/file":                  {path: "/stock/file"},
	"GET /data":                        {path: "/data", who: "truong1"},
	"GET /data/lacking":                {path: "/data/lacking"},
	"GET /phones":                      {path: "/phones", who: "truong1"},
	"GET /child/{id}":                  {path: "/child/{child}"},
	"GET /child/{id}/history":          {path: "/child/{child}/history"},
	"GET /child/{id}/edit":             {path: "/child/{child}/edit"},
	"GET /child/{id}/looks":            {path: "/child/{child}/looks", who: "truong1"},
	"GET /child/{id}/why":              {path: "/child/{child}/why"},
	"GET /child/{id}/paper":            {path: "/child/{child}/paper"},
	"POST /child/{id}/paper":           {path: "/child/{child}/paper", form: url.Values{"for": {"family"}, "reason": {"mẹ xin"}}},
	"GET /child/{id}/consent":          {path: "/child/{child}/consent"},
	"GET /child/{id}/consent/form":     {path: "/child/{child}/consent/form"},
	"GET /child/{id}/request":          {path: "/child/{child}/request"},
	"GET /requests":                    {path: "/requests?all=1"},
	"GET /request/{id}":                {path: "/request/{request}"},
	"GET /dose/{id}":                   {path: "/dose/{dose}"},
	"GET /review":                      {path: "/review"},
	"GET /settings":                    {path: "/settings", who: "truong1"},
	"GET /settings/own-password":       {path: "/settings/own-password"},
	"GET /usb":                         {path: "/usb"},
	"GET /sync":                        {path: "/sync"},
	"GET /locked":                      {path: "/locked", out: true},
	"GET /register/grown":              {path: "/register/grown"},
	"GET /register/pregnant":           {path: "/register/pregnant"},
	"GET /women":                       {path: "/women"},
	"GET /child/{id}/pregnancy":        {path: "/child/{woman}/pregnancy"},
	"GET /child/{id}/birth":            {path: "/child/{woman}/birth"},
	"GET /child/{id}/status":           {path: "/child/{child}/status"},
	"GET /dose/{id}/move":              {path: "/dose/{dose}/move"},
	"GET /child/{id}/screen":           {path: "/child/{child}/screen"},
	"GET /day/close":                   {path: "/day/close"},
	"GET /sessions":                    {path: "/sessions"},
	"GET /session/{id}":                {path: "/session/{session}"},
	"GET /session/{id}/print":          {path: "/session/{session}/print"},
	"POST /session/{id}/print":         {path: "/session/{session}/print", form: url.Values{"for": {"care"}, "reason": {"buổi tiêm"}}},
	"GET /session/{id}/paper":          {path: "/session/{session}/paper"},
	"GET /paper":                       {path: "/paper"},
	"GET /lots/missing":                {path: "/lots/missing"},
	"GET /lots":                        {path: "/lots"},
	"GET /child/{id}/contact":          {path: "/child/{child}/contact"},
	"GET /child/{id}/reaction":         {path: "/child/{child}/reaction"},
	"GET /reports":                     {path: "/reports"},
	"GET /reports/close":               {path: "/reports/close"},
	"GET /reports/closed":              {path: "/reports/closed"},
	"GET /reports/rows":                {path: "/reports/rows?row=born&column=all-year"},
	"GET /reactions":                   {path: "/reactions"},
	"GET /reaction/{id}":               {path: "/reaction/{reaction}"},
	"GET /reaction/{id}/others":        {path: "/reaction/{reaction}/others"},
	"GET /reaction/{id}/form":          {path: "/reaction/{reaction}/form"},
	"GET /recalls":                     {path: "/recalls"},
	"GET /recall/{id}":                 {path: "/recall/{recall}"},
	"GET /recall/{id}/children":        {path: "/recall/{recall}/children"},
	"GET /campaigns":                   {path: "/campaigns", who: "truong1"},
	"GET /campaign/{id}":               {path: "/campaign/{campaign}", who: "truong1"},
	"GET /campaign/{id}/report":        {path: "/campaign/{campaign}/report"},
	"GET /campaign/{id}/line":          {path: "/campaign/{campaign}/line"},
	"GET /campaign/{id}/absent":        {path: "/campaign/{campaign}/absent"},
	"GET /campaign/{id}/absent/print":  {path: "/campaign/{campaign}/absent/print"},
	"POST /campaign/{id}/absent/print": {path: "/campaign/{campaign}/absent/print", form: url.Values{"for": {"care"}, "reason": {"gọi vòng 2"}}},
	"GET /campaign/{id}/roll":          {path: "/campaign/{campaign}/roll"},
	"GET /stock":                       {path: "/stock"},
	"GET /stock/in":                    {path: "/stock/in"},
	"GET /stock/count":                 {path: "/stock/count"},
	"GET /stock/lot":                   {path: "/stock/lot?item=SOI&lot=M-77&stock=epi"},
	"GET /stock/send":                  {path: "/stock/send"},
	"GET /stock/delivery/{id}":         {path: "/stock/delivery/{transfer}"},
	"GET /stock/orders":                {path: "/stock/orders"},
	"GET /stock/orders/ask":            {path: "/stock/orders/ask"},
	"GET /stock/orders/{id}":           {path: "/stock/orders/{order}"},
	"GET /stock/out":                   {path: "/stock/out?session={session}"},
	"GET /stock/needs":                 {path: "/stock/needs"},
	"GET /stock/needs/rows":            {path: "/stock/needs/rows?item=BCG"},
	"GET /stock/wastage":               {path: "/stock/wastage"},
	"GET /targets":                     {path: "/targets"},
	"GET /births":                      {path: "/births"},
	"POST /births":                     {path: "/births", form: url.Values{"clock.1": {"99"}}},
	"GET /child/{id}/slip":             {path: "/child/{child}/slip"},
	"GET /child/{id}/twin":             {path: "/child/{child}/twin"},
	"GET /child/{id}/mother":           {path: "/child/{child}/mother"},
}

var centreVisits = map[string]visit{
	"GET /":                       {path: "/"},
	"GET /login":                  {path: "/login", out: true},
	"GET /search":                 {path: "/search"},
	"POST /search":                {path: "/search", form: url.Values{"q": {"lo"}}},
	"GET /stations":               {path: "/stations"},
	"GET /enrol":                  {path: "/enrol", who: "admin"},
	"GET /devices":                {path: "/devices", who: "admin"},
	"GET /devices/{id}":           {path: "/devices/{device}", who: "admin"},
	"GET /places":                 {path: "/places", who: "admin"},
	"GET /places/change":          {path: "/places/change?do=split&at={commune}", who: "admin"},
	"GET /access":                 {path: "/access", who: "admin"},
	"GET /users":                  {path: "/users", who: "admin"},
	"GET /settings":               {path: "/settings", who: "admin"},
	"GET /settings/own-password":  {path: "/settings/own-password"},
	"GET /settings/second-factor": {path: "/settings/second-factor"},
	"GET /usb":                    {path: "/usb", who: "admin"},
}

var regionVisits = map[string]visit{
	"GET /stock/needs":             {path: "/stock/needs"},
	"GET /stock/needs/rows":        {path: "/stock/needs/rows?item=BCG&place={commune}"},
	"GET /stock/wastage":           {path: "/stock/wastage"},
	"GET /targets":                 {path: "/targets"},
	"GET /stock":                   {path: "/stock"},
	"GET /stock/in":                {path: "/stock/in"},
	"GET /stock/count":             {path: "/stock/count"},
	"GET /stock/lot":               {path: "/stock/lot?item=SOI&lot=M-77&stock=epi"},
	"GET /stock/send":              {path: "/stock/send"},
	"GET /stock/delivery/{id}":     {path: "/stock/delivery/{transfer}"},
	"GET /stock/orders":            {path: "/stock/orders"},
	"GET /stock/orders/ask":        {path: "/stock/orders/ask"},
	"GET /stock/orders/{id}":       {path: "/stock/orders/{order}"},
	"GET /child/{id}":              {path: "/child/{child}"},
	"GET /child/{id}/history":      {path: "/child/{child}/history"},
	"GET /child/{id}/looks":        {path: "/child/{child}/looks"},
	"GET /child/{id}/why":          {path: "/child/{child}/why"},
	"GET /child/{id}/paper":        {path: "/child/{child}/paper"},
	"GET /child/{id}/consent":      {path: "/child/{child}/consent"},
	"GET /child/{id}/consent/form": {path: "/child/{child}/consent/form"},
	"GET /child/{id}/request":      {path: "/child/{child}/request"},
	"GET /requests":                {path: "/requests?all=1"},
	"GET /request/{id}":            {path: "/request/{request}"},
	"GET /dose/{id}":               {path: "/dose/{dose}"},
	"GET /review":                  {path: "/review"},
	"GET /sync":                    {path: "/sync"},
	"GET /locked":                  {path: "/locked", out: true},
	"GET /recalls":                 {path: "/recalls"},
	"GET /recall/{id}":             {path: "/recall/{recall}"},
	"GET /recall/{id}/children":    {path: "/recall/{recall}/children?place={commune}"},
	"GET /campaigns":               {path: "/campaigns"},
	"GET /campaign/{id}":           {path: "/campaign/{campaign}"},
	"GET /campaign/{id}/report":    {path: "/campaign/{campaign}/report"},
	"GET /reports":                 {path: "/reports?place={commune}"},
	"GET /reports/closed":          {path: "/reports/closed"},
	"GET /reports/rows":            {path: "/reports/rows?place={commune}&row=born&column=all-year"},
	"GET /reactions":               {path: "/reactions"},
	"GET /reaction/{id}":           {path: "/reaction/{reaction}"},
	"GET /reaction/{id}/others":    {path: "/reaction/{reaction}/others"},
	"GET /reaction/{id}/form":      {path: "/reaction/{reaction}/form"},
}

// Every page of a station and of hubs, with people in it: as axe-core sees it in a wide window in light colours and in those of strong
// contrast, and under a thumb on a phone 360 px wide, in both languages.
func TestEveryPageForEverybody(t *testing.T) {
	nation, servers := smallCountry(t)
	fill := ids(t, nation)
	station := nation.Stations()[0]
	walk := func(name string, n *country.Node, visits, others map[string]visit) {
		t.Run(name, func(t *testing.T) {
			w := &walker{person: person{t: t, ctx: browsertest.OpenFor(t, 10*time.Minute, 1366, 768), size: name}, node: n, fill: fill}
			for _, route := range servers[n].Routes() {
				if strings.HasPrefix(route.Pattern, "/api/") || strings.HasPrefix(route.Pattern, "/fhir/") || strings.HasPrefix(route.Pattern, "/sync/v1/") || route.Method != http.MethodGet || slices.Contains(noPage, route.Pattern) {
					continue
				}
				_, ok := visits["GET "+route.Pattern]
				_, there := others["GET "+route.Pattern]
				if !ok && !there && notHere[route.Pattern] == "" {
					t.Errorf("GET %s is not visited", route.Pattern)
				}
			}
			for _, route := range slices.Sorted(maps.Keys(visits)) {
				if strings.Contains(route, *only) {
					w.look(route, visits[route])
				}
			}
		})
	}
	walk("station", station, stationVisits, nil)
	walk("centre", nation.Centre(), centreVisits, regionVisits)
	walk("region", station.Up, regionVisits, centreVisits)
}

// smallCountry has one station with a day's work on it, and what there is to review.
func smallCountry(t *testing.T) (*country.Country, map[*country.Node]*server.Server) {
	t.Helper()
	ctx := t.Context()
	room := &controlRoom{log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	servers := map[*country.Node]*server.Server{}
	nation, err := country.New(ctx, country.Options{
		Dir: t.TempDir(), Stations: 1, OpenHub: openHub, OpenStation: openStation, Now: time.Now, Delay: time.Hour, Log: room.log,
		Handler: func(n *country.Node) (*server.Server, error) {
			srv, err := room.handler(n)
			servers[n] = srv
			return srv, err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = nation.Close() })
	if err := nation.Fill(ctx, 60, 600, 3); err != nil {
		t.Fatal(err)
	}
	station := nation.Stations()[0]
	nurse, err := station.Desk().As(ctx, "tram1")
	if err != nil {
		t.Fatal(err)
	}
	twin := registry.SubjectInput{Place: station.Commune, Name: "Lò Gia Bảo", MotherName: "Lò Thị Mai", MotherPhone: "0385000412", BirthDate: station.Desk().Today() - 100}
	for range 2 {
		if _, _, err := station.Desk().Register(ctx, nurse, twin, true); err != nil {
			t.Fatal(err)
		}
	}
	station.Desk().SweepSoon()
	if err := nation.Quiet(ctx); err != nil {
		t.Fatal(err)
	}
	return nation, servers
}

// ids are what stands in the addresses of pages.
func ids(t *testing.T, nation *country.Country) *strings.Replacer {
	t.Helper()
	ctx := t.Context()
	station := nation.Stations()[0]
	nurse, err := station.Desk().As(ctx, "tram1")
	if err != nil {
		t.Fatal(err)
	}
	var people []project.SubjectRow
	home := station.Desk().Home()
	if err := station.Desk().Node.Store().View(ctx, func(tx store.Tx) (err error) {
		people, err = tx.SearchSubjects(store.SubjectQuery{Residences: home.Residences(), Limit: 60})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	var child, dose p.EntityID
	for i := range people {
		record, err := station.Desk().Open(ctx, nurse, people[i].ID)
		if err != nil {
			t.Fatal(err)
		}
		if people[i].Group == registry.GroupChild && len(record.Doses) > 3 {
			child, dose = people[i].ID, record.Doses[0].ID
			break
		}
	}
	if dose.IsZero() {
		t.Fatal("no child has doses")
	}
	head, err := station.Desk().As(ctx, "truong1")
	if err != nil {
		t.Fatal(err)
	}
	list, err := station.Desk().Requests(ctx, head, true)
	if err != nil || len(list) == 0 {
		t.Fatalf("no request: %v", err)
	}
	woman, _, err := station.Desk().Register(ctx, nurse, registry.SubjectInput{
		Place: station.Commune, Name: "Cà Thị Hương", Sex: registry.SexFemale, Group: registry.GroupPregnant,
		BirthDate: station.Desk().Today() - 9_000, DueDate: station.Desk().Today() + 60,
	}, true)
	if err != nil {
		t.Fatal(err)
	}
	session, _, err := station.Desk().PlanSessions(ctx, nurse, registry.SessionInput{From: registry.NewClock(8, 0), Until: registry.NewClock(10, 0), Capacity: 20}, []registry.Day{station.Desk().Today() + 7})
	if err != nil {
		t.Fatal(err)
	}
	today := station.Desk().Today()
	campaign, err := station.Desk().PlanCampaign(ctx, head, registry.CampaignInput{
		Place: station.Commune, Name: "Sởi mũi 0, đợt này", Kind: registry.CampaignOutbreak, Vaccine: "SOI", From: today, Until: today + 10, Second: today + 5, AgeFrom: 6, AgeTo: 71,
		Targets: []registry.CampaignTarget{{Place: station.Commune, People: 60}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := station.Desk().ChooseCampaignLot(ctx, nurse, campaign, desk.CampaignLot{Number: "M-77", Expires: today + 90}); err != nil {
		t.Fatal(err)
	}
	for i := range people[:min(12, len(people))] {
		enrolment, _, err := station.Desk().EnrolIn(ctx, nurse, campaign, people[i].ID, []string{"1A", "1B"}[i%2])
		if err != nil {
			t.Fatal(err)
		}
		press := desk.LinePress{Campaign: campaign, Enrolment: enrolment, Lot: "M-77", Against: "theo kế hoạch"}
		switch i {
		case 0, 1, 2:
		case 3:
			press.Outcome = registry.EnrolmentAbsent
		case 4:
			press.Outcome, press.Reason = registry.EnrolmentPostponed, "Sốt"
		default:
			continue
		}
		if _, err := station.Desk().PressLine(ctx, nurse, press); err != nil {
			t.Fatal(err)
		}
	}
	reaction, err := station.Desk().RecordReaction(ctx, nurse, registry.ReactionInput{Subject: child, Doses: []p.EntityID{dose}, On: station.Desk().Today(), Signs: []string{"fever"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := station.Desk().MoveStock(ctx, nurse, registry.MovementInput{Item: "SOI", Lot: "M-77", Quantity: 100, Expires: today + 90, Type: registry.MoveReceived}); err != nil {
		t.Fatal(err)
	}
	if _, err := station.Desk().CountStock(ctx, nurse, []registry.StockCountInput{{Item: "SOI", Lot: "M-77", Quantity: 60}}); err != nil {
		t.Fatal(err)
	}
	transfer, err := station.Desk().SendStock(ctx, nurse, registry.TransferInput{To: station.Up.Desk().Node.Identity().Place, Lines: []registry.TransferLine{{Item: "SOI", Lot: "M-77", Quantity: 10}}})
	if err != nil {
		t.Fatal(err)
	}
	above := station.Up.Desk()
	officer, err := above.As(ctx, "khuvuc")
	if err != nil {
		t.Fatal(err)
	}
	record, err := station.Desk().Open(ctx, nurse, child)
	if err != nil {
		t.Fatal(err)
	}
	stopped := registry.RecallInput{
		Place: above.Node.Identity().Place, Vaccine: "SOI", Number: "M-70", Kind: registry.RecallRecalled, Children: registry.CareWatch, Reason: "có vật lạ trong lọ",
		Day: today, Advice: "Bé vẫn khỏe thì không cần làm gì.",
	}
	for i := range record.Doses {
		if x := &record.Doses[i]; x.Lot != "" {
			stopped.Vaccine, stopped.Number = x.Vaccine, x.Lot
		}
	}
	recall, err := above.WriteRecall(ctx, officer, stopped)
	if err != nil {
		t.Fatal(err)
	}
	order, err := station.Desk().AskStock(ctx, nurse, registry.OrderInput{Month: station.Desk().Today().Month() + 1, Lines: []registry.OrderLine{{Item: "SOI", Quantity: 20}}}, p.EntityID{})
	if err != nil {
		t.Fatal(err)
	}
	if err := nation.Quiet(ctx); err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("{recall}", recall.String(), "{order}", order.String(), "{transfer}", transfer.String(), "{campaign}", campaign.String(), "{woman}", woman.String(), "{session}", session[0].String(), "{reaction}", reaction.String(), "{child}", child.String(), "{dose}", dose.String(), "{request}", list[0].ID.String(), "{device}", station.Device.String(), "{commune}", station.Commune.String())
}

// walker goes from page to page and looks.
type walker struct {
	person
	node *country.Node
	fill *strings.Replacer
	in   string // who is logged in
}

func (w *walker) look(route string, v visit) {
	w.t.Helper()
	w.become(v)
	name := w.size + "-" + strings.Trim(strings.NewReplacer(" ", "-", "/", "-", "{", "", "}", "").Replace(route), "-")
	w.open(w.base() + "/login") // any page will do to choose from
	w.choose("vi", "")
	w.do("a wide window", chromedp.EmulateViewport(1366, 768))
	w.goTo(w.base()+w.fill.Replace(v.path), v.form)
	if said := w.value1("document.querySelector('main')?.innerText ?? ''"); strings.TrimSpace(said) == "" || w.value1("String(document.querySelector('.message') !== null)") == "true" {
		w.t.Errorf("%s shows %q", name, said)
	}
	w.judge(name, browsertest.Violations)
	w.do("a narrow window", chromedp.EmulateViewport(360, 800))
	w.judge(name+"-360", browsertest.ForAThumb)
	if w.node.Hub != nil {
		return // what is shared was seen at the station in the other language and colours
	}
	w.choose("en", "contrast")
	w.goTo(w.base()+w.fill.Replace(v.path), v.form)
	w.judge(name+"-360-en-contrast", browsertest.Violations, browsertest.ForAThumb)
}

// become logs in whoever is to see the page.
func (w *walker) become(v visit) {
	w.t.Helper()
	who := v.who
	switch {
	case v.out:
		who = ""
	case who == "":
		if who = w.node.Accounts[0].Login; w.node.Kind == "centre" {
			who = "trunguong"
		}
	}
	if w.in == who {
		return
	}
	if w.in != "" {
		w.open(w.base() + "/")
		w.press("footer form[action='/logout'] button")
	}
	if who != "" {
		w.do("a wide window", chromedp.EmulateViewport(1366, 768))
		w.login(w.node, who)
	}
	w.in = who
}

func (w *walker) base() string { return "http://" + w.node.PagesAddr }

// choose sets language and colours, as the forms of the pages do.
func (w *walker) choose(lang, theme string) {
	w.t.Helper()
	_, err := chromedp.Run(w.ctx, chromedp.Evaluate[int](fmt.Sprintf(
		`fetch("/look", {method: "POST", body: new URLSearchParams({lang: %q, theme: %q, back: "/phone/trust"})}).then((r) => r.status)`, lang, theme), chromedp.EvalAwaitPromise))
	if err != nil {
		w.t.Fatal(err)
	}
}

// goTo opens a page by its address, or by posting a form to it.
func (w *walker) goTo(url string, form url.Values) {
	w.t.Helper()
	if form == nil {
		w.open(url)
		return
	}
	fields := map[string]string{}
	for name := range form {
		fields[name] = form.Get(name)
	}
	text, err := json.Marshal(fields)
	if err != nil {
		w.t.Fatal(err)
	}
	_, err = chromedp.RunResponse(w.ctx, chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`(() => {
		const f = Object.assign(document.createElement("form"), {method: "post", action: %q});
		for (const [name, value] of Object.entries(%s)) f.append(Object.assign(document.createElement("input"), {type: "hidden", name, value}));
		document.body.append(f); f.submit(); })()`, url, text)))
	if err != nil {
		w.t.Fatalf("posting to %s: %v", url, err)
	}
}

func (w *walker) value1(js string) string {
	w.t.Helper()
	s, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](js))
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// judge looks at the page and says everything that is wrong with it.
func (w *walker) judge(name string, by ...func(context.Context) ([]string, error)) {
	w.t.Helper()
	for _, look := range by {
		found, err := look(w.ctx)
		if err != nil {
			w.t.Fatalf("%s: %v", name, err)
		}
		for _, x := range found {
			w.t.Errorf("%s: %s", name, x)
		}
	}
	keep := w.person
	keep.size = "shot"
	keep.shot(name)
}
