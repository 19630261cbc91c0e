// Package sheet reads a commune's register out of a spreadsheet, as health stations keep it or the national
// system exports it, and writes registers so that they can be read again.
//
// A Book is one file: CSV or XLSX. Guess finds the header and what each column is, as a Mapping that a
// person can look at and change; Read turns the rows into Entries: a person, the doses, and with each what
// is wrong or odd about it, by sheet, row and column. Two layouts are known: wide, one row a child and a
// column a dose, as the paper form A2.1; and long, one row a dose.
//
// It promises that nothing is made up and nothing goes missing unsaid. A date that can be read in two ways,
// a dose without a date, a vaccine nobody knows is a Problem of its entry and not a guess; what cannot be
// kept in a field of its own is kept in the note, with a Warning. A file that is cut off is an error and not
// a shorter register. Text in the old encodings TCVN3, VNI and VIQR is recognised by its syllables and
// converted; text that is right already is left alone.
//
// It is pure: it reads an io.ReaderAt, writes an io.Writer, is told what day it is, and keeps no file of its
// own on the way, because registers are about children. It does not know who is in the register already;
// that is for whoever takes the entries in. What is checked of a value is registry's to say.
//
// Read mapping.go and entry.go first, then read.go; guess.go and titles.go for how columns are recognised.
package sheet
