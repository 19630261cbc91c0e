package ui

import "slices"

// Frame is what stands around every page and is the first field of every page's struct.
type Frame struct {
	// Place is the name of the station or hub, User the person logged in (empty before log-in) and Role the
	// word for what they are, such as "điều dưỡng".
	Place, User, Role string
	Nav               []NavLink
	// Sync is the badge on the right of the bar; nil where there is nothing to exchange with.
	Sync *SyncBadge
	// Switch makes the name in the bar a button that lets somebody else go on.
	Switch bool
	// SwitchForm is the id of a form on the page that this button sends along, so that what is half typed in it is kept.
	SwitchForm string
	// Training puts the banner of a training machine on the page.
	Training bool
	// FirstSync is there while the register is being loaded for the first time.
	FirstSync *Progress
	// Stale is there when the hub has not been heard from for so long that a nurse must know.
	Stale *Stale
	// Notes stand above the content: what just happened, and what to do about it.
	Notes []Note
	// Once goes into every form as "once", a fresh key for each page drawn, so that pressing a button twice
	// acts once; CSRF as "csrf", for a server that wants one. Empty ones are left out.
	CSRF, Once string
	// Today is the place's day as dd/mm/yyyy, which date shortcuts count from; not the laptop's clock.
	Today string
	// Path is the address of this page, where switching the language comes back to.
	Path string
	// Theme is "", "dark" or "contrast".
	Theme string
}

// NavLink is an entry of the main navigation. Name is one of the Nav… constants.
type NavLink struct {
	Name    string
	Href    string
	Current bool
	Count   int  // waiting things; 0 shows nothing
	Minor   bool // stands in the list under "Quản lý"
}

// Where a page belongs in the navigation.
const (
	NavToday    = "today"
	NavDue      = "due"
	NavRegister = "register"
	NavReview   = "review"
	NavSettings = "settings"
	NavOverview = "overview"
	NavStations = "stations"
	NavEnrol    = "enrol"
	NavDevices  = "devices"
	NavUsers    = "users"
	NavPlaces   = "places"
	NavAccess   = "access"
	NavSearch   = "search"
	NavRequests = "requests"
	NavReaction = "reactions"
	NavReports  = "reports"
	NavCampaign = "campaigns"
	NavBirths   = "births"
	NavStock    = "stock"
)

// navKeys are the words of the navigation.
var navKeys = map[string]string{
	NavToday: "nav.today", NavDue: "nav.due", NavRegister: "nav.register", NavReview: "nav.review", NavSettings: "nav.settings",
	NavOverview: "nav.overview", NavStations: "nav.stations", NavEnrol: "nav.enrol", NavDevices: "nav.devices",
	NavUsers: "nav.users", NavPlaces: "nav.places", NavAccess: "nav.access", NavSearch: "nav.search", NavRequests: "request.title",
	NavReports:  "report.title",
	NavReaction: "reaction.title", NavCampaign: "campaign.title", NavBirths: "births.nav", NavStock: "stock.title",
}

// Key is the link's word in the catalogue.
func (l NavLink) Key() string { return navKeys[l.Name] }

// NavWord is a shorter word for a link, where there is little room.
type NavWord string

// Key is the word in the catalogue.
func (w NavWord) Key() string { return string(w) }

// Short is the word for the link on a phone, "" where it is the same.
func (l NavLink) Short() NavWord {
	switch l.Name {
	case NavDue:
		return "nav.due_short"
	case NavRegister:
		return "nav.register_short"
	}
	return ""
}

// StationNav is the navigation of a station with the entry at marked; review counts what waits there.
func StationNav(at string, review int) []NavLink {
	return mark(at, []NavLink{
		{Name: NavToday, Href: PathToday},
		{Name: NavDue, Href: PathDue},
		{Name: NavRegister, Href: PathRegister},
		{Name: NavReview, Href: PathReview, Count: review},
		{Name: NavStock, Href: PathStock, Minor: true},
		{Name: NavCampaign, Href: PathCampaigns, Minor: true},
		{Name: NavReaction, Href: PathReactions, Minor: true},
		{Name: NavReports, Href: PathReports, Minor: true},
		{Name: NavSettings, Href: PathSettings, Minor: true},
	})
}

// BirthNav is that of a delivery room: the shift comes first, and nobody is called from there.
func BirthNav(at string, review int) []NavLink {
	return mark(at, []NavLink{
		{Name: NavBirths, Href: PathBirths},
		{Name: NavToday, Href: PathTodayList},
		{Name: NavRegister, Href: PathRegister},
		{Name: NavReview, Href: PathReview, Count: review},
		{Name: NavDue, Href: PathDue, Minor: true},
		{Name: NavStock, Href: PathStock, Minor: true},
		{Name: NavReaction, Href: PathReactions, Minor: true},
		{Name: NavReports, Href: PathReports, Minor: true},
		{Name: NavSettings, Href: PathSettings, Minor: true},
	})
}

