package api

import (
	"fmt"

	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/server"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// conflict is a field with several values that a person should choose from.
type conflict struct {
	Entity  p.EntityID `json:"entity"`
	Kind    string     `json:"kind"`
	Field   string     `json:"field"`
	Subject *Subject   `json:"subject,omitempty"` // whose record it is in, if that is known here
	Choices []choice   `json:"choices"`
}

type choice struct {
	Live
	Who    string `json:"who,omitempty"`
	Device string `json:"device,omitempty"`
	Stands bool   `json:"stands"`
}

func conflictsOf(list []desk.Conflict) []conflict {
	out := make([]conflict, len(list))
	for i := range list {
		x := &list[i]
		kind, _ := registry.KindName(x.Kind)
		out[i] = conflict{Entity: x.Entity, Kind: kind, Field: x.Field.Name, Choices: make([]choice, len(x.Choices))}
		if !x.Subject.ID.IsZero() {
			s := subjectOf(&x.Subject)
			out[i].Subject = &s
		}
		for j, ch := range x.Choices {
			live := Live{Dot: ch.Dot.String(), Value: value(x.Field, ch.Data), At: Moment(ch.At.Corrected())}
			out[i].Choices[j] = choice{Live: live, Who: ch.Who, Device: ch.Device, Stands: ch.Stands}
		}
	}
	return out
}

// conflictsMax bounds how many conflicts one list covers. A node that has more shows the rest once some
// are settled.
const conflictsMax = 2000

func (a *API) conflicts(c *Call) (*Answer, error) {
	list, err := a.desk.Conflicts(c.Context(), c.Who, conflictsMax)
	if err != nil {
		return nil, err
	}
	page, err := PageOf(c, list, func(x *desk.Conflict) string { return fmt.Sprintf("%s:%05d", x.Entity, x.Field.Field) })
	if err != nil {
		return nil, err
	}
	return ok(Page[conflict]{Items: conflictsOf(page.Items), Next: page.Next})
}

// settle chooses one of the values of a field.
func (a *API) settle(c *Call) (*Answer, error) {
	id, err := c.Entity("entity")
	if err != nil {
		return nil, err
	}
	var in struct {
		Field  string   `json:"field"`
		Choose string   `json:"choose"`
		Seen   []string `json:"seen"`
	}
	if err := c.Read(&in); err != nil {
		return nil, err
	}
	kind, err := a.kindOf(c, id)
	if err != nil {
		return nil, err
	}
	info, known := registry.FieldNamed(kind, in.Field)
	if !known {
		return nil, invalid("field", registry.CodeFieldUnknown)
	}
	choose, right := parseDot(in.Choose)
	if !right {
		return nil, server.NewProblem(server.TypeBadRequest).At("choose")
	}
	dots := make([]p.Dot, len(in.Seen))
	for i, text := range in.Seen {
		if dots[i], right = parseDot(text); !right {
			return nil, server.NewProblem(server.TypeBadRequest).At(fmt.Sprintf("seen.%d", i))
		}
	}
	return done(a.desk.Settle(c.Context(), c.Who, id, info.Field, choose, dots))
}

// kindOf reads what an entity is, since names of fields mean something only within a kind.
func (a *API) kindOf(c *Call, id p.EntityID) (p.Kind, error) {
	var kind p.Kind
	err := a.desk.Node.Store().View(c.Context(), func(tx store.Tx) error {
		s, err := tx.State(id)
		if err != nil {
			return err
		}
		if s == nil {
			return desk.ErrNotFound
		}
		kind = s.Kind
		return nil
	})
	return kind, err
}

// link says that two records are one person, unlink that they are two; both are remembered.
func (a *API) link(c *Call) (*Answer, error)   { return a.join(c, true) }
func (a *API) unlink(c *Call) (*Answer, error) { return a.join(c, false) }

func (a *API) join(c *Call, same bool) (*Answer, error) {
	id, err := c.Entity("id")
	if err != nil {
		return nil, err
	}
	var in struct {
		Other p.EntityID `json:"other"`
	}
	if err := c.Read(&in); err != nil {
		return nil, err
	}
	if id == in.Other {
		return nil, invalid("other", registry.CodeSamePerson)
	}
	return done(a.desk.Link(c.Context(), c.Who, id, in.Other, same))
}
