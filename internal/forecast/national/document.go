package national

import (
	"fmt"
	"strings"

	"tramy/internal/forecast"
	"tramy/internal/registry"
)

// document is what a file says, with what it is based on already in it.
type document struct {
	file         string
	id           word
	title        word
	from, until  forecast.Day
	validity     at
	graceDays    int
	overdueAfter span

	sources       map[string]word
	vaccines      []vaccine
	antigens      []antigen
	observations  []observation
	conflicts     []conflict
	contra        []contraindication
	anaphylaxis   *anaphylaxis
	deferrals     []deferral
	supplementary []supplementary
	series        []series
}

// basis is where something comes from.
type basis struct {
	cite   []word
	verify bool
}

type vaccine struct {
	code      word
	name      string
	programme registry.Programme
	live      string // "", liveInjected, liveOral
	counts    []limited
	volumes   []volume
	basis     basis
}

// Kinds of live vaccines.
const (
	liveInjected = "injected"
	liveOral     = "oral"
)

// limited is a name with ages: "HepB from 8d", "HepB0 until 8d", "HEXA from 10m".
type limited struct {
	name        word
	from, until span
}

type volume struct {
	from, until span
	microlitres int
}

type antigen struct {
	name      word
	group     string
	also      []word
	latestAge span
	basis     basis
}

type observation struct {
	code word
	name string
}

// conflict asks for time between two vaccines that are live in the same way.
type conflict struct {
	live     word
	interval span
	basis    basis
}

type contraindication struct {
	observation        word
	antigens, vaccines []word
	live               string
	fromAge, beforeAge span
	reason             string
	where              at
	basis              basis
}

// anaphylaxis makes an observation of each vaccine, "anaphylaxis:BCG", that forbids the vaccine's antigens.
type anaphylaxis struct {
	name  string
	basis basis
}

type deferral struct {
	observation word
	live        word
	wait        span
	basis       basis
}

type supplementary struct {
	vaccine            word
	fromAge, beforeAge span
	programme          registry.Programme
	basis              basis
}

type series struct {
	id         word
	antigens   []word
	programme  registry.Programme
	sex        word
	product    bool
	people     []word // observations that make it a series for people at risk
	from       span   // ages of the people it is for
	before     span
	startFrom  span // ages at which it is begun
	startUntil span
	history    *history
	offers     []offer // nil: everywhere, always
	offered    bool
	event      word
	refuse     []word
	latestAge  span
	note       string
	rows       []row
	basis      basis
}

type history struct {
	given     []word
	antigens  []word // of doses of unknown vaccines
	beforeAge span
	compare   forecast.Comparison
	count     int
	where     at
}

type offer struct {
	areas       []word // nil: everywhere
	from, until forecast.Day
	where       at
	basis       basis
}

// row is one dose of a series.
type row struct {
	where  at
	label  word // vaccine code
	number int
	give   []word
	accept []limited
	only   []word

	validFrom, recommended, overdue, latest, counted span
	minInterval, recommendedInterval                 span
	eventFrom, eventRecommended, eventUntil          span
	repeat                                           span
	onTimeMinutes                                    int
	basis                                            basis
}

// name is how problems speak of a row.
func (w *row) name() string {
	return fmt.Sprintf("%s %d", w.label.text, w.number)
}

// basedOn returns what a file says that replaces only part of another: sources, vaccines, antigens,
// observations and series by name, lists as a whole, what stands alone if it is stated.
func (d *document) basedOn(base *document) {
	if !d.title.stated() {
		d.title = base.title
	}
	if d.graceDays == 0 {
		d.graceDays = base.graceDays
	}
	if !d.overdueAfter.Stated {
		d.overdueAfter = base.overdueAfter
	}
	for key, text := range base.sources {
		if _, own := d.sources[key]; !own {
			d.sources[key] = text
		}
	}
	d.vaccines = replaced(base.vaccines, d.vaccines, func(v vaccine) string { return v.code.text })
	d.antigens = replaced(base.antigens, d.antigens, func(a antigen) string { return a.name.text })
	d.observations = replaced(base.observations, d.observations, func(o observation) string { return o.code.text })
	d.series = replaced(base.series, d.series, func(s series) string { return s.id.text })
	if d.conflicts == nil {
		d.conflicts = base.conflicts
	}
	if d.contra == nil {
		d.contra = base.contra
	}
	if d.anaphylaxis == nil {
		d.anaphylaxis = base.anaphylaxis
	}
	if d.deferrals == nil {
		d.deferrals = base.deferrals
	}
	if d.supplementary == nil {
		d.supplementary = base.supplementary
	}
}

// replaced returns base with what own names anew in its place, and what is new behind it.
func replaced[T any](base, own []T, name func(T) string) []T {
	out := append([]T(nil), base...)
next:
	for _, o := range own {
		for i := range out {
			if name(out[i]) == name(o) {
				out[i] = o
				continue next
			}
		}
		out = append(out, o)
	}
	return out
}

// dropped returns list without what is named.
func dropped[T any](list []T, names []word, name func(T) string) []T {
	out := list[:0:0]
next:
	for _, x := range list {
		for _, n := range names {
			if n.text == name(x) {
				continue next
			}
		}
		out = append(out, x)
	}
	return out
}

// splitLabel splits "DPT-VGB-HIB 2" into the vaccine and the number in its column.
func splitLabel(text string) (code, number string) {
	i := strings.LastIndexByte(text, ' ')
	if i < 0 {
		return text, ""
	}
	return strings.TrimSpace(text[:i]), text[i+1:]
}
