package drive

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"golang.org/x/sys/windows"
)

// Free returns how many bytes the user can still write in a folder.
func Free(folder string) (uint64, error) {
	name, err := windows.UTF16PtrFromString(folder)
	if err != nil {
		return 0, err
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(name, &free, nil, nil); err != nil {
		return 0, fmt.Errorf("free space of %s: %w", folder, err)
	}
	return free, nil
}

// Same reports whether two files or folders lie on one drive.
func Same(a, b string) (bool, error) {
	var volume [2]string
	for i, path := range []string{a, b} {
		full, err := filepath.Abs(path)
		if err != nil {
			return false, err
		}
		volume[i] = filepath.VolumeName(full)
	}
	return strings.EqualFold(volume[0], volume[1]), nil
}

// Full reports whether an error says that there is no room left.
func Full(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL)
}
