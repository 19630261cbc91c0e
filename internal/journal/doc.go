// Package journal keeps a node's own acts in a file beside the database: each act is one record, written
// and synced before the database commits it. A torn end, as a power cut leaves it, is cut off when the
// file is opened; a damaged record in the middle is passed over and those after it are still read.
//
// A file is the magic line, then records:
//
//	marker   4 bytes  0x1e 'T' 'J' 0x1e
//	length   4 bytes  little endian, of the body
//	crc      4 bytes  CRC-32C of the body
//	body     flags (1: access log, 2: opening follows, 4: void follows, 8: voids follow), chain (16 bytes), [opening],
//	         [void: 12 bytes of a log, 4 of a Seq, big endian], [how many further voids, uvarint; these], changes
//
// chain is the first 16 bytes of SHA-256 over the chain before and the body after it, so that a record
// put in or taken out in the middle is seen.
//
// A second copy may lie on another drive (copy.go). It is a file of the same frames; the body of each is a run of records
// as the journal has them, encrypted (internal/envelope), because sticks get lost.
//
// Read journal.go first, then merge.go and copy.go.
package journal
