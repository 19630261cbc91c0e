// Package envelope encrypts files to the X25519 keys that devices have: backups and what travels on a USB
// stick. The format is age (age-encryption.org/v1), so that a file can be opened by the age program too when
// nothing of tramy is at hand.
//
// It says who can read a file, not who wrote it: what needs an author is signed inside.
package envelope
