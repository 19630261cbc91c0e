package crash

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

// outside is who is not logged in, and types wrongly.
func (x *personal) outside(n *node) {
	name := "Vàng " + childName.text
	v := newVisitor(x.T, x.places, n)
	// What somebody typed into the address is theirs; where the program sends them on is ours.
	for _, path := range []string{"/?name=", "/search?q=", "/child/", "/child/00000000-0000-8000-8000-000000000000?name=", "/due?list=due&hamlet=", "/nothing/here/", "/register?name=", "/access?user=", "/api/v1/subjects/", "/api/v1/subjects?name="} {
		x.strayed(v, path+url.QueryEscape(name))
	}
	x.strayed(v, "/child/"+url.PathEscape(name)+"/edit")
	v.post("/search", url.Values{"q": {name}})
	v.post("/register", url.Values{"mother": {"Lý " + motherName.text}, "name": {name}, "born": {"29/02/2024"}, "phone": {phone.text}})
	v.post("/elsewhere", url.Values{"name": {name}, "phone": {phone.text}}, "HX-Request", "true")
	for _, typed := range []url.Values{
		{"user": {personalNurse}, "password": {swapped.text}},
		{"user": {misplaced.text}, "password": {personalNurse}},
		{"user": {name}, "password": {"x"}},
	} {
		v.get("/login?other=1").submit("/login", typed).want(http.StatusUnauthorized)
	}
	v.post("/login/pin", url.Values{"user": {name}, "pin": {wrongPIN.text}})
	v.post("/login/who", url.Values{"user": {name}})
	v.post("/login/code", url.Values{"key": {"x"}, "code": {name}})
	x.call(n, "", http.MethodPost, "/api/v1/login", fields{"login": misplaced.text, "password": swapped.text}, nil)
	x.call(n, "", http.MethodPost, "/api/v1/login", fields{"login": "a", "pass": swapped.text}, nil)
	x.call(n, "", http.MethodPost, "/api/v1/login", `{"login":"`+misplaced.text+`","password":`+swapped.text, nil)
	x.call(n, misplaced.text, http.MethodGet, "/api/v1/subjects/x", nil, nil)
	x.call(n, "", http.MethodPost, "/api/v1/subjects/search", fields{"text": name}, nil)
	x.call(n, "", http.MethodPost, "/api/v1/subjects/search", fields{"text": name}, nil, "Origin", "https://elsewhere.example", "Sec-Fetch-Site", "cross-site")
	x.call(n, "", http.MethodGet, "/", nil, nil, "Host", "elsewhere.example")
}

