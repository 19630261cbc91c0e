package project

import (
	"slices"
	"strings"
	"time"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

// foldedFields are what a subject is looked up by.
var foldedFields = []p.Field{
	registry.SubjectName, registry.SubjectMotherName, registry.SubjectFatherName, registry.SubjectGuardianName,
	registry.SubjectHamlet, registry.SubjectAliases, registry.SubjectCode, registry.SubjectMotherPhone,
	registry.SubjectFatherPhone, registry.SubjectGuardianTel, registry.SubjectPersonalNo, registry.SubjectInsurance,
	registry.SubjectNationalCode, registry.SubjectPassport, registry.SubjectPhone,
}

// SameTexts reports whether two states of a subject are looked up by the same: no text of theirs that a row
// holds folded differs.
func SameTexts(a, b *p.State) bool {
	return !slices.ContainsFunc(foldedFields, func(f p.Field) bool { return !a.Get(f).Equal(b.Get(f)) })
}

// subjectRow reads a subject's row; folded, if not nil, is the row stored for a state with the same texts.
func subjectRow(s *p.State, kase p.EntityID, folded *SubjectRow, residence func(p.EntityID, string) p.EntityID) SubjectRow {
	v := registry.SubjectOf(s)
	row := SubjectRow{
		ID:          v.ID,
		Case:        kase,
		Recorded:    v.Place,
		Residence:   residence(v.Place, v.Hamlet),
		Code:        string(v.Code),
		Name:        v.Name,
		BirthDate:   v.BirthDate,
		BirthPrec:   v.BirthPrec,
		BirthMinute: v.BirthClock,
		BirthOrder:  int32(v.BirthOrder),
		Sex:         v.Sex,
		Hamlet:      v.Hamlet,
		MotherName:  v.MotherName,
		Phone:       firstOf(v.Phone, v.MotherPhone, v.GuardianPhone, v.FatherPhone),
		PersonalNo:  v.PersonalNo,
		Group:       v.Group,
		Status:      v.Status,
		NextDate:    v.NextDate,
		DueDate:     v.DueDate,
		Conditions:  registry.JoinConditions(v.Conditions),
		Void:        v.Void != "",
		Provisional: !Born(s),
		FromCard:    v.FromCard,
		Mother:      v.Mother,
		Tetanus:     int32(v.Tetanus),
		TetanusYear: int32(v.TetanusYear),
	}
	row.HomeBy, row.HomeDay = homeWritten(s)
	if folded != nil {
		row.Search, row.Numbers, row.SortName = folded.Search, folded.Numbers, folded.SortName
	} else {
		row.Search, row.Numbers, row.SortName = searchWords(&v.SubjectInput), searchNumbers(&v.SubjectInput), SortName(v.Name)
	}
	return row
}

// homeWritten returns by whom and when the residence that counts was written.
func homeWritten(s *p.State) (p.EntityID, registry.Day) {
	counts := s.Get(p.FieldPlace)
	for _, v := range slices.Backward(s.Values(p.FieldPlace)) {
		if v.Data.Equal(counts) {
			return v.Actor, registry.Today(time.UnixMilli(v.At.Corrected()), registry.VietnamOffset)
		}
	}
	return p.EntityID{}, 0
}

// searchWords folds everything a person may be looked up by into words, each once.
func searchWords(v *registry.SubjectInput) string {
	texts := append([]string{v.Name, v.MotherName, v.FatherName, v.GuardianName, v.Hamlet}, v.Aliases...)
	var words []string
	for _, t := range texts {
		// Both forms: what was typed as written, and with i and y alike.
		words = append(words, strings.Fields(registry.Fold(t))...)
		words = append(words, registry.SearchTokens(t)...)
	}
	return joinOnce(words)
}

// SortName folds a name and puts the given name, the last word, in front. Titles are not part of it.
func SortName(name string) string {
	rest, _ := registry.StripTitle(name)
	words := strings.Fields(registry.Fold(rest))
	if n := len(words); n > 1 {
		words = append([]string{words[n-1]}, words[:n-1]...)
	}
	return strings.Join(words, " ")
}

// searchNumbers lists the numbers a person may be looked up by, each once. The last six digits of the
// code stand for themselves, because that is what people read out.
func searchNumbers(v *registry.SubjectInput) string {
	numbers := []string{string(v.Code)}
	if v.Code.Valid() {
		numbers = append(numbers, v.Code.LastSix())
	}
	for _, n := range []string{v.Phone, v.MotherPhone, v.FatherPhone, v.GuardianPhone, v.PersonalNo, v.Insurance, v.NationalCode, v.Passport} {
		numbers = append(numbers, strings.ToLower(strings.Join(strings.Fields(n), "")))
	}
	return joinOnce(numbers)
}

// joinOnce joins what is not empty with spaces, in order of first occurrence.
func joinOnce(words []string) string {
	var out []string
	for _, w := range words {
		if w != "" && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
