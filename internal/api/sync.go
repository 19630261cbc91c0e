package api

import (
	"context"
	"encoding/hex"
	"errors"
	"net"
	"net/http"
	"time"

	"tramy/internal/exchange"
	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/store"
)

// syncTimeout is how long somebody waits for an exchange they asked for; the exchange itself goes on.
const syncTimeout = 5 * time.Minute

// syncState is how far this node's own work has got, by what the upstream has signed.
type syncState struct {
	Saved     uint64         `json:"saved"`
	AtHub     uint64         `json:"at_hub"`
	AtRoot    uint64         `json:"at_root"`
	Held      uint64         `json:"held"`
	Rejected  uint64         `json:"rejected"`
	Conflicts int64          `json:"conflicts"`
	Complete  bool           `json:"complete"`
	Subjects  int64          `json:"subjects"`
	Doses     int64          `json:"doses"`
	LastHeard string         `json:"last_heard,omitempty"`
	LastLevel string         `json:"last_level,omitempty"`
	EqualRoot string         `json:"equal_root,omitempty"`
	Oldest    string         `json:"oldest_saved,omitempty"`
	OffsetMS  int32          `json:"offset_ms"`
	Digest    string         `json:"fingerprint"`
	Message   string         `json:"message,omitempty"`
	Link      *linkState     `json:"link,omitempty"`
	Exchanges []exchangeLine `json:"exchanges"`
}

type linkState struct {
	Busy    bool   `json:"busy"`
	Down    bool   `json:"down"`
	Since   string `json:"since,omitempty"`
	Next    string `json:"next,omitempty"`
	Revoked bool   `json:"revoked"`
}

type exchangeLine struct {
	Start     string `json:"start"`
	End       string `json:"end"`
	Result    string `json:"result"`
	Detail    string `json:"detail,omitempty"`
	Sent      uint32 `json:"sent"`
	Received  uint32 `json:"received"`
	BytesUp   int64  `json:"bytes_up"`
	BytesDown int64  `json:"bytes_down"`
	Level     bool   `json:"level"`
}

// staff lets everybody in who works here; a family has no business with machines.
func staff(c *Call) error {
	if !rights.May(c.Who.Role, rights.Read, registry.KindDevice) {
		return server.NewProblem(server.TypeForbidden)
	}
	return nil
}

func (a *API) syncStatus(c *Call) (*Answer, error) {
	if err := staff(c); err != nil {
		return nil, err
	}
	out, err := a.state(c.Context())
	if err != nil {
		return nil, err
	}
	return ok(out)
}

func (a *API) state(ctx context.Context) (*syncState, error) {
	st, err := a.desk.Node.Status(ctx)
	if err != nil {
		return nil, err
	}
	out := &syncState{
		Saved: st.Saved, AtHub: st.AtHub, AtRoot: st.AtRoot, Held: st.Held, Rejected: st.Rejected, Conflicts: st.Conflicts, Complete: st.Complete,
		Subjects: st.Subjects, Doses: st.Doses, LastHeard: Moment(st.LastHeard), LastLevel: Moment(st.LastLevel), EqualRoot: Moment(st.EqualRoot),
		Oldest: Moment(st.OldestMS), OffsetMS: st.OffsetMS, Digest: hex.EncodeToString(st.Digest[:]), Message: st.Message,
		Exchanges: []exchangeLine{},
	}
	for _, x := range st.Exchanges {
		out.Exchanges = append(out.Exchanges, exchangeLine{
			Start: Moment(x.StartMS), End: Moment(x.EndMS), Result: x.Result, Detail: x.Detail, Sent: x.Sent, Received: x.Received,
			BytesUp: x.BytesUp, BytesDown: x.BytesDown, Level: x.Level,
		})
	}
	if a.uplink != nil {
		l := a.uplink.Link()
		out.Link = &linkState{Busy: l.Busy, Down: l.Down, Since: instant(l.Since), Next: instant(l.Next), Revoked: l.Revoked}
	}
	return out, nil
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return Moment(t.UnixMilli())
}

// syncNow exchanges at once. A hub that cannot be reached is a problem with its own type: nothing is lost
// and nobody has to do anything.
func (a *API) syncNow(c *Call) (*Answer, error) {
	if err := staff(c); err != nil {
		return nil, err
	}
	if a.uplink == nil {
		return nil, node.ErrNotRooted
	}
	res, err := a.uplink.Now(c.Context())
	switch {
	case err != nil:
		return nil, LineError(err)
	case res.Refusal != nil:
		return nil, server.NewProblem(server.RefusalType(res.Refusal.Code)).Param("seconds", max(res.ComeBack, 1))
	}
	out, err := a.state(c.Context())
	if err != nil {
		return nil, err
	}
	return ok(struct {
		Sent     int        `json:"sent"`
		Received int        `json:"received"`
		Level    bool       `json:"level"`
		State    *syncState `json:"state"`
	}{res.Sent, res.Received, res.Level, out})
}

// LineError tells a hub that nobody reached from every other failure.
func LineError(err error) error {
	var broken net.Error
	if errors.As(err, &broken) && !errors.Is(err, server.ErrWrongHubKey) && !errors.Is(err, exchange.ErrNotHub) && !errors.Is(err, context.DeadlineExceeded) {
		return server.NewProblem(server.TypeHubSilent).Because(err)
	}
	return err
}

// healthy says that the program runs, ready that it can read its database.
func (a *API) healthy(*Call) (*Answer, error) { return ok(health{"ok"}) }

func (a *API) ready(c *Call) (*Answer, error) {
	err := a.desk.Node.Store().View(c.Context(), func(tx store.Tx) error {
		_, err := tx.Meta("ready")
		return err
	})
	if err != nil {
		return &Answer{Status: http.StatusServiceUnavailable, Body: health{"no-database"}}, nil
	}
	return ok(health{"ok"})
}

type health struct {
	Status string `json:"status"`
}
