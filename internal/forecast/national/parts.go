package national

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

func (r *reader) vaccines(n *yaml.Node) []vaccine {
	var out []vaccine
	for _, e := range r.entries(n, "vaccines") {
		code := e.key.Value
		f := r.fields(e.value, "vaccine "+code, "name", "programme", "live", "counts_for", "volume", "volumes", "cite", "verify")
		v := vaccine{
			code: word{code, r.at(e.key)}, name: r.word(f["name"], "name").text, programme: r.programme(f["programme"]),
			live: r.oneOf(f["live"], "live", liveInjected, liveOral).text, counts: r.limitedList(f["counts_for"], "counts_for"),
			basis: r.basis(f, basis{}),
		}
		if f["counts_for"] == nil {
			r.bad(r.at(e.key), RuleMissingKey, "vaccine %s needs the key %q", code, "counts_for")
		}
		if f["volume"] != nil {
			v.volumes = append(v.volumes, volume{microlitres: r.millilitres(f["volume"])})
		}
		for _, item := range r.items(f["volumes"], "volumes") {
			g := r.fields(item, "a volume", "from_age", "before_age", "ml")
			v.volumes = append(v.volumes, volume{
				r.positive(g["from_age"], "from_age", RuleAge), r.positive(g["before_age"], "before_age", RuleAge), r.millilitres(g["ml"]),
			})
		}
		out = append(out, v)
	}
	r.atMost(n, len(out), VaccinesMax, "vaccines")
	return out
}

// millilitres reads a volume and returns microlitres.
func (r *reader) millilitres(n *yaml.Node) int {
	w := r.word(n, "volume in ml")
	v, err := strconv.ParseFloat(w.text, 64)
	if n == nil || err != nil || !(v > 0 && v <= 20) {
		if n != nil {
			r.bad(w.at, RuleNumber, "volume: write millilitres above 0 and up to 20, as 0.5, not %q", w.text)
		}
		return 0
	}
	return int(v*1000 + 0.5)
}

func (r *reader) antigens(n *yaml.Node) []antigen {
	var out []antigen
	for _, e := range r.entries(n, "antigens") {
		name := e.key.Value
		f := r.fields(e.value, "antigen "+name, "group", "also", "latest_age", "cite", "verify")
		out = append(out, antigen{
			name: word{name, r.at(e.key)}, group: r.word(f["group"], "group").text, also: r.words(f["also"], "also"),
			latestAge: r.positive(f["latest_age"], "latest_age", RuleAge), basis: r.basis(f, basis{}),
		})
	}
	r.atMost(n, len(out), AntigensMax, "antigens")
	return out
}

func (r *reader) observations(n *yaml.Node) []observation {
	var out []observation
	for _, e := range r.entries(n, "observations") {
		out = append(out, observation{word{e.key.Value, r.at(e.key)}, r.word(e.value, "observation "+e.key.Value).text})
	}
	r.atMost(n, len(out), ObservationsMax, "observations")
	return out
}

