package pages

import (
	"context"
	"errors"
	"net/http"

	"tramy/internal/exchange"
	"tramy/internal/node"
	"tramy/internal/server"
	"tramy/internal/ui"
)

// mayChangeKeys reports whether somebody may give this machine new keys: the head of its station, or who manages machines.
func (c *Call) mayChangeKeys() bool {
	return c.ChangeKeys != nil && c.answersForMachine()
}

// changeKeys gives this machine new keys. The program begins anew with them, so what came of it is said at once and not on
// the next page.
func (pg *Pages) changeKeys(c *Call) error {
	if !c.mayChangeKeys() {
		return server.NewProblem(server.TypeForbidden)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Ctx()), nowMax)
	defer cancel()
	err := pg.ChangeKeys(ctx)
	switch {
	case err == nil:
	case errors.Is(err, exchange.ErrHubTooOldForKeys):
		return c.Go(ui.PathSettings, ui.Note{Tone: ui.ToneAsk, Lead: c.T("say.keys_too_old")})
	case errors.Is(err, node.ErrRevoked):
		return err
	default:
		c.Log.WarnContext(c.Ctx(), "new keys", "err", err)
		return c.Go(ui.PathSettings, ui.Note{Tone: ui.ToneAsk, Lead: c.T("say.keys_unheard"), Text: c.T("say.keys_unheard_do")})
	}
	return c.Draw(http.StatusOK, "message", ui.Message{Frame: c.bareFrame(), Tone: ui.ToneOK, Heading: c.T("say.keys_changed"), Text: c.T("say.keys_changed_do")})
}
