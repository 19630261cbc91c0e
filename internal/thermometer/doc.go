// Package thermometer reads what temperature loggers write: the file that one hands over when it is plugged in, a row a reading, and
// makes of it what a register keeps, a line a day.
//
// It knows no brand. Whatever the maker, such a file has a column with the time and one with degrees, under titles that say so, and
// lines about the logger above them; read.go finds them, when.go reads the times. A file in which they are not found is refused with
// what was found instead, never guessed at. What it promises: each reading that can be read is counted in its day, each that cannot
// is counted as such, and a file that is read twice says the same.
//
// It has no disk, network or clock.
package thermometer
