package cases

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// Cases in words, for whoever knows the schedule and no JSON. A file is a few lines for all its cases, and then
// cases:
//
//	schedule vn-2026-02
//	source   Circular 52/2025
//
//	case late-1: the 5-in-1 begun at five months goes on with the second dose
//	born 2026-01-10 girl in gso:11
//	2026-06-10 DPT-VGB-HIB       valid
//	on 2026-06-20
//	DTP: dose 2 from 2026-07-08, overdue from 2026-07-09
//	HepB: dose 2 from 2026-07-08, overdue from 2026-07-09
//
// Each forecast line is a case of its own for the same person. docs/guide/schedule-file.md has every word.

// block is a case as it is read.
type block struct {
	line      int
	id        string
	schedule  string
	source    string
	one       textCase
	expected  []textExpected
	complaint error
}

// textCase is the JSON that a case in words becomes.
type textCase struct {
	ID           string        `json:"id"`
	Name         string        `json:"name"`
	Schedule     string        `json:"schedule"`
	Source       string        `json:"source"`
	Born         *string       `json:"dob"`
	BirthTime    string        `json:"birth_time,omitempty"`
	Sex          *string       `json:"sex"`
	On           string        `json:"assessment_date"`
	Areas        []string      `json:"areas"`
	Observations []Observation `json:"observations"`
	Doses        []textDose    `json:"doses"`
	Forecast     *textExpected `json:"forecast,omitempty"`
}

type textDose struct {
	N        int      `json:"n"`
	Date     string   `json:"date"`
	Time     string   `json:"time,omitempty"`
	Code     string   `json:"cvx"`
	Antigens []string `json:"antigens,omitempty"`
	Campaign bool     `json:"campaign,omitempty"`
	Unusable bool     `json:"unusable,omitempty"`
	Status   string   `json:"evaluation_status,omitempty"`
	Reason   string   `json:"reason,omitempty"`
	OnTime   string   `json:"on_time,omitempty"`
}

type textExpected struct {
	Group       string   `json:"vaccine_group"`
	Status      string   `json:"series_status"`
	Dose        *int     `json:"dose_number"`
	Earliest    *string  `json:"earliest"`
	Recommended *string  `json:"recommended"`
	PastDue     *string  `json:"past_due"`
	Latest      string   `json:"latest,omitempty"`
	Label       string   `json:"label,omitempty"`
	Vaccines    []string `json:"vaccines,omitempty"`
	Offered     *bool    `json:"offered,omitempty"`
}

var (
	dateForm = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)
	timeForm = regexp.MustCompile(`^\d\d:\d\d$`)

	textStatuses = []struct{ words, status string }{
		{"valid", "Valid"}, {"not valid", "Not Valid"}, {"extraneous", "Extraneous"}, {"sub-standard", "Sub-standard"}, {"not judged", "Not Evaluated"},
	}
	textReasons = map[string]string{
		"too young": "Age: Too Young", "too old": "Age: Too Old", "too soon": "Interval: Too Soon", "already complete": "Series Already Complete",
		"wrong vaccine": "Not a preferable or allowable vaccine", "live vaccine before": "Live Virus Conflict", "unusable": "Expired or Unusable",
		"campaign": "Campaign Dose", "unknown vaccine": "Unknown Vaccine", "not yet": "After Assessment Date", "no series": "No Series",
	}
	textStands = map[string]string{
		"complete": "Complete", "aged out": "Aged Out", "contraindicated": "Contraindicated", "immune": "Immune",
		"not recommended": "Not Recommended", "nothing": statusNone,
	}
)

