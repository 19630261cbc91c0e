package drive

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// EncryptionOf says whether a folder lies on an encrypted disk: with dm-crypt (LUKS) somewhere below its file system, as the kernel
// tells everybody under /sys.
func EncryptionOf(folder string) Encryption {
	var st unix.Stat_t
	if err := unix.Stat(folder, &st); err != nil {
		return EncryptionUnknown
	}
	major, minor := unix.Major(st.Dev), unix.Minor(st.Dev)
	if major == 0 { // no block device of its own: btrfs, a network, memory
		f, err := os.Open("/proc/self/mountinfo")
		if err != nil {
			return EncryptionUnknown
		}
		defer f.Close()
		kind, source := mountOf(f, int(minor))
		if kind == "ecryptfs" {
			return Encrypted
		}
		if kind != "btrfs" || unix.Stat(source, &st) != nil {
			return EncryptionUnknown
		}
		major, minor = unix.Major(st.Rdev), unix.Minor(st.Rdev)
	}
	return below(filepath.Join("/sys/dev/block", strconv.Itoa(int(major))+":"+strconv.Itoa(int(minor))), 0)
}

// depthMax is how many layers of devices are followed.
const depthMax = 8

// below looks at a block device and at those that it is made of. Made of several, all of them must be encrypted.
func below(device string, depth int) Encryption {
	if depth > depthMax {
		return EncryptionUnknown
	}
	if _, err := os.Stat(device); err != nil {
		return EncryptionUnknown
	}
	uuid, err := os.ReadFile(filepath.Join(device, "dm", "uuid"))
	if err == nil && strings.HasPrefix(string(uuid), "CRYPT-") {
		return Encrypted
	}
	parts, err := os.ReadDir(filepath.Join(device, "slaves"))
	if err != nil || len(parts) == 0 {
		if strings.HasPrefix(filepath.Base(realPath(device)), "loop") {
			return EncryptionUnknown // a file on another file system
		}
		return NotEncrypted
	}
	for _, part := range parts {
		if is := below(filepath.Join(device, "slaves", part.Name()), depth+1); is != Encrypted {
			return is
		}
	}
	return Encrypted
}

func realPath(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

// mountOf finds in a table of mounts (proc(5), mountinfo) the kind and source of the file system with a device number 0:minor.
func mountOf(table io.Reader, minor int) (kind, source string) {
	lines := bufio.NewScanner(table)
	for lines.Scan() {
		before, after, ok := strings.Cut(lines.Text(), " - ")
		fields, more := strings.Fields(before), strings.Fields(after)
		if ok && len(fields) > 2 && len(more) > 1 && fields[2] == "0:"+strconv.Itoa(minor) {
			return more[0], more[1]
		}
	}
	return "", ""
}
