package crash

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"
)

// withFactor logs somebody in at the hub and sets up the second factor that is asked for there.
func (x *personal) withFactor(who string) *visitor {
	x.Helper()
	v := newVisitor(x.T, x.places, x.w.hub).logIn(who, first.text, chosen.text)
	if v.url.Path != "/settings/second-factor" {
		x.Fatalf("%s without a second factor is at %s:\n%s", who, v.url, said(v.doc))
	}
	key := ""
	for n := range v.doc.Descendants() {
		if n.Data == "b" && attribute(n, "class") == "code wrap" {
			key = strings.ReplaceAll(n.FirstChild.Data, " ", "")
		}
	}
	x.places.drawn(canary{what: "the key of a second factor", text: key}) // a code cannot be checked without it
	code, err := totp.GenerateCode(key, time.Now())
	if err != nil {
		x.Fatal(err)
	}
	v.submit("/settings/second-factor", url.Values{"password": {chosen.text}, "code": {swapped.text}}).want(http.StatusUnprocessableEntity)
	v.submit("/settings/second-factor", url.Values{"password": {chosen.text}, "code": {code}}).want(http.StatusOK)
	codes := 0
	for n := range v.doc.Descendants() {
		if n.Data == "li" && attribute(n, "class") == "code" {
			codes++
			x.places.secret("a recovery code", strings.TrimSpace(n.FirstChild.Data))
		}
	}
	if codes == 0 {
		x.Fatalf("no recovery codes:\n%s", said(v.doc))
	}
	return v
}

// officer does at the hub what an officer of the province does.
func (x *personal) officer() {
	x.Helper()
	v := x.withFactor(personalOfficer)
	// Names are typed into every field that finds something.
	v.get("/access").submit("/access", url.Values{"user": {nurseName.text}}).want(http.StatusOK)
	if !strings.Contains(v.body, nurseName.text) {
		x.Errorf("the access log does not show what %s did:\n%.2000s", nurseName.text, said(v.doc))
	}
	x.follow(v, "older", "newer")
	v.get("/access").submit("/access", url.Values{"user": {nurseName.text}, "from": {badDate.text}})
	v.get("/places").submit("/places/find", url.Values{"q": {childName.text}}).want(http.StatusOK)
	v.get("/places").submit("/places/find", url.Values{"q": {"Mường"}}).want(http.StatusOK)
	if !strings.Contains(v.body, "Mường Nhà") {
		x.Errorf("a place is not found by its name:\n%.2000s", said(v.doc))
	}
	for _, q := range []string{givenName.text, phone.text, nobodyName.text} {
		v.get("/access")
		v.post("/search", url.Values{"q": {q}}).want(http.StatusOK)
	}
	v.get(x.page)
	if strings.HasSuffix(v.url.Path, "/why") {
		v.submit(v.url.Path, url.Values{"reason": {lookReason.text + " theo yêu cầu"}}).want(http.StatusOK)
	}
	if !strings.Contains(v.body, givenName.text) {
		x.Errorf("the hub does not show the child:\n%.2000s", said(v.doc))
	}
	v.get(x.page + "/looks")
	if n := v.crawl("/"); n < 10 {
		x.Errorf("only %d pages of the hub were opened", n)
	}
}

// admin keeps the accounts at the hub.
func (x *personal) admin() {
	x.Helper()
	v := x.withFactor(personalAdmin)
	v.get("/users").submit("/users", url.Values{"name": {"Cà " + officerName.text}, "login": {misplaced.text}, "role": {"nurse"}, "phone": {nursePhone.text}})
	v.get("/users").submit("/users", url.Values{"name": {"Cà " + officerName.text}, "login": {"cadc"}, "role": {"nurse"}, "phone": {nursePhone.text}})
	for n := range v.doc.Descendants() { // the first password of a new account is told once
		if n.Data == "b" && attribute(n, "class") == "code" && n.FirstChild != nil && n.FirstChild.Data != "cadc" && len(n.FirstChild.Data) > 7 {
			x.places.secret("a first password that the program drew", n.FirstChild.Data)
		}
	}
	v.get("/users")
	v.crawl("/users")
}

// follow opens the links of a pager.
func (x *personal) follow(v *visitor, words ...string) {
	x.Helper()
	for _, a := range v.addresses() {
		for _, w := range words {
			if strings.Contains(a, w) || strings.Contains(a, "before=") {
				v.get(a)
				return
			}
		}
	}
}
