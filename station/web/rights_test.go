package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tramy/internal/desk"
	"tramy/internal/lan"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/report"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/store"
	"tramy/station/web"
	p "tramy/syncproto"
)

// child is somebody whose record a station holds: one of its own, or one that has left.
type child struct {
	name, mother string
	id, twin     p.EntityID
	dose         p.EntityID
	request      p.EntityID // about the child's data
	session      p.EntityID // of the station, on this day
	campaign     p.EntityID // of the station
	recall       p.EntityID // of a lot that it gave
	closing      p.EntityID // of the station
	movement     p.EntityID // of its stock
	transfer     p.EntityID // of its stock, to the centre
	order        p.EntityID // that the station sent
	enrolment    p.EntityID // the own child's
	reaction     p.EntityID
	lot          p.EntityID // that it stopped
	settle       url.Values
}

// door is a route and how it is asked for something about a child.
type door struct {
	nodetest.Door
	ask func(c *child) (path string, form url.Values)
}

// nobody's doors are shut at a station for everybody: accounts are kept at hubs.
var nobody = nodetest.Door{Act: rights.Manage}

// everybody's routes show and change nothing of anybody else's, and say so here.
var everybody = map[string]string{
	"GET /static/{file}":      "style and icons",
	"GET /login":              "before anybody is known",
	"POST /login":             "before anybody is known",
	"POST /logout":            "ends one's own log-in",
	"POST /look":              "language and colours",
	"POST /undo":              "takes back one's own act, by a key that only its author was given; the act asks again",
	"GET /settings":           "one's own account; colleagues as far as the table lets",
	"POST /settings/password": "one's own password",
	"GET /sync/badge":         "two numbers that stand on every page",

	"POST /login/who":             "before anybody is known: a name that stands on the page already",
	"POST /login/pin":             "before anybody is known",
	"POST /lock":                  "ends one's own log-in",
	"POST /settings/pin":          "one's own PIN",
	"GET /settings/own-password":  "one's own first password",
	"POST /settings/own-password": "one's own first password",
	"POST /settings/logins":       "one's own log-ins",
	"GET /locked":                 "of a machine that was revoked, where nobody can log in; says nothing of anybody in the register",
	"POST /locked":                "asks the hub once more whether the machine is revoked",
	"POST /locked/out":            "of a machine that was revoked: an encrypted backup, for who holds the recovery key",
	"GET /phone/trust":            "before anybody is known: how to trust the laptop",
	"GET /phone/ca.crt":           "before anybody is known: the laptop's certificate",
	"GET /phone/in":               "before anybody is known: the form for a code",
	"POST /phone/in":              "before anybody is known: lets a device in by a code; whoever holds it logs in afterwards",
}

