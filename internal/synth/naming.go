package synth

import (
	"strings"

	"tramy/internal/registry"
)

// A Namer makes names as the people of a province have them.
type Namer struct{ s *source }

// NewNamer returns a namer; equal seeds make equal names.
func NewNamer(seed uint64) *Namer { return &Namer{newSource(seed, "names")} }

// Ethnic draws an ethnic group of a province (code of two digits on the map since July 2025).
func (n *Namer) Ethnic(province string) string { return n.s.ethnic(province) }

// Family draws a family name of the group.
func (n *Namer) Family(ethnic string) string { return n.s.pick(peopleOf(ethnic).families) }

// Child makes a whole name for a child of a family.
func (n *Namer) Child(ethnic string, sex registry.Sex, family string) string {
	return n.s.childName(peopleOf(ethnic), sex, family).String()
}

// Adult makes a whole name for somebody of child-bearing age.
func (n *Namer) Adult(ethnic string, sex registry.Sex) string {
	pe := peopleOf(ethnic)
	return n.s.adultName(pe, sex, n.s.pick(pe.families)).String()
}

func (s *source) ethnic(province string) string {
	if mix := mixes[province]; mix != nil {
		return s.pick(mix)
	}
	return s.pick(mixElsewhere)
}

// peopleOf returns the habits of a group, those of the Kinh if there are none of its own.
func peopleOf(ethnic string) *people {
	if pe := peoples[ethnic]; pe != nil {
		return pe
	}
	return peoples["Kinh"]
}

// fullName is a name in the parts it was made of. In writing nothing parts them.
type fullName struct{ first, family, middle, given, last string }

func (n fullName) String() string {
	given := n.first + n.given
	return strings.Join(strings.Fields(strings.Join([]string{n.family, n.middle, given, n.last}, " ")), " ")
}

func (s *source) childName(pe *people, sex registry.Sex, family string) fullName {
	if pe.maleGiven == nil || s.of(pe.modernPerHundred) {
		n := fullName{family: family}
		if sex == registry.SexFemale {
			n.middle, n.given = s.pick(girlsMiddles), s.pick(girlsGiven)
		} else {
			n.middle, n.given = s.pick(boysMiddles), s.pick(boysGiven)
		}
		if n.middle == n.given {
			n.middle = ""
		}
		if !strings.Contains(n.middle, " ") && n.middle != "Thị" && n.middle != "Văn" && s.of(11) { // four words
			middle := "Văn"
			if sex == registry.SexFemale {
				middle = "Thị"
			} else if s.of(60) {
				middle = s.one([]string{"Đức", "Hữu", "Nguyễn", "Trần", "Lê"})
			}
			if middle != n.middle && middle != family {
				n.middle = middle + " " + n.middle
			}
		}
		return n
	}
	return s.ownName(pe, sex, family)
}

func (s *source) adultName(pe *people, sex registry.Sex, family string) fullName {
	if pe.maleGiven != nil {
		return s.ownName(pe, sex, family)
	}
	n := fullName{family: family}
	if sex == registry.SexFemale {
		n.middle, n.given = s.pick(womensMiddles), s.pick(womensGiven)
	} else {
		n.middle, n.given = s.pick(mensMiddles), s.pick(mensGiven)
	}
	if n.middle == n.given {
		n.middle = "Thị"
		if sex == registry.SexMale {
			n.middle = "Văn"
		}
	}
	return n
}

// ownName makes a name as only this group has them.
func (s *source) ownName(pe *people, sex registry.Sex, family string) fullName {
	middles, given, first := pe.maleMiddle, pe.maleGiven, pe.maleFirst
	if sex == registry.SexFemale {
		middles, given, first = pe.femaleMiddle, pe.femaleGiven, pe.femaleFirst
	}
	n := fullName{family: family, given: s.pick(given), first: first}
	if middles != nil {
		n.middle = s.pick(middles)
	}
	if pe.clanLast {
		n.family, n.last = "", family
	}
	if s.of(pe.oneWordPerHundred) {
		return fullName{first: first, given: n.given}
	}
	return n
}