// strayed asks for an address that somebody made up. The address is not ours, so it is not captured; all that comes of it is.
func (x *personal) strayed(v *visitor, path string) {
	x.Helper()
	client := &http.Client{Transport: connections.Transport, Timeout: connections.Timeout, Jar: v.jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	req, err := http.NewRequest(http.MethodGet, "http://"+v.at.pages+path, nil)
	if err != nil {
		x.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	resp, err := client.Do(req)
	if err != nil {
		x.Fatal(err)
	}
	to := resp.Header.Get("Location")
	v.read(resp)
	if to != "" {
		v.get(to)
	}
}

// born is the birth date as a nurse types it.
var born = strings.Join([]string{birthDate.text[8:], birthDate.text[5:7], birthDate.text[:4]}, "/")

// nurse does at the station what a nurse does with a mother in front of her.
func (x *personal) nurse() *visitor {
	x.Helper()
	v := newVisitor(x.T, x.places, x.w.station).logIn(personalNurse, first.text, chosen.text)
	v.get("/settings").submit("/settings/pin", url.Values{"pin": {pin.text}, "again": {pin.text}, "password": {chosen.text}})
	v.get("/").submit("/lock", nil)
	v.get("/login") // the browser of a laptop shows who works there, to change hands in two actions: that is meant
	for action, typed := range map[string]url.Values{"/login/pin": {"pin": {wrongPIN.text}}} {
		typed.Set("user", strings.TrimSpace(attributeOf(v, "input", "name", "user", "value")))
		v.post(action, typed)
	}
	v.get("/login?other=1").submit("/login", url.Values{"user": {personalNurse}, "password": {chosen.text}}).want(http.StatusOK)

	child := url.Values{
		"mother": {"Lý Thị " + motherName.text}, "phone": {phone.text}, "born": {born}, "sex": {"female"}, "name": {"Vàng Thị " + childName.text},
		"hamlet": {"Na Phay"}, "father": {"Vàng A " + fatherName.text}, "father_phone": {otherPhone.text}, "guardian": {"Pờ " + guardianName.text},
		"personal_no": {personalNo.text}, "insurance": {insurance.text}, "address": {"ngõ " + address.text}, "note": {childNote.text},
	}
	v.get("/register").submit("/register", child).want(http.StatusOK)
	if !strings.HasPrefix(v.url.Path, "/child/") {
		x.Fatalf("registering led to %s:\n%s", v.url, said(v.doc))
	}
	x.page = v.url.Path
	x.child = strings.TrimPrefix(x.page, "/child/")

	// The same mother again: the form is refused with who it may be, and sent anyway.
	v.post("/register/candidates", child, "HX-Request", "true", "Accept", "text/html")
	twin := url.Values{}
	for name, value := range child {
		twin[name] = value
	}
	twin.Del("personal_no")
	twin.Del("insurance")
	v.get("/register").submit("/register", twin)
	if !strings.HasPrefix(v.url.Path, "/child/") {
		twin.Set("force", "1")
		v.submit("/register", twin)
	}
	bad := url.Values{"mother": {"Lý " + motherName.text}, "born": {badDate.text}, "name": {childName.text}, "phone": {phone.text + "9999"}, "sex": {"female"}, "personal_no": {personalNo.text + "1"}}
	v.get("/register").submit("/register", bad).want(http.StatusUnprocessableEntity)

	for _, q := range []string{childName.text, "vang thi " + unaccented(childName.text), phone.text, motherName.text, personalNo.text, birthDate.text, nobodyName.text, nobodyPhone.text} {
		v.get("/").submit("/search", url.Values{"q": {q}}).want(http.StatusOK)
		v.post("/search", url.Values{"q": {q}}, "HX-Request", "true").want(http.StatusOK)
		v.post("/elsewhere/named", url.Values{"q": {q}}).want(http.StatusOK)
	}
	v.get("/elsewhere").submit("/elsewhere", url.Values{"name": {"Vàng Thị " + childName.text}, "born": {born}, "mother": {motherName.text}, "phone": {phone.text}}).want(http.StatusOK)
	v.get("/elsewhere").submit("/elsewhere", url.Values{"code": {personalNo.text}}).want(http.StatusOK)
	v.get("/elsewhere").submit("/elsewhere", url.Values{"name": {nobodyName.text}, "born": {badDate.text}}).want(http.StatusUnprocessableEntity)

	v.get(x.page).submit(x.page+"/visit", url.Values{"note": {visitNote.text}, "temperature": {badDate.text}, "screening": {"eligible"}})
	v.get(x.page+"/edit").submit(x.page+"/edit", url.Values{
		"name": {"Vàng Thị " + givenName.text}, "allergies": {allergy.text}, "contraindications": {contraind.text}, "condition": {"154"}, "note": {childNote.text},
	}).want(http.StatusOK, http.StatusUnprocessableEntity)
	v.get(x.page+"/edit").submit(x.page+"/edit", url.Values{"born": {badDate.text}, "phone": {phone.text + "99"}}).want(http.StatusUnprocessableEntity)
	v.get(x.page+"/edit").submit(x.page+"/edit", url.Values{"status": {"moved"}, "status_date": {born}, "status_reason": {"về " + address.text}})

	v.get(x.page+"/consent").submit(x.page+"/consent", url.Values{
		"by": {consenting.text}, "relation": {"guardian"}, "channel": {"spoken"}, "note": {wish.text}, "purpose.research": {"refused"}, "purpose.sharing": {"refused"},
	}).want(http.StatusOK, http.StatusUnprocessableEntity)
	v.get(x.page+"/request").submit(x.page+"/request", url.Values{
		"wish": {"restrict"}, "by": {consenting.text}, "relation": {"mother"}, "channel": {"spoken"}, "words": {wish.text},
	}).want(http.StatusOK)
	if !strings.HasPrefix(v.url.Path, "/request/") {
		x.Fatalf("a request led to %s:\n%s", v.url, said(v.doc))
	}
	v.get(x.page+"/paper").submit(x.page+"/paper", url.Values{"for": {"family"}, "reason": {takeReason.text + " cho gia đình"}}).want(http.StatusOK)
	x.strayed(v, "/child/"+url.PathEscape("Vàng "+childName.text))
	x.strayed(v, "/search?q="+url.QueryEscape(childName.text))
	return v
}

// attributeOf finds an element by one attribute and returns another of it.
func attributeOf(v *visitor, element, by, value, want string) string {
	for n := range v.doc.Descendants() {
		if n.Data == element && attribute(n, by) == value {
			return attribute(n, want)
		}
	}
	return ""
}

// head does what the head of the station does: wishes, a restricted record, duplicates, the register in and out.
func (x *personal) head() {
	x.Helper()
	v := newVisitor(x.T, x.places, x.w.station).logIn(personalHead, first.text, chosen.text)
	v.get("/requests")
	for _, a := range v.addresses() {
		if strings.HasPrefix(a, "/request/") {
			v.get(a).submit(a+"/close", url.Values{"outcome": {"done"}, "answer": {wish.text}}).want(http.StatusOK, http.StatusUnprocessableEntity)
		}
	}
	v.get(x.page)
	if strings.HasSuffix(v.url.Path, "/why") {
		v.submit(v.url.Path, url.Values{"reason": {lookReason.text + " vì cấp cứu"}}).want(http.StatusOK)
	}
	v.get(x.page + "/history")
	v.get(x.page + "/looks")
	v.get("/review?of=" + x.child + "&possible=1")
	for _, same := range []string{"1", "0"} {
		v.get("/review?possible=1&of=" + x.child)
		if attributeOf(v, "form", "action", "/review/link", "action") != "" {
			v.submit("/review/link", url.Values{"same": {same}})
		}
	}

	export := url.Values{"layout": {"wide"}, "format": {"xlsx"}, "for": {"report"}, "reason": {takeReason.text + " quý ba"}}
	v.get("/export").submit("/export", url.Values{"from": {badDate.text}, "for": {"report"}, "reason": {takeReason.text}}).want(http.StatusUnprocessableEntity)
	v.get("/export")
	for _, format := range []string{"xlsx", "csv"} {
		export.Set("format", format)
		v.post("/export", export).want(http.StatusOK)
	}
	x.importing(v)
	if n := v.crawl("/"); n < 15 {
		x.Errorf("only %d pages of the station were opened", n)
	}
}

// register is a file in which one row is whole, one is somebody who is there, and two are wrong.
func register(name string) []byte {
	return []byte("STT,Họ và tên,Ngày sinh,Giới tính,Họ tên mẹ,Điện thoại,Thôn,BCG\n" +
		"1,Lò Văn " + name + ",01/02/2025,Nam,Lường Thị " + name + ",0385000419,Na Phay,02/02/2025\n" +
		"2,Vàng Thị " + childName.text + "," + born + ",Nữ,Lý Thị " + motherName.text + "," + phone.text + ",Na Phay,\n" +
		"3,Tòng Văn " + name + "," + badDate.text + ",Nam,Cà Thị " + name + "," + phone.text + "99,Na Phay,32/13/2025\n" +
		"4,Cà Văn " + name + ",03/02/2025,Nam,Tòng Thị " + name + ",0385000420,Na Phay," + name + "\n")
}

// importing brings a register in through the pages.
func (x *personal) importing(v *visitor) {
	x.Helper()
	v.get("/import").upload("/import", "file", fileName.text+".csv", register(importedName.text)).want(http.StatusOK)
	v.submit("/import/columns", url.Values{"any": {"1"}}).want(http.StatusOK)
	settled := func() {
		x.Helper()
		for end := time.Now().Add(startTimeout); ; {
			v.get("/import")
			if !strings.Contains(v.body, `http-equiv="refresh"`) && !strings.Contains(v.body, `hx-trigger="load delay`) && attributeOf(v, "form", "action", "/import/discard", "action") != "" {
				return
			}
			if time.Now().After(end) {
				x.Fatalf("the import does not come to an end:\n%s", said(v.doc))
			}
			<-time.After(20 * time.Millisecond)
		}
	}
	settled()
	v.submit("/import/start", nil).want(http.StatusOK)
	settled()
	v.get("/import?show=refused")
	v.get("/import/rejected").want(http.StatusOK)
	v.get("/import?show=proposed")
	if attributeOf(v, "form", "action", "/import/answer", "action") != "" {
		v.submit("/import/answer", nil)
	}
	x.look("station/import/") // what is being brought in lies there until somebody closes it
	v.get("/import").submit("/import/discard", nil).want(http.StatusOK)
	x.look()
}
