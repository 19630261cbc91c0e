// Package national reads our own schedule files: YAML that a health officer can read and edit, one file for
// each version of a country's schedule, with a citation for every row. It makes a forecast.Schedule of one,
// or says what is wrong in it, by file, line, column and rule. The schedules of Vietnam are embedded.
//
// It is pure: it is given the text of a file. docs/guide/schedule-file.md describes the format; read load.go
// for the steps, document.go for what a file says, build.go for what becomes of it, embed.go for Vietnam.
package national
