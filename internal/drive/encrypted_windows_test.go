package drive

import "testing"

func TestProtection(t *testing.T) {
	for value, want := range map[int32]Encryption{0: EncryptionUnknown, 1: Encrypted, 2: NotEncrypted, 3: NotEncrypted, 5: NotEncrypted, 6: Encrypted, 9: EncryptionUnknown} {
		if got := protectionOf(value); got != want {
			t.Errorf("%d: %v, want %v", value, got, want)
		}
	}
	t.Log(EncryptionOf(t.TempDir())) // whatever this machine has, it must not fail
}
