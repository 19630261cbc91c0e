// Package backup makes copies of a data folder that can be opened when the machine is lost, and makes a folder out of a
// copy. A copy counts only once it was opened again: decrypted, read through by the database, and held against what it
// says of itself.
//
// A backup is one file, `tramy-NUMBER-DEVICE-SEQUENCE-TIME.backup`, encrypted (internal/envelope) to the device itself,
// to the hub above it and to the printed recovery key if there is one. Inside is a tar compressed with zstd, so that
// `age -d | zstd -d | tar x` opens it where nothing of tramy is at hand:
//
//	manifest.json    who, where, when, versions, counts, sizes and checksums of what follows
//	manifest.sig     the device's signature over it
//	tramy.json       the folder's identity and settings
//	device.key.age   the private keys, encrypted once more to the recovery key alone; only if there is one
//	journal          own acts
//	tramy.db         the database
//
// The private keys are in no copy that a hub or a finder could read (docs/decisions, 21). Before a copy is made the node
// seals what was recorded, so that a hub can take all of it in, signed by its author, without the author's key.
//
// Read keeper.go first, then file.go and restore.go.
package backup
