package pages

import (
	"errors"
	"net/http"
	"time"

	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/server"
	"tramy/internal/store"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// codeTime is how long somebody has, after the password, to type the code.
const codeTime = 5 * time.Minute

// half is somebody who gave the password and is asked for a code.
type half struct {
	user  p.EntityID
	basis registry.Basis
	next  string
	at    time.Time
}

func (c *Call) drawLock(people []desk.Account, next string) error {
	frame, err := c.door()
	if err != nil {
		return err
	}
	page := ui.Lock{Frame: frame, Next: next}
	for i, a := range people {
		who, err := c.colleague(a)
		if err != nil {
			return err
		}
		who.Key = itoa(i + 1) // seatPeopleMax is below ten
		page.People = append(page.People, who)
	}
	return c.Draw(http.StatusOK, "lock", page)
}

// lock ends the log-in of who leaves, and asks who comes.
func (pg *Pages) lock(c *Call) error {
	next := c.Back("/")
	if login, ok := server.LoginOf(c.R); ok {
		if kept := c.keepTyped(login.User); kept != "" {
			next = withQuery(ui.PathRegister, queryTyped, kept)
		}
	}
	if err := c.endOwn(); err != nil {
		return err
	}
	if next == "/" {
		return c.Go(ui.PathLogin)
	}
	return c.Go(withQuery(ui.PathLogin, "next", next))
}

// chosen is whom a form of the lock page names, if they work in this browser.
func (c *Call) chosen() (*desk.Account, error) {
	people, err := c.people()
	for i := range people {
		if people[i].User.String() == c.Value("user") {
			return &people[i], err
		}
	}
	return nil, err
}

// who asks one person for what opens their account here.
func (pg *Pages) who(c *Call) error {
	next := localPath(c.Value("next"), "")
	a, err := c.chosen()
	if err != nil {
		return err
	}
	if a == nil { // closed meanwhile, or another browser
		return c.drawLogin(http.StatusOK, "", next, "")
	}
	_, why, err := c.opensByPin(*a)
	if err != nil {
		return err
	}
	return c.drawUnlock(http.StatusOK, a, next, why, "")
}

// drawUnlock asks for the PIN, or for the password if why says so.
func (c *Call) drawUnlock(status int, a *desk.Account, next, why, wrong string) error {
	frame, err := c.door()
	if err != nil {
		return err
	}
	page := ui.Unlock{Frame: frame, ID: a.User.String(), Name: a.Name, Next: next, Secret: ui.Field{Error: wrong}}
	if why != "" {
		page.Login, page.Why = a.Login, c.T(why)
	}
	return c.Draw(status, "unlock", page)
}

// pin lets somebody go on who gave their password in this browser today.
func (pg *Pages) pin(c *Call) error {
	next := localPath(c.Value("next"), "")
	a, err := c.chosen()
	if err != nil {
		return err
	}
	if a == nil {
		return c.drawLogin(http.StatusUnauthorized, "", next, "")
	}
	since, why, err := c.opensByPin(*a)
	switch {
	case err != nil:
		return err
	case why != "":
		return c.drawUnlock(http.StatusUnauthorized, a, next, why, "")
	}
	err = pg.Desk.TryPin(c.Ctx(), *a, c.Value("pin"))
	switch {
	case errors.Is(err, desk.ErrPin):
		return c.drawUnlock(http.StatusUnauthorized, a, next, "", c.T("pin.wrong"))
	case errors.Is(err, desk.ErrNoPin):
		return c.drawUnlock(http.StatusUnauthorized, a, next, "pin.why_wrong", "")
	case store.IsFull(err): // the guess cannot be counted; care does not wait for the disk
		return c.drawUnlock(http.StatusUnauthorized, a, next, "pin.why_full", "")
	case err != nil:
		return err
	}
	return c.letIn(*a, next, since)
}

func (c *Call) drawCode(status int, a desk.Account, key, wrong string) error {
	frame, err := c.door()
	if err != nil {
		return err
	}
	return c.Draw(status, "code", ui.Code{Frame: frame, Name: a.Name, Key: key, Code: ui.Field{Error: wrong}})
}

// code asks for the second factor of who gave the password.
func (pg *Pages) code(c *Call) error {
	key := c.Value("key")
	h, ok := pg.halfIn.get(p.EntityID{}, c.Now, key)
	if age := c.Now.Sub(h.at); !ok || age > codeTime || age < -codeTime {
		return c.drawLogin(http.StatusUnauthorized, "", "", c.T("factor.expired"))
	}
	a, err := pg.Desk.Account(c.Ctx(), h.user)
	if errors.Is(err, desk.ErrLogin) || err == nil && a.Basis != h.basis {
		return c.drawLogin(http.StatusUnauthorized, "", "", c.T("factor.expired"))
	}
	if err != nil {
		return err
	}
	left, wrong, err := c.takeCode(a, c.Value("code"))
	if err != nil {
		return err
	}
	if wrong != "" {
		return c.drawCode(http.StatusUnauthorized, a, key, wrong)
	}
	if _, ok := pg.halfIn.take(p.EntityID{}, c.Now, key); !ok { // pressed twice
		return c.drawLogin(http.StatusUnauthorized, "", "", c.T("factor.expired"))
	}
	var notes []ui.Note
	if left >= 0 {
		notes = append(notes, ui.Note{Tone: ui.ToneAsk, Lead: c.T("factor.few", "n", left), Text: c.T("factor.few_text")})
	}
	return c.passwordGiven(a, h.next, notes...)
}

// takeCode checks a code under the brake on guesses, and says what is wrong with it.
func (c *Call) takeCode(a desk.Account, code string) (left int, wrong string, err error) {
	addr := server.AddrOf(c.R)
	if wait := c.Throttle.GuessCode(a.Login, addr); wait > 0 {
		return -1, c.waitFor(wait), nil
	}
	left, err = c.Desk.TakeCode(c.Ctx(), a.User, code)
	if errors.Is(err, desk.ErrCode) {
		return -1, c.T("factor.wrong"), nil
	}
	if err == nil {
		c.Throttle.RightCode(a.Login, addr)
	}
	return left, "", err
}
