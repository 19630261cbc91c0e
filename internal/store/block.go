package store

import (
	"strings"

	"tramy/internal/project"
)

// Words cuts a folded text into what a search finds it by: runs of ASCII letters and digits and of anything beyond
// ASCII.
func Words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool {
		return r < 0x80 && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

// Weights by which the rows of a block are put in order. A word of a name is worth one.
const (
	blockNumber = 100 // code, personal number
	blockPhone  = 6
	blockBirth  = 4
	blockName   = 4
)

// Rank says in how much a row agrees with the keys of a block.
func (b *BlockQuery) Rank(r *project.SubjectRow) int {
	rank := 0
	add := func(agrees bool, weight int) {
		if agrees {
			rank += weight
		}
	}
	numbers := " " + r.Numbers + " "
	has := func(number string) bool { return number != "" && strings.Contains(numbers, " "+number+" ") }
	add(has(b.Code), blockNumber)
	add(has(b.PersonalNo), blockNumber)
	for _, number := range b.Papers {
		add(has(strings.ToLower(number)) || strings.Contains(" "+r.Search+" ", " "+strings.ToLower(number)+" "), blockNumber)
	}
	add(has(b.Phone), blockPhone)
	add(b.BirthDate != 0 && r.BirthDate == b.BirthDate && r.BirthPrec != 0, blockBirth)
	add(b.SortName != "" && r.SortName == b.SortName, blockName)
	words := " " + r.Search + " "
	for _, w := range b.Words {
		add(strings.Contains(words, " "+w+" "), 1)
	}
	return rank
}