func doors() map[string]door {
	list := func(act rights.Act, kind p.Kind) nodetest.Door { return nodetest.Door{Act: act, Kind: kind} }
	ends := func(act rights.Act, kind p.Kind) nodetest.Door {
		return nodetest.Door{Act: act, Kind: kind, Ends: true}
	}
	at := func(path string, pairs ...string) func(*child) (string, url.Values) {
		v := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return func(c *child) (string, url.Values) {
			fill := strings.NewReplacer("{child}", c.id.String(), "{twin}", c.twin.String(), "{dose}", c.dose.String(), "{request}", c.request.String(), "{session}", c.session.String(), "{campaign}", c.campaign.String(), "{recall}", c.recall.String(), "{enrolment}", c.enrolment.String(), "{movement}", c.movement.String(), "{closing}", c.closing.String(), "{order}", c.order.String(), "{transfer}", c.transfer.String(), "{reaction}", c.reaction.String(), "{lot}", c.lot.String(), "{mother}", c.mother)
			form := url.Values{}
			for name := range v {
				form.Set(name, fill.Replace(v.Get(name)))
			}
			return fill.Replace(path), form
		}
	}
	const subject, dose, device, request = registry.KindSubject, registry.KindImmunization, registry.KindDevice, registry.KindRequest
	const reaction = registry.KindReaction
	return map[string]door{
		"GET /":                   {list(rights.Read, subject), at("/")},
		"GET /day/lists":          {list(rights.Read, subject), at("/day/lists")},
		"POST /day/arrive":        {ends(rights.Create, registry.KindVisit), at("/day/arrive", "who", "{child}")},
		"POST /day/send":          {ends(rights.Create, registry.KindVisit), at("/day/send", "early", "{child}")},
		"GET /day/close":          {list(rights.Read, registry.KindVisit), at("/day/close")},
		"POST /day/close":         {list(rights.Amend, registry.KindSession), at("/day/close", "watching", "1")},
		"GET /child/{id}/screen":  {ends(rights.Create, registry.KindVisit), at("/child/{child}/screen")},
		"POST /child/{id}/screen": {ends(rights.Create, registry.KindVisit), at("/child/{child}/screen", "do", "eligible")},
		"POST /child/{id}/arrive": {ends(rights.Create, registry.KindVisit), at("/child/{child}/arrive")},
		"POST /child/{id}/sign":   {ends(rights.Create, registry.KindVisit), at("/child/{child}/sign", "shown", "eligible")},
		"POST /child/{id}/back":   {ends(rights.Create, registry.KindVisit), at("/child/{child}/back", "shown", "1")},
		"POST /settings/vials":    {list(rights.Amend, registry.KindPractice), at("/settings/vials", "vial", "IPV")},
		"POST /settings/second":   {list(rights.Amend, registry.KindPractice), at("/settings/second", "do", "off")},
		"GET /due":                {list(rights.Read, subject), at("/due?list=overdue")},
		"POST /search":            {list(rights.Read, subject), at("/search", "q", "{mother}")},
		// The form that doors are asked with holds no picture; nobody hears more than that.
		"POST /search/photo":      {list(rights.Read, subject), at("/search/photo")},
		"GET /child/{id}":         {ends(rights.Read, subject), at("/child/{child}")},
		"GET /child/{id}/history": {ends(rights.Read, subject), at("/child/{child}/history")},
		"GET /child/{id}/edit":    {ends(rights.Amend, subject), at("/child/{child}/edit")},
		"POST /child/{id}/edit":   {ends(rights.Amend, subject), at("/child/{child}/edit", "note", "x")},
		// The record, and who looked at anybody: Read of both, which is who may export a record.
		"GET /child/{id}/looks": {ends(rights.Export, subject), at("/child/{child}/looks")},
		// It asks for a reason and says nothing of the child, so it ends at no place; what it posts to does.
		"GET /child/{id}/why":              {list(rights.Read, subject), at("/child/{child}/why")},
		"POST /child/{id}/why":             {ends(rights.Read, subject), at("/child/{child}/why", "reason", "mẹ hỏi lịch tiêm")},
		"GET /child/{id}/paper":            {ends(rights.Read, subject), at("/child/{child}/paper")},
		"POST /child/{id}/paper":           {ends(rights.Read, subject), at("/child/{child}/paper", "for", registry.TakeFamily, "reason", "mẹ xin")},
		"GET /child/{id}/consent":          {ends(rights.Read, registry.KindConsent), at("/child/{child}/consent")},
		"POST /child/{id}/consent":         {ends(rights.Create, registry.KindConsent), at("/child/{child}/consent", "by", "{mother}", "relation", "mother", "channel", "spoken", "purpose.reminders", "given")},
		"GET /child/{id}/consent/form":     {ends(rights.Read, registry.KindConsent), at("/child/{child}/consent/form")},
		"GET /child/{id}/request":          {ends(rights.Read, subject), at("/child/{child}/request")},
		"POST /child/{id}/request":         {ends(rights.Create, request), at("/child/{child}/request", "wish", "view", "by", "{mother}", "relation", "mother", "channel", "spoken")},
		"GET /requests":                    {list(rights.Read, request), at("/requests?all=1")},
		"GET /request/{id}":                {ends(rights.Read, request), at("/request/{request}")},
		"POST /request/{id}/answer":        {ends(rights.Amend, request), at("/request/{request}/answer")},
		"POST /request/{id}/extend":        {ends(rights.Amend, request), at("/request/{request}/extend", "why", "chờ trạm cũ trả lời")},
		"POST /request/{id}/close":         {ends(rights.Amend, request), at("/request/{request}/close", "outcome", "done", "answer", "đã in cho mẹ")},
		"POST /request/{id}/lift":          {ends(rights.Amend, request), at("/request/{request}/lift", "lift", "mẹ đổi ý")},
		"GET /child/{id}/contact":          {ends(rights.Create, registry.KindContact), at("/child/{child}/contact")},
		"POST /child/{id}/contact":         {ends(rights.Create, registry.KindContact), at("/child/{child}/contact", "came", "unreached")},
		"GET /child/{id}/reaction":         {ends(rights.Create, reaction), at("/child/{child}/reaction")},
		"POST /child/{id}/reaction":        {ends(rights.Create, reaction), at("/child/{child}/reaction", "sign", "fever", "dose", "{dose}", "began_on", "n")},
		"GET /reports":                     {list(rights.Read, registry.KindDevice), at("/reports")},
		"POST /reports/register":           {list(rights.Export, subject), at("/reports/register", "form", "register", "format", "csv", "for", "report", "reason", "nộp CDC")},
		"GET /reports/close":               {list(rights.Create, registry.KindClosing), at("/reports/close")},
		"POST /reports/close":              {list(rights.Create, registry.KindClosing), at("/reports/close", "saw", "x")},
		"GET /reports/closed":              {list(rights.Read, registry.KindClosing), at("/reports/closed")},
		"GET /reports/closed/{id}":         {list(rights.Read, registry.KindClosing), at("/reports/closed/{closing}")},
		"GET /reports/rows":                {list(rights.Read, subject), at("/reports/rows?row=born&column=all-year")},
		"GET /reactions":                   {list(rights.Read, reaction), at("/reactions")},
		"GET /reaction/{id}":               {ends(rights.Read, reaction), at("/reaction/{reaction}")},
		"GET /reaction/{id}/others":        {ends(rights.Read, reaction), at("/reaction/{reaction}/others")},
		"GET /reaction/{id}/form":          {ends(rights.Read, reaction), at("/reaction/{reaction}/form")},
		"POST /reaction/{id}":              {ends(rights.Amend, reaction), at("/reaction/{reaction}", "sign", "fever", "dose", "{dose}", "began_on", "n")},
		"POST /reaction/{id}/told":         {ends(rights.Amend, reaction), at("/reaction/{reaction}/told", "how", "chị Hà")},
		"POST /reaction/{id}/void":         {ends(rights.Void, reaction), at("/reaction/{reaction}/void", "void", "ghi nhầm")},
		"POST /reaction/{id}/lift":         {ends(rights.Amend, registry.KindLot), at("/reaction/{reaction}/lift", "lot", "{lot}", "why", "x")},
		"GET /stock":                       {list(rights.Read, registry.KindMovement), at("/stock")},
		"GET /stock/needs":                 {list(rights.Read, registry.KindMovement), at("/stock/needs")},
		"GET /stock/needs/rows":            {list(rights.Read, registry.KindMovement), at("/stock/needs/rows?item=BCG")},
		"GET /stock/wastage":               {list(rights.Read, registry.KindMovement), at("/stock/wastage")},
		"GET /targets":                     {list(rights.Read, registry.KindTarget), at("/targets")},
		"POST /targets":                    {list(rights.Create, registry.KindTarget), at("/targets", "source", "plan")},
		"POST /targets/file":               {list(rights.Create, registry.KindTarget), at("/targets/file")},
		"GET /stock/in":                    {list(rights.Create, registry.KindMovement), at("/stock/in")},
		"POST /stock/in":                   {list(rights.Create, registry.KindMovement), at("/stock/in", "item", "SOI", "lot", "M-1", "quantity", "0")},
		"GET /stock/count":                 {list(rights.Create, registry.KindMovement), at("/stock/count")},
		"POST /stock/count":                {list(rights.Create, registry.KindMovement), at("/stock/count")},
		"GET /stock/lot":                   {list(rights.Read, registry.KindMovement), at("/stock/lot?item=SOI&lot=M-1&stock=epi")},
		"POST /stock/lot":                  {list(rights.Create, registry.KindMovement), at("/stock/lot", "item", "SOI", "lot", "M-1", "do", "open")},
		"POST /stock/void":                 {list(rights.Void, registry.KindMovement), at("/stock/void", "id", "{movement}")},
		"GET /stock/send":                  {list(rights.Create, registry.KindTransfer), at("/stock/send")},
		"POST /stock/send":                 {list(rights.Create, registry.KindTransfer), at("/stock/send")},
		"GET /stock/delivery/{id}":         {list(rights.Read, registry.KindTransfer), at("/stock/delivery/{transfer}")},
		"POST /stock/delivery/{id}":        {list(rights.Create, registry.KindTransfer), at("/stock/delivery/{transfer}")},
		"GET /stock/orders":                {list(rights.Read, registry.KindOrder), at("/stock/orders")},
		"GET /stock/orders/ask":            {list(rights.Create, registry.KindOrder), at("/stock/orders/ask")},
		"POST /stock/orders/ask":           {list(rights.Create, registry.KindOrder), at("/stock/orders/ask", "n-1", "x", "item-1", "SOI")},
		"GET /stock/orders/{id}":           {list(rights.Read, registry.KindOrder), at("/stock/orders/{order}")},
		"POST /stock/orders/{id}":          {nobody, at("/stock/orders/{order}")},
		"GET /stock/out":                   {list(rights.Create, registry.KindMovement), at("/stock/out?session={session}")},
		"POST /stock/out":                  {list(rights.Create, registry.KindMovement), at("/stock/out", "session", "{session}")},
		"GET /recalls":                     {list(rights.Read, registry.KindRecall), at("/recalls")},
		"GET /recall/{id}":                 {list(rights.Read, registry.KindRecall), at("/recall/{recall}")},
		"GET /recall/{id}/children":        {list(rights.Read, registry.KindRecall), at("/recall/{recall}/children")},
		"POST /recall/{id}/apart":          {list(rights.Create, registry.KindMovement), at("/recall/{recall}/apart", "found-1", "x")},
		"GET /campaigns":                   {list(rights.Read, registry.KindCampaign), at("/campaigns")},
		"POST /campaigns":                  {list(rights.Create, registry.KindCampaign), at("/campaigns", "name", "")},
		"GET /campaign/{id}":               {list(rights.Read, registry.KindCampaign), at("/campaign/{campaign}")},
		"POST /campaign/{id}":              {list(rights.Amend, registry.KindCampaign), at("/campaign/{campaign}", "name", "")},
		"POST /campaign/{id}/void":         {list(rights.Void, registry.KindCampaign), at("/campaign/{campaign}/void", "why", "")},
		"GET /campaign/{id}/report":        {list(rights.Read, registry.KindEnrolment), at("/campaign/{campaign}/report")},
		"GET /campaign/{id}/line":          {list(rights.Read, registry.KindEnrolment), at("/campaign/{campaign}/line")},
		"POST /campaign/{id}/line":         {list(rights.Create, dose), at("/campaign/{campaign}/line", "enrolment", "{enrolment}", "do", "absent")},
		"POST /campaign/{id}/lot":          {list(rights.Create, dose), at("/campaign/{campaign}/lot", "number", "M-1")},
		"POST /campaign/{id}/find":         {list(rights.Read, registry.KindEnrolment), at("/campaign/{campaign}/find", "q", "{mother}")},
		"POST /campaign/{id}/enrol":        {ends(rights.Create, registry.KindEnrolment), at("/campaign/{campaign}/enrol", "who", "{child}")},
		"GET /campaign/{id}/absent":        {list(rights.Read, registry.KindEnrolment), at("/campaign/{campaign}/absent")},
		"GET /campaign/{id}/absent/print":  {list(rights.Read, registry.KindEnrolment), at("/campaign/{campaign}/absent/print")},
		"POST /campaign/{id}/absent/print": {list(rights.Read, registry.KindEnrolment), at("/campaign/{campaign}/absent/print", "for", registry.TakeCare, "reason", "vòng 2")},
		"GET /campaign/{id}/roll":          {list(rights.Create, registry.KindEnrolment), at("/campaign/{campaign}/roll")},
		"POST /campaign/{id}/roll":         {list(rights.Create, registry.KindEnrolment), at("/campaign/{campaign}/roll")},
		"POST /campaign/{id}/roll/columns": {list(rights.Create, registry.KindEnrolment), at("/campaign/{campaign}/roll/columns")},
		"POST /campaign/{id}/roll/write":   {list(rights.Create, registry.KindEnrolment), at("/campaign/{campaign}/roll/write")},
		"POST /campaign/{id}/roll/discard": {list(rights.Create, registry.KindEnrolment), at("/campaign/{campaign}/roll/discard")},
		"GET /sessions":                    {list(rights.Read, registry.KindSession), at("/sessions")},
		"POST /sessions":                   {list(rights.Create, registry.KindSession), at("/sessions", "day", "")},
		"GET /session/{id}":                {list(rights.Read, registry.KindSession), at("/session/{session}")},
		"POST /session/{id}":               {list(rights.Amend, registry.KindSession), at("/session/{session}", "from", "x")},
		"POST /session/{id}/move":          {list(rights.Amend, registry.KindSession), at("/session/{session}/move", "day", "x")},
		"POST /session/{id}/cancel":        {list(rights.Amend, registry.KindSession), at("/session/{session}/cancel", "why", "")},
		"POST /session/{id}/spread":        {list(rights.Create, registry.KindAppointment), at("/session/{session}/spread")},
		// Who is called to a session is somebody of the station's.
		"POST /session/{id}/time":  {ends(rights.Create, registry.KindAppointment), at("/session/{session}/time", "who", "{child}", "at", "08:30")},
		"POST /session/{id}/told":  {list(rights.Amend, registry.KindAppointment), at("/session/{session}/told")},
		"GET /session/{id}/print":  {list(rights.Read, subject), at("/session/{session}/print")},
		"POST /session/{id}/print": {list(rights.Read, subject), at("/session/{session}/print", "for", registry.TakeCare, "reason", "buổi tiêm")},
		"GET /lots":                {list(rights.Read, registry.KindLot), at("/lots")},
		"POST /lots":               {list(rights.Create, registry.KindLot), at("/lots", "vaccine", "BCG", "number", "")},
		"GET /new":                 {list(rights.Read, subject), at("/new")},
		"POST /new":                {list(rights.Create, registry.KindContact), at("/new", "who", "{child}")},
		"GET /fridge":              {list(rights.Read, registry.KindTemperature), at("/fridge")},
		"POST /fridge":             {list(rights.Create, registry.KindTemperature), at("/fridge", "day", "h")},
		"POST /fridge/note":        {list(rights.Amend, registry.KindTemperature), at("/fridge/note", "id", "{child}", "note", "")},
		"POST /fridge/keep":        {list(rights.Create, registry.KindFridge), at("/fridge/keep", "name", "")},
		"POST /fridge/logger":      {list(rights.Create, registry.KindTemperature), at("/fridge/logger")},
		"GET /hamlets":             {list(rights.Read, registry.KindHamlet), at("/hamlets")},
		"POST /hamlets":            {list(rights.Create, registry.KindHamlet), at("/hamlets", "name", "")},
		"POST /hamlets/merge":      {list(rights.Create, registry.KindHamlet), at("/hamlets/merge", "from", "bản Xa", "do", "add")},
		"POST /hamlets/void":       {list(rights.Void, registry.KindHamlet), at("/hamlets/void", "id", "{child}")},
		"POST /child/{id}/book":    {ends(rights.Create, registry.KindAppointment), at("/child/{child}/book", "session", "{session}", "at", "08:30")},
		"GET /due/print":           {list(rights.Read, subject), at("/due/print?list=overdue")},
		"POST /due/print":          {list(rights.Read, subject), at("/due/print?list=overdue", "for", registry.TakeCare, "reason", "đi bản gọi trẻ")},
		"GET /dose/{id}":           {ends(rights.Read, dose), at("/dose/{dose}")},
		"POST /dose/{id}":          {ends(rights.Amend, dose), at("/dose/{dose}", "lot", "B-77")},
		"POST /dose/{id}/void":     {ends(rights.Amend, dose), at("/dose/{dose}/void", "reason", "twice")},
		"POST /dose/{id}/restore":  {ends(rights.Amend, dose), at("/dose/{dose}/restore")},
		"GET /review":              {list(rights.Settle, subject), at("/review")},
		"POST /review/settle":      {ends(rights.Settle, subject), func(c *child) (string, url.Values) { return "/review/settle", c.settle }},
		"POST /review/twice":       {ends(rights.Void, dose), at("/review/twice", "a", "{dose}", "b", "{dose}", "keep", "both")},
		"POST /review/link":        {ends(rights.Create, registry.KindLink), at("/review/link", "a", "{child}", "b", "{twin}", "same", "0")},
		"POST /settings/room":      {list(rights.Export, subject), at("/settings/room", "do", "off")},
		"GET /users":               {nobody, at("/users")},
		"POST /users":              {nobody, at("/users", "name", "X", "login", "x", "role", "nurse", "place", "{child}")},
		"POST /users/disable":      {nobody, at("/users/disable", "id", "{child}")},
		"POST /users/enable":       {nobody, at("/users/enable", "id", "{child}")},
		"POST /users/reset":        {nobody, at("/users/reset", "id", "{child}")},
		"POST /users/logout":       {nobody, at("/users/logout", "id", "{child}")},
		// A list from paper shows names and writes doses; with nothing marked it says so.
		"GET /session/{id}/paper":      {list(rights.Create, dose), at("/session/{session}/paper")},
		"POST /session/{id}/paper":     {list(rights.Create, dose), at("/session/{session}/paper", "do", "find")},
		"POST /paper/candidates":       {list(rights.Create, dose), at("/paper/candidates", "row", "n1", "name.n1", "Ai Đó")},
		"GET /paper":                   {list(rights.Create, dose), at("/paper")},
		"POST /paper":                  {list(rights.Create, dose), at("/paper?day=2026-11-24", "do", "find")},
		"GET /lots/missing":            {list(rights.Read, dose), at("/lots/missing")},
		"POST /lots/missing":           {list(rights.Amend, dose), at("/lots/missing", "lot", "")},
		"POST /draft/{form}/{of}":      {list(rights.Create, dose), at("/draft/visit/{child}", "draft", "K1", "note", "x")},
		"POST /draft/{form}/{of}/drop": {list(rights.Create, dose), at("/draft/visit/{child}/drop", "draft", "K1")},
		// Whoever may take the register out may let a phone see it.
		"GET /phones":                 {list(rights.Export, subject), at("/phones")},
		"POST /phones":                {list(rights.Export, subject), at("/phones", "do", "new")},
		"GET /usb":                    {list(rights.Read, device), at("/usb")},
		"POST /usb/in":                {list(rights.Read, device), at("/usb/in")},
		"POST /usb/upload":            {list(rights.Read, device), at("/usb/upload")},
		"POST /usb/out":               {list(rights.Read, device), at("/usb/out")},
		"GET /sync":                   {list(rights.Read, device), at("/sync")},
		"POST /sync":                  {list(rights.Read, device), nil}, // waits for an exchange; it begins as GET does
		"GET /register":               {list(rights.Create, subject), at("/register")},
		"POST /register":              {list(rights.Create, subject), at("/register", "name", "")},
		"GET /register/grown":         {list(rights.Create, subject), at("/register/grown")},
		"POST /register/grown":        {list(rights.Create, subject), at("/register/grown", "name", "")},
		"GET /register/pregnant":      {list(rights.Create, subject), at("/register/pregnant")},
		"POST /register/pregnant":     {list(rights.Create, subject), at("/register/pregnant", "name", "")},
		"GET /women":                  {list(rights.Read, subject), at("/women")},
		"GET /child/{id}/pregnancy":   {ends(rights.Amend, subject), at("/child/{child}/pregnancy")},
		"POST /child/{id}/pregnancy":  {ends(rights.Amend, subject), at("/child/{child}/pregnancy", "due", "x")},
		"GET /child/{id}/birth":       {ends(rights.Create, subject), at("/child/{child}/birth")},
		"POST /child/{id}/birth":      {ends(rights.Create, subject), at("/child/{child}/birth", "born", "x")},
		"GET /births":                 {list(rights.Read, subject), at("/births")},
		"POST /births":                {list(rights.Create, subject), at("/births", "mother", "")},
		"POST /births/mothers":        {list(rights.Create, subject), at("/births/mothers", "mother", "Lò Thị Mai")},
		"POST /births/dose":           {ends(rights.Create, dose), at("/births/dose", "who", "{child}")},
		"GET /child/{id}/slip":        {ends(rights.Read, subject), at("/child/{child}/slip")},
		"GET /child/{id}/twin":        {ends(rights.Create, subject), at("/child/{child}/twin")},
		"POST /child/{id}/twin":       {ends(rights.Create, subject), at("/child/{child}/twin", "sex", "x")},
		"GET /child/{id}/mother":      {ends(rights.Amend, subject), at("/child/{child}/mother")},
		"POST /child/{id}/mother":     {ends(rights.Amend, subject), at("/child/{child}/mother", "q", "Ai Đó")},
		"GET /child/{id}/status":      {ends(rights.Amend, subject), at("/child/{child}/status")},
		"POST /child/{id}/status":     {ends(rights.Amend, subject), at("/child/{child}/status", "what", "absent")},
		"POST /child/{id}/name":       {ends(rights.Amend, subject), at("/child/{child}/name", "child_name", "Tên Mới")},
		"GET /dose/{id}/move":         {ends(rights.Amend, dose), at("/dose/{dose}/move")},
		"POST /dose/{id}/move":        {ends(rights.Amend, dose), at("/dose/{dose}/move", "q", "Ai Đó")},
		"POST /register/new":          {list(rights.Create, subject), at("/register/new", "q", "Ai Đó")},
		"POST /register/candidates":   {list(rights.Create, subject), at("/register/candidates", "name", "Ai Đó")},
		"GET /homes":                  {list(rights.Read, subject), at("/homes")},
		"POST /homes":                 {list(rights.Amend, subject), at("/homes", "group", "0")},
		"GET /import":                 {list(rights.Create, subject), at("/import")},
		"POST /import":                {list(rights.Create, subject), at("/import")},
		"POST /import/sheet":          {list(rights.Create, subject), at("/import/sheet")},
		"POST /import/columns":        {list(rights.Create, subject), at("/import/columns")},
		"POST /import/start":          {list(rights.Create, subject), at("/import/start")},
		"POST /import/discard":        {list(rights.Create, subject), at("/import/discard")},
		"POST /import/answer":         {list(rights.Create, subject), at("/import/answer")},
		"GET /import/rejected":        {list(rights.Create, subject), nil}, // a file that one's own import made, or none
		"GET /stock/file":             {list(rights.Create, registry.KindMovement), at("/stock/file")},
		"POST /stock/file":            {list(rights.Create, registry.KindMovement), at("/stock/file")},
		"POST /stock/file/write":      {list(rights.Create, registry.KindMovement), at("/stock/file/write")},
		"GET /data":                   {list(rights.Export, subject), at("/data")},
		"POST /data":                  {list(rights.Export, subject), at("/data", "do", "all")},
		"GET /data/lacking":           {list(rights.Read, subject), at("/data/lacking")},
		"GET /export":                 {list(rights.Export, subject), at("/export")},
		"POST /export":                {list(rights.Export, subject), at("/export", "reason", "báo cáo tháng", "format", "csv", "visitors", "1")},
		"GET /elsewhere":              {list(rights.Create, registry.KindPin), at("/elsewhere")},
		"POST /elsewhere":             {list(rights.Create, registry.KindPin), at("/elsewhere", "name", "")},
		"POST /elsewhere/named":       {list(rights.Create, registry.KindPin), at("/elsewhere/named", "q", "Ai Đó")},
		"POST /elsewhere/fetch":       {list(rights.Create, registry.KindPin), nil}, // asks the hub; a nonce that it did not give is not found
		"POST /elsewhere/provisional": {list(rights.Create, subject), at("/elsewhere/provisional", "code", "")},
		// Last, in this order: what they open stays open. They end at no place, that is what they are for.
		"POST /child/{id}/open":  {list(rights.BreakGlass, subject), at("/child/{child}/open", "reason", "mẹ đưa con đến, quên sổ")},
		"POST /child/{id}/visit": {list(rights.Create, dose), at("/child/{child}/visit", "give", "NONE")},
		"POST /child/{id}/take":  {list(rights.Create, registry.KindPin), at("/child/{child}/take")},
		// The head, and who manages machines: the row of who reads the log of looks. The station has no hub by then, so keys are
		// asked for and none change.
		"POST /settings/keys": {list(rights.Read, registry.KindAccess), at("/settings/keys")},
	}
}

