package pages

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"

	"github.com/skip2/go-qrcode"

	"tramy/internal/desk"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/ui"
)

// factorPixels is the size of the drawn key: large enough for the camera of an old phone.
const factorPixels = 384

// newFactor is a key that somebody is setting up; it is their second factor once a code has shown that their app has it.
type newFactor struct{ key string }

func (pg *Pages) showFactor(c *Call) error {
	if c.must == server.MustPassword {
		return c.Go(ui.PathOwnPassword)
	}
	if !c.mayHaveFactor() {
		return desk.ErrForbidden
	}
	return c.drawFactor(http.StatusOK, "", "")
}

// mayHaveFactor reports whether this hub asks somebody of this role for a second factor, or offers one.
func (c *Call) mayHaveFactor() bool { return c.Hub && rights.NeedsFactor(c.Who.Role) }

func (c *Call) factorFrame() (ui.Frame, error) {
	if c.must == server.MustNothing {
		f, err := c.Frame(ui.NavSettings)
		f.Path = ui.PathFactor
		return f, err
	}
	f := c.bareFrame()
	f.User, f.Path = c.Who.Name, ui.PathFactor
	return f, nil
}

func (c *Call) drawFactor(status int, wrongPassword, wrongCode string) error {
	a, err := c.Desk.Account(c.Ctx(), c.Who.User)
	if err != nil {
		return err
	}
	frame, err := c.factorFrame()
	if err != nil {
		return err
	}
	page := ui.Factor{Frame: frame, Required: c.Rules.FactorRequired && !c.Rules.Training, Code: ui.Field{Error: wrongCode}}
	key, setting := c.settingUp.get(c.Who.User, c.Now, factorShelf(c))
	if a.Factor && !setting {
		if page.Left, err = c.Desk.CodesLeft(c.Ctx(), a.User); err != nil {
			return err
		}
		return c.Draw(status, "second-factor", page)
	}
	if !setting {
		if key, err = c.newKey(); err != nil {
			return err
		}
	}
	png, err := qrcode.Encode(rights.FactorURL(key.key, c.Who.Login, c.Place), qrcode.Medium, factorPixels)
	if err != nil {
		return err
	}
	page.QR = "data:image/png;base64," + base64.StdEncoding.EncodeToString(png)
	page.Key = grouped(key.key)
	if !a.Factor {
		page.Password = c.passwordField(wrongPassword)
	}
	return c.Draw(status, "second-factor", page)
}

// newKey makes a key and keeps it for this log-in until it is proved.
func (c *Call) newKey() (newFactor, error) {
	key, err := rights.NewFactor(c.Desk.Rand)
	if err != nil {
		return newFactor{}, err
	}
	made := newFactor{key}
	c.settingUp.putAt(factorShelf(c), c.Who.User, c.Now, made)
	return made, nil
}

// factorShelf is where a key is kept while it is set up: one a log-in.
func factorShelf(c *Call) string { return server.IDOf(c.Logins.TokenOf(c.R)) }

// grouped writes a key in groups of four, to be typed.
func grouped(key string) string {
	var out []string
	for len(key) > 4 {
		out, key = append(out, key[:4]), key[4:]
	}
	return strings.Join(append(out, key), " ")
}

// factor sets one's second factor up, sets it up anew, or switches it off.
func (pg *Pages) factor(c *Call) error {
	if c.must == server.MustPassword || !c.mayHaveFactor() {
		return desk.ErrForbidden
	}
	a, err := pg.Desk.Account(c.Ctx(), c.Who.User)
	if err != nil {
		return err
	}
	key, setting := pg.settingUp.get(c.Who.User, c.Now, factorShelf(c))
	switch {
	case a.Factor && !setting:
		return c.changeFactor(a)
	case !setting: // too late, or a restart
		return c.drawFactor(http.StatusUnprocessableEntity, "", c.T("factor.wrong"))
	}
	if !a.Factor {
		wrong, err := c.checkOwnPassword()
		if err != nil {
			return err
		}
		if wrong != "" {
			return c.drawFactor(http.StatusUnprocessableEntity, wrong, "")
		}
	}
	codes, err := pg.Desk.SetFactor(c.Ctx(), c.Who, key.key, c.Value("code"))
	if errors.Is(err, desk.ErrCode) {
		return c.drawFactor(http.StatusUnprocessableEntity, "", c.T("factor.wrong"))
	}
	if err != nil {
		return err
	}
	pg.settingUp.take(c.Who.User, c.Now, factorShelf(c))
	if _, err := c.anew(); err != nil {
		return err
	}
	c.must = server.MustNothing
	frame, err := c.factorFrame()
	if err != nil {
		return err
	}
	return c.Draw(http.StatusOK, "second-factor", ui.Factor{Frame: frame, Codes: codes})
}

// changeFactor asks for a code of the present second factor before it is replaced or switched off.
func (c *Call) changeFactor(a desk.Account) error {
	off := c.Value("do") == "off"
	if off && c.Rules.FactorRequired && !c.Rules.Training {
		return desk.ErrForbidden
	}
	_, wrong, err := c.takeCode(a, c.Value("code"))
	if err != nil {
		return err
	}
	if wrong != "" {
		return c.drawFactor(http.StatusUnprocessableEntity, "", wrong)
	}
	if !off {
		if _, err := c.newKey(); err != nil {
			return err
		}
		return c.Go(ui.PathFactor)
	}
	if err := c.Desk.DropFactor(c.Ctx(), c.Who); err != nil {
		return err
	}
	if _, err := c.anew(); err != nil {
		return err
	}
	return c.Go(ui.PathSettings, ui.Note{Tone: ui.ToneOK, Lead: c.T("factor.turned_off")})
}
