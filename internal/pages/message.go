package pages

import (
	"strings"

	"tramy/internal/desk"
	"tramy/internal/locale"
	"tramy/internal/project"
	"tramy/internal/ui"
)

// Invited is somebody of a family, and the codes of the vaccines they are asked to come for.
type Invited struct {
	Name     string
	Vaccines []string
}

// Messages are the words that call a family, ready to be copied into a message: Vietnamese, and English as well where the page is in
// English. They name the vaccines as a family knows them, and nothing else about anybody. id tells them apart on a page.
func (c *Call) Messages(id, to string, family []Invited, x *desk.Offer, vaccines []project.VaccineRow) []ui.FamilyMessage {
	langs := []string{locale.Vietnamese}
	if c.Words.Lang() != locale.Vietnamese {
		langs = append(langs, c.Words.Lang())
	}
	var out []ui.FamilyMessage
	for _, lang := range langs {
		words := locale.For(lang)
		var parts []string
		if x != nil {
			hour, where := x.At.String(), x.Site
			if x.At == 0 {
				hour = x.From.String() + "–" + x.Until.String()
			}
			if where == "" {
				where = x.PlaceName
			}
			parts = append(parts, words.T("letter.text", "to", to, "place", c.Place, "hour", hour, "day", words.LongDate(dayTime(x.Day)), "where", where))
		} else {
			parts = append(parts, words.T("letter.text_soon", "to", to, "place", c.Place))
		}
		for _, one := range family {
			var names []string
			for _, code := range one.Vaccines {
				names = append(names, FamilyName(words, code, vaccines))
			}
			if len(names) > 0 {
				parts = append(parts, one.Name+": "+strings.Join(names, "; ")+".")
			}
		}
		out = append(out, ui.FamilyMessage{ID: "msg-" + lang + "-" + id, Lang: lang, Text: strings.Join(append(parts, words.T("letter.text_bring")), " ")})
	}
	return out
}

// FamilyName is a vaccine in words that a family knows: what it is against, without what stands in brackets for those who order it.
func FamilyName(words *locale.Catalogue, code string, vaccines []project.VaccineRow) string {
	for i := range vaccines {
		v := &vaccines[i]
		if v.Code != code {
			continue
		}
		if words.Lang() == locale.English && v.NameEN != "" {
			return v.NameEN
		}
		name, rest, _ := strings.Cut(v.Name, " (")
		if strings.HasPrefix(rest, "5 trong 1") {
			return "5 trong 1 (" + strings.ToLower(name[:1]) + strings.ReplaceAll(name[1:], " - ", ", ") + ")"
		}
		return strings.ReplaceAll(name, " - ", ", ")
	}
	return code
}

// message puts the words that call a child's family on the child's page, where an hour is agreed or something is due.
func (c *Call) message(page *ui.Child, rec *desk.Record, ref *reference, b *desk.Booking) {
	day := c.Today
	var x *desk.Offer
	for i := range b.Called {
		if b.Called[i].Day > c.Today {
			x, day = &b.Called[i], b.Called[i].Day
			break
		}
	}
	one := Invited{Name: rec.Subject.Name}
	for i := range rec.Advice.Items {
		item := &rec.Advice.Items[i]
		if code := rec.Advice.Code(item); project.Wanted(item) && item.Recommended != 0 && item.Recommended <= day && (item.Latest == 0 || item.Latest >= day) {
			one.Vaccines = append(one.Vaccines, code)
		}
	}
	if x == nil && len(one.Vaccines) == 0 {
		return
	}
	page.Messages = c.Messages(rec.Subject.ID.String(), cmpOr(rec.Subject.MotherName, rec.Subject.Name), []Invited{one}, x, ref.vaccines)
}
