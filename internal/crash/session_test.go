package crash

import (
	"cmp"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"tramy/internal/testclock"
)

var sessionChildren = flag.Int("session", 12, "children of the scripted session")

// sessionFor bounds the scripted session: a machine that is busy with other things takes its time.
const sessionFor = 50 * time.Minute

// Of so many children one …
const (
	aFever     = 12 // has a fever and is put off
	aRefusal   = 20 // has a mother who refuses one vaccine, the first of them in any session
	isAbsent   = 15 // does not come
	aNewborn   = 12 // is none of those who were called, but a newborn nobody had on record
	lotChanged = 2  // the vial of one vaccine is empty after so much of the session: one half
)

// Hours of the place's clock at which the program is started: at the beginning, and after each power cut, when those who were watched
// before have waited long enough.
var sessionStarts = []time.Duration{7*time.Hour + 20*time.Minute, 8*time.Hour + 40*time.Minute, 10*time.Hour + 10*time.Minute}

// patient is somebody of the session.
type patient struct {
	id, code, name, kind string
	lines                int // doses they had today
}

// script is a session and the one who works through it. What she saw saved she writes into a book of her own, which is all that the
// recount knows.
type script struct {
	*hand
	w     *world
	rand  *rand.Rand
	paper []entry           // her book
	lots  map[string]string // in hand, by vaccine
	day   []*patient
	began time.Time
	kills int
}

// entry is a line of the nurse's own book.
type entry struct {
	code, vaccine, lot string
	refused            bool
}

func (e entry) String() string {
	return fmt.Sprintf("%s %s lot %q refused %v", e.code, e.vaccine, e.lot, e.refused)
}

// TestScriptedSession is a whole vaccination day at a real browser, before a real tramy-station below a real hub: the session planned,
// people called, lots in hand, arrivals in any order, screenings, a fever, a refusal, newborns who walk in, a dose on the wrong child moved,
// a severe reaction, those who are watched sent home, the session closed and sent. The program is killed twice on the way, once in the
// middle of a save and once while nobody does anything. At the end every dose is counted in the databases of station, hub and centre.
func TestScriptedSession(t *testing.T) {
	w := newWorld(t)
	s := &script{w: w, rand: rand.New(rand.NewPCG(*seed, 7)), lots: map[string]string{}, began: time.Now()}
	s.power(t)
	s.registered(t)
	s.hand = newHand(t, "http://"+w.station.pages, sessionFor)
	s.logIn()
	s.plan()
	s.takeLots()
	s.work()
	s.afterwards()
	s.close()
	if len(s.wrong) > 0 {
		t.Errorf("on the way: %.1000v", s.wrong)
	}
	w.settle(t, newBook(w.commune, *seed))
	for _, n := range w.all {
		s.recount(n)
	}
	s.figures()
}

// power starts the programs, at the hour it is by then. Hub and centre have the same hour: a station that hears them goes by theirs.
func (s *script) power(t testing.TB) {
	t.Helper()
	now := time.Now().UTC()
	midnight := now.Add(7 * time.Hour).Truncate(24 * time.Hour).Add(-7 * time.Hour)
	clock := []string{testclock.Variable + "=offset=" + midnight.Add(sessionStarts[s.kills]).Sub(now).String()}
	if err := s.w.stopAll(); err != nil {
		t.Fatal(err)
	}
	for _, n := range s.w.all {
		n.env = clock
		n.mustStart(t)
	}
	s.w.station.as(t, nurse)
}

