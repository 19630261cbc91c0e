package api

import (
	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/server"
	p "tramy/syncproto"
)

// look is one entry of who looked at somebody.
type look struct {
	ID     p.EntityID `json:"id"`
	At     string     `json:"at"`
	Sort   string     `json:"sort"` // one, among, whole
	Act    string     `json:"act"`
	User   p.EntityID `json:"user,omitzero"`
	Who    string     `json:"who,omitempty"`
	Role   string     `json:"role,omitempty"`
	Place  string     `json:"place_name,omitempty"`
	For    string     `json:"for,omitempty"`
	Reason string     `json:"reason,omitempty"`
	Count  int        `json:"count,omitempty"`
}

// accesses tells who looked at a person, newest first.
func (a *API) accesses(c *Call) (*Answer, error) {
	id, err := c.Entity("id")
	if err != nil {
		return nil, err
	}
	looks, err := a.desk.LooksAt(c.Context(), c.Who, id)
	if err != nil {
		return nil, err
	}
	out := struct {
		Items   []look `json:"items"`
		OwnOnly bool   `json:"own_only"`
		Cut     bool   `json:"cut"`
	}{[]look{}, looks.OwnOnly, looks.Cut}
	for i := range looks.List {
		l := &looks.List[i]
		line := look{
			ID: l.ID, At: Moment(l.WallMS), Sort: l.Sort, Act: l.Act, User: l.User, Who: l.Who, Place: l.Place, For: l.Taking, Reason: l.Reason, Count: l.Count,
		}
		if l.Role != 0 {
			line.Role = l.Role.String()
		}
		out.Items = append(out.Items, line)
	}
	return ok(out)
}

// giveReason says why a restricted record is opened; from then on the caller can, for a shift.
func (a *API) giveReason(c *Call) (*Answer, error) {
	id, err := c.Entity("id")
	if err != nil {
		return nil, err
	}
	var in struct {
		Reason string `json:"reason"`
	}
	if err := c.Read(&in); err != nil {
		return nil, err
	}
	return done(a.desk.GiveReason(c.Context(), c.Who, id, in.Reason))
}

// statement is what somebody said about one purpose.
type statement struct {
	ID       p.EntityID `json:"id"`
	Purpose  string     `json:"purpose"`
	Answer   string     `json:"answer"`
	By       string     `json:"by"`
	Relation string     `json:"relation"`
	On       string     `json:"on"`
	Channel  string     `json:"channel"`
	Child    bool       `json:"child,omitempty"`
	Text     string     `json:"text"`
	Basis    string     `json:"basis"`
	Note     string     `json:"note,omitempty"`
}

// purpose is how one purpose stands.
type purpose struct {
	Purpose  string `json:"purpose"`
	Basis    string `json:"basis"`
	Standing string `json:"standing"`
	Allowed  bool   `json:"allowed"`
}

func (a *API) consents(c *Call) (*Answer, error) {
	id, err := c.Entity("id")
	if err != nil {
		return nil, err
	}
	consents, err := a.desk.Consents(c.Context(), c.Who, id)
	if err != nil {
		return nil, err
	}
	out := struct {
		Purposes   []purpose   `json:"purposes"`
		Statements []statement `json:"statements"`
		Formerly   []string    `json:"formerly"`
		Restricted bool        `json:"restricted"`
	}{[]purpose{}, []statement{}, append([]string{}, consents.Formerly...), consents.Restricted}
	for i := range consents.Purposes {
		x := &consents.Purposes[i]
		out.Purposes = append(out.Purposes, purpose{
			Purpose: x.Purpose.String(), Basis: x.Basis, Standing: x.Standing.String(), Allowed: x.ByLaw || x.Standing.Allows() && !consents.Restricted,
		})
	}
	for i := range consents.Statements {
		x := &consents.Statements[i]
		out.Statements = append(out.Statements, statement{
			ID: x.ID, Purpose: x.Purpose.String(), Answer: x.Answer.String(), By: x.By, Relation: x.Relation.String(), On: x.On.ISO(),
			Channel: x.Channel.String(), Child: x.Child, Text: x.TextVersion, Basis: x.Basis, Note: x.Note,
		})
	}
	return ok(out)
}

// whoSaid is who says something about a person's data, and how.
type whoSaid struct {
	By       string `json:"by"`
	Relation string `json:"relation"`
	Channel  string `json:"channel"`
	On       string `json:"on"`
}

// choiceOf reads a choice by its key, none for "".
func choiceOf(field string, enum *registry.Enum, key string) (int64, error) {
	if key == "" {
		return 0, nil
	}
	n, known := enum.Number(key)
	if !known {
		return 0, invalid(field, registry.CodeChoiceUnknown, "text", key)
	}
	return n, nil
}

