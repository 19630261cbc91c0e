// Package report makes the tables that pages, CSV and commands print: figures with their completeness.
//
// Coverage reads aggregates only, never states, so that a country costs no more than its places. The monthly forms (month.go) are of one
// commune or facility: they read the doses given there since the year began, once, and can name what each number counts. What a form
// asks is data (forms/*.yaml, layout.go); docs/guide/reports.md says how each row is counted and by which document.
package report