// TextLines reads cases in words and calls do for each, as Lines does, with the JSON of the case and the line its
// first words stand in. What cannot be read comes as an error of that line.
func TextLines(r io.Reader, do func(n int, line []byte, err error) error) error {
	var head block
	var now *block
	flush := func() error {
		if now == nil {
			return nil
		}
		b := now
		now = nil
		return b.tell(do)
	}
	err := Lines(r, func(n int, line []byte, err error) error {
		text, _, _ := strings.Cut(string(line), "#")
		text = strings.TrimSpace(text)
		first, rest, _ := strings.Cut(text, " ")
		rest = strings.TrimSpace(rest)
		switch {
		case err != nil:
			return do(n, nil, err)
		case text == "":
			return nil
		case first == "case":
			if err := flush(); err != nil {
				return err
			}
			id, name, ok := strings.Cut(rest, ":")
			now = &block{line: n, id: strings.TrimSpace(id), schedule: head.schedule, source: head.source}
			now.one.Name = strings.TrimSpace(name)
			if !ok || now.id == "" || now.one.Name == "" {
				now.complain(n, "write: case ID: what it shows")
			}
		case now == nil && first == "schedule":
			head.schedule = rest
		case now == nil && first == "source":
			head.source = rest
		case now == nil:
			return do(n, nil, &Error{Text: "a case begins with: case ID: what it shows"})
		default:
			if err := now.read(first, rest); err != nil {
				now.complain(n, err.Error())
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

func (b *block) complain(n int, text string) {
	if b.complaint == nil {
		b.complaint = &Error{Text: fmt.Sprintf("line %d: %s", n, text)}
	}
}

// read reads one line of a case.
func (b *block) read(first, rest string) error {
	switch {
	case first == "schedule":
		b.schedule = rest
	case first == "source":
		b.source = rest
	case first == "born":
		return b.born(strings.Fields(rest))
	case first == "has":
		code, date, _ := strings.Cut(rest, " ")
		b.one.Observations = append(b.one.Observations, Observation{Code: code, Date: strings.TrimSpace(date)})
	case first == "on":
		b.one.On = rest
	case dateForm.MatchString(first):
		return b.dose(first, rest)
	case strings.HasSuffix(first, ":"):
		return b.forecast(strings.TrimSuffix(first, ":"), rest)
	default:
		return fmt.Errorf("%q begins no line: write born, has, on, a date, GROUP:, source, schedule", first)
	}
	return nil
}

// born reads "2026-01-10 06:30 girl in gso:11, gso-2025-03:06"; "unknown" for a date that is not known.
func (b *block) born(words []string) error {
	b.one.Areas = []string{}
	for i, w := range words {
		switch {
		case i == 0 && w == "unknown":
		case i == 0:
			b.one.Born = &words[0]
		case w == "girl", w == "woman":
			sex := "F"
			b.one.Sex = &sex
		case w == "boy", w == "man":
			sex := "M"
			b.one.Sex = &sex
		case w == "child":
		case timeForm.MatchString(w):
			b.one.BirthTime = w
		case w == "in":
			for _, area := range words[i+1:] {
				b.one.Areas = append(b.one.Areas, strings.TrimSuffix(area, ","))
			}
			return nil
		default:
			return fmt.Errorf("born: %q is none of girl, boy, woman, man, child, a time, in", w)
		}
	}
	return nil
}

// dose reads what follows a date: "05:00 VGB0 valid, on time", "SOI (campaign) extraneous: campaign",
// "? D+T+aP not valid: too young".
func (b *block) dose(date, rest string) error {
	d := textDose{N: len(b.one.Doses) + 1, Date: date}
	words := strings.Fields(rest)
	take := func() string {
		if len(words) == 0 {
			return ""
		}
		w := words[0]
		words = words[1:]
		return w
	}
	d.Code = take()
	if timeForm.MatchString(d.Code) {
		d.Time, d.Code = d.Code, take()
	}
	if d.Code == "?" {
		d.Antigens = strings.Split(take(), "+")
	}
	for len(words) > 0 && strings.HasPrefix(words[0], "(") {
		switch take() {
		case "(campaign)":
			d.Campaign = true
		case "(unusable)":
			d.Unusable = true
		default:
			return fmt.Errorf("a dose is (campaign) or (unusable)")
		}
	}
	expected := strings.Join(words, " ")
	for _, end := range []struct{ words, answer string }{{", on time", "yes"}, {", late", "no"}, {", on time or not is unknown", onTimeUnsaid}} {
		if cut, ok := strings.CutSuffix(expected, end.words); ok {
			expected, d.OnTime = cut, end.answer
		}
	}
	status, reason, _ := strings.Cut(expected, ":")
	for _, s := range textStatuses {
		if s.words == status {
			d.Status = s.status
		}
	}
	if expected != "" && d.Status == "" {
		return fmt.Errorf("%q is none of valid, not valid, extraneous, sub-standard, not judged", status)
	}
	if reason = strings.TrimSpace(reason); reason != "" {
		if d.Reason = textReasons[reason]; d.Reason == "" {
			return fmt.Errorf("%q is no reason that cases know", reason)
		}
	}
	b.one.Doses = append(b.one.Doses, d)
	return nil
}

// forecast reads "dose 2 from 2026-07-08, recommended 2026-07-10, overdue from 2026-08-10, until 2027-01-09, card
// DPT 1, give SOI + MR, not offered" or a status. What is recommended is so from the first day, if no other is
// named; without an overdue date nobody is overdue.
func (b *block) forecast(group, rest string) error {
	f := textExpected{Group: group}
	if s, ok := textStands[rest]; ok {
		f.Status = s
		b.expected = append(b.expected, f)
		return nil
	}
	f.Status = "Not Complete"
	for i, part := range strings.Split(rest, ",") {
		words := strings.Fields(part)
		switch {
		case i == 0 && (len(words) == 4 && words[0] == "dose" && words[2] == "from" || len(words) == 2 && words[0] == "dose"):
			n, err := strconv.Atoi(words[1])
			if err != nil {
				return fmt.Errorf("dose %q: write its number", words[1])
			}
			f.Dose = &n
			if len(words) == 4 {
				f.Earliest, f.Recommended = &words[3], &words[3]
			}
		case i == 0:
			return fmt.Errorf("%q: write dose N from DATE, or complete, aged out, contraindicated, immune, not recommended, nothing", rest)
		case len(words) == 2 && words[0] == "recommended":
			f.Recommended = &words[1]
		case len(words) == 3 && words[0] == "overdue" && words[1] == "from":
			d, err := day("overdue from", words[2])
			if err != nil {
				return err
			}
			past := (d - 1).ISO()
			f.PastDue = &past
		case len(words) == 2 && words[0] == "until":
			f.Latest = words[1]
		case len(words) == 3 && words[0] == "card":
			f.Label = words[1] + " " + words[2]
		case len(words) >= 2 && words[0] == "give":
			f.Vaccines = strings.Split(strings.Join(words[1:], ""), "+")
		case strings.TrimSpace(part) == "not offered":
			offered := false
			f.Offered = &offered
		case strings.TrimSpace(part) == "offered":
			offered := true
			f.Offered = &offered
		default:
			return fmt.Errorf("%q is nothing that a forecast line says", strings.TrimSpace(part))
		}
	}
	b.expected = append(b.expected, f)
	return nil
}

// tell hands a case on: once for each forecast, or once if it is about its doses alone.
func (b *block) tell(do func(n int, line []byte, err error) error) error {
	if b.complaint != nil {
		return do(b.line, nil, b.complaint)
	}
	if b.source == "" {
		return do(b.line, nil, &Error{Text: b.id + ": say what the case is written from, in a line: source"})
	}
	c := b.one
	c.ID, c.Schedule, c.Source = b.id, b.schedule, b.source
	for i := range b.expected {
		c.Forecast = &b.expected[i]
		if len(b.expected) > 1 {
			c.ID = b.id + "/" + c.Forecast.Group
		}
		if err := b.hand(&c, do); err != nil {
			return err
		}
	}
	if b.expected == nil {
		return b.hand(&c, do)
	}
	return nil
}

func (b *block) hand(c *textCase, do func(n int, line []byte, err error) error) error {
	line, err := json.Marshal(c)
	return do(b.line, line, err)
}
