// Package registry knows what the numbers of syncproto mean: kinds, fields, their types and classes, the
// typed views of a state (Subject, Immunization, Place…), the rules an entry must pass before it is
// written, codes with check digits, and how Vietnamese names, phones and dates are compared.
//
// It is pure: no clock, no database, no network. Read fields.go first.
package registry