// rules reads what holds across series.
func (r *reader) rules(d *document, f map[string]*yaml.Node) {
	for _, item := range r.items(f["live"], "live") {
		g := r.fields(item, "a rule between live vaccines", "vaccines", "min_interval", "cite", "verify")
		d.conflicts = append(d.conflicts, conflict{
			r.oneOf(g["vaccines"], "vaccines", liveInjected, liveOral), r.positive(g["min_interval"], "min_interval", RuleInterval), r.basis(g, basis{}),
		})
		r.needs(item, g, "a rule between live vaccines", "vaccines", "min_interval")
	}
	for _, item := range r.items(f["contraindications"], "contraindications") {
		g := r.fields(item, "a contraindication", "observation", "antigens", "vaccines", "live", "from_age", "before_age", "note", "cite", "verify")
		c := contraindication{
			observation: r.word(g["observation"], "observation"), antigens: r.words(g["antigens"], "antigens"),
			vaccines: r.words(g["vaccines"], "vaccines"), live: r.oneOf(g["live"], "live", liveInjected, liveOral).text,
			fromAge: r.positive(g["from_age"], "from_age", RuleAge), beforeAge: r.positive(g["before_age"], "before_age", RuleAge),
			reason: r.word(g["note"], "note").text, where: r.at(item), basis: r.basis(g, basis{}),
		}
		r.needs(item, g, "a contraindication", "observation")
		if c.antigens == nil && c.vaccines == nil && c.live == "" {
			r.bad(r.at(item), RuleMissingKey, "a contraindication needs antigens, vaccines or live")
		}
		d.contra = append(d.contra, c)
	}
	if n := f["anaphylaxis"]; n != nil {
		g := r.fields(n, "anaphylaxis", "name", "cite", "verify")
		r.needs(n, g, "anaphylaxis", "name")
		d.anaphylaxis = &anaphylaxis{r.word(g["name"], "name").text, r.basis(g, basis{})}
	}
	for _, item := range r.items(f["deferrals"], "deferrals") {
		g := r.fields(item, "a deferral", "observation", "live", "wait", "cite", "verify")
		r.needs(item, g, "a deferral", "observation", "live", "wait")
		d.deferrals = append(d.deferrals, deferral{
			r.word(g["observation"], "observation"), r.oneOf(g["live"], "live", liveInjected, liveOral),
			r.positive(g["wait"], "wait", RuleInterval), r.basis(g, basis{}),
		})
	}
	for _, item := range r.items(f["supplementary"], "supplementary") {
		g := r.fields(item, "a supplementary dose", "vaccine", "from_age", "before_age", "programme", "cite", "verify")
		r.needs(item, g, "a supplementary dose", "vaccine", "from_age")
		d.supplementary = append(d.supplementary, supplementary{
			r.word(g["vaccine"], "vaccine"), r.positive(g["from_age"], "from_age", RuleAge),
			r.positive(g["before_age"], "before_age", RuleAge), r.programme(g["programme"]), r.basis(g, basis{}),
		})
	}
	r.atMost(f["live"], len(d.conflicts), RulesMax, "rules between live vaccines")
	r.atMost(f["contraindications"], len(d.contra), RulesMax, "contraindications")
	r.atMost(f["deferrals"], len(d.deferrals), RulesMax, "deferrals")
	r.atMost(f["supplementary"], len(d.supplementary), RulesMax, "supplementary doses")
}

// needs reports keys that are missing.
func (r *reader) needs(n *yaml.Node, f map[string]*yaml.Node, what string, keys ...string) {
	for _, k := range keys {
		if f[k] == nil {
			r.bad(r.at(n), RuleMissingKey, "%s needs the key %q", what, k)
		}
	}
}

func (r *reader) series(n *yaml.Node) []series {
	var out []series
	rows, areas := 0, 0
	for _, e := range r.entries(n, "series") {
		s := r.oneSeries(e)
		rows += len(s.rows)
		for _, o := range s.offers {
			areas += len(o.areas)
		}
		out = append(out, s)
	}
	r.atMost(n, len(out), SeriesMax, "series")
	r.atMost(n, rows, RowsMax, "doses")
	r.atMost(n, areas, AreasMax, "areas")
	return out
}

func (r *reader) oneSeries(e entry) series {
	what := "series " + e.key.Value
	f := r.fields(e.value, what, "antigens", "programme", "sex", "product", "for", "from_age", "before_age", "begun", "history",
		"offered", "event", "refuse", "latest_age", "note", "doses", "cite", "verify")
	s := series{
		id: word{e.key.Value, r.at(e.key)}, antigens: r.words(f["antigens"], "antigens"), programme: r.programme(f["programme"]),
		sex: r.oneOf(f["sex"], "sex", "female", "male"), product: r.flag(f["product"], "product"), people: r.words(f["for"], "for"),
		from: r.positive(f["from_age"], "from_age", RuleAge), before: r.positive(f["before_age"], "before_age", RuleAge),
		event: r.word(f["event"], "event"), refuse: r.words(f["refuse"], "refuse"),
		latestAge: r.positive(f["latest_age"], "latest_age", RuleAge), note: r.word(f["note"], "note").text, basis: r.basis(f, basis{}),
	}
	r.needs(e.key, f, what, "antigens", "programme", "doses")
	if n := f["begun"]; n != nil {
		g := r.fields(n, "begun", "from_age", "before_age")
		s.startFrom, s.startUntil = r.positive(g["from_age"], "from_age", RuleAge), r.positive(g["before_age"], "before_age", RuleAge)
	}
	if n := f["history"]; n != nil {
		s.history = r.history(n)
	}
	if n := f["offered"]; n != nil {
		s.offered = true
		for _, item := range r.items(n, "offered") {
			s.offers = append(s.offers, r.offer(item, s.basis))
		}
	}
	for _, item := range r.items(f["doses"], "doses") {
		s.rows = append(s.rows, r.row(item, &s))
	}
	return s
}

