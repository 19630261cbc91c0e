// Package synth makes up registers from a seed: communes with their hamlets, families with the names in use
// there, children born over six years, pregnant women, the doses they have had, and the ways in which one
// person comes to be on record more than once.
//
// It promises that equal seeds and options make equal registers, byte for byte and in whatever order communes
// are asked for; that the people and their doses are the same at every level of errors; that every record passes
// the rules of entry of package registry; and that each record says which person it is about (the truth), so
// that whatever looks for duplicates can be measured. It is pure: no files, no clock, bounded memory for a
// nation, since one commune is made at a time.
//
// It knows no spreadsheet and no store; `tramy-demo generate` writes its registers as files. What is made
// up is made up: any likeness to a person is chance, and the shares are rough (see names.go and habits.go), so
// its registers measure programs and say nothing about a country. Read nation.go first.
package synth