// TestPagesCellByCell asks every route of a station about a child of its own and one that has left, as every role, and
// holds the answer against the table of rights.
func TestPagesCellByCell(t *testing.T) {
	ctx := t.Context()
	tree := nodetest.New(t)
	away, err := tree.Hub.AddPlace(ctx, tree.Admin, registry.PlaceInput{
		Parent: tree.Province, Code: "gso:03369", Name: "Xã Núa Ngam", Level: registry.LevelCommune, Type: "xa",
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range rights.Roles() {
		tree.AddUser(t, "o-"+role.String(), "Người "+role.String(), role, tree.Commune)
	}
	tree.Sync(t)
	enter := func(which string) *child {
		c := &child{name: "Trẻ Của " + which, mother: "Mẹ Của " + which}
		for _, id := range []*p.EntityID{&c.id, &c.twin} {
			if *id, _, err = tree.Station.Register(ctx, tree.Nurse, registry.SubjectInput{
				Place: tree.Commune, Name: c.name, MotherName: c.mother, MotherPhone: "0385000412", BirthDate: tree.Station.Today() - 200,
			}, true); err != nil {
				t.Fatal(err)
			}
		}
		// Told by the card, so that it ties the child to no place.
		doses, err := tree.Station.RecordVisit(ctx, tree.Nurse, desk.Visit{Subject: c.id, Doses: []registry.ImmunizationInput{
			{Vaccine: "BCG", Source: registry.SourceCard, GivenOn: tree.Station.Today() - 190},
		}})
		if err != nil {
			t.Fatal(err)
		}
		c.dose = doses[0]
		rec, err := tree.Station.Open(ctx, tree.Nurse, c.id)
		if err != nil {
			t.Fatal(err)
		}
		dot := rec.State.Values(registry.SubjectMotherName)[0].Dot
		c.settle = url.Values{
			"entity": {c.id.String()}, "field": {strconv.Itoa(int(registry.SubjectMotherName))}, "choice": {dot.String()},
			"seen": {registry.Saw{registry.SubjectMotherName: {dot}}.String()},
		}
		return c
	}
	own, left := enter("nhà"), enter("xa")
	// What a station took down stays its business when the child has left. What came to another place does not, though the
	// station holds it: the centre takes down the request about the child that leaves.
	tree.Sync(t)
	for c, take := range map[*child]func(registry.RequestInput) (p.EntityID, error){
		own: func(in registry.RequestInput) (p.EntityID, error) {
			return tree.Station.AddRequest(ctx, tree.Nurse, in)
		},
		left: func(in registry.RequestInput) (p.EntityID, error) { return tree.Hub.AddRequest(ctx, tree.Officer, in) },
	} {
		if c.request, err = take(registry.RequestInput{
			Subject: c.id, Wish: registry.WishView, By: c.mother, Relation: registry.RelationMother, Channel: registry.ChannelSpoken,
		}); err != nil {
			t.Fatal(err)
		}
	}
	// The same holds of a reaction: that of the child who leaves was recorded by the hospital of the province.
	if own.reaction, err = tree.Station.RecordReaction(ctx, tree.Nurse, registry.ReactionInput{
		Subject: own.id, Doses: []p.EntityID{own.dose}, On: tree.Station.Today(), Signs: []string{"seizure"},
	}); err != nil {
		t.Fatal(err)
	}
	stopped, err := tree.Station.ReactionAt(ctx, tree.Nurse, own.reaction)
	if err != nil || len(stopped.Suspended) != 1 {
		t.Fatal(stopped, err)
	}
	own.lot, left.lot = stopped.Suspended[0].Lot, tree.Province // a lot of another place never comes here
	dots, err := tree.Hub.Node.Append(ctx, tree.Officer.User, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) {
		d, err := registry.NewReaction(registry.ReactionInput{Subject: left.id, Place: tree.Province, On: tree.Station.Today(), Signs: []string{"fever"}}, &registry.ReactionKnown{Today: tree.Station.Today()})
		return []registry.Draft{d}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	left.reaction = dots[0].Entity()
	tree.Sync(t)
	if err := tree.Station.Node.Store().View(ctx, func(tx store.Tx) error {
		if s, err := tx.State(left.request); err != nil || s == nil {
			return fmt.Errorf("the request that the centre took down is not here: %w", err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []p.EntityID{left.id, left.twin} {
		rec, err := tree.Station.Open(ctx, tree.Nurse, id)
		if err != nil {
			t.Fatal(err)
		}
		if err := tree.Station.Edit(ctx, tree.Nurse, id, registry.Patch{p.FieldPlace: p.Ref(away)}, registry.SawOf(rec.State)); err != nil {
			t.Fatal(err)
		}
	}
	sessions, _, err := tree.Station.PlanSessions(ctx, tree.Nurse, registry.SessionInput{From: registry.NewClock(8, 0), Until: registry.NewClock(10, 0), Capacity: 20}, []registry.Day{tree.Station.Today() + 1})
	if err != nil {
		t.Fatal(err)
	}
	own.session, left.session = sessions[0], sessions[0]
	today := tree.Station.Today()
	if own.campaign, err = tree.Station.PlanCampaign(ctx, tree.Head, registry.CampaignInput{
		Place: tree.Commune, Name: "Sởi mũi 0", Kind: registry.CampaignOutbreak, Vaccine: "SOI", From: today, Until: today + 20,
	}); err != nil {
		t.Fatal(err)
	}
	if own.enrolment, _, err = tree.Station.EnrolIn(ctx, tree.Nurse, own.campaign, own.id, "1A"); err != nil {
		t.Fatal(err)
	}
	left.campaign, left.enrolment = own.campaign, own.enrolment
	if own.recall, err = tree.Hub.WriteRecall(ctx, tree.Officer, registry.RecallInput{
		Place: tree.Commune, Vaccine: "SOI", Number: "M-1", Kind: registry.RecallRecalled, Children: registry.CareWatch, Reason: "hỏng lạnh", Day: today,
	}); err != nil {
		t.Fatal(err)
	}
	left.recall = own.recall
	tree.Sync(t)
	moved, err := tree.Station.MoveStock(ctx, tree.Nurse, registry.MovementInput{Item: "SOI", Lot: "M-1", Quantity: 40, Type: registry.MoveReceived})
	if err != nil {
		t.Fatal(err)
	}
	own.movement = moved[0]
	if own.transfer, err = tree.Station.SendStock(ctx, tree.Nurse, registry.TransferInput{To: tree.Nation, Lines: []registry.TransferLine{{Item: "SOI", Lot: "M-1", Quantity: 10}}}); err != nil {
		t.Fatal(err)
	}
	if own.order, err = tree.Station.AskStock(ctx, tree.Nurse, registry.OrderInput{Month: tree.Station.Today().Month() + 1, Lines: []registry.OrderLine{{Item: "SOI", Quantity: 20}}}, p.EntityID{}); err != nil {
		t.Fatal(err)
	}
	left.movement, left.transfer, left.order = own.movement, own.transfer, own.order
	packed, hash, err := report.Pack(nil)
	if err != nil {
		t.Fatal(err)
	}
	if own.closing, err = tree.Station.CloseMonth(ctx, tree.Nurse, registry.ClosingInput{Month: tree.Station.Today().Month() - 1, Packed: packed, Hash: hash}); err != nil {
		t.Fatal(err)
	}
	left.closing = own.closing
	tree.Clock().Add(25 * time.Hour) // who just wrote that a child moved can still take it back

	room, err := lan.Open(lan.Options{
		Path: filepath.Join(t.TempDir(), "lan.json"), Place: "Trạm Mường Nhà", Now: tree.Clock().Now,
		Addrs: func() ([]netip.Addr, error) { return []netip.Addr{netip.MustParseAddr("192.0.2.7")}, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	w, err := web.New(tree.Station, web.Options{
		LAN: room, UI: engine, Log: nodetest.Quiet(), Logins: &server.Logins{Store: &server.MemoryLogins{}, Now: tree.Clock().Now}, Throttle: &server.Throttle{Now: tree.Clock().Now},
	})
	if err != nil {
		t.Fatal(err)
	}
	srv := server.New(server.Options{Logins: w.Logins, ErrorPage: w.ErrorPage, Log: nodetest.Quiet()})
	w.Register(srv)
	ts := httptest.NewServer(srv)
	t.Cleanup(ts.Close)

	table := doors()
	last := []string{"POST /child/{id}/open", "POST /child/{id}/visit", "POST /child/{id}/take", "POST /settings/keys"}
	order := slices.DeleteFunc(nodetest.OneOf(t, srv.Routes(), table, everybody), func(name string) bool { return slices.Contains(last, name) })
	cells := nodetest.Cells{T: t}
	callers := map[rights.Role]*nodetest.Caller{}
	for _, role := range rights.Roles() {
		callers[role] = nodetest.NewCaller(t, ts.URL, "o-"+role.String())
	}
	for _, name := range append(order, last...) {
		d := table[name]
		if d.ask == nil {
			continue
		}
		if name == "POST /settings/keys" {
			tree.Cut()
		}
		for _, role := range rights.Roles() {
			for _, at := range []*child{own, left} {
				method, _, _ := strings.Cut(name, " ")
				path, form := d.ask(at)
				status, body := callers[role].Ask(method, path, form)
				shown := strings.Contains(body, at.name)
				switch {
				case name == last[1]:
					shown = false // who gives a dose has the child before them
				case name == "GET /" && status == http.StatusSeeOther:
					status = http.StatusForbidden // who has no list is sent to what they have
				}
				cells.Hold(name, d.Door, role, at == own, status, shown)
				if method == http.MethodGet && status == http.StatusOK && at == own && strings.HasPrefix(path, "/child/") && !strings.HasSuffix(path, "/why") && !shown {
					t.Errorf("%s by %s: the page does not name the child", name, role)
				}
			}
		}
	}
	t.Logf("cells of the station's pages: %d/%d", cells.Right, cells.All)
}
