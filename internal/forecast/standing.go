package forecast

// standing says why a person is immune, and why the series must not be given; no code if neither. What
// concerns the antigen as a whole is looked up once for all its series.
func (e *Engine) standing(r *run) (immune, contra Reason) {
	a := &e.ofA[r.antigen]
	if !a.asked {
		a.asked = true
		a.immunity = e.immunity(&e.s.Antigens[r.antigen])
		a.contra = e.contraindication(&e.s.Antigens[r.antigen])
	}
	contra = a.contra
	if contra.Code == 0 {
		contra = e.noVaccineLeft(r)
	}
	return a.immunity, contra
}

// immunity looks for evidence of immunity, or a birth date that counts as such [determine evidence of immunity].
func (e *Engine) immunity(a *Antigen) Reason {
	if !e.keeps(ruleImmunity) {
		return Reason{}
	}
	for _, o := range a.ImmuneBy {
		if e.has(o) {
			return Reason{Code: ReasonImmuneEvidence, Vaccine: None, Seen: o}
		}
	}
	for i := range a.ImmuneBirths {
		b := &a.ImmuneBirths[i]
		if e.p.KnownBirth && e.birth.last < b.Before && !e.hasAny(b.Exclusions) {
			w := because(ReasonImmuneBirth)
			w.On = b.Before
			return w
		}
	}
	return Reason{}
}

func (e *Engine) hasAny(list []ObservationIndex) bool {
	for _, o := range list {
		if e.has(o) {
			return true
		}
	}
	return false
}

// contraindication looks for an observation that forbids every vaccine against the antigen [determine
// contraindications; CALCDTCI-1, CALCDTCI-2].
func (e *Engine) contraindication(a *Antigen) Reason {
	if !e.anySeen || !e.keeps(ruleContraindication) {
		return Reason{}
	}
	for i := range a.Contraindications {
		c := &a.Contraindications[i]
		if e.has(c.Observation) && e.mayBeAged(c.Begin, c.End, e.on) {
			return Reason{Code: ReasonContraindicated, Vaccine: None, Seen: c.Observation}
		}
	}
	return Reason{}
}

// forbids returns the observation that forbids one vaccine against an antigen, or None.
func (e *Engine) forbids(a AntigenIndex, v VaccineIndex) ObservationIndex {
	if !e.anySeen || !e.keeps(ruleContraindicatedVaccine) {
		return None
	}
	list := e.s.Antigens[a].VaccineContra
	for i := range list {
		c := &list[i]
		if !e.has(c.Observation) || !e.mayBeAged(c.Begin, c.End, e.on) {
			continue
		}
		for k := range c.Vaccines {
			if c.Vaccines[k].Vaccine == v && e.mayBeAged(c.Vaccines[k].Begin, c.Vaccines[k].End, e.on) {
				return c.Observation
			}
		}
	}
	return None
}

// noVaccineLeft says why a series is contraindicated whose every preferable vaccine is forbidden.
func (e *Engine) noVaccineLeft(r *run) Reason {
	why := ObservationIndex(None)
	if !e.anySeen || len(e.s.Antigens[r.antigen].VaccineContra) == 0 {
		return Reason{}
	}
	for i := range r.series.Doses {
		for k := range r.series.Doses[i].Preferable {
			o := e.forbids(r.antigen, r.series.Doses[i].Preferable[k].Vaccine)
			if o == None {
				return Reason{}
			}
			why = o
		}
	}
	if why == None {
		return Reason{}
	}
	return Reason{Code: ReasonContraindicated, Vaccine: None, Seen: why}
}
