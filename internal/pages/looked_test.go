package pages_test

import (
	"net/url"

	"tramy/internal/nodetest"
	"tramy/internal/registry"
)

// rule says what a route does to the access log.
type rule struct {
	act string // of the record that is written
	not string // or why none is written

	path string     // what to ask, if not the pattern with the child's id in it
	form url.Values // of a page's POST
	json any        // of the API's
	file string     // of an upload
	as   string     // who asks, if not the head or the officer
	ends bool       // the program ends with it: not asked

	first func() // what has to have happened on that day
}

func looks(act string) rule { return rule{act: act} }

func none(why string) rule { return rule{not: why} }

func (r rule) at(p string) rule { r.path = p; return r }

func (r rule) after(f func()) rule { r.first = f; return r }

func (r rule) body(v any) rule { r.json = v; return r }

func (r rule) by(who string) rule { r.as = who; return r }

func (r rule) typed(pairs ...string) rule {
	r.form = url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		r.form.Add(pairs[i], pairs[i+1])
	}
	return r
}

// Why a route writes no access record.
const (
	nobody  = "shows nobody"
	staff   = "shows accounts of staff, whom every colleague may see"
	writes  = "writes, and the change names its author; the answer is a redirect or an id"
	figures = "shows figures only"
	machine = "shows or moves machines, not people"
	typed   = "shows nothing but what was just typed"
)