func (s *whoSaid) said() (out desk.Said, err error) {
	relation, err := choiceOf("relation", registry.RelationEnum, s.Relation)
	if err != nil {
		return out, err
	}
	channel, err := choiceOf("channel", registry.ChannelEnum, s.Channel)
	if err != nil {
		return out, err
	}
	out = desk.Said{By: s.By, Relation: registry.Relation(relation), Channel: registry.Channel(channel)}
	if s.On != "" {
		known := false
		if out.On, known = parseDay(s.On); !known {
			return out, invalid("on", registry.CodeDateUnreadable)
		}
	}
	return out, nil
}

// recordConsents takes down what was said about some purposes.
func (a *API) recordConsents(c *Call) (*Answer, error) {
	id, err := c.Entity("id")
	if err != nil {
		return nil, err
	}
	var in struct {
		whoSaid
		Child   bool              `json:"child"`
		Note    string            `json:"note"`
		Answers map[string]string `json:"answers"`
	}
	if err := c.Read(&in); err != nil {
		return nil, err
	}
	said, err := in.said()
	if err != nil {
		return nil, err
	}
	said.Child, said.Note = in.Child, in.Note
	answers := map[registry.Purpose]registry.Answer{}
	for key, answer := range in.Answers {
		n, err := choiceOf("purpose", registry.PurposeEnum, key)
		if err != nil {
			return nil, err
		}
		m, err := choiceOf("answer", registry.AnswerEnum, answer)
		if err != nil {
			return nil, err
		}
		answers[registry.Purpose(n)] = registry.Answer(m)
	}
	return done(a.desk.RecordConsents(c.Context(), c.Who, id, said, answers))
}

// request is what a data subject asks, as it stands.
type request struct {
	ID       p.EntityID `json:"id"`
	Subject  Subject    `json:"subject"`
	Wish     string     `json:"wish"`
	By       string     `json:"by"`
	Relation string     `json:"relation"`
	Channel  string     `json:"channel"`
	On       string     `json:"on"`
	Words    string     `json:"words,omitempty"`
	AnswerBy string     `json:"answer_by"`
	DoneBy   string     `json:"done_by"`
	Answered string     `json:"answered,omitempty"`
	Extended string     `json:"extended,omitempty"`
	Outcome  string     `json:"outcome,omitempty"`
	Answer   string     `json:"answer,omitempty"`
	Done     string     `json:"done,omitempty"`
	Late     bool       `json:"late"`
}

func (a *API) requests(c *Call) (*Answer, error) {
	list, err := a.desk.Requests(c.Context(), c.Who, c.URL.Query().Get("all") == "true")
	if err != nil {
		return nil, err
	}
	out := Page[request]{Items: []request{}}
	for i := range list {
		x := &list[i]
		out.Items = append(out.Items, request{
			ID: x.ID, Subject: subjectOf(&x.Subject), Wish: x.Wish.String(), By: x.By, Relation: x.Relation.String(), Channel: x.Channel.String(),
			On: iso(x.On), Words: x.Words, AnswerBy: iso(x.AnswerBy()), DoneBy: iso(x.DoneBy()), Answered: iso(x.Answered), Extended: x.Extended,
			Outcome: x.Outcome.String(), Answer: x.Answer, Done: iso(x.Done), Late: x.Late,
		})
	}
	return ok(out)
}

// addRequest takes down what somebody asks about a person's data.
func (a *API) addRequest(c *Call) (*Answer, error) {
	var in struct {
		whoSaid
		Subject p.EntityID `json:"subject"`
		Wish    string     `json:"wish"`
		Words   string     `json:"words"`
	}
	if err := c.Read(&in); err != nil {
		return nil, err
	}
	said, err := in.said()
	if err != nil {
		return nil, err
	}
	wish, err := choiceOf("wish", registry.WishEnum, in.Wish)
	if err != nil {
		return nil, err
	}
	if in.Subject.IsZero() {
		return nil, invalid("subject", registry.CodeSubjectRequired)
	}
	id, err := a.desk.AddRequest(c.Context(), c.Who, registry.RequestInput{
		Subject: in.Subject, Wish: registry.Wish(wish), By: said.By, Relation: said.Relation, Channel: said.Channel, On: said.On, Words: in.Words,
	})
	if err != nil {
		return nil, err
	}
	return made(struct {
		ID p.EntityID `json:"id"`
	}{id}, Prefix+"/requests")
}

// restricted answers that a record is restricted and how it is opened.
func restricted(*desk.RestrictedError) *server.Problem { return server.NewProblem(TypeRestricted) }
