// Package version says which tramy this is.
package version

import (
	"fmt"
	"runtime"
	"strings"

	"tramy/internal/datadir"
	"tramy/internal/forecast/national"
	"tramy/syncproto"
)

// Version is set when a release is built (-ldflags -X).
var Version = "0.1.0-dev"

// Software names a program to a hub and in the list of stations: "tramy-station 0.1.0 linux/amd64".
func Software(program string) string {
	return fmt.Sprintf("%s %s %s/%s", program, Version, runtime.GOOS, runtime.GOARCH)
}

// Full is what the version command prints: the program and the formats it speaks, and the
// schedules it brings along.
func Full(program string) string {
	return fmt.Sprintf("%s\nprotocol %d\nsegment %d\ndata folder %d\nschedules %s\n%s\n",
		Software(program), syncproto.Version, syncproto.SegmentVersion, datadir.Format, strings.Join(national.IDs(), " "), runtime.Version())
}