// history reads how many doses of some vaccines somebody must have had.
func (r *reader) history(n *yaml.Node) *history {
	g := r.fields(n, "history", "given", "antigens", "before_age", "doses")
	r.needs(n, g, "history", "given", "doses")
	h := &history{given: r.words(g["given"], "given"), antigens: r.words(g["antigens"], "antigens"), beforeAge: r.positive(g["before_age"], "before_age", RuleAge), where: r.at(n)}
	w := r.word(g["doses"], "doses")
	parts := strings.Fields(w.text)
	compare, known := compareWords[strings.Join(parts[:max(0, len(parts)-1)], " ")]
	count := -1
	if len(parts) > 0 {
		if i, err := strconv.Atoi(parts[len(parts)-1]); err == nil && i >= 0 && i <= 20 {
			count = i
		}
	}
	if !known || count < 0 {
		if w.stated() {
			r.bad(w.at, RuleNumber, "doses: write exactly 3, under 3 or over 3, not %q", w.text)
		}
		return h
	}
	h.compare, h.count = compare, count
	return h
}

func (r *reader) offer(n *yaml.Node, above basis) offer {
	if n.Kind == yaml.ScalarNode { // a code alone: there, always
		w := r.word(n, "offered")
		return offer{areas: []word{w}, where: w.at, basis: above}
	}
	g := r.fields(n, "an offer", "areas", "from", "until", "cite", "verify")
	o := offer{areas: r.words(g["areas"], "areas"), from: r.day(g["from"], "from"), until: r.day(g["until"], "until"), where: r.at(n), basis: r.basis(g, above)}
	if o.from != 0 && o.until != 0 && o.until <= o.from {
		r.bad(o.where, RuleValidity, "until (%s) is not after from (%s)", o.until.ISO(), o.from.ISO())
	}
	return o
}

func (r *reader) row(n *yaml.Node, s *series) row {
	what := "a dose"
	f := r.fields(n, what, "dose", "give", "accept", "only", "valid_from_age", "recommended_age", "overdue_from",
		"latest_age", "counted_until", "min_interval", "recommended_interval", "event_from", "event_recommended", "event_until", "repeat",
		"on_time_within", "cite", "verify")
	w := row{where: r.at(n), give: r.words(f["give"], "give"), accept: r.limitedList(f["accept"], "accept"), only: r.words(f["only"], "only"), basis: r.basis(f, s.basis)}
	r.needs(n, f, what, "dose")
	if label := r.word(f["dose"], "dose"); label.stated() {
		code, number := splitLabel(label.text)
		i, err := strconv.Atoi(number)
		if err != nil || i < 1 || i > 20 {
			r.bad(label.at, RuleNumber, "dose: write the vaccine and its number on the card, as BCG 1, not %q", label.text)
		}
		w.label, w.number = word{code, label.at}, i
	}
	age := func(key string) span { return r.positive(f[key], key, RuleAge) }
	w.validFrom, w.recommended = age("valid_from_age"), age("recommended_age")
	w.latest, w.counted = age("latest_age"), age("counted_until")
	w.overdue = age("overdue_from")
	if !w.latest.Stated {
		w.latest = s.latestAge
	}
	w.minInterval, w.recommendedInterval = r.positive(f["min_interval"], "min_interval", RuleInterval), r.positive(f["recommended_interval"], "recommended_interval", RuleInterval)
	w.eventFrom, w.eventRecommended, w.eventUntil = r.period(f["event_from"], "event_from"), r.period(f["event_recommended"], "event_recommended"), r.period(f["event_until"], "event_until")
	w.repeat = r.positive(f["repeat"], "repeat", RuleInterval)
	if h := r.word(f["on_time_within"], "on_time_within"); h.stated() {
		hours, ok := strings.CutSuffix(h.text, "h")
		i, err := strconv.Atoi(hours)
		if !ok || err != nil || i < 1 || i > 240 {
			r.bad(h.at, RulePeriod, "on_time_within: write hours as 24h, not %q", h.text)
		}
		w.onTimeMinutes = i * 60
	}
	if !s.event.stated() {
		for _, key := range []string{"event_from", "event_recommended", "event_until"} {
			if f[key] != nil {
				r.bad(r.at(f[key]), RuleMissingKey, "%s counts from an event: name it in the series' key %q", key, "event")
			}
		}
	}
	r.possible(&w)
	return w
}
