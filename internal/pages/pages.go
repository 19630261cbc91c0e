package pages

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"tramy/internal/backup"
	"tramy/internal/desk"
	"tramy/internal/drive"
	"tramy/internal/exchange"
	"tramy/internal/registry"
	"tramy/internal/room"
	"tramy/internal/server"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// Options are what differs between the programs. Desk, UI and Logins are required.
type Options struct {
	Desk     *desk.Desk
	UI       *ui.Engine
	Logins   *server.Logins
	Throttle *server.Throttle
	Log      *slog.Logger // nil: slog.Default

	// Rules say what is asked of people beside their password; Hub and Training follow from the fields below.
	Rules server.EntryRules
	// Hub is true at a hub: nothing is given there, and the badge counts otherwise.
	Hub bool
	// Place is the name in the bar; Up and Root name the nodes on the sync page, each may be empty.
	Place, Up, Root string
	// Nav returns the navigation for somebody, with waiting things counted at review; nil means StationNav or
	// HubNav of package ui.
	Nav func(at string, who desk.Who, waiting int) []ui.NavLink
	// Uplink speaks to the node above; nil at the root.
	Uplink *exchange.Uplink
	// Courier does so by files, nil at the root; Bundles answers those of machines below, nil at a station. USB is a
	// folder for them that is offered beside what is plugged in.
	Courier *exchange.Courier
	Bundles *exchange.Bundles
	USB     string
	// Room speaks with the other laptops of the station; nil at a hub.
	Room *room.Room
	// Training puts the banner on every page and People with their passwords on the log-in page.
	Training bool
	People   []ui.DemoPerson
	// ShowFound draws the page that holds the search box with what was found; nil means the page "search".
	ShowFound func(c *Call, status int, found *ui.Found) error
	// Todos are asked for what else is to be done, when somebody looks at what waits for them.
	Todos []func(c *Call) ([]ui.Todo, error)
	// Mending says since when this machine makes good a damage of its data, zero if it has none, and whether all that
	// can be read is back. Nil: nobody looks after that.
	Mending func() (found time.Time, read bool)
	// Backups are those of the data folder; nil: nothing is said of them.
	Backups *backup.Keeper
	// ChangeKeys gives this machine new keys; nil where there is no hub above, or the program cannot begin anew.
	ChangeKeys func(ctx context.Context) error
	// Encrypted says whether the data folder's disk is encrypted; nil: nothing is said of it.
	Encrypted func() drive.Encryption
	// About are facts of this machine for the settings page.
	About func(c *Call) ([]ui.Fact, error)
}

// Pages are the shared handlers of one program.
type Pages struct {
	Options
	once  onceForms
	said  shelf[[]ui.Note]
	typed shelf[map[string]string]
	// soughtTexts holds what was typed to find something.
	soughtTexts shelf[string]
	// leftForms holds the key of the form that somebody left half typed, under who it is.
	leftForms shelf[string]
	undone    shelf[undo]
	spent     spentDrafts
	quiet     quiet
	seats     seats
	// halfIn holds who gave the password and is asked for a code, settingUp the keys of second factors not proved yet.
	halfIn    shelf[half]
	settingUp shelf[newFactor]
	disk      diskSeen
	photos    photos

	answers usbAnswers
}

// New returns the handlers. They answer once Register has put them on a server.
func New(o Options) (*Pages, error) {
	if o.Desk == nil || o.UI == nil || o.Logins == nil {
		return nil, errors.New("pages need a desk, the templates and the log-ins")
	}
	if o.Throttle == nil {
		o.Throttle = &server.Throttle{Store: Guesses{o.Desk.Node.Store()}}
	}
	o.Rules.Hub, o.Rules.Training = o.Hub, o.Training
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Nav == nil {
		o.Nav = navOf(o.Hub)
	}
	return &Pages{Options: o, photos: newPhotos()}, nil
}