// HubNav is the navigation of a hub; what only an administrator may do is left out for others.
func HubNav(at string, review int, admin bool) []NavLink {
	links := []NavLink{
		{Name: NavOverview, Href: PathOverview},
		{Name: NavStations, Href: PathStations},
		{Name: NavSearch, Href: PathSearch},
		{Name: NavCampaign, Href: PathCampaigns},
		{Name: NavReaction, Href: PathReactions},
		{Name: NavReports, Href: PathReports},
		{Name: NavReview, Href: PathReview, Count: review},
		{Name: NavStock, Href: PathStock, Minor: true},
	}
	if admin {
		links = append(links,
			NavLink{Name: NavEnrol, Href: PathEnrol, Minor: true},
			NavLink{Name: NavDevices, Href: PathDevices, Minor: true},
			NavLink{Name: NavUsers, Href: PathUsers, Minor: true},
			NavLink{Name: NavPlaces, Href: PathPlaces, Minor: true},
			NavLink{Name: NavAccess, Href: PathAccess, Minor: true})
	}
	return mark(at, append(links, NavLink{Name: NavSettings, Href: PathSettings, Minor: true}))
}

// WithRequests adds to a navigation the requests about data, of which some wait, before its last entry.
func WithRequests(links []NavLink, at string, waiting int) []NavLink {
	link := NavLink{Name: NavRequests, Href: PathRequests, Count: waiting, Minor: true, Current: at == NavRequests}
	return slices.Insert(links, len(links)-1, link)
}

func mark(at string, links []NavLink) []NavLink {
	for i := range links {
		links[i].Current = links[i].Name == at
	}
	return links
}

// MinorNav says whether there are links for the list under "Quản lý".
func (f Frame) MinorNav() bool {
	return slices.ContainsFunc(f.Nav, func(l NavLink) bool { return l.Minor })
}

// InMinor says whether this page is one of them.
func (f Frame) InMinor() bool {
	return slices.ContainsFunc(f.Nav, func(l NavLink) bool { return l.Minor && l.Current })
}

// SyncState is how the exchange with the hub stands.
type SyncState int

// The states of exchange. Being offline is normal and drawn in grey.
const (
	SyncNever SyncState = iota // not exchanged yet
	SyncOnline
	SyncBusy
	SyncOffline
)

// SyncBadge is the small sign on the right of the bar: the state, then three counts. It is also a partial
// of its own, asked for by htmx every half minute.
type SyncBadge struct {
	State SyncState
	// At is since when there is no network (SyncOffline), or when the hub last answered (SyncOnline).
	At string
	// Waiting is only on this machine, Sent has reached the hub, Central the root.
	Waiting, Sent, Central int
	// Hub is true on a hub, which has no count of its own for Sent.
	Hub bool
	// Current is true on the sync page itself.
	Current bool
}

var _ = partial("badge", "badge.html", SyncBadge{})

// Progress is how much of something has arrived.
type Progress struct{ Have, Total int }

// Stale says for how many days, and since which day, nothing was heard from the hub.
type Stale struct {
	Days  int
	Since string
}

// Tone is how serious a note is.
type Tone string

// The tones: grey and calm, done, asks a person, harm or loss.
const (
	ToneCalm Tone = ""
	ToneOK   Tone = "ok"
	ToneAsk  Tone = "ask"
	ToneLate Tone = "late"
)

// Note is one sentence and at most two buttons. Lead is said first, in bold, next to the tone's shape.
type Note struct {
	Tone   Tone
	Lead   string
	Text   string
	Action *Action
	// Offer is what most do next, before the way back.
	Offer *Action
	// Alert is for work at risk: it interrupts a screen reader. Others are told politely.
	Alert bool
}

// Actions are the buttons of a note, in their order.
func (n Note) Actions() []*Action {
	return slices.DeleteFunc([]*Action{n.Offer, n.Action}, func(a *Action) bool { return a == nil })
}

// Action is a button. With Post it is a form posting to Href with the hidden values in Values.
type Action struct {
	Label  string
	Href   string
	Post   bool
	Values []Hidden
	// Key is the key that presses it, such as "U" to undo.
	Key string
}

// Hidden is a hidden field of a form.
type Hidden struct{ Name, Value string }

// Pager leads through a long list; empty addresses are not drawn.
type Pager struct {
	Newer, Older string
	// From and To of Total are shown if Total is known.
	From, To, Total int
}

// Crumb is one step of the way down to a place; the last one has no address.
type Crumb struct{ Name, Href string }
