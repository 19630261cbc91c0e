// Package sqlfile reads what is left of a damaged SQLite database, page by page, without SQLite: a program that
// trusts the file stops at the first page that is wrong, and everything behind it would be lost.
//
// It reads the format that SQLite documents (https://sqlite.org/fileformat2.html): pages, cells, overflow chains,
// records, and the frames that the write-ahead log committed. What cannot be read is passed over and counted,
// whatever bytes the file holds; nothing is written. A record that comes out whole may still hold a flipped bit:
// the caller must know a way to tell.
//
// Read file.go, then page.go.
package sqlfile
