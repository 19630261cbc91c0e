// Package registry knows what the numbers of syncproto mean: kinds, fields, their types and classes, the
// typed views of a state (Subject, Immunization, Place…), the rules an entry must pass before it is
// written, codes with check digits, and how Vietnamese names, phones and dates are compared.
//
// A view is read from a State and never stored. An entry becomes a Draft: the writes of one change,
// checked, in canonical form, each replacing exactly the values its form had shown; a live value it had
// not shown is a *StaleError, what cannot be accepted is Errors with codes for which the catalogue has
// sentences. What is odd but may be right is a warning and never stands in the way, because a session
// must go on.
//
// It is pure: no clock, no database, no network; today is an argument. It does not say who may write what
// (rights), when a dose is due (forecast) or how states become rows (project).
//
// Read fields.go and fieldtable.go first, then subject.go and draft.go; fold.go and duplicate.go for
// finding people.
package registry
