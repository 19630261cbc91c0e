// Package paper draws what is handed out or written on by hand as PDF, from the same structs as the pages of package ui: one
// gathering of the data, two ways to look at it. A station makes it without a network.
//
// It promises: what went in as text comes out as text, letter by letter, with every letter of Vietnamese and of the languages written
// in Latin letters beside it (so a file can be searched and copied from); nothing is cut: what is too long wraps, what has one place
// shrinks into it; a table goes on over pages under its head, each with its number; black on white with thin lines, for a laser
// printer; on a training machine every sheet, and every piece that is cut apart, says so. The same input gives the same bytes: time is
// handed in.
//
// It does not read records, check rights or write down who took paper (package desk and the handlers do), and knows no names of files.
//
// Read sheet.go first (pages, their head and foot), then text.go (letters, wrapping) and table.go, then the documents, one file each.
package paper
