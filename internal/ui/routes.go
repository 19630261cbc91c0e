package ui

// Addresses that templates link and post to. A form always carries "csrf" and "once" (Frame); answers to a
// POST are a redirect to a page with a Note, or the same page with errors beside the fields.
const (
	PathLogin  = "/login"      // POST: user, password, next
	PathWho    = "/login/who"  // POST: user (id), next. Asks one person for PIN or password
	PathPin    = "/login/pin"  // POST: user (id), pin, next
	PathCode   = "/login/code" // POST: key, code
	PathLock   = "/lock"       // POST: back, or the registration form. Ends the log-in and shows who works here
	PathLogout = "/logout"     // POST
	PathLook   = "/look"       // POST: lang or theme, back. Keeps the choice of language and theme in a cookie

	PathTodayList = "/?list=1" // of a delivery room, whose first page is the shift
	PathToday     = "/"        // station: GET ?all=due|overdue|done for a whole part of the list
	// The day's queue. Each POST answers htmx with the partial "lists".
	PathLists  = "/day/lists"  // station: GET ?all=1, the partial alone; 304 while nothing has changed
	PathArrive = "/day/arrive" // station: POST who
	PathSend   = "/day/send"   // station: POST who (once or more), or over=1 with who: all of them whose time is over
	PathClose  = "/day/close"  // station: GET; POST: watching=1 if somebody stays with those who are watched

	PathDue = "/due" // station: GET ?list=due|overdue|missed &vaccine= &hamlet= &all=1
	// PathNew is who came from elsewhere and is not known yet: GET; POST: who (ids), or all=1 with shown.
	PathNew = "/new" // station
	// PathHamlets is the list of hamlets: GET ?edit=; POST: id, place, seen, was, name, worker, phone. POST …/merge: from, into, do=merge|add;
	// …/void: id.
	PathHamlets  = "/hamlets"   // station
	PathDuePrint = "/due/print" // station: GET asks what for; POST: for, reason, and format=pdf for a file. The list of the same query, for printing
	// PathSessions is the plan of sessions: GET; POST: day, or monthly and months, and the fields of SessionForm.
	PathSessions = "/sessions"
	// PathSession + id: GET ?edit=, ?all=1; POST: the fields of SessionForm. POST …/move: day, from, until, why; …/cancel: why;
	// …/spread: first (hamlets); …/time: who, at or off=1; …/told: who (ids) or all=1. GET and POST …/print: for, reason.
	PathSession = "/session/"
	// PathFridge is what the fridges' thermometers showed: GET ?month=2026-11 &edit=; POST: day, clock, and value.ID, lowest.ID, highest.ID of
	// each fridge. POST …/note: id, seen, note; …/keep: the fields of FridgeForm; …/logger, multipart: fridge, file.
	PathFridge = "/fridge" // station
	PathLots   = "/lots"   // station: GET; POST: vaccine, and lot or number and expires

	// PathCampaigns lists campaigns: GET; POST: the fields of CampaignForm plan one.
	PathCampaigns = "/campaigns"
	// PathCampaign + id: GET; POST: the fields of CampaignForm, seen. POST …/void: why. GET …/report ?day=, ?format=. At a station: GET
	// …/line ?class= &all= &ask= &who=; POST: enrolment, shown, lot, do, outcome, reason, against, checked; POST …/lot, …/find (q),
	// …/enrol (who). GET …/absent ?by=; GET and POST …/absent/print. GET …/roll; POST, multipart: file, class, school; POST
	// …/roll/columns, …/roll/write (same-<row>), …/roll/discard.
	PathCampaign = "/campaign/"

	// PathStock is what a place has: GET. POST …/void: id, and item, lot, stock of the ledger it stands in. GET and POST …/in: scan, item, lot,
	// expires, quantity, vial, vvm, stock, other, day; …/count: n-<row>, item-<row>…, note, day; …/lot ?item= &lot= &stock=: do,
	// quantity, reason, note, other; …/send: to, number, day, note, n-<row>…; …/delivery/ + id: full=1, or n-<line>, note; …/out
	// ?session= (station): out-<row>, back-<row>….
	// …/orders ?month=: GET; …/orders/ask ?month=: GET; POST: month, saw, note, n-<row>, why-<row>, item-<row>, stock-<row>; …/orders/ + id:
	// GET; POST, of who is asked: saw, note, n-<row>….
	PathStock = "/stock"

	PathSearch   = "/search"       // POST: q; reads only. Names never stand in an address. htmx gets the partial "found"
	PathPhoto    = "/search/photo" // station, POST, multipart: photo, a picture of a card's QR code; reads only, and keeps nothing of it
	PathRegister = "/register"     // GET; POST: the fields of Register, different (ids), force
	// PathRegisterNew takes q, what somebody searched for in vain, by POST and shows the form with it; of an identity card, as says whose
	// it is: self, mother, father.
	PathRegisterNew = "/register/new"
	// PathCandidates is asked by htmx while the register form is typed; the whole form is posted.
	PathCandidates = "/register/candidates"

	// PathHomes lists who lives in a commune that was split: GET; POST: group, place, all=1 or some=1 with who (ids).
	PathHomes = "/homes"

	// PathPregnant and PathGrown are the forms for a woman who expects a child and for somebody of school age or grown: GET; POST.
	PathPregnant = "/register/pregnant"
	PathGrown    = "/register/grown"
	// PathBirths is the shift of a delivery room (station): GET ?on= &from= &until=; POST: the fields of Births. POST …/dose: who, and what
	// it was given; …/mothers: mother, phone, asked by htmx while they are typed. PathChild + id + …: GET and POST …/twin, …/mother; GET …/slip.
	PathBirths = "/births"
	PathWomen  = "/women" // GET ?show=tetanus, all=1: who expects a child, by week
	// PathChild + id + …: GET and POST …/pregnancy, …/birth (station) and …/status; POST …/name: child_name.

	// PathElsewhere asks the hubs above for a child who is not here: GET; POST: code, or name, born, mother, phone.
	// POST …/named takes q, what was searched for in vain; …/fetch nonce, ticket.
	PathElsewhere = "/elsewhere"

	PathChild = "/child/" // + id: GET. POST …/visit, …/edit; GET …/edit, …/history
	// PathChild + id + …: GET …/looks; GET and POST …/consent, GET …/consent/form; GET and POST …/request (a new one) and
	// …/paper (for printing: sheet is record, book, card or certificate; with format=pdf as a file, and all but the record always); GET and POST …/why, the reason for opening a restricted record.

	// PathChild + id + …: GET and POST …/screen (the screening); POST …/arrive, …/sign (shown), …/back (shown).
	// PathChild + id + /contact (station): GET; POST: via, came, until, note, by, moved, back. Attempts to reach somebody.

	// POST PathChild + id + /open: reason, for a record of another place; …/take.

	PathRequests = "/requests" // GET ?all=1
	PathRequest  = "/request/" // + id: GET. POST …/answer, …/extend, …/close, …/lift

	// PathReports is a station's or place's report: GET ?form= &place= &month= or &from= &to=, &format=pdf|xlsx|csv. PathReportRows lists what one
	// of its numbers counts: GET, with &row= &column= &after=. PathReportTake takes a register out: POST form, place, from, to, for, reason,
	// format.
	PathReports    = "/reports"
	PathReportRows = "/reports/rows"
	PathReportTake = "/reports/register"
	// PathReportClose closes a month: GET ?month=; POST: month, saw, reason.<gap>, note.<gap>, why. PathReportClosed says who has closed one:
	// GET ?month= &place=; + / + id is what was handed in: GET ?form= &format=pdf|xlsx|csv.
	PathReportClose  = "/reports/close"
	PathReportClosed = "/reports/closed"

	// PathRecalls lists the lots that those above stopped: GET; POST (hub): the fields of RecallForm.
	PathRecalls = "/recalls"
	// PathRecall + id: GET ?place= &format=xlsx|csv; POST (hub): the fields of RecallForm, seen. POST …/lift: why, seen; …/apart: found-<row>,
	// note. GET …/children ?place= &format=pdf.
	PathRecall = "/recall/"
	// PathTargets is how many people are to be vaccinated in a year: GET ?place= &year= &from=, &format=xlsx|csv; POST: at, year, source, document, and
	// place-<row>, saw-<row>, was-<row>-<group>, n-<row>-<group>. POST …/file ?place= &year=, multipart: file, source.
	PathTargets = "/targets"
	// PathNeeds is what next month needs: GET ?month= &place= &coverage= &buffer=, &format=xlsx|csv. GET …/rows, with &item= &after=, lists who is
	// due. PathWastage is what was given and thrown away, by vaccine and month: GET ?place= &months=.
	PathNeeds   = "/stock/needs"
	PathWastage = "/stock/wastage"

	PathReactions = "/reactions" // GET
	// PathReaction + id: GET; POST: the fields of ReactionFields. GET …/others, …/form; POST …/told, …/lift, …/void. A new one is
	// taken down at PathChild + id + /reaction.
	PathReaction = "/reaction/"

	// PathDraft + form + "/" + whom it is about: POST of the form as it stands, and …/drop. DraftOfNobody stands for nobody yet.
	PathDraft     = "/draft/"
	DraftOfNobody = "-"

	// PartPaper, below a session, is its list as it comes back from paper: GET; POST. PathPaper is that of a day without a session:
	// GET ?day=. PathNoLot lists doses whose lot nobody wrote: GET; POST: dose (ids), lot, expires.
	PartPaper = "/paper"
	PathPaper = "/paper"
	// PathPaperCandidates is asked by htmx while a child is typed into a row of such a list: row (its key), and name.KEY and so on.
	PathPaperCandidates = "/paper/candidates"
	PathNoLot           = "/lots/missing"

	PathDose = "/dose/" // + id: GET; POST: amend. POST …/void, …/restore; GET and POST …/move: q, or to and sure

	PathReview = "/review"        // GET
	PathSettle = "/review/settle" // POST: entity, field, choice, back, seen
	PathTwice  = "/review/twice"  // POST: a, b, keep=a|b|both, back, seen_a, seen_b
	PathLink   = "/review/link"   // POST: a, b, same=1|0, back

	PathSync     = "/sync"       // GET; POST: exchange now
	PathUSB      = "/usb"        // GET; POST …/out, …/in: drive; …/upload: file. GET …/answers (hub)
	PathBadge    = "/sync/badge" // GET: the partial "badge"
	PathLocked   = "/locked"     // of a machine that was revoked: GET; POST: ask the hub again. POST …/out: key, drive
	PathSettings = "/settings"   // GET
	PathPassword = "/settings/password"
	PathSetPin   = "/settings/pin"    // station, POST: pin, again, password; or do=off
	PathLogins   = "/settings/logins" // POST: id, or others=1
	// PathOwnPassword is the one page for who was given a password: GET; POST: new, again.
	PathOwnPassword = "/settings/own-password"
	// PathFactor is one's second factor at a hub: GET; POST: code, password, or do=codes|off with code.
	PathFactor = "/settings/second-factor"
	PathKeys   = "/settings/keys"   // POST: this machine gets new keys
	PathVials  = "/settings/vials"  // station, POST: vial (codes). Opened vials that are kept for 28 days
	PathSecond = "/settings/second" // station, POST: do=on|off. Screenings are signed by two
	PathRoom   = "/settings/room"   // station, POST: do=on|off|addresses, addresses

	PathPhones  = "/phones"       // station, on the laptop itself: GET; POST: do=invite|end, id
	PathPhone   = "/phone/"       // a phone that was not let in may open what lies here, and nothing else
	PathTrust   = "/phone/trust"  // GET: how to trust the station's authority
	PathTrustCA = "/phone/ca.crt" // GET: its certificate
	PathPhoneIn = "/phone/in"     // GET ?code=; POST: code, name

	PathOverview = "/"         // hub: GET ?place= &period= &asof= &by=
	PathStations = "/stations" // GET ?show= &at=
	PathEnrol    = "/enrol"    // GET ?place=; POST: place, role, name
	PathDevices  = "/devices"  // GET; POST …/revoke: id, reason
	PathUsers    = "/users"    // GET; POST: add. POST …/disable, …/enable, …/reset, …/logout, …/second-factor: id
	PathPlaces   = "/places"   // GET ?at= &sought=; POST: name, code, kind, parent. POST …/find: q
	PathAccess   = "/access"   // GET ?from= &act= &sought= &before=; POST: from, act, user

	PathDemoLink = "/link" // demo: POST: node, do=cut|slow|restore
)
