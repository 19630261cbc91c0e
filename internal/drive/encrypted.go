package drive

// Encryption says whether what is written in a folder is encrypted on its disk.
type Encryption uint8

// What the system says. Where it does not say, it is unknown: nobody is told that a disk is safe which may not be.
const (
	EncryptionUnknown Encryption = iota
	Encrypted
	NotEncrypted
)
