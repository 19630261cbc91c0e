// Package project turns states into rows: what pages list, what searches find, what is counted. Each
// function is pure; a case's rows depend on nothing but the states of the case. Aggregates are counted
// from rows, by the difference of the rows stored before and after.
//
// Read rows.go, then case.go.
package project
