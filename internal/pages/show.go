package pages

import (
	"fmt"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/forecast"
	"tramy/internal/locale"
	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// undoReason is written when an act is taken back by its button. It is kept with the record, so it is in
// the language records are kept in.
const undoReason = "Hoàn tác"

// names are what references and vaccine codes are called, read once for all values of a page.
type names struct {
	words    *locale.Catalogue
	refs     map[p.EntityID]string
	vaccines map[string]string
	schedule *forecast.Schedule // in force today, nil if there is none
}

// namesOf reads the names of all that values refer to.
func (c *Call) namesOf(values []p.Data) (*names, error) {
	n := &names{
		words: c.Words, refs: map[p.EntityID]string{}, vaccines: map[string]string{},
		schedule: c.schedule(),
	}
	err := c.View(func(tx store.Tx) error {
		vaccines, err := tx.Vaccines()
		if err != nil {
			return err
		}
		for i := range vaccines {
			n.vaccines[vaccines[i].Code] = VaccineName(c.Words, &vaccines[i])
		}
		for _, d := range values {
			id, ok := d.Ref()
			if _, known := n.refs[id]; !ok || known {
				continue
			}
			if n.refs[id], err = nameIn(tx, id); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// nameIn names a person, place or account, "" if it is not known here.
func nameIn(tx store.Tx, id p.EntityID) (string, error) {
	s, err := tx.State(id)
	if err != nil || s == nil {
		return "", err
	}
	switch s.Kind {
	case registry.KindSubject:
		subject := registry.SubjectOf(s)
		return subject.Name + ", " + subject.Code.Format(), nil
	case registry.KindPlace:
		place := registry.PlaceOf(s)
		return place.Name, nil
	case registry.KindUser:
		user := registry.UserOf(s)
		return user.Name, nil
	case registry.KindSession:
		return registry.SessionOf(s).Day.String(), nil
	}
	return "", nil
}

// codeWords are the sections of the catalogue with the words for the codes of a list.
var codeWords = map[string]string{"findings": "finding.", "signs": "sign."}

// show writes a field's value as people read it; null is "".
func (n *names) show(info *registry.FieldInfo, d p.Data) string {
	if d.IsNull() {
		return ""
	}
	switch info.Type {
	case registry.TypeDay:
		if v, ok := d.Int(); ok {
			return registry.Day(v).String()
		}
	case registry.TypeClock:
		if v, ok := d.Int(); ok {
			return registry.NewClock(int(v)/60, int(v)%60).String()
		}
	case registry.TypeEnum:
		if v, ok := d.Int(); ok {
			key := info.Enum.Name + "." + info.Enum.Key(v)
			if n.words.Has(key) {
				return n.words.T(key)
			}
			return fmt.Sprint(v)
		}
	case registry.TypeInt:
		if v, ok := d.Int(); ok {
			if info.Name == "temperature" {
				return n.words.Decimal(float64(v)/10, 1) + " °C"
			}
			if info.Name == "tetanus_year" {
				return itoa(int(v))
			}
			return n.words.Int(v)
		}
	case registry.TypeBool:
		if d.Bool() {
			return n.words.T("say.yes")
		}
		return n.words.T("say.no")
	case registry.TypeRef:
		if id, ok := d.Ref(); ok {
			return n.refs[id]
		}
	case registry.TypeRefs:
		list, _ := d.List()
		if info.Name == "moved_doses" || info.Name == "doses" || info.Name == "apart" {
			return n.words.T("say.doses", "n", len(list))
		}
	case registry.TypeFormer:
		var parts []string
		for _, x := range registry.FormerOf(d) {
			parts = append(parts, n.words.T("say.former", "name", x.Name, "code", x.Code, "until", x.Until.String()))
		}
		return strings.Join(parts, "; ")
	case registry.TypeTexts:
		list, _ := d.List()
		parts := make([]string, 0, len(list))
		for _, item := range list {
			s, _ := item.Text()
			if info.Name == "conditions" {
				for _, x := range registry.SplitConditions(s) {
					parts = append(parts, n.dated(x))
				}
				continue
			}
			if key := codeWords[info.Name] + s; codeWords[info.Name] != "" && n.words.Has(key) {
				s = n.words.T(key)
			}
			parts = append(parts, s)
		}
		return strings.Join(parts, "; ")
	case registry.TypeText:
		s, _ := d.Text()
		switch {
		case strings.HasSuffix(info.Name, "phone"):
			return registry.FormatPhone(s)
		case info.Name == "code":
			return registry.PersonCode(s).Format()
		case info.Name == "vaccine" && n.vaccines[s] != "":
			return n.vaccines[s]
		}
		return s
	}
	return ""
}

func (n *names) field(info *registry.FieldInfo) string { return fieldWord(n.words, info) }

func fieldWord(words *locale.Catalogue, info *registry.FieldInfo) string {
	if key := "field." + info.Name; words.Has(key) {
		return words.T(key)
	}
	return info.Name
}

// author says who wrote something, on which machine and when.
func (c *Call) author(who, device string, when p.At) string {
	parts := make([]string, 0, 3)
	if who != "" {
		parts = append(parts, who)
	}
	if device != "" {
		parts = append(parts, device)
	}
	return strings.Join(append(parts, c.Words.When(at(when.Corrected()), c.Now)), ", ")
}

// twoValues draws conflicts for the pages that offer the choice.
func (c *Call) twoValues(list []desk.Conflict) ([]ui.TwoValues, error) {
	if len(list) == 0 {
		return nil, nil
	}
	var values []p.Data
	for i := range list {
		for _, ch := range list[i].Choices {
			values = append(values, ch.Data)
		}
	}
	n, err := c.namesOf(values)
	if err != nil {
		return nil, err
	}
	out := make([]ui.TwoValues, 0, len(list))
	for i := range list {
		conflict := &list[i]
		two := ui.TwoValues{
			Entity: conflict.Entity.String(), Field: itoa(int(conflict.Field.Field)), Label: n.field(&conflict.Field),
			Name: conflict.Subject.Name, Line: c.PersonLine(&conflict.Subject),
		}
		if key := dayWords[conflict.Kind]; key != "" {
			two.Label = c.T(key) + ": " + two.Label
		}
		if !conflict.Subject.ID.IsZero() {
			two.ID = conflict.Subject.ID.String()
		}
		saw := registry.Saw{}
		for _, ch := range conflict.Choices {
			saw[conflict.Field.Field] = append(saw[conflict.Field.Field], ch.Dot)
			value := n.show(&conflict.Field, ch.Data)
			if value == "" {
				value = c.T("say.none")
			}
			two.Values = append(two.Values, ui.OneValue{
				Choice: ch.Dot.String(), Value: value, Who: c.author(ch.Who, ch.Device, ch.At),
			})
		}
		two.Seen = saw.String()
		out = append(out, two)
	}
	return out, nil
}