// registered puts into the register who is to come: infants of three ages, in four hamlets.
func (s *script) registered(t *testing.T) {
	t.Helper()
	hamlets := []string{"bản Na Phay 1", "bản Na Phay 2", "bản Huổi Hương", "bản Pu Lau"}
	for i := range *sessionChildren {
		x := &patient{name: fmt.Sprintf("%s %s %c%c", families[i%len(families)], givens[i/2%len(givens)], 'A'+i%26, 'a'+i/26)}
		var out struct{ ID string }
		err := s.w.station.once(http.MethodPost, "/api/v1/subjects", fields{"force": true, "fields": fields{
			"place": s.w.commune, "name": x.name, "sex": []string{"male", "female"}[i%2], "birth_date": day([]int{64, 71, 130}[i%3] + i/3),
			"mother_name": fmt.Sprintf("%s Thị %c%c", families[i*3%len(families)], 'A'+i%26, 'a'+i/26), "mother_phone": fmt.Sprintf("0385%06d", 100*i+7), "hamlet": hamlets[i%len(hamlets)],
		}}, &out)
		if err != nil {
			t.Fatal(err)
		}
		var made struct{ Fields struct{ Code string } }
		if err := s.w.station.once(http.MethodGet, "/api/v1/subjects/"+out.ID, nil, &made); err != nil || made.Fields.Code == "" {
			t.Fatalf("a child without a code: %+v, %v", made, err)
		}
		x.id, x.code = out.ID, made.Fields.Code
		switch {
		case i%isAbsent == isAbsent-1:
			x.kind = "absent"
		case i%aFever == 5:
			x.kind = "fever"
		case i%aRefusal == 2:
			x.kind = "refusal"
		case i == 3 || i == 6: // of one age
			x.kind = "mixed up"
		}
		s.day = append(s.day, x)
	}
	for i := range max(1, *sessionChildren/aNewborn) {
		s.day = append(s.day, &patient{kind: "newborn", name: fmt.Sprintf("Vừ A %c", 'A'+i)})
	}
}

// plan makes the day's session and gives everybody an hour.
func (s *script) plan() {
	s.open("/sessions")
	s.write("#plan input[name=day]", "n")
	s.write("#plan input[name=capacity]", "40")
	s.press("#plan .save button")
	s.says("Đã lập 1 buổi tiêm.")
	s.press(`table a.btn[href^="/session/"]`)
	s.press("#spread .btn:not(summary)")
	s.says(fmt.Sprintf("Đã đặt giờ cho %d người.", *sessionChildren))
	s.shot("session")
}

// takeLots notes which vial is in hand of what most get today; the lots of the rest are typed with their first dose.
func (s *script) takeLots() {
	s.open("/lots")
	for _, v := range []string{"BCG", "DPT-VGB-HIB", "BOPV"} {
		s.takeLot(v, "-1")
	}
	s.open("/")
}

func (s *script) takeLot(vaccine, suffix string) {
	lot := strings.ReplaceAll(vaccine, "-", "")[:3] + "26" + suffix
	li := fmt.Sprintf("[id=%q]", "v-"+vaccine)
	s.unfold(li + " input[name=number]")
	s.write(li+" input[name=number]", lot)
	s.write(li+" input[name=expires]", "31/12/2028")
	s.press(li + " form.form button")
	s.lots[vaccine] = lot
}

// work lets people come in any order. Whoever is free next does what comes next: an arrival, a screening, a needle.
func (s *script) work() {
	s.wrongChild()
	var coming, waiting, ready []*patient
	for _, x := range s.day {
		if x.kind != "absent" {
			coming = append(coming, x)
		}
	}
	s.rand.Shuffle(len(coming), func(i, j int) { coming[i], coming[j] = coming[j], coming[i] })
	total, served := len(coming), 0
	changed, killed := false, false
	for len(coming)+len(waiting)+len(ready) > 0 {
		switch k := s.rand.IntN(3); {
		case k == 0 && len(coming) > 0 || len(waiting)+len(ready) == 0:
			x := coming[0]
			coming = coming[1:]
			if x.kind == "newborn" {
				s.walkIn(x)
				served++
				continue
			}
			s.arrive(x)
			waiting = append(waiting, x)
		case k == 1 && len(waiting) > 0 || len(ready) == 0:
			if len(waiting) == 0 {
				continue
			}
			x := waiting[0]
			waiting = waiting[1:]
			if s.screen(x); x.kind == "fever" {
				served++
			} else {
				ready = append(ready, x)
			}
		default:
			x := ready[0]
			ready = ready[1:]
			s.open("/")
			if served >= total/2 && !killed {
				killed = true
				s.killedWhileSaving(x)
			} else {
				s.give(x)
			}
			served++
		}
		if !changed && served >= total/lotChanged {
			changed = true
			s.open("/lots")
			s.takeLot("DPT-VGB-HIB", "-2")
		}
	}
	if !killed || !changed {
		s.failf("killed %v, lot changed %v", killed, changed)
	}
}

