package drive

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// device makes a block device as /sys shows it: with an id if it is a mapped one, and what it is made of.
func device(t *testing.T, sys, name, uuid string, parts ...string) string {
	t.Helper()
	dir := filepath.Join(sys, name)
	if err := os.MkdirAll(filepath.Join(dir, "slaves"), 0o700); err != nil {
		t.Fatal(err)
	}
	if uuid != "" {
		if err := os.MkdirAll(filepath.Join(dir, "dm"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "dm", "uuid"), []byte(uuid+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, part := range parts {
		if err := os.Symlink(filepath.Join(sys, part), filepath.Join(dir, "slaves", part)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestEncryptionIsSeenBelowTheFileSystem(t *testing.T) {
	sys := t.TempDir()
	device(t, sys, "sda2", "")
	device(t, sys, "sdb1", "")
	device(t, sys, "dm-0", "CRYPT-LUKS2-8d1b", "sda2")
	device(t, sys, "dm-3", "CRYPT-LUKS2-77aa", "sdb1")
	device(t, sys, "loop0", "")
	for name, c := range map[string]struct {
		device string
		want   Encryption
	}{
		"a partition as it is":            {filepath.Join(sys, "sda2"), NotEncrypted},
		"LUKS":                            {filepath.Join(sys, "dm-0"), Encrypted},
		"LVM on LUKS":                     {device(t, sys, "dm-1", "LVM-abcd", "dm-0"), Encrypted},
		"LVM on a partition":              {device(t, sys, "dm-2", "LVM-abcd", "sda2"), NotEncrypted},
		"LVM on two, one of them open":    {device(t, sys, "dm-4", "LVM-abcd", "dm-0", "sdb1"), NotEncrypted},
		"LVM on two that are encrypted":   {device(t, sys, "dm-5", "LVM-abcd", "dm-0", "dm-3"), Encrypted},
		"a file that is mounted":          {filepath.Join(sys, "loop0"), EncryptionUnknown},
		"what the kernel does not show":   {filepath.Join(sys, "sdz"), EncryptionUnknown},
		"a device that is made of itself": {device(t, sys, "dm-6", "LVM-abcd", "dm-6"), EncryptionUnknown},
	} {
		if got := below(c.device, 0); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if got := EncryptionOf(filepath.Join(sys, "no")); got != EncryptionUnknown {
		t.Errorf("no folder: %v", got)
	}
	EncryptionOf(sys) // whatever this machine has, it must not fail
}

func TestMountOfABtrfs(t *testing.T) {
	table := "22 27 0:21 / /proc rw,relatime - proc proc rw\n30 1 0:35 /home /home rw,relatime shared:1 - btrfs /dev/mapper/luks-8d rw\n"
	if kind, source := mountOf(strings.NewReader(table), 35); kind != "btrfs" || source != "/dev/mapper/luks-8d" {
		t.Errorf("%s %s", kind, source)
	}
	if kind, _ := mountOf(strings.NewReader(table), 99); kind != "" {
		t.Errorf("%s", kind)
	}
}
