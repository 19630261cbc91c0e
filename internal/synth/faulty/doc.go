// Package faulty makes register files that are wrong on purpose, each in one way, and says what it planted where:
// so that what a reader of registers turns down can be held against what is wrong in the file. It writes its
// files byte by byte itself, as other people's programs would, and shares no code with what reads them.
//
// A file either is refused as a whole, or has plants: every row with a plant cannot be taken in as it stands,
// and every other row can. Some files have no plants: they only look odd (merged cells, two rows of titles, old
// encodings) and are to be read whole. Read files.go first.
package faulty