// Register puts the shared routes on a server. What a program does not offer is left out: nothing is given
// at a hub, and a root has nobody to exchange with.
func (pg *Pages) Register(s *server.Server) {
	get := func(path string, h func(*Call) error) { s.Handle(http.MethodGet, path, pg.Page(h)) }
	post := func(path string, h func(*Call) error) { s.Handle(http.MethodPost, path, pg.Form(h)) }

	s.Handle(http.MethodGet, ui.StaticPath+"{file}", ui.Static())
	s.Handle(http.MethodGet, ui.PathLogin, pg.Open(pg.showLogin))
	s.Handle(http.MethodPost, ui.PathLogin, pg.Open(pg.login))
	s.Handle(http.MethodPost, ui.PathLogout, pg.Open(pg.logout))
	if pg.Hub {
		s.Handle(http.MethodPost, ui.PathCode, pg.Open(pg.code))
		s.Handle(http.MethodGet, ui.PathFactor, pg.first(pg.showFactor))
		s.Handle(http.MethodPost, ui.PathFactor, pg.first(pg.factor))
		post(ui.PathUsers+"/second-factor", pg.resetFactor)
	} else {
		s.Handle(http.MethodPost, ui.PathWho, pg.Open(pg.who))
		s.Handle(http.MethodPost, ui.PathPin, pg.Open(pg.pin))
		s.Handle(http.MethodPost, ui.PathLock, pg.Open(pg.lock))
		post(ui.PathSetPin, pg.setPin)
	}
	s.Handle(http.MethodGet, ui.PathOwnPassword, pg.first(pg.showOwnPassword))
	s.Handle(http.MethodPost, ui.PathOwnPassword, pg.first(pg.ownPassword))
	post(ui.PathLogins, pg.endLogins)
	s.Handle(http.MethodPost, ui.PathLook, pg.whenLocked(pg.look))
	if pg.Uplink != nil {
		s.Handle(http.MethodGet, ui.PathLocked, pg.whenLocked(pg.locked))
		s.Handle(http.MethodPost, ui.PathLocked, pg.whenLocked(pg.askLocked))
		s.Handle(http.MethodPost, ui.PathLocked+"/out", pg.whenLocked(pg.takeOut))
	}

	s.Handle(http.MethodPost, ui.PathSearch, pg.Page(pg.search))
	pg.registerPhoto(s)
	get(ui.PathChild+"{id}", pg.showChild)
	get(ui.PathChild+"{id}/history", pg.showHistory)
	get(ui.PathChild+"{id}/edit", pg.showEdit)
	post(ui.PathChild+"{id}/edit", pg.edit)
	get(ui.PathChild+"{id}/status", pg.showStatus)
	post(ui.PathChild+"{id}/status", pg.status)
	post(ui.PathChild+"{id}/name", pg.name)
	post(ui.PathChild+"{id}/open", pg.breakGlass)
	if !pg.Hub {
		post(ui.PathChild+"{id}/take", pg.take)
		post(ui.PathChild+"{id}/visit", pg.visit)
		pg.registerSteps(s)
		pg.registerDrafts(s)
	}
	get(ui.PathChild+"{id}"+partLooks, pg.showLooks)
	get(ui.PathChild+"{id}"+partWhy, pg.showWhy)
	post(ui.PathChild+"{id}"+partWhy, pg.why)
	get(ui.PathChild+"{id}"+partPaper, pg.showPaper)
	s.Handle(http.MethodPost, ui.PathChild+"{id}"+partPaper, pg.Page(pg.paper)) // its answer is the page itself, each time
	get(ui.PathChild+"{id}"+partConsent, pg.showConsent)
	post(ui.PathChild+"{id}"+partConsent, pg.consent)
	get(ui.PathChild+"{id}"+partConsent+"/form", pg.showConsentForm)
	get(ui.PathChild+"{id}"+partRequest, pg.showNewRequest)
	post(ui.PathChild+"{id}"+partRequest, pg.addRequest)
	get(ui.PathRequests, pg.showRequests)
	get(ui.PathRequest+"{id}", pg.showRequest)
	post(ui.PathRequest+"{id}/answer", pg.answerRequest)
	post(ui.PathRequest+"{id}/extend", pg.extendRequest)
	post(ui.PathRequest+"{id}/close", pg.closeRequest)
	post(ui.PathRequest+"{id}/lift", pg.liftRequest)
	if !pg.Hub {
		get(ui.PathChild+"{id}"+partReact, pg.showNewReaction)
		post(ui.PathChild+"{id}"+partReact, pg.addReaction)
		post(ui.PathReaction+"{id}/lift", pg.liftReaction)
		get(ui.PathChild+"{id}"+partContact, pg.showContact)
		post(ui.PathChild+"{id}"+partContact, pg.addContact)
		post(ui.PathChild+"{id}"+partBook, pg.bookChild)
	}
	get(ui.PathStock, pg.showStock)
	get(ui.PathStock+"/in", pg.showStockIn)
	post(ui.PathStock+"/in", pg.stockIn)
	get(ui.PathStock+"/count", pg.showStockCount)
	post(ui.PathStock+"/count", pg.stockCount)
	get(ui.PathStock+"/lot", pg.showStockLot)
	post(ui.PathStock+"/lot", pg.stockLot)
	post(ui.PathStock+"/void", pg.voidStock)
	get(ui.PathStock+"/send", pg.showStockSend)
	post(ui.PathStock+"/send", pg.stockSend)
	get(ui.PathStock+"/delivery/{id}", pg.showStockDelivery)
	post(ui.PathStock+"/delivery/{id}", pg.takeStock)
	get(pathOrders, pg.showOrders)
	get(pathOrders+"/ask", pg.showAsk)
	post(pathOrders+"/ask", pg.askStock)
	get(pathOrders+"/{id}", pg.showOrder)
	post(pathOrders+"/{id}", pg.approveOrder)
	if !pg.Hub {
		get(ui.PathStock+"/out", pg.showStockOut)
		post(ui.PathStock+"/out", pg.stockOut)
	}
	get(ui.PathRecalls, pg.showRecalls)
	get(ui.PathRecall+"{id}", pg.showRecall)
	get(ui.PathRecall+"{id}/children", pg.showRecallChildren)
	post(ui.PathRecall+"{id}/apart", pg.setApart)
	if pg.Hub {
		post(ui.PathRecalls, pg.writeRecall)
		post(ui.PathRecall+"{id}", pg.editRecall)
		post(ui.PathRecall+"{id}/lift", pg.liftRecall)
	}
	get(ui.PathNeeds, pg.showNeeds)
	get(ui.PathNeeds+"/rows", pg.showNeedRows)
	get(ui.PathWastage, pg.showWastage)
	get(ui.PathTargets, pg.showTargets)
	post(ui.PathTargets, pg.setTargets)
	s.Handle(http.MethodPost, ui.PathTargets+"/file", pg.Page(pg.targetFile), server.BodyMax(TargetFileBytesMax+1<<20))
	get(ui.PathCampaigns, pg.showCampaigns)
	post(ui.PathCampaigns, pg.planCampaign)
	get(ui.PathCampaign+"{id}", pg.showCampaign)
	post(ui.PathCampaign+"{id}", pg.editCampaign)
	post(ui.PathCampaign+"{id}/void", pg.voidCampaign)
	get(ui.PathCampaign+"{id}/report", pg.showCampaignDay)
	get(ui.PathReports, pg.showReports)
	get(ui.PathReportRows, pg.showReportRows)
	post(ui.PathReportTake, pg.takeRegister)
	get(ui.PathReportClosed, pg.showClosedList)
	get(ui.PathReportClosed+"/{id}", pg.showClosed)
	if !pg.Hub {
		get(ui.PathReportClose, pg.showCloseMonth)
		post(ui.PathReportClose, pg.closeMonth)
	}
	get(ui.PathReactions, pg.showReactions)
	get(ui.PathReaction+"{id}", pg.showReaction)
	post(ui.PathReaction+"{id}", pg.amendReaction)
	post(ui.PathReaction+"{id}/told", pg.tellReaction)
	post(ui.PathReaction+"{id}/void", pg.voidReaction)
	get(ui.PathReaction+"{id}"+partOthers, pg.showReactionOthers)
	get(ui.PathReaction+"{id}"+partForm, pg.showReactionForm)
	get(ui.PathDose+"{id}", pg.showDose)
	post(ui.PathDose+"{id}", pg.amend)
	if !pg.Hub {
		get(ui.PathDose+"{id}/move", pg.showMove)
		post(ui.PathDose+"{id}/move", pg.move)
	}
	post(ui.PathDose+"{id}/void", pg.void)
	post(ui.PathDose+"{id}/restore", pg.restore)

	get(ui.PathReview, pg.showReview)
	post(ui.PathSettle, pg.settle)
	post(ui.PathTwice, pg.settleTwice)
	post(ui.PathLink, pg.link)
	post(PathUndo, pg.undo)

	get(ui.PathSettings, pg.showSettings)
	post(ui.PathPassword, pg.password)
	if pg.ChangeKeys != nil {
		post(ui.PathKeys, pg.changeKeys)
	}
	if pg.Room != nil {
		post(ui.PathRoom, pg.setRoom)
	}
	get(ui.PathUsers, pg.showUsers)
	post(ui.PathUsers, pg.addUser)
	post(ui.PathUsers+"/disable", pg.disableUser)
	post(ui.PathUsers+"/enable", pg.enableUser)
	post(ui.PathUsers+"/reset", pg.resetUser)
	post(ui.PathUsers+"/logout", pg.logoutUser)

	pg.registerUSB(s)
	if pg.Uplink != nil {
		get(ui.PathSync, pg.showSync)
		post(ui.PathSync, pg.syncNow)
		s.Handle(http.MethodGet, ui.PathBadge, pg.Quiet(pg.badge))
	}
}

// local is the zone of everything shown. It is data of the place, not of the machine.
var local = time.FixedZone("", int(registry.VietnamOffset/time.Second))

// at turns milliseconds into a moment to be shown.
func at(ms int64) time.Time { return time.UnixMilli(ms).In(local) }

// dayTime turns a day into what the catalogue writes.
func dayTime(d registry.Day) time.Time {
	y, m, day := d.Date()
	return time.Date(y, m, day, 0, 0, 0, 0, local)
}

// idOf reads the {id} of a path.
func idOf(r *http.Request) (p.EntityID, error) {
	id, err := p.ParseEntityID(server.Param(r, "id"))
	if err != nil {
		return id, server.NewProblem(server.TypeNotFound)
	}
	return id, nil
}
