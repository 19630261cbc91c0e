package national

import (
	"slices"
	"strings"

	"tramy/internal/forecast"
	"tramy/internal/registry"
)

// builder makes a schedule of a document, and finds what names something that is not there.
type builder struct {
	collector
	doc      *document
	s        *forecast.Schedule
	vaccines map[string]forecast.VaccineIndex
	antigens map[string]forecast.AntigenIndex
	seen     map[string]forecast.ObservationIndex
	groups   map[string]forecast.GroupIndex
}

func build(doc *document) (*forecast.Schedule, error) {
	b := &builder{
		doc: doc, vaccines: map[string]forecast.VaccineIndex{}, antigens: map[string]forecast.AntigenIndex{},
		seen: map[string]forecast.ObservationIndex{}, groups: map[string]forecast.GroupIndex{},
		s: &forecast.Schedule{ID: doc.id.text, Title: doc.title.text, From: doc.from, Until: doc.until},
	}
	b.nouns()
	b.conflicts()
	b.contraindications()
	for _, x := range doc.supplementary {
		b.s.Supplementary = append(b.s.Supplementary, forecast.Supplementary{
			Vaccine: b.vaccine(x.vaccine), Begin: x.fromAge.Period, End: x.beforeAge.Period, Programme: x.programme, Cite: b.citation(x.vaccine.at, x.basis),
		})
	}
	for i := range doc.series {
		b.series(&doc.series[i])
	}
	if err := b.err(); err != nil {
		return nil, err
	}
	for i := range b.s.Antigens {
		for k := range b.s.Antigens[i].Series {
			s := &b.s.Antigens[i].Series[k]
			s.Equivalent = []int{clusterStandard + clusterRisk - s.Cluster}
		}
	}
	b.s.Compile()
	return b.s, nil
}

// nouns makes the lists that everything else points into.
func (b *builder) nouns() {
	names := map[string]bool{}
	for _, a := range b.doc.antigens {
		names[a.name.text] = true
	}
	for _, a := range b.doc.antigens {
		i := forecast.AntigenIndex(len(b.s.Antigens))
		b.antigens[a.name.text] = i
		out := forecast.Antigen{Name: a.name.text}
		for _, w := range a.also {
			if _, own := names[w.text]; own {
				b.bad(w.at, RuleDuplicate, "%q is an antigen's own name", w.text)
			}
			out.Also = append(out.Also, w.text)
		}
		if a.latestAge.Stated {
			b.citation(a.name.at, a.basis)
		}
		b.s.Antigens = append(b.s.Antigens, out)
		group := a.group
		if group == "" {
			group = a.name.text
		}
		g, ok := b.groups[group]
		if !ok {
			g = forecast.GroupIndex(len(b.s.Groups))
			b.groups[group] = g
			b.s.Groups = append(b.s.Groups, forecast.Group{Name: group, Full: true})
		}
		b.s.Groups[g].Antigens = append(b.s.Groups[g].Antigens, i)
	}
	for _, v := range b.doc.vaccines {
		b.vaccines[v.code.text] = forecast.VaccineIndex(len(b.s.Vaccines))
		out := forecast.Vaccine{Code: v.code.text, Name: v.name, Programme: v.programme}
		for _, c := range v.counts {
			if a := b.antigen(c.name); a != forecast.None {
				out.Antigens = append(out.Antigens, forecast.Association{Antigen: a, Begin: c.from.Period, End: c.until.Period})
			}
		}
		for _, x := range v.volumes {
			out.Volumes = append(out.Volumes, forecast.Volume{Begin: x.from.Period, End: x.until.Period, Microlitres: x.microlitres})
		}
		out.Cite = b.optionalCitation(v.basis)
		b.s.Vaccines = append(b.s.Vaccines, out)
	}
	for _, o := range b.doc.observations {
		b.observe(o.code.text, o.name)
	}
}

func (b *builder) observe(code, name string) forecast.ObservationIndex {
	i := forecast.ObservationIndex(len(b.s.Observations))
	b.seen[code] = i
	b.s.Observations = append(b.s.Observations, forecast.ObservationType{Code: code, Name: name})
	return i
}

// conflicts asks for time between every two vaccines that are live in the same way, also one and itself.
func (b *builder) conflicts() {
	for _, c := range b.doc.conflicts {
		b.citation(c.live.at, c.basis)
		for i, prev := range b.doc.vaccines {
			for k, cur := range b.doc.vaccines {
				if c.live.text != "" && prev.live == c.live.text && cur.live == c.live.text {
					b.s.Conflicts = append(b.s.Conflicts, forecast.Conflict{
						Previous: forecast.VaccineIndex(i), Current: forecast.VaccineIndex(k),
						Begin: forecast.Days(1), MinEnd: c.interval.Period, End: c.interval.Period,
					})
				}
			}
		}
	}
}