// everywhere are the routes that both programs have.
func everywhere(k *known) map[string]rule {
	api := "/api/v1/subjects/" + k.child
	said := map[string]any{"by": "Lò Thị Ánh", "relation": "mother", "channel": "paper"}
	with := func(name string, v any) map[string]any {
		out := map[string]any{name: v}
		for n, x := range said {
			out[n] = x
		}
		return out
	}
	return map[string]rule{
		"GET /static/{file}": none(nobody).at("/static/x"), "GET /login": none(nobody), "POST /look": none(nobody),
		"POST /login":                  looks(registry.ActLogin).typed("user", k.login, "password", nodetest.Password),
		"POST /logout":                 looks(registry.ActLogout).typed(),
		"POST /search":                 looks(registry.ActSearch).typed("q", "lo gia bao"),
		"GET /child/{id}":              looks(registry.ActView),
		"GET /child/{id}/history":      looks(registry.ActView),
		"GET /child/{id}/edit":         looks(registry.ActView),
		"POST /child/{id}/edit":        none(writes),
		"GET /child/{id}/status":       looks(registry.ActView),
		"POST /child/{id}/status":      none(writes),
		"POST /child/{id}/name":        none(writes),
		"GET /child/{id}/looks":        looks(registry.ActView),
		"GET /child/{id}/why":          none("asks for a reason and names nobody"),
		"POST /child/{id}/why":         looks(registry.ActView).typed("reason", "tiêm hôm nay"),
		"GET /child/{id}/paper":        looks(registry.ActView),
		"POST /child/{id}/paper":       looks(registry.ActPrint).typed("for", "family", "reason", "mẹ xin"),
		"GET /child/{id}/consent":      looks(registry.ActView),
		"POST /child/{id}/consent":     none(writes),
		"GET /child/{id}/consent/form": looks(registry.ActView),
		"GET /child/{id}/request":      looks(registry.ActView),
		"POST /child/{id}/request":     none(writes),
		"GET /requests":                looks(registry.ActList),
		"GET /request/{id}":            looks(registry.ActView).at("/request/" + k.request),
		"POST /request/{id}/answer":    none(writes).at("/request/" + k.request + "/answer"),
		"POST /request/{id}/extend":    none(writes).at("/request/" + k.request + "/extend"),
		"POST /request/{id}/close":     none(writes).at("/request/" + k.request + "/close"),
		"POST /request/{id}/lift":      none(writes).at("/request/" + k.request + "/lift"),
		"GET /recalls":                 none(figures), "GET /recall/{id}": none(figures).at("/recall/" + k.recall), "POST /recall/{id}/apart": none(writes).at("/recall/" + k.recall + "/apart"),
		"GET /recall/{id}/children": looks(registry.ActList).at("/recall/" + k.recall + "/children"),
		"GET /campaigns":            none(figures), "POST /campaigns": none(nobody), "GET /campaign/{id}": none(figures).at("/campaign/" + k.campaign),
		"POST /campaign/{id}":         none(nobody).at("/campaign/" + k.campaign),
		"POST /campaign/{id}/void":    none(nobody).at("/campaign/" + k.campaign + "/void"),
		"GET /campaign/{id}/report":   none(figures).at("/campaign/" + k.campaign + "/report"),
		"GET /reports":                none(figures),
		"POST /reports/register":      looks(registry.ActExport).typed("form", "register", "format", "csv", "for", "report", "reason", "nộp CDC", "place", k.commune),
		"GET /reports/closed":         none(figures),
		"GET /reports/closed/{id}":    none(figures).at("/reports/closed/" + k.campaign),
		"GET /reports/rows":           looks(registry.ActList).at("/reports/rows?place=" + k.commune + "&from=" + k.born + "&to=" + k.born + "&row=born&column=all"),
		"GET /reactions":              looks(registry.ActList),
		"GET /reaction/{id}":          looks(registry.ActView).at("/reaction/" + k.reaction),
		"GET /reaction/{id}/others":   looks(registry.ActView).at("/reaction/" + k.reaction + "/others"),
		"GET /reaction/{id}/form":     looks(registry.ActPrint).at("/reaction/" + k.reaction + "/form"),
		"POST /reaction/{id}":         none(writes).at("/reaction/" + k.reaction),
		"POST /reaction/{id}/told":    none(writes).at("/reaction/" + k.reaction + "/told"),
		"POST /reaction/{id}/void":    none(writes).at("/reaction/" + k.reaction + "/void"),
		"GET /dose/{id}":              looks(registry.ActView).at("/dose/" + k.dose),
		"POST /dose/{id}":             none(writes).at("/dose/" + k.dose),
		"POST /dose/{id}/void":        none(writes).at("/dose/" + k.dose + "/void"),
		"POST /dose/{id}/restore":     none(writes).at("/dose/" + k.dose + "/restore"),
		"GET /review":                 looks(registry.ActList),
		"POST /review/settle":         none(writes),
		"POST /review/twice":          none(writes),
		"POST /review/link":           none(writes),
		"POST /undo":                  none(writes),
		"POST /child/{id}/open":       none("of one's own places it opens nothing more; else desk.BreakGlass writes the record, TestRoutesCellByCell"),
		"GET /settings":               none(staff),
		"GET /settings/own-password":  none(staff),
		"POST /settings/own-password": none(staff),
		"POST /settings/logins":       none(staff),
		"POST /users/logout":          none(staff),
		"POST /settings/password":     none(staff),
		"GET /users":                  none(staff),
		"POST /users":                 none(staff),
		"POST /users/disable":         none(staff),
		"POST /users/enable":          none(staff),
		"POST /users/reset":           none(staff),
		"GET /usb":                    none(machine),
		"POST /usb/in":                none(machine),
		"POST /usb/upload":            none(machine),
		"GET /api/v1/openapi.json":    none(nobody),

		"GET /fhir/R4/metadata":                   none(nobody),
		"POST /fhir/R4/Patient/_search":           looks(registry.ActSearch).typed("identifier", "urn:tramy:person-code|1000010000000076"),
		"GET /fhir/R4/Patient/{id}":               looks(registry.ActView),
		"GET /fhir/R4/Patient/{id}/$everything":   looks(registry.ActView),
		"GET /fhir/R4/Immunization/{id}":          looks(registry.ActView).at("/fhir/R4/Immunization/" + k.dose),
		"GET /fhir/R4/Immunization":               looks(registry.ActView).at("/fhir/R4/Immunization?patient=" + k.child),
		"GET /fhir/R4/ImmunizationRecommendation": looks(registry.ActView).at("/fhir/R4/ImmunizationRecommendation?patient=" + k.child),

		"GET /stock/needs": none(figures), "GET /stock/needs/rows": looks(registry.ActList).at("/stock/needs/rows?item=DPT-VGB-HIB&place=" + k.commune), "GET /stock/wastage": none(figures), "GET /api/v1/stock/needs": none(figures),
		"GET /targets": none(figures), "POST /targets": none(figures), "POST /targets/file": none(figures),
		"GET /stock": none(nobody), "GET /stock/in": none(nobody), "POST /stock/in": none(nobody), "GET /stock/count": none(nobody), "POST /stock/count": none(nobody),
		"GET /stock/lot": none(nobody).at("/stock/lot?item=SOI&lot=M-1&stock=epi"), "POST /stock/lot": none(nobody).typed("item", "SOI", "lot", "M-1", "stock", "epi", "do", "open"),
		"POST /stock/void": none(nobody).typed("id", k.movement), "GET /stock/send": none(nobody), "POST /stock/send": none(nobody),
		"GET /stock/delivery/{id}": none(nobody).at("/stock/delivery/" + k.transfer), "POST /stock/delivery/{id}": none(nobody).at("/stock/delivery/" + k.transfer),
		"GET /stock/orders": none(nobody), "GET /stock/orders/ask": none(nobody), "POST /stock/orders/ask": none(nobody),
		"GET /stock/orders/{id}": none(nobody).at("/stock/orders/" + k.order), "POST /stock/orders/{id}": none(nobody).at("/stock/orders/" + k.order),
		"GET /healthz":                     none(nobody),
		"GET /readyz":                      none(nobody),
		"POST /api/v1/login":               looks(registry.ActLogin).body(map[string]any{"login": k.login, "password": nodetest.Password}),
		"DELETE /api/v1/login":             looks(registry.ActLogout),
		"POST /api/v1/subjects/search":     looks(registry.ActSearch).body(map[string]any{"text": "lo gia bao"}),
		"GET /api/v1/subjects/{id}":        looks(registry.ActView),
		"PATCH /api/v1/subjects/{id}":      none(writes).body(map[string]any{"fields": map[string]any{}, "saw": ""}),
		"POST /api/v1/subjects/{id}/open":  none("as POST /child/{id}/open").body(map[string]any{"reason": "mẹ đưa con đến, quên sổ"}),
		"GET /api/v1/logins":               none(staff),
		"DELETE /api/v1/logins/{id}":       none(staff).at("/api/v1/logins/x"),
		"DELETE /api/v1/users/{id}/logins": none(staff).at("/api/v1/users/x/logins"),
		"GET /api/v1/requests":             looks(registry.ActList),
		"POST /api/v1/requests":            none(writes).body(with("subject", k.child)),
		"GET /api/v1/worklist":             looks(registry.ActList),
		"GET /api/v1/defaulters":           looks(registry.ActList).at("/api/v1/defaulters?list=overdue"),
		"GET /api/v1/conflicts":            looks(registry.ActList),
		"GET /api/v1/reports/results":      none(figures),
		"GET /api/v1/reports/coverage":     none(figures),
		"GET /api/v1/sync":                 none(machine),
		"POST /api/v1/sync":                none(machine),
		"GET /api/v1/vaccines":             none(nobody),
		"GET /api/v1/places":               none(nobody),
		"GET /api/v1/users":                none(staff),
		"POST /api/v1/users":               none(staff),
		"POST /api/v1/visits":              none(writes),
		"GET /api/v1/immunizations/{id}":   looks(registry.ActView).at("/api/v1/immunizations/" + k.dose),

		"GET /api/v1/subjects/{id}/history":      looks(registry.ActView),
		"GET /api/v1/subjects/{id}/forecast":     looks(registry.ActView),
		"GET /api/v1/subjects/{id}/accesses":     looks(registry.ActView),
		"GET /api/v1/subjects/{id}/visits":       looks(registry.ActView),
		"GET /api/v1/subjects/{id}/reactions":    looks(registry.ActView),
		"GET /api/v1/subjects/{id}/contacts":     looks(registry.ActView),
		"GET /api/v1/subjects/{id}/appointments": looks(registry.ActView),
		"GET /api/v1/subjects/{id}/consents":     looks(registry.ActView),
		"POST /api/v1/subjects/{id}/reason":      looks(registry.ActView).body(map[string]any{"reason": "tiêm hôm nay"}),
		"POST /api/v1/subjects/{id}/consents":    none(writes).at(api + "/consents").body(with("answers", map[string]any{"photo": "refused"})),
		"POST /api/v1/subjects/{id}/link":        none(writes),
		"POST /api/v1/subjects/{id}/unlink":      none(writes),
		"PATCH /api/v1/immunizations/{id}":       none(writes).at("/api/v1/immunizations/" + k.dose),
		"POST /api/v1/immunizations/{id}/void":   none(writes).at("/api/v1/immunizations/" + k.dose + "/void"),
		"POST /api/v1/conflicts/{entity}/settle": none(writes).at("/api/v1/conflicts/" + k.child + "/settle"),
		"POST /api/v1/users/{id}/password":       none(staff).at("/api/v1/users/x/password"),
		"POST /api/v1/users/{id}/disable":        none(staff).at("/api/v1/users/x/disable"),
		"POST /api/v1/users/{id}/enable":         none(staff).at("/api/v1/users/x/enable"),
		// Whoever registers somebody is shown who it may be.
		"POST /api/v1/subjects": looks(registry.ActList).body(map[string]any{"fields": map[string]any{
			"place": k.commune, "name": k.name, "birth_date": k.born, "sex": "male", "mother_name": k.mother,
		}}).by(nodetest.NurseLogin),
	}
}

