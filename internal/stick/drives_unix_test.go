//go:build !windows

package stick

import (
	"slices"
	"strings"
	"testing"
)

func TestMountedSticksAreFound(t *testing.T) {
	got := mounted(strings.NewReader(`/dev/sda2 / ext4 rw,relatime 0 0
/dev/sdb1 /media/dien/KINGSTON vfat rw,nosuid 0 0
/dev/sdc1 /run/media/dien/S\303\224 vfat rw 0 0
/dev/sdd1 /media/dien/USB\040m\341 vfat rw 0 0
tmpfs /run tmpfs rw 0 0
short
`))
	want := []Drive{{"/media/dien/KINGSTON", "KINGSTON"}, {`/run/media/dien/S\303\224`, `S\303\224`}, {`/media/dien/USB m\341`, `USB m\341`}}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
