package api

import (
	"net/http"
	"time"

	"tramy/internal/api"
	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/rights"
	p "tramy/syncproto"
)

// enrolment is a code with which one machine joins.
type enrolment struct {
	Text    string     `json:"text"`
	Place   p.EntityID `json:"place"`
	Name    string     `json:"place_name"`
	Role    string     `json:"role"`
	Expires string     `json:"expires"`
}

// enrol makes a one-time code. It is shown once: the hub keeps only its hash.
func (x *hubAPI) enrol(c *api.Call) (*api.Answer, error) {
	var in struct {
		Place p.EntityID `json:"place"`
		Role  string     `json:"role"`
	}
	if err := c.Read(&in); err != nil {
		return nil, err
	}
	if !rights.May(c.Who.Role, rights.Create, registry.KindDevice) { // before the place tells anything
		return nil, desk.ErrForbidden
	}
	role, known := registry.NodeRoleEnum.Number(in.Role)
	if !known {
		return nil, api.Invalid("role", registry.CodeChoiceUnknown)
	}
	if in.Place.IsZero() {
		return nil, api.Invalid("place", registry.CodePlaceRequired)
	}
	if err := x.inArea(c, in.Place); err != nil {
		return nil, err
	}
	code, err := x.hub.NewCode(c.Context(), c.Who, in.Place, registry.NodeRole(role))
	if err != nil {
		return nil, err
	}
	text, err := code.Text()
	if err != nil {
		return nil, err
	}
	return &api.Answer{Status: http.StatusCreated, Body: enrolment{
		Text: text, Place: in.Place, Name: code.Place, Role: in.Role, Expires: api.Moment(code.ExpiresS * int64(time.Second/time.Millisecond)),
	}}, nil
}
