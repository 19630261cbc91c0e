package main

import (
	"flag"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"tramy/internal/browsertest"
	"tramy/internal/country"
	"tramy/internal/locale"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

var guideDir = flag.String("guide", "", "folder to write the guide with its pictures into")

// step is one step of the guide: what is said, and what is done on the real page so that its picture shows it. A word of a page stands
// in the text as {its key in the catalogue}, so that the guide cannot speak of a button that is called otherwise by now.
type step struct {
	vi, en string
	do     func(g *guide)
	mark   string // what the picture points to
}

// The ten minutes. Whoever changes a page so that a step fails changes the step.
var guideSteps = []step{
	{
		"Mở trình duyệt trên máy trạm, gõ tên và mật khẩu được trao, bấm **{login.go}**. Không cần mạng.",
		"Open the browser on the station's laptop, type the name and password you were given, and press **{login.go}**. No network is needed.",
		func(g *guide) {
			g.open(g.at + "/login?other=1")
			g.do("typing", chromedp.SendKeys("input[name=user]", g.account.Login), chromedp.SendKeys("input[name=password]", country.Password))
		}, "main form .save button",
	},
	{
		"Trang **{nav.today}**: ai **{today.due}**, ai **{today.overdue}** (lâu nhất đứng trước), ai **{today.done}**. Lề bên trái nói tình trạng bằng hình, chữ và màu.",
		"The page **{nav.today}**: who is **{today.due}**, who is **{today.overdue}** (the longest first), who is **{today.done}**. The margin on the left says how things stand, in shape, word and colour.",
		func(g *guide) { g.press("main form .save button") }, ".tabs",
	},
	{
		"Mẹ và bé đến: gõ tên, mẹ, số điện thoại hay sáu số cuối của mã vào ô tìm (phím `/`), hoặc quét mã QR. Có dấu hay không dấu đều được. Chỉ một người khớp thì sổ mở ngay. Hai bé trùng tên khác nhau ở ngày sinh, mẹ và bản.",
		"Mother and child arrive: type the name, the mother, the phone or the last six digits of the code into the box (key `/`), or scan the QR. Marks may be left out. If only one person fits, the record opens at once. Two of one name differ by birth date, mother and hamlet.",
		func(g *guide) {
			g.do("searching", chromedp.SendKeys("#q", g.child[:strings.LastIndex(g.child, " ")]))
			g.press("#find button")
		}, "#found, main .rows",
	},
	{
		"Mở sổ của bé. Bên trái, **{give.title}**: xanh là tiêm được, vàng là hỏi trước. Bên phải là sổ: những mũi đã có và những mũi sắp tới.",
		"Open the child's record. On the left, **{give.title}**: green may be given, yellow is to be asked about. On the right the book: what was given and what comes.",
		func(g *guide) { g.open(g.book) }, "#give ul.give",
	},
	{
		"Khám xong, chọn kết quả ở **{give.screening}**. Mũi đến hạn đã được đánh dấu. Ghi lô và hạn của lọ; lần sau máy nhớ, lọ trên tay khác thì bấm **{give.change}**. Nút dưới nói sẽ lưu gì: bấm nó, hoặc `Ctrl Enter`.",
		"After the screening, choose the result at **{give.screening}**. What is due is ticked already. Enter lot and expiry of the vial; they are remembered, and if the vial in your hand is another one, press **{give.change}**. The button below says what it will save: press it, or `Ctrl Enter`.",
		func(g *guide) {
			g.do("screening", chromedp.Click("input[name=screening][value=eligible]"))
			g.value1(`(() => { for (const i of document.querySelectorAll('#give input[name^="lot."]')) if (!i.value) { i.closest("details").open = true; i.value = "A26-117"; }
				for (const i of document.querySelectorAll('#give input[name^="expires."]')) if (!i.value) i.value = "12/2027"; return "typed"; })()`)
		}, "#give .save .btn.main",
	},
	{
		"**{say.saved}.** Thế là chắc, mất điện cũng còn. Bấm nhầm thì **{say.undo}** ngay trên dòng này (phím `U`). Bé ở lại 30 phút, đồng hồ đứng ở trang đầu.",
		"**{say.saved}.** That is certain, whatever happens to the power. If it was a slip, **{say.undo}** stands in this line (key `U`). The child stays for 30 minutes; the clock stands on the first page.",
		func(g *guide) { g.press("#give .save .btn.main") }, ".note[role=status]",
	},
	{
		"Trẻ chưa có trong sổ: **{nav.register}** (phím `F2`). Gõ mẹ trước; bé chưa có tên thì để trống. Ngày gõ nhanh: `h` là hôm nay, `q` là hôm qua, `-3` là ba ngày trước, `2511` là 25/11.",
		"A child who is not in the register: **{nav.register}** (key `F2`). The mother comes first; leave the name empty if there is none yet. Dates in few strokes: `h` is today, `q` yesterday, `-3` three days ago, `2511` is 25/11.",
		func(g *guide) {
			g.open(g.at + "/register")
			g.do("typing", chromedp.SendKeys("input[name=mother]", g.mother), chromedp.SendKeys("input[name=phone]", g.phone),
				chromedp.SendKeys("input[name=born]", "h"), chromedp.Click("input[name=sex][value=female]"))
		}, "#register input[name=born]",
	},
	{
		"Bấm **{register.save}**: mã của bé có ngay, không cần mạng. Người giống, nếu có, hiện bên cạnh trong lúc gõ: nhìn rồi hãy lưu.",
		"Press **{register.save}**: the child has its code at once, without a network. People alike, if there are any, appear beside the form while you type: look before you save.",
		func(g *guide) { g.press("#register .save .btn.main") }, ".id",
	},
	{
		"Mất mạng thì cứ làm. Góc trên nói còn bao nhiêu việc chờ gửi; bấm vào đó để xem đường đi: ○ trên máy này, ✓ tuyến trên đã nhận, ✓✓ trung ương đã nhận.",
		"Without a network carry on. The corner says how much waits to go; press it to see the way: ○ on this machine, ✓ the hub has it, ✓✓ the centre has it.",
		func(g *guide) { g.open(g.at + "/sync") }, ".way",
	},
	{
		"Có mạng: bấm **{sync.now}**, hoặc để máy tự gửi.",
		"With a network: press **{sync.now}**, or let the machine send by itself.",
		func(g *guide) {
			g.node.Link.Set(country.LinkUp)
			g.press("main form button.main")
		}, "main form button.main",
	},
	{
		"**{nav.due}**: ai cần gọi, theo bản và vắc xin. In ra đưa y tế thôn bản đi tìm.",
		"**{nav.due}**: who is to be called, by hamlet and vaccine. Print it for the village health worker.",
		func(g *guide) { g.open(g.at + "/due?list=overdue") }, ".filters",
	},
	{
		"**{nav.review}**: những chỗ máy cần người quyết, như hai hồ sơ có thể là một người: **{review.link}** hay **{review.different}**. Không gấp, để cuối buổi.",
		"**{nav.review}**: what needs a person to decide, such as two records that may be one person: **{review.link}** or **{review.different}**. No hurry, it can wait until the session is over.",
		func(g *guide) { g.open(g.at + "/review") }, "main button",
	},
	{
		"Quên cách làm: cuối mỗi trang có **{help.open}**, với các phím tắt của trang ấy.",
		"If you forget how: at the foot of every page stands **{help.open}**, with the keys of that page.",
		func(g *guide) {
			g.open(g.at + "/")
			g.do("help", chromedp.Click(".help summary"))
		}, ".help",
	},
}

// guide is a person who walks through the steps, in one language.
type guide struct {
	walker
	at, child, book, mother, phone string
	account                        country.Account
}

// The guide's steps work on the real pages, in both languages; with -guide they are written down, with a picture each.
func TestGuide(t *testing.T) {
	nation, _ := smallCountry(t)
	station := nation.Stations()[0]
	fill := ids(t, nation)
	for i, lang := range locale.Languages() {
		t.Run(lang, func(t *testing.T) {
			station.Link.Set(country.LinkCut)
			g := &guide{at: "http://" + station.PagesAddr, mother: []string{"Lò Thị Thử", "Quàng Thị Mới"}[i], phone: fmt.Sprintf("038500077%d", i), account: station.Accounts[0]}
			g.walker = walker{person: person{t: t, ctx: browsertest.OpenFor(t, 5*time.Minute, 1366, 768), size: lang}, node: station, fill: fill}
			g.open(g.at + "/login?other=1")
			g.choose(lang, "")
			g.child = []string{"Cà Thị Hoa", "Lò Văn Nam"}[i]
			g.book = g.at + "/child/" + newborn(t, station, g.child).String()
			var pictures []string
			for n, s := range guideSteps {
				g.t.Logf("step %d", n+1)
				s.do(g)
				pictures = append(pictures, g.picture(n+1, s.mark))
			}
			if *guideDir != "" {
				g.write(lang, pictures)
			}
		})
	}
}

// newborn is in the register since yesterday, so that BCG is due and nobody need be asked.
func newborn(t *testing.T, n *country.Node, name string) p.EntityID {
	t.Helper()
	nurse, err := n.Desk().As(t.Context(), "tram1")
	if err != nil {
		t.Fatal(err)
	}
	id, _, err := n.Desk().Register(t.Context(), nurse, registry.SubjectInput{
		Place: n.Commune, Name: name, MotherName: "Cà Thị Pâng", MotherPhone: "0385000555", BirthDate: n.Desk().Today() - 1, Sex: registry.SexFemale,
	}, true)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

var keyInText = regexp.MustCompile(`\{([a-z_]+\.[a-z_]+)\}`)

// words puts the catalogue's words in the place of their keys.
func words(t *testing.T, lang, text string) string {
	t.Helper()
	c := locale.For(lang)
	return keyInText.ReplaceAllStringFunc(text, func(k string) string {
		key := strings.Trim(k, "{}")
		if !c.Has(key) {
			t.Errorf("the guide speaks of %s, which has no words in %s", key, lang)
		}
		return strings.TrimRight(c.T(key), ".")
	})
}

// picture outlines what a step speaks of, which must be there, and keeps the screen.
func (g *guide) picture(n int, mark string) string {
	g.t.Helper()
	seen := g.value1(fmt.Sprintf(`(() => { const e = [...document.querySelectorAll(%q)].find((x) => x.offsetParent !== null); if (!e) return "";
		document.querySelectorAll("[style]").forEach((x) => x.removeAttribute("style"));
		e.scrollIntoView({block: "center"}); e.style.outline = "4px solid #c2410c"; e.style.outlineOffset = "3px"; return "yes"; })()`, mark))
	if seen != "yes" {
		g.shot("failed")
		g.t.Fatalf("step %d points to %s, which is not on the page:\n%s", n, mark, g.text("main"))
	}
	if *guideDir == "" {
		return ""
	}
	b, err := chromedp.Run(g.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		g.t.Fatal(err)
	}
	name := fmt.Sprintf("%02d-%s.png", n, g.size)
	if err := os.WriteFile(filepath.Join(*guideDir, name), b, 0o600); err != nil {
		g.t.Fatal(err)
	}
	return name
}

// write makes the page of a language.
func (g *guide) write(lang string, pictures []string) {
	g.t.Helper()
	title, lead := "Sổ tiêm chủng trên máy: 10 phút đầu", "Làm thử trên máy tập trước: trẻ trong đó không có thật. Mỗi hình là trang thật."
	if lang == locale.English {
		title, lead = "The immunization register: the first ten minutes", "Try it on a training machine first: the children in it are not real. Each picture is the real page."
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<!doctype html><html lang="%s"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>%s</title>
<style>body{font:1.0625rem/1.5 "Segoe UI","Noto Sans",Roboto,"DejaVu Sans",sans-serif;max-width:52rem;margin:0 auto;padding:1rem;color:#14201e}
li{margin:0 0 2rem;break-inside:avoid}img{display:block;width:100%%;height:auto;border:1px solid #6f807a;margin-top:.5rem}code{font:inherit;font-weight:700;border:1px solid #6f807a;border-radius:3px;padding:0 .3em}</style>
<h1>%s</h1><p>%s</p><ol>
`, lang, html.EscapeString(title), html.EscapeString(title), html.EscapeString(lead))
	for i, s := range guideSteps {
		text := s.vi
		if lang == locale.English {
			text = s.en
		}
		said := html.EscapeString(words(g.t, lang, text))
		said = regexp.MustCompile(`\*\*(.+?)\*\*`).ReplaceAllString(said, "<b>$1</b>")
		said = regexp.MustCompile("`(.+?)`").ReplaceAllString(said, "<code>$1</code>")
		fmt.Fprintf(&b, "<li>%s<img src=%q alt=%q></li>\n", said, pictures[i], fmt.Sprintf("%d", i+1))
	}
	b.WriteString("</ol></html>\n")
	if err := os.WriteFile(filepath.Join(*guideDir, "guide."+lang+".html"), []byte(b.String()), 0o600); err != nil {
		g.t.Fatal(err)
	}
}

// The texts speak of words that there are; this needs no browser.
func TestGuideWords(t *testing.T) {
	for i, s := range guideSteps {
		if vi, en := words(t, locale.Vietnamese, s.vi), words(t, locale.English, s.en); vi == "" || en == "" || s.mark == "" {
			t.Errorf("step %d lacks something", i+1)
		}
	}
}
