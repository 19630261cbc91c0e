package bundle

import (
	"fmt"
	"strconv"
	"strings"
)

// Folder is where bundles lie on a stick.
const Folder = "TRAMY"

// Suffix ends the name of every bundle.
const Suffix = ".tramy"

// Name names a bundle by the number of the device that asks, the number of its request and the way: nothing in it is
// about a person. Nobody believes a name; it is for people and for finding one's own.
func Name(device int64, request uint64, way Way) string {
	return fmt.Sprintf("%06d-%d-%s%s", device, request, way, Suffix)
}

// ParseName reads what Name wrote.
func ParseName(name string) (device int64, request uint64, way Way, ok bool) {
	parts := strings.Split(strings.TrimSuffix(name, Suffix), "-")
	if len(parts) != 3 {
		return 0, 0, 0, false
	}
	device, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil {
		return 0, 0, 0, false
	}
	if request, err = strconv.ParseUint(parts[1], 10, 64); err != nil {
		return 0, 0, 0, false
	}
	if way = Up; parts[2] == Down.String() {
		way = Down
	}
	return device, request, way, Name(device, request, way) == name
}

// String is the way as it stands in a name.
func (w Way) String() string {
	if w == Down {
		return "down"
	}
	return "up"
}