func (b *builder) contraindications() {
	for _, c := range b.doc.contra {
		b.citation(c.where, c.basis)
		out := forecast.Contraindication{Observation: b.observation(c.observation), Begin: c.fromAge.Period, End: c.beforeAge.Period, Text: c.reason}
		for _, w := range c.antigens {
			if a := b.antigen(w); a != forecast.None {
				b.s.Antigens[a].Contraindications = append(b.s.Antigens[a].Contraindications, out)
			}
		}
		var vaccines []forecast.VaccineIndex
		for _, w := range c.vaccines {
			if v := b.vaccine(w); v != forecast.None {
				vaccines = append(vaccines, v)
			}
		}
		for i, v := range b.doc.vaccines {
			if c.live != "" && v.live == c.live {
				vaccines = append(vaccines, forecast.VaccineIndex(i))
			}
		}
		b.forbid(out, vaccines)
	}
	x := b.doc.anaphylaxis
	if x == nil {
		return
	}
	b.citation(at{file: b.doc.file}, x.basis)
	for i := range b.s.Vaccines {
		v := &b.s.Vaccines[i]
		out := forecast.Contraindication{Observation: b.observe(anaphylaxisStart+v.Code, x.name+" "+v.Name)}
		for _, as := range v.Antigens {
			b.s.Antigens[as.Antigen].Contraindications = append(b.s.Antigens[as.Antigen].Contraindications, out)
		}
	}
}

// forbid forbids vaccines in every antigen that they count for.
func (b *builder) forbid(c forecast.Contraindication, vaccines []forecast.VaccineIndex) {
	for i := range b.s.Antigens {
		of := c
		for _, v := range vaccines {
			if b.counts(v, forecast.AntigenIndex(i)) {
				of.Vaccines = append(of.Vaccines, forecast.VaccineRule{Vaccine: v})
			}
		}
		if of.Vaccines != nil {
			b.s.Antigens[i].VaccineContra = append(b.s.Antigens[i].VaccineContra, of)
		}
	}
}

func (b *builder) counts(v forecast.VaccineIndex, a forecast.AntigenIndex) bool {
	return v >= 0 && slices.ContainsFunc(b.s.Vaccines[v].Antigens, func(as forecast.Association) bool { return as.Antigen == a })
}

func (b *builder) vaccine(w word) forecast.VaccineIndex {
	return named(b, b.vaccines, w, RuleUnknownVaccine, "vaccines")
}

func (b *builder) antigen(w word) forecast.AntigenIndex {
	return named(b, b.antigens, w, RuleUnknownAntigen, "antigens")
}

func (b *builder) observation(w word) forecast.ObservationIndex {
	return named(b, b.seen, w, RuleUnknownSeen, "observations")
}

// named finds one of the things the file lists; None if nothing was stated, or with a problem if there is no such thing.
func named[T ~int8 | ~int16 | ~int32 | ~int](b *builder, all map[string]T, w word, rule Rule, kind string) T {
	if i, ok := all[w.text]; ok {
		return i
	}
	if w.stated() {
		b.bad(w.at, rule, "%q is not one of the file's "+kind, w.text)
	}
	return forecast.None
}

// citation puts a basis into words; there must be one.
func (b *builder) citation(where at, x basis) forecast.Citation {
	if len(x.cite) == 0 {
		b.bad(where, RuleCitation, "say where this comes from: cite, with names from the file's sources")
	}
	return b.optionalCitation(x)
}

func (b *builder) optionalCitation(x basis) forecast.Citation {
	var parts []string
	for _, w := range x.cite {
		source, ok := b.doc.sources[w.text]
		if !ok {
			b.bad(w.at, RuleUnknownSource, "%q is not one of the file's sources", w.text)
			continue
		}
		parts = append(parts, source.text)
	}
	return forecast.Citation{Source: strings.Join(parts, "; "), Verify: x.verify}
}

// The series of an antigen are alternatives; those for people at risk go before those for everybody, and where
// one is followed the other is not.
const (
	clusterStandard = 1
	clusterRisk     = 2
)

