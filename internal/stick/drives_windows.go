package stick

import (
	"golang.org/x/sys/windows"
)

func drives() []Drive {
	mask, err := windows.GetLogicalDrives()
	if err != nil {
		return nil
	}
	var out []Drive
	for i := range 26 {
		if mask>>i&1 == 0 {
			continue
		}
		letter := string(rune('A' + i))
		root, err := windows.UTF16PtrFromString(letter + `:\`)
		if err != nil || windows.GetDriveType(root) != windows.DRIVE_REMOVABLE {
			continue
		}
		// A card reader without a card is a removable drive too.
		if windows.GetVolumeInformation(root, nil, 0, nil, nil, nil, nil, 0) == nil {
			out = append(out, Drive{Path: letter + `:\`, Name: letter + ":"})
		}
	}
	return out
}