// arrive presses "here" beside a name on the day's list, or finds who stands too far down.
func (s *script) arrive(x *patient) {
	s.open("/")
	button := "#s-arrive-" + x.id
	if s.is(fmt.Sprintf("document.getElementById(%q) !== null", button[1:])) {
		s.actions++
		s.do("here", chromedp.Click(fmt.Sprintf("[id=%q]", button[1:])))
		s.until(x.name+" waits to be screened", fmt.Sprintf("document.getElementById(%q) !== null", "s-screen-"+x.id))
		return
	}
	s.find(x)
	s.press(`form[action$="/arrive"] button`)
}

// find types the last six digits of the code, which are enough inside a station.
func (s *script) find(x *patient) {
	s.fields++
	s.do("typing the code", chromedp.Clear("#q"), chromedp.SendKeys("#q", x.code[len(x.code)-6:]))
	s.press("#find .btn")
	if s.path() != "/child/"+x.id {
		s.press(fmt.Sprintf(`.row a.btn[href="/child/%s"]`, x.id))
	}
}

func (s *script) screen(x *patient) {
	s.open("/")
	s.press(fmt.Sprintf("[id=%q]", "s-screen-"+x.id))
	if x.kind != "fever" {
		s.press("#screen button[value=eligible]")
		s.says(x.name + ": Đủ điều kiện")
		return
	}
	s.write("#screen input[name=temperature]", "38,4")
	s.press("#screen button[value=eligible]")
	s.says("Gợi ý theo hướng dẫn")
	for _, v := range strings.Fields(s.read(`[...document.querySelectorAll("#screen input[name=not_done]:checked")].map((b) => b.value).join(" ")`)) {
		s.tap(fmt.Sprintf("#screen input[name=not_done][value=%q]", v)) // she will come again: nothing is to be counted as not given
	}
	s.write("#screen input[name=next]", "+7")
	s.press("#screen button[value=chosen]")
	s.says(x.name + ": Hoãn")
}

// give opens who is next and gives what is due.
func (s *script) give(x *patient) {
	s.open("/")
	s.press(fmt.Sprintf(`#ready a.btn[href="/child/%s"]`, x.id))
	entries := s.fillIn(x)
	s.press("#give .save button:not([name=keep])")
	s.says("Đã lưu trên máy này")
	s.note(x, entries)
	if x.kind == "refusal" {
		s.refuse(x)
	}
}

// refuse writes down that a mother does not want what is left of what was due.
func (s *script) refuse(x *patient) {
	s.open("/child/" + x.id)
	var left []string
	for _, line := range s.panel() {
		if line.Ticked {
			left = append(left, line.Vaccine)
		}
	}
	if len(left) != 1 {
		s.failf("of what was due %v is left", left)
	}
	s.unfold("#give select[name=not_done]")
	s.choose("#give select[name=not_done]", "refused")
	s.press("#give .save button:not([name=keep])")
	s.says("Từ chối")
	s.note(x, []entry{{code: x.code, vaccine: left[0], lot: s.lots[left[0]], refused: true}})
}