// stationRoutes are the routes of a station alone.
func stationRoutes(k *known) map[string]rule {
	person := []string{"mother", k.mother, "name", k.name, "born", k.bornText, "sex", "male"}
	return map[string]rule{
		"POST /login/who": none(staff), "POST /login/pin": none(staff), "POST /lock": none(staff), "POST /settings/pin": none(staff), "POST /settings/keys": {not: machine, ends: true},
		"POST /child/{id}/take": none("binds the record to the station as a look-up, which desk.Take writes down"),
		"GET /locked":           none(machine), "POST /locked": none(machine), "POST /locked/out": none(machine),
		"GET /phones": none(machine), "POST /phones": none(machine), "GET /phone/trust": none(machine), "GET /phone/ca.crt": none(machine),
		"GET /phone/in": none(machine), "POST /phone/in": none(machine),
		"POST /child/{id}/visit": none(writes), "POST /settings/room": none(machine), "POST /usb/out": none(machine),
		"GET /sync": none(machine), "POST /sync": none(machine), "GET /sync/badge": none(machine),
		"GET /day/lists": looks(registry.ActList), "GET /day/close": looks(registry.ActList).after(k.callToday), "GET /child/{id}/screen": looks(registry.ActView),
		"POST /day/arrive": none(writes), "POST /day/send": none(writes), "POST /day/close": none(writes),
		"POST /child/{id}/screen": none(writes), "POST /child/{id}/arrive": none(writes), "POST /child/{id}/sign": none(writes),
		"POST /child/{id}/back": none(writes), "POST /settings/second": none(machine), "POST /settings/vials": none(machine),
		"GET /":                      looks(registry.ActList),
		"GET /due":                   looks(registry.ActList).at("/due?list=overdue"),
		"GET /due/print":             none(typed),
		"GET /new":                   none("names only who was written down elsewhere; desk.NewHere writes the record, TestNewHere shows the list"),
		"POST /new":                  none(writes),
		"GET /fridge":                none("temperatures; nobody is named"),
		"POST /fridge":               none(writes),
		"POST /fridge/note":          none(writes),
		"POST /fridge/keep":          none(writes),
		"POST /fridge/logger":        none(writes),
		"GET /hamlets":               none("hamlets, and how many people each has; nobody is named"),
		"POST /hamlets":              none(writes),
		"POST /hamlets/merge":        none(writes),
		"POST /hamlets/void":         none(writes),
		"POST /child/{id}/book":      none(writes),
		"POST /due/print":            looks(registry.ActPrint).at("/due/print?list=overdue").typed("for", "care", "reason", "đi bản gọi trẻ"),
		"GET /register":              none(typed),
		"GET /register/grown":        none(typed),
		"POST /register/grown":       none(writes),
		"GET /register/pregnant":     none(typed),
		"POST /register/pregnant":    none(writes),
		"GET /women":                 looks(registry.ActList),
		"GET /child/{id}/pregnancy":  looks(registry.ActView),
		"POST /child/{id}/pregnancy": none(writes),
		"GET /child/{id}/birth":      looks(registry.ActView),
		"POST /child/{id}/birth":     none(writes),
		"GET /births":                none("names nobody before somebody is born here; station/web.TestShiftIsWrittenDown"),
		"POST /births":               none(writes),
		"POST /births/dose":          none(writes),
		"POST /births/mothers":       none("names women, of whom there are none here; station/web.TestMothersWhileTyping holds the record"),
		"GET /child/{id}/slip":       looks(registry.ActView),
		"GET /child/{id}/twin":       looks(registry.ActView),
		"POST /child/{id}/twin":      none(writes),
		"GET /child/{id}/mother":     looks(registry.ActView),
		"POST /child/{id}/mother":    looks(registry.ActSearch).typed("q", "lo gia bao"),
		"GET /dose/{id}/move":        looks(registry.ActView).at("/dose/" + k.dose + "/move"),
		"POST /dose/{id}/move":       looks(registry.ActSearch).at("/dose/"+k.dose+"/move").typed("q", "lo gia bao"),
		"POST /register":             looks(registry.ActList).typed(person...),
		"POST /search/photo":         none("takes a picture, which these doors do not send; it finds by desk.Find, desk.TestSearchesAreWrittenDown"),
		"POST /register/new":         none(typed),
		"POST /register/candidates":  looks(registry.ActList).typed(person...),
		"GET /homes":                 none("names only people of a commune that was split; desk.AskHome writes the record, TestHomes shows the list"),
		"POST /homes":                none(writes),
		"POST /import":               {not: "takes a file in, and is written down when the import begins", file: "ten,ngay sinh\nLò Văn Xa,01/01/2026\n"},
		"GET /import":                none("shows people once a file is there: held below"),
		"POST /import/sheet":         none(typed), "POST /import/columns": none(typed), "POST /import/start": none("is written down as import when the first row is read, TestImport"),
		"GET /sessions": none(nobody), "POST /sessions": none(nobody), "GET /lots": none(nobody), "POST /lots": none(nobody),
		"GET /session/{id}":         looks(registry.ActList).at("/session/" + k.session),
		"POST /session/{id}":        none(writes).at("/session/" + k.session),
		"POST /session/{id}/move":   none(writes).at("/session/" + k.session + "/move"),
		"POST /session/{id}/cancel": none(writes).at("/session/" + k.session + "/cancel"),
		"POST /session/{id}/spread": none(writes).at("/session/" + k.session + "/spread"),
		"POST /session/{id}/time":   none(writes).at("/session/"+k.session+"/time").typed("who", k.child, "at", "08:30"),
		"POST /session/{id}/told":   none(writes).at("/session/" + k.session + "/told"),
		"GET /session/{id}/print":   none(nobody).at("/session/" + k.session + "/print"),
		"POST /session/{id}/print":  looks(registry.ActPrint).at("/session/"+k.session+"/print").typed("for", "care", "reason", "buổi tiêm"),
		"GET /session/{id}/paper":   none("of a session to come it shows nobody; of one that is past, station/web.TestPaperSheet… hold it").at("/session/" + k.session + "/paper"),
		"POST /session/{id}/paper":  none("as the page itself").at("/session/" + k.session + "/paper"),
		"POST /paper/candidates":    looks(registry.ActList).typed("row", "n1", "mother.n1", k.mother, "name.n1", k.name, "born.n1", k.bornText).by(nodetest.NurseLogin),
		"GET /paper":                looks(registry.ActList).at("/paper?day=n").by(nodetest.NurseLogin),
		"POST /paper":               looks(registry.ActList).at("/paper?day="+k.today).typed("do", "find").by(nodetest.NurseLogin),
		"GET /lots/missing":         none("names those whose doses lack a lot, of whom there are none here; desk.NoLot writes the record, station/web.TestPaperSheetSaysWhatDidNotGo"),
		"POST /lots/missing":        none(writes),
		"POST /draft/{form}/{of}":   none("keeps what was typed and shows nobody").at("/draft/visit/"+k.child).typed("draft", "K1"), "POST /draft/{form}/{of}/drop": none(nobody).at("/draft/visit/"+k.child+"/drop").typed("draft", "K1"),
		"GET /stock/out": none(nobody).at("/stock/out?session=" + k.session), "POST /stock/out": none(nobody).typed("session", k.session),
		"GET /campaign/{id}/line":          looks(registry.ActList).at("/campaign/" + k.campaign + "/line"),
		"POST /campaign/{id}/line":         none(writes).at("/campaign/"+k.campaign+"/line").typed("enrolment", k.enrolment, "do", "absent"),
		"POST /campaign/{id}/lot":          none(machine).at("/campaign/"+k.campaign+"/lot").typed("number", "M-1"),
		"POST /campaign/{id}/find":         looks(registry.ActSearch).at("/campaign/"+k.campaign+"/find").typed("q", "lo gia bao"),
		"POST /campaign/{id}/enrol":        none(writes).at("/campaign/"+k.campaign+"/enrol").typed("who", k.child),
		"GET /campaign/{id}/absent":        looks(registry.ActList).at("/campaign/" + k.campaign + "/absent"),
		"GET /campaign/{id}/absent/print":  none(nobody).at("/campaign/" + k.campaign + "/absent/print"),
		"POST /campaign/{id}/absent/print": looks(registry.ActPrint).at("/campaign/"+k.campaign+"/absent/print").typed("for", "care", "reason", "vòng 2"),
		"GET /campaign/{id}/roll":          none("shows people once a file is there, and then writes the record: TestRollIsReadIn").at("/campaign/" + k.campaign + "/roll"),
		"POST /campaign/{id}/roll":         none(typed).at("/campaign/" + k.campaign + "/roll"), "POST /campaign/{id}/roll/columns": none(typed).at("/campaign/" + k.campaign + "/roll/columns"),
		"POST /campaign/{id}/roll/write": none(writes).at("/campaign/" + k.campaign + "/roll/write"), "POST /campaign/{id}/roll/discard": none(typed).at("/campaign/" + k.campaign + "/roll/discard"),
		"POST /import/answer": none(writes), "POST /import/discard": none(typed),
		"GET /child/{id}/reaction":  looks(registry.ActView).by(nodetest.NurseLogin),
		"POST /child/{id}/reaction": none(writes).by(nodetest.NurseLogin),
		"POST /reaction/{id}/lift":  none(writes).at("/reaction/" + k.reaction + "/lift").by(nodetest.NurseLogin),
		"GET /child/{id}/contact":   looks(registry.ActView).by(nodetest.NurseLogin),
		"POST /child/{id}/contact":  none(writes).by(nodetest.NurseLogin),
		"GET /import/rejected":      none("takes out what an import left, if there is one; desk.NoteTaken writes the record"),
		"GET /export":               none(nobody),
		"GET /reports/close":        none(figures).by(nodetest.NurseLogin),
		"POST /reports/close":       none(writes).by(nodetest.NurseLogin).typed("saw", "x"),
		"GET /stock/file":           none(nobody), "POST /stock/file": none(typed), "POST /stock/file/write": none(writes),
		"GET /data":         none(nobody),
		"POST /data":        looks(registry.ActExport).typed("do", "all", "for", "report", "reason", "bàn giao trạm"),
		"GET /data/lacking": looks(registry.ActList).by(nodetest.NurseLogin),
		"POST /export":      looks(registry.ActExport).typed("for", "report", "reason", "báo cáo"),
		"GET /elsewhere":    none(typed), "POST /elsewhere/named": none(typed), "POST /elsewhere/provisional": none(writes),
		"POST /elsewhere":           looks(registry.ActLookup).typed("name", k.name, "born", k.bornText, "mother", k.mother).by(nodetest.NurseLogin),
		"POST /elsewhere/fetch":     none("follows a look-up, which was written down, and leads to the child's page, which is"),
		"POST /fhir/R4":             looks(registry.ActImport).body(map[string]any{"resourceType": "Bundle", "type": "batch"}).by(nodetest.NurseLogin),
		"POST /api/v1/lookup":       looks(registry.ActLookup).body(map[string]any{"name": k.name, "birth_date": k.born, "mother_name": k.mother}).by(nodetest.NurseLogin),
		"POST /api/v1/lookup/fetch": none("follows a look-up, which was written down, and gives an id only"),
	}
}

