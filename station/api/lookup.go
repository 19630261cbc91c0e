package api

import (
	"embed"
	"encoding/hex"
	"errors"

	"tramy/internal/api"
	"tramy/internal/exchange"
	"tramy/internal/registry"
	"tramy/internal/server"
	"tramy/station"
	p "tramy/syncproto"
)

//go:embed openapi/*.json
var parts embed.FS

// stationAPI holds the handlers that only a station has.
type stationAPI struct{ station *station.Station }

// sought is what is known of a child who is looked up.
type sought struct {
	Code       string `json:"code"`
	PersonalNo string `json:"personal_no"`
	Name       string `json:"name"`
	BirthDate  string `json:"birth_date"`
	MotherName string `json:"mother_name"`
	Phone      string `json:"phone"`
}

// candidate is a child elsewhere, masked.
type candidate struct {
	Ticket    string `json:"ticket"`
	Name      string `json:"name"`
	Born      string `json:"born,omitempty"`
	Sex       string `json:"sex,omitempty"`
	Mother    string `json:"mother,omitempty"`
	Phone     string `json:"phone,omitempty"`
	PlaceName string `json:"place_name,omitempty"`
}

type soughtAnswer struct {
	Nonce      string      `json:"nonce"`
	Partial    bool        `json:"partial"`
	More       bool        `json:"more"`
	RetryAfter int         `json:"retry_after,omitempty"` // seconds
	Candidates []candidate `json:"candidates"`
}

// lookUp asks the hubs above for a child who is not here.
func (x *stationAPI) lookUp(c *api.Call) (*api.Answer, error) {
	var in sought
	if err := c.Read(&in); err != nil {
		return nil, err
	}
	q := registry.Sought{
		Code: registry.PersonCode(in.Code), PersonalNo: in.PersonalNo, Name: in.Name, MotherName: in.MotherName, Phone: in.Phone,
	}
	if in.BirthDate != "" {
		day, ok := api.Day(in.BirthDate)
		if !ok {
			return nil, api.Invalid("birth_date", registry.CodeDateUnreadable)
		}
		q.BirthDate = day
	}
	found, err := x.station.LookUp(c.Context(), c.Who, q)
	if err != nil {
		return nil, problem(err)
	}
	out := soughtAnswer{Nonce: hex.EncodeToString(found.Nonce[:]), Partial: found.Partial, More: found.More, RetryAfter: found.Busy, Candidates: []candidate{}}
	for i := range found.Candidates {
		h := registry.HintFrom(found.Candidates[i].Shown)
		line := candidate{
			Ticket: hex.EncodeToString(found.Candidates[i].Ticket[:]), Name: h.Name, Born: h.Born, Mother: h.Mother, Phone: h.Phone, PlaceName: h.Place,
		}
		if h.Sex != 0 {
			line.Sex = h.Sex.String()
		}
		out.Candidates = append(out.Candidates, line)
	}
	return &api.Answer{Body: out}, nil
}

// fetch brings the record of a candidate here.
func (x *stationAPI) fetch(c *api.Call) (*api.Answer, error) {
	var in struct {
		Nonce  string `json:"nonce"`
		Ticket string `json:"ticket"`
	}
	if err := c.Read(&in); err != nil {
		return nil, err
	}
	nonce, ok := ticket(in.Nonce)
	if !ok {
		return nil, api.Invalid("nonce", registry.CodeTypeWrong)
	}
	chosen, ok := ticket(in.Ticket)
	if !ok {
		return nil, api.Invalid("ticket", registry.CodeTypeWrong)
	}
	id, err := x.station.Fetch(c.Context(), c.Who, nonce, chosen)
	if err != nil {
		return nil, problem(err)
	}
	return &api.Answer{Body: struct {
		ID p.EntityID `json:"id"`
	}{id}}, nil
}

func ticket(text string) (out [16]byte, ok bool) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(out) {
		return out, false
	}
	return [16]byte(b), true
}

// problem tells why nobody could be looked up.
func problem(err error) error {
	var busy *exchange.BusyError
	switch {
	case errors.Is(err, exchange.ErrTicket):
		return server.NewProblem(server.TypeNotFound)
	case errors.As(err, &busy):
		return server.NewProblem(server.TypeTooMany).Param("seconds", busy.Seconds())
	}
	return api.LineError(err)
}
