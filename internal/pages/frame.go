package pages

import (
	"cmp"
	"crypto/rand"
	"time"

	"tramy/internal/desk"
	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/ui"
)

// staleDays is after how many days without a word from above the pages say so. What was given elsewhere
// meanwhile cannot be known here.
const staleDays = 3

// Frame returns what stands around a page; at is the page's place in the navigation (ui.NavToday, …). It
// reads how the node stands, so call it outside of a View.
func (c *Call) Frame(at string) (ui.Frame, error) {
	st, err := c.Status()
	if err != nil {
		return ui.Frame{}, err
	}
	return c.FrameWith(at, &st), nil
}

// Status is how far this node's work has got.
func (c *Call) Status() (node.Status, error) { return c.Desk.Node.Status(c.Ctx()) }

// FrameWith is Frame for a page that has read the status already; it too must be called outside of a View.
func (c *Call) FrameWith(at string, st *node.Status) ui.Frame {
	f := c.bareFrame()
	f.User, f.Role, f.Switch = c.Who.Name, c.T("role."+c.Who.Role.String()), !c.Hub
	waiting := c.waiting().Mine()
	f.Nav = c.Nav(at, c.Who, waiting)
	if c.Desk.Facility() == registry.PlaceHospital {
		f.Nav = ui.BirthNav(at, waiting)
	}
	if c.Hub && c.May(rights.Read, registry.KindRequest) {
		f.Nav = ui.WithRequests(f.Nav, at, c.requestsWaiting())
	}
	f.Once = rand.Text()
	if c.Uplink != nil {
		badge := c.badgeOf(st)
		f.Sync = &badge
	}
	f.Notes = append(f.Notes, c.alarms(st)...)
	c.mending(&f, st)
	if c.Uplink != nil {
		c.freshness(&f, st)
	}
	if notes, ok := c.said.get(c.Who.User, c.Now, c.R.URL.Query().Get("said")); ok {
		f.Notes = append(f.Notes, notes...)
	}
	return f
}

// waiting counts what this person should settle. That it cannot be counted is no reason to show no page.
func (c *Call) waiting() desk.Waiting {
	w, err := c.Desk.Waiting(c.Ctx(), c.Who)
	if err != nil {
		return desk.Waiting{}
	}
	return w
}

// requestsWaiting counts the requests about data that wait, as waiting does.
func (c *Call) requestsWaiting() int {
	open, _, err := c.Desk.RequestsWaiting(c.Ctx())
	if err != nil {
		return 0
	}
	return open
}

// BareFrame is the frame for a page that nobody need log in for.
func (c *Call) BareFrame() ui.Frame { return c.bareFrame() }

// bareFrame is the frame for somebody who is not known, or when something is wrong: it reads nothing.
func (c *Call) bareFrame() ui.Frame {
	path := cmp.Or(ownPath(c.R), "/")
	if c.R.Method != "GET" && c.R.Method != "HEAD" {
		path = localPath(c.R.PostFormValue("back"), "/")
	}
	return ui.Frame{Place: c.Place, Training: c.Training, Today: c.Today.String(), Path: path, Theme: themeOf(c.R)}
}

// freshness says how old the news from above is, while that matters.
func (c *Call) freshness(f *ui.Frame, st *node.Status) {
	if !st.Complete {
		if _, damaged := c.damage(); damaged {
			return // mending says why
		}
		// Nobody says beforehand how many there will be, so the second figure is not invented.
		f.Notes = append(f.Notes, ui.Note{
			Tone: ui.ToneAsk, Lead: c.T("frame.first", "have", int(st.Subjects), "total", "?"), Text: c.T("frame.first_text"),
		})
		return
	}
	if st.LastHeard == 0 {
		return
	}
	heard := at(st.LastHeard)
	if days := int(c.Now.Sub(heard) / (24 * time.Hour)); days >= staleDays {
		f.Stale = &ui.Stale{Days: days, Since: c.Words.Date(heard)}
	}
}

// damage says since when this machine makes good a damage of its data, if it has one.
func (c *Call) damage() (found time.Time, damaged bool) {
	if c.Mending == nil {
		return found, false
	}
	found, _ = c.Mending()
	return found, !found.IsZero()
}

// mending says that the data were damaged, and what is missing until when.
func (c *Call) mending(f *ui.Frame, st *node.Status) {
	found, damaged := c.damage()
	if !damaged {
		return
	}
	_, read := c.Mending()
	text := c.T("say.damaged_wait")
	switch {
	case !read:
		text = c.T("say.damaged_reading")
	case c.Uplink == nil:
		text = c.T("say.damaged_top")
	case st.Complete:
		return // all is here again; the sync page still tells what happened
	}
	f.Notes = append(f.Notes, ui.Note{Tone: ui.ToneAsk, Lead: c.T("say.damaged", "at", c.Words.When(found, c.Now)), Text: text})
}

// alarms are what an operator must see. Only what is in force is said on every page.
func (c *Call) alarms(st *node.Status) []ui.Note {
	if c.Uplink != nil && c.Uplink.Link().Revoked {
		return []ui.Note{{Tone: ui.ToneLate, Lead: c.T("error.revoked"), Text: c.T("error.revoked_do"), Alert: true}}
	}
	if st.Message != "" {
		return []ui.Note{{Tone: ui.ToneAsk, Lead: c.T("message.title"), Text: st.Message}}
	}
	return nil
}

func navOf(hub bool) func(string, desk.Who, int) []ui.NavLink {
	return func(at string, who desk.Who, waiting int) []ui.NavLink {
		if hub {
			return ui.HubNav(at, waiting, rights.May(who.Role, rights.Create, registry.KindDevice))
		}
		return ui.StationNav(at, waiting)
	}
}