// hubRoutes are the routes of a hub alone.
func hubRoutes() map[string]rule {
	return map[string]rule{
		"POST /login/code": none(staff), "GET /settings/second-factor": none(staff), "POST /settings/second-factor": none(staff), "POST /users/second-factor": none(staff),
		"GET /devices/{id}":       none("names people only where something is held; then it writes the record, TestDevices").at("/devices/x"),
		"POST /devices/reinstate": none(machine), "POST /devices/keys": none(machine),
		"GET /": none(figures), "GET /search": none(nobody), "GET /stations": none(machine), "GET /enrol": none(machine), "POST /enrol": none(machine),
		"POST /recalls": none(writes), "POST /recall/{id}": none(writes), "POST /recall/{id}/lift": none(writes),
		"GET /enrol/{file}": none(machine).at("/enrol/x"), "GET /usb/answers": none(machine),
		"GET /devices":         none("names people only where something is held; then it writes the record, TestDevices"),
		"POST /devices/revoke": none(machine), "POST /devices/admit": none(machine), "POST /devices/reject": none(machine),
		"GET /places": none(nobody), "POST /places": none(nobody), "GET /places/change": none(nobody).at("/places/change?do=add"), "POST /places/change": none(nobody),
		"POST /places/preview": none(nobody), "POST /places/write": none(nobody), "POST /places/find": none(nobody),
		"GET /access":          looks(registry.ActList),
		"POST /access":         none("it sends on to the list, which writes it down"),
		"GET /api/v1/stations": none(machine), "POST /api/v1/enrolments": none(machine), "POST /api/v1/devices/{id}/revoke": none(machine).at("/api/v1/devices/x/revoke"),
		"GET /api/v1/held": none(machine), "POST /api/v1/held/{log}/admit": none(machine).at("/api/v1/held/x/admit"), "POST /api/v1/held/{log}/reject": none(machine).at("/api/v1/held/x/reject"),
		"GET /api/v1/rescues": none("gives ids and fields, and nobody's name or values"),
	}
}
