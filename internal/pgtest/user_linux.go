package pgtest

import (
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// serverUser is whom Debian's package makes for its servers: they do not run as root.
const serverUser = "postgres"

func credential() *syscall.Credential {
	if os.Getuid() != 0 {
		return nil
	}
	u, err := user.Lookup(serverUser)
	if err != nil {
		return nil // the server itself says that it wants no root
	}
	uid, _ := strconv.ParseUint(u.Uid, 10, 32) // a number, on every Unix
	gid, _ := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

// own gives a folder to whoever runs the server.
func own(dir string) error {
	c := credential()
	if c == nil {
		return nil
	}
	return os.Chown(dir, int(c.Uid), int(c.Gid))
}

// unprivileged runs a command as that user, and out of reach of the keys that stop a test.
func unprivileged(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: credential(), Setpgid: true}
}

// memory is a folder that lies in memory, if there is one with room; else "", for the usual one. What is in it need not outlive a
// power cut, and databases are made by the hundred.
func memory() string {
	const folder, roomMin = "/dev/shm", 2 << 30
	var fs syscall.Statfs_t
	if syscall.Statfs(folder, &fs) != nil || fs.Bavail*uint64(fs.Bsize) < roomMin {
		return ""
	}
	return folder
}
