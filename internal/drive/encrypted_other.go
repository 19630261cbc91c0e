//go:build !linux && !windows

package drive

// EncryptionOf says nothing here.
func EncryptionOf(string) Encryption { return EncryptionUnknown }
