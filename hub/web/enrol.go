package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"tramy/internal/desk"
	"tramy/internal/exchange"
	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/ui"
)

// qrPixels is the size of the drawn code: large enough for the camera of an old phone.
const qrPixels = 512

func (w *Web) enrolForm(c *pages.Call) error {
	return w.drawEnrol(c, http.StatusOK, ui.Enrol{Place: ui.Select{Value: c.R.URL.Query().Get("place")}, Role: ui.Select{Value: registry.NodeStation.String()}})
}

// drawEnrol draws the form with what was chosen and what is wrong with it.
func (w *Web) drawEnrol(c *pages.Call, status int, page ui.Enrol) error {
	if !c.May(rights.Create, registry.KindDevice) {
		return desk.ErrForbidden
	}
	area, err := w.area(c)
	if err != nil {
		return err
	}
	if page.Frame, err = c.Frame(ui.NavEnrol); err != nil {
		return err
	}
	if page.Code == nil {
		page.Place.Options = seats(area, page.Place.Value)
		for _, key := range registry.NodeRoleEnum.Keys() {
			page.Role.Options = append(page.Role.Options, ui.Option{Value: key, Text: c.T("device_role." + key)})
		}
	}
	return c.Draw(status, "enrol", page)
}

// seats are the places a machine can stand at: facilities and the offices above communes, each with what
// it lies in, since many share a name. Of a place chosen beforehand only itself is offered.
func seats(area *subtree, chosen string) []ui.Option {
	var out []ui.Option
	for id, r := range area.rows {
		if r.Void || r.Until != 0 || !area.has(id) || r.Level == registry.LevelCommune || chosen != "" && chosen != id.String() {
			continue
		}
		text := r.Name
		if parent, ok := area.rows[r.Parent]; ok {
			text += ", " + parent.Name
		}
		out = append(out, ui.Option{Value: id.String(), Text: text})
	}
	slices.SortFunc(out, func(a, b ui.Option) int {
		if d := strings.Compare(registry.Fold(a.Text), registry.Fold(b.Text)); d != 0 {
			return d
		}
		return strings.Compare(a.Value, b.Value)
	})
	return out
}

// enrol makes a code and shows it once, as text, as an image and as a file.
func (w *Web) enrol(c *pages.Call) error {
	page := ui.Enrol{Place: ui.Select{Value: c.Value("place")}, Role: ui.Select{Value: c.Value("role")}, Machine: ui.Field{Value: c.Value("name")}}
	refused := func(field *string, code registry.Code) error {
		*field = sentence(c.Words, registry.FieldError{Code: code})
		return w.drawEnrol(c, http.StatusUnprocessableEntity, page)
	}
	role, known := registry.NodeRoleEnum.Number(page.Role.Value)
	if !known {
		return refused(&page.Role.Error, registry.CodeChoiceUnknown)
	}
	if page.Place.Value == "" {
		return refused(&page.Place.Error, registry.CodePlaceRequired)
	}
	place, err := entity(page.Place.Value)
	if err != nil {
		return err
	}
	area, err := w.area(c)
	if err != nil {
		return err
	}
	if err := area.check(place); err != nil {
		return err
	}
	code, err := w.hub.NewCode(c.Ctx(), c.Who, place, registry.NodeRole(role))
	if err != nil {
		return err
	}
	if page.Code, err = w.carried(c, code); err != nil {
		return err
	}
	return w.drawEnrol(c, http.StatusOK, page)
}

// carried brings a code into the forms in which it travels.
func (w *Web) carried(c *pages.Call, code *exchange.Code) (*ui.EnrolCode, error) {
	text, err := code.Text()
	if err != nil {
		return nil, err
	}
	out := &ui.EnrolCode{
		Place: code.Place, Role: c.T("device_role." + code.Role.String()), Text: text,
		Until: c.Words.Date(time.Unix(code.ExpiresS, 0).In(c.Now.Location())),
	}
	// A code for a hub with many addresses may be too long to draw; the text and the file still carry it.
	out.QR = pages.QR(text, qrPixels)
	out.File = ui.PathEnrol + "/" + w.codes.keep(c.Who.User, c.Now, text)
	return out, nil
}

// enrolFile gives the file of a code to whoever made it, for as long as it is kept.
func (w *Web) enrolFile(c *pages.Call) error {
	name := server.Param(c.R, "file")
	text, ok := w.codes.find(c.Who.User, c.Now, name)
	if !ok {
		return desk.ErrNotFound
	}
	h := c.W.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	_, err := c.W.Write([]byte(text + "\n"))
	return err
}