// series makes one series of each antigen that a series of the file is for.
func (b *builder) series(s *series) {
	for _, w := range s.refuse {
		b.vaccine(w)
	}
	labels := map[string]bool{}
	for i := range s.rows {
		b.checkRow(s, &s.rows[i], labels)
	}
	for _, w := range s.antigens {
		a := b.antigen(w)
		if a == forecast.None {
			continue
		}
		out := forecast.Series{
			Name: s.id.text, Group: b.groupOf(a), Type: forecast.Standard, Programme: s.programme, Product: s.product, Cluster: clusterStandard,
			Priority: "A", Preference: preference(s, len(b.s.Antigens[a].Series)),
		}
		switch s.sex.text {
		case "female":
			out.Sexes = []registry.Sex{registry.SexFemale}
		case "male":
			out.Sexes = []registry.Sex{registry.SexMale}
		}
		if s.note != "" {
			out.Guidance = []string{s.note}
		}
		for _, p := range s.people {
			out.Type, out.Cluster = forecast.Risk, clusterRisk
			out.Indications = append(out.Indications, forecast.Indication{Observation: b.observation(p), Begin: s.from.Period, End: s.before.Period})
		}
		if out.Type == forecast.Standard && s.programme == registry.ProgrammeEPI {
			out.Default = !slices.ContainsFunc(b.s.Antigens[a].Series, func(o forecast.Series) bool { return o.Default })
		}
		out.History = b.history(s, a, out.Type)
		out.Offers = b.offers(s)
		for i := range s.rows {
			if w := &s.rows[i]; b.isFor(w, a) {
				out.Doses = append(out.Doses, b.dose(s, w, a))
				if w.repeat.Stated {
					out.Doses = append(out.Doses, b.again(out.Doses[len(out.Doses)-1], w))
				}
			}
		}
		if len(out.Doses) == 0 {
			b.bad(w.at, RuleEmptySeries, "series %s has no dose that counts for %s", s.id.text, w.text)
		}
		b.s.Antigens[a].Series = append(b.s.Antigens[a].Series, out)
	}
}

// preference puts series in the order of the file, those of one product first: whoever began with a product, and
// had nothing else, goes on with it.
func preference(s *series, before int) int {
	if s.product {
		return before + 1
	}
	return before + 1 + SeriesMax
}

func (b *builder) groupOf(a forecast.AntigenIndex) forecast.GroupIndex {
	for i, g := range b.s.Groups {
		if slices.Contains(g.Antigens, a) {
			return forecast.GroupIndex(i)
		}
	}
	return forecast.None
}

func (b *builder) offers(s *series) []forecast.Offer {
	if !s.offered {
		return nil
	}
	out := []forecast.Offer{}
	for _, o := range s.offers {
		cite := b.citation(o.where, o.basis)
		if o.areas == nil {
			out = append(out, forecast.Offer{From: o.from, Until: o.until, Cite: cite})
		}
		for _, w := range o.areas {
			out = append(out, forecast.Offer{Area: w.text, From: o.from, Until: o.until, Cite: cite})
		}
	}
	return out
}

// history says whose series this is by age, by the age at which the first dose of the antigen was given (or,
// if there was none, by today's), and by doses had before.
func (b *builder) history(s *series, a forecast.AntigenIndex, kind forecast.SeriesType) []forecast.Set {
	var all []forecast.Condition
	if kind == forecast.Standard && (s.from.Stated || s.before.Stated) {
		all = append(all, forecast.Condition{Type: forecast.ConditionAge, Begin: s.from.Period, End: s.before.Period})
	}
	if h := s.history; h != nil {
		var given forecast.VaccineSet
		for _, w := range h.given {
			if v := b.vaccine(w); v != forecast.None {
				given = given.With(v)
			}
		}
		had := count(given, forecast.Period{}, h.beforeAge.Period, h.compare, h.count)
		for _, w := range h.antigens {
			if x := b.antigen(w); x != forecast.None {
				had.Unknown = append(had.Unknown, x)
			}
		}
		all = append(all, had)
	}
	if !s.startFrom.Stated && !s.startUntil.Stated {
		if all == nil {
			return nil
		}
		return []forecast.Set{{Conditions: all}}
	}
	var vaccines forecast.VaccineSet
	for i := range b.s.Vaccines {
		if b.counts(forecast.VaccineIndex(i), a) {
			vaccines = vaccines.With(forecast.VaccineIndex(i))
		}
	}
	doses := func(from, until forecast.Period, compare forecast.Comparison) forecast.Condition {
		c := count(vaccines, from, until, compare, 0)
		c.Unknown = []forecast.AntigenIndex{a}
		return c
	}
	from, until, open := s.startFrom.Period, s.startUntil.Period, forecast.Period{}
	notBegun := append(slices.Clone(all), doses(open, open, forecast.EqualTo),
		forecast.Condition{Type: forecast.ConditionAge, Begin: from, End: until})
	begun := append(slices.Clone(all), doses(from, until, forecast.GreaterThan))
	if from.Stated {
		begun = append(begun, doses(open, from, forecast.EqualTo))
	}
	return []forecast.Set{{Conditions: notBegun}, {Conditions: begun}}
}

func count(vaccines forecast.VaccineSet, from, until forecast.Period, compare forecast.Comparison, n int) forecast.Condition {
	return forecast.Condition{Type: forecast.ConditionCount, Vaccines: vaccines, Begin: from, End: until, Compare: compare, Count: n}
}