func (s *script) note(x *patient, entries []entry) {
	for _, e := range entries {
		x.lines += btoi(!e.refused)
	}
	s.paper = append(s.paper, entries...)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// fillIn fills the panel in, and returns what its save will have said. only: of what is ticked, one vaccine alone.
func (s *script) fillIn(x *patient, only ...string) []entry {
	if s.is(`document.querySelector("#give input[name=screening]") !== null`) {
		s.tap("#give input[name=screening][value=eligible]")
	}
	if s.is(`document.querySelector("#ask") !== null`) {
		s.tap("#ask input[name=checked][value=card]")
	}
	var out []entry
	refused := ""
	for _, line := range s.panel() {
		box := fmt.Sprintf("[id=%q]", "give-"+line.Vaccine)
		switch {
		case !line.Ticked:
			continue
		case len(only) > 0 && !slices.Contains(only, line.Vaccine):
			s.tap(box)
			continue
		case x.kind == "refusal" && refused == "":
			refused = line.Vaccine
			s.tap(box)
			continue
		}
		want := s.lots[line.Vaccine]
		if want == "" { // none is in hand: the vial is read, and remembered from now on
			want = strings.ReplaceAll(line.Vaccine, "-", "")[:3] + "26-9"
			field := fmt.Sprintf("#give input[name=%q]", "lot."+line.Vaccine)
			s.unfold(field)
			s.write(field, want)
			s.lots[line.Vaccine] = want
		} else if line.Lot != want {
			s.failf("%s: the lot in hand is %s, the page says %q", line.Vaccine, want, line.Lot)
		}
		out = append(out, entry{code: x.code, vaccine: line.Vaccine, lot: want})
	}
	if len(out) == 0 {
		s.failf("nothing is offered for %s (%s)", x.name, x.kind)
	}
	return out
}

// walkIn registers a newborn nobody had on record, and gives at once what is due.
func (s *script) walkIn(x *patient) {
	s.open("/register")
	s.write("input[name=mother]", "Mùa Thị "+x.name[len(x.name)-1:])
	s.write("input[name=phone]", fmt.Sprintf("09777700%02d", x.name[len(x.name)-1]))
	s.write("input[name=born]", "h")
	s.tap("input[name=sex][value=female]")
	s.write("input[name=name]", x.name)
	s.press("#register .save .btn.main")
	s.says(x.name)
	x.id = strings.TrimPrefix(s.path(), "/child/")
	x.code = strings.Join(strings.FieldsFunc(s.read(`document.querySelector(".id .code").textContent`), func(r rune) bool { return r < '0' || r > '9' }), "")
	entries := s.fillIn(x)
	s.press("#give .save button:not([name=keep])")
	s.says("Đã lưu trên máy này")
	s.note(x, entries)
}

// wrongChild gives a dose to somebody it was not meant for, and moves it.
func (s *script) wrongChild() {
	var two []*patient
	for _, x := range s.day {
		if x.kind == "mixed up" {
			two = append(two, x)
		}
	}
	wrong, right := two[0], two[1]
	s.open("/")
	s.find(wrong)
	entries := s.fillIn(wrong, "BCG")
	if len(entries) != 1 {
		s.failf("%d lines for BCG alone", len(entries))
	}
	s.press("#give .save button:not([name=keep])")
	s.open("/child/" + wrong.id)
	s.press(`.book a[href^="/dose/"]`)
	s.write(`form[action$="/move"] input[name=q]`, right.code[len(right.code)-6:])
	s.press(`form[action$="/move"] .btn`)
	if to := s.read(`document.querySelector("input[name=to]")?.value ?? ""`); to != right.id { // six digits name one child
		s.failf("the dose would go to %q", to)
	}
	s.press(`form[action$="/move"] .save .btn`)
	entries[0].code = right.code
	s.note(right, entries)
	s.open("/")
	if s.is(fmt.Sprintf(`document.querySelector('#watch a[href="/child/%s"]') !== null`, wrong.id)) {
		s.failf("who had nothing is watched")
	}
	// The one it was meant for is here: the rest of what is due follows.
	s.find(right)
	entries = s.fillIn(right)
	s.press("#give .save button:not([name=keep])")
	s.note(right, entries)
	for i, x := range s.day {
		if x == right {
			s.day[i].kind = "absent" // was here, and is not called again
		}
	}
}

// killedWhileSaving cuts the power as soon as the journal has begun to grow. The page may have said "saved" or not; what she sees when
// the machine is up again decides whether she gives it once more.
func (s *script) killedWhileSaving(x *patient) {
	s.press(fmt.Sprintf(`#ready a.btn[href="/child/%s"]`, x.id))
	entries := s.fillIn(x)
	file := filepath.Join(s.w.station.dir, "journal")
	before, err := os.Stat(file)
	if err != nil {
		s.t.Fatal(err)
	}
	s.actions++
	s.isDown(true)
	s.do("saving", chromedp.Evaluate[chromedp.Void](`void document.querySelector("#give").requestSubmit(document.querySelector("#give .save button:not([name=keep])"))`))
	for end := time.Now().Add(startTimeout); ; {
		now, err := os.Stat(file)
		if err != nil {
			s.t.Fatal(err)
		}
		if now.Size() != before.Size() || !now.ModTime().Equal(before.ModTime()) {
			break
		}
		if time.Now().After(end) {
			s.failf("nothing was written to the journal")
		}
	}
	s.cut()
	s.open("/")
	if s.is(fmt.Sprintf(`document.querySelector('#ready a.btn[href="/child/%s"]') !== null`, x.id)) {
		s.t.Log("killed in the middle of a save: it was not saved, and is given again")
		s.give(x)
		return
	}
	s.t.Log("killed in the middle of a save: it was saved")
	s.note(x, entries)
	s.sendHome()
}

// cut kills the station's program and starts it again when the power is back; who worked there logs in again.
func (s *script) cut() {
	s.isDown(true)
	s.w.station.kill()
	s.kills++
	s.power(s.t)
	s.logIn()
	s.isDown(false)
}

// sendHome sends home everybody whose half hour is over, in one press.
func (s *script) sendHome() {
	s.open("/")
	if !s.is(`document.querySelector("#send-all") !== null`) {
		s.failf("nobody's half hour is over")
	}
	s.actions++
	s.do("sending home", chromedp.Click("#send-all"))
	s.until("nobody's half hour is over", `document.querySelector("#send-all") === null`)
}

// afterwards is what comes when the last needle is given: a severe reaction of somebody who is watched, and a power cut while all wait.
func (s *script) afterwards() {
	var ill *patient
	for _, x := range s.day {
		if i := slices.IndexFunc(s.paper, func(e entry) bool {
			return e.code == x.code && e.vaccine == "DPT-VGB-HIB" && e.lot == s.lots["DPT-VGB-HIB"]
		}); i >= 0 {
			ill = x
		}
	}
	if ill == nil {
		s.failf("nobody had the five in one of the second lot")
	}
	s.open("/child/" + ill.id)
	s.press(`.id a[href$="/reaction"]`)
	s.tap("input[name=sign][value=anaphylaxis]")
	for _, box := range strings.Fields(s.read(`[...document.querySelectorAll("#f-doses label")].filter((l) => !l.textContent.includes("` + s.lots["DPT-VGB-HIB"] + `")).map((l) => l.querySelector("input:checked")?.value ?? "").join(" ")`)) {
		s.tap(fmt.Sprintf("input[name=dose][value=%q]", box))
	}
	s.press("form.sheet .save .btn")
	s.says("Còn 24 giờ trong 24 giờ", "lô "+s.lots["DPT-VGB-HIB"])
	s.open("/")
	s.says("Ngừng tiêm 5 trong 1 hôm nay, lô " + s.lots["DPT-VGB-HIB"])
	s.cut()
	s.open("/")
	s.says("Ngừng tiêm 5 trong 1 hôm nay, lô " + s.lots["DPT-VGB-HIB"])
	s.sendHome()
}

// close ends the session and sends it to the hub.
func (s *script) close() {
	s.open("/day/close")
	s.shot("close")
	given := 0
	for _, e := range s.paper {
		given += btoi(!e.refused)
	}
	s.says(fmt.Sprintf("%d mũi", given))
	s.press(`form[action="/day/close"] .btn`)
	s.says("Đã kết thúc buổi.")
	s.open("/sync")
	s.press("main form button.main")
}

// shot keeps the page to be looked at.
func (s *script) shot(name string) {
	if *keep == "" {
		return
	}
	png, err := chromedp.Run(s.ctx, chromedp.FullScreenshot(90))
	if err == nil {
		err = os.WriteFile(filepath.Join(*keep, "scripted-"+name+".png"), png, 0o600)
	}
	if err != nil {
		s.t.Log(err)
	}
}

func (s *script) figures() {
	people, given := 0, 0
	for _, x := range s.day {
		people += btoi(x.kind != "absent" || x.lines > 0)
	}
	for _, e := range s.paper {
		given += btoi(!e.refused)
	}
	took := time.Since(s.began)
	var b strings.Builder
	fmt.Fprintf(&b, "\n%d people here, %d doses, %d refused, %d kills; %d actions and %d fields (%.1f and %.1f a person), %.1f s a person at this machine\n",
		people, given, len(s.paper)-given, s.kills, s.actions, s.fields, float64(s.actions)/float64(people), float64(s.fields)/float64(people), took.Seconds()/float64(people))
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintf(&b, "bytes on the wire, all: %.0f\n| page | times | bytes, median | most |\n|---|---:|---:|---:|\n", s.all)
	var kinds []string
	for k := range s.weights {
		kinds = append(kinds, k)
	}
	slices.SortFunc(kinds, cmp.Compare[string])
	for _, k := range kinds {
		w := s.weights[k]
		slices.Sort(w)
		fmt.Fprintf(&b, "| %s | %d | %.0f | %.0f |\n", k, len(w), w[len(w)/2], w[len(w)-1])
	}
	s.t.Log(b.String())
}
