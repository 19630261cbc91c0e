//go:build !windows

package drive

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// Free returns how many bytes somebody without special rights can still write in a folder.
func Free(folder string) (uint64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(folder, &st); err != nil {
		return 0, fmt.Errorf("free space of %s: %w", folder, err)
	}
	return st.Bavail * uint64(st.Bsize), nil
}

// Same reports whether two files or folders lie on one drive.
func Same(a, b string) (bool, error) {
	var dev [2]uint64
	for i, path := range []string{a, b} {
		info, err := os.Stat(path)
		if err != nil {
			return false, err
		}
		st, ok := info.Sys().(*syscall.Stat_t)
		if !ok {
			return false, fmt.Errorf("%s: the system does not say on which drive it is", path)
		}
		dev[i] = uint64(st.Dev) //nolint:unconvert // 32 bits wide on some systems
	}
	return dev[0] == dev[1], nil
}

// Full reports whether an error says that there is no room left.
func Full(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}
