package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tramy/internal/desk"
	"tramy/internal/lan"
	"tramy/internal/pages"
	"tramy/internal/server"
	"tramy/internal/ui"
)

// qrPixels is the size of a drawn code: large enough for the camera of an old phone.
const qrPixels = 384

// registerPhones puts the pages for phones in the room on a server.
func (w *Web) registerPhones(s *server.Server) {
	s.Handle(http.MethodGet, ui.PathPhones, w.Page(w.showPhones))
	s.Handle(http.MethodPost, ui.PathPhones, w.Form(w.phones))
	s.Handle(http.MethodGet, ui.PathTrust, w.Open(w.showTrust))
	s.Handle(http.MethodGet, ui.PathTrustCA, w.Open(w.authority))
	s.Handle(http.MethodGet, ui.PathPhoneIn, w.Open(w.showPhoneIn))
	s.Handle(http.MethodPost, ui.PathPhoneIn, w.Open(w.phoneIn))
}

// AdmitPhone is server.Options.Admit for the port that phones call: who was not let in sees how to be, and the look of pages.
func AdmitPhone(l *lan.LAN) func(*http.Request) error {
	return func(r *http.Request) error {
		if strings.HasPrefix(r.URL.Path, ui.PathPhone) || strings.HasPrefix(r.URL.Path, ui.StaticPath) || r.URL.Path == ui.PathLook || l.In(r) {
			return nil
		}
		return server.NewProblem(server.TypeNotLetIn)
	}
}

// mayPhones refuses who may not let devices in: all but whoever may take the register out, and at the laptop itself alone, so
// that a phone that was let in lets in no other.
func (w *Web) mayPhones(c *pages.Call) error {
	if !desk.MayExport(c.Who) || c.R.TLS != nil {
		return server.NewProblem(server.TypeForbidden)
	}
	return nil
}

func (w *Web) showPhones(c *pages.Call) error { return w.drawPhones(c, nil) }

func (w *Web) drawPhones(c *pages.Call, invite *ui.PhoneInvite) error {
	if err := w.mayPhones(c); err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavSettings)
	if err != nil {
		return err
	}
	page := ui.Phones{Frame: frame, Off: w.lan == nil, Invite: invite}
	page.Frame.Path = ui.PathPhones
	if w.lan == nil {
		return c.Draw(http.StatusOK, "phones", page)
	}
	addrs, err := w.lan.Addresses()
	if err != nil {
		return err
	}
	page.NoNetwork = len(addrs) == 0
	_, page.Fingerprint = w.lan.Authority()
	if !page.NoNetwork {
		page.Address, page.Trust = addrs[0], addrs[0]+ui.PathTrust
		page.TrustQR = pages.QR(page.Trust, qrPixels)
	}
	when := func(ms int64) string { return c.Words.When(time.UnixMilli(ms), c.Now) }
	for _, p := range w.lan.Phones() {
		page.List = append(page.List, ui.PhoneRow{
			ID: p.ID, Name: p.Name, By: p.By, In: when(p.InMS), Seen: when(p.Seen), Ended: c.Now.UnixMilli() >= p.Until,
		})
	}
	page.Full = len(page.List) >= lan.PhonesMax
	return c.Draw(http.StatusOK, "phones", page)
}

// phones makes a code or shuts a device out.
func (w *Web) phones(c *pages.Call) error {
	if err := w.mayPhones(c); err != nil {
		return err
	}
	if w.lan == nil {
		return server.NewProblem(server.TypeNotFound)
	}
	if c.Value("do") == "end" {
		if err := w.lan.End(c.Value("id")); err != nil {
			return err
		}
		return c.Go(ui.PathPhones, ui.Note{Tone: ui.ToneOK, Lead: c.T("phones_say.ended")})
	}
	addrs, err := w.lan.Addresses()
	if err != nil {
		return err
	}
	if len(addrs) == 0 {
		return c.Go(ui.PathPhones)
	}
	code, until, err := w.lan.Invite(c.Who.Name)
	if errors.Is(err, lan.ErrTooMany) {
		return c.Go(ui.PathPhones)
	}
	if err != nil {
		return err
	}
	address := addrs[0] + ui.PathPhoneIn + "?" + url.Values{"code": {code}}.Encode()
	return w.drawPhones(c, &ui.PhoneInvite{QR: pages.QR(address, qrPixels), Address: address, Until: c.Words.Clock(until.In(c.Now.Location()))})
}

func (w *Web) showTrust(c *pages.Call) error {
	if w.lan == nil {
		return server.NewProblem(server.TypeNotFound)
	}
	_, fingerprint := w.lan.Authority()
	return c.Draw(http.StatusOK, "phonetrust", ui.PhoneTrust{Frame: c.BareFrame(), Fingerprint: fingerprint})
}

// authority gives the certificate itself, in the type by which phones offer to install it.
func (w *Web) authority(c *pages.Call) error {
	if w.lan == nil {
		return server.NewProblem(server.TypeNotFound)
	}
	pem, _ := w.lan.Authority()
	c.W.Header().Set("Content-Type", "application/x-x509-ca-cert")
	c.W.Header().Set("Content-Disposition", `attachment; filename="tramy.crt"`)
	_, err := c.W.Write(pem)
	return err
}

func (w *Web) showPhoneIn(c *pages.Call) error {
	return w.drawPhoneIn(c, http.StatusOK, c.R.URL.Query().Get("code"), ui.Field{})
}

func (w *Web) drawPhoneIn(c *pages.Call, status int, code string, name ui.Field) error {
	if w.lan == nil {
		return server.NewProblem(server.TypeNotFound)
	}
	return c.Draw(status, "phonein", ui.PhoneIn{Frame: c.BareFrame(), Code: code, Name: name})
}

// phoneIn lets the phone that asks in; then somebody logs in on it as on the laptop.
func (w *Web) phoneIn(c *pages.Call) error {
	if w.lan == nil || c.R.TLS == nil {
		return server.NewProblem(server.TypeNotFound)
	}
	name := c.Value("name")
	token, err := w.lan.Admit(c.Value("code"), name, server.AddrOf(c.R))
	switch {
	case errors.Is(err, lan.ErrName):
		return w.drawPhoneIn(c, http.StatusUnprocessableEntity, c.Value("code"), ui.Field{Value: name, Error: c.T("phones_say.bad_name")})
	case errors.Is(err, lan.ErrCode), errors.Is(err, lan.ErrTooMany):
		return w.drawPhoneIn(c, http.StatusForbidden, "", ui.Field{Value: name, Error: c.T("phones_say.bad_code")})
	case err != nil:
		return err
	}
	lan.SetCookie(c.W, token)
	return c.Go(ui.PathLogin)
}
