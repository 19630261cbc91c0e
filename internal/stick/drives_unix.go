//go:build !windows

package stick

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// mediaFolders are where desktops mount what somebody plugs in.
var mediaFolders = []string{"/media/", "/run/media/"}

func drives() []Drive {
	f, err := os.Open("/proc/self/mounts")
	if err != nil {
		return nil
	}
	defer f.Close()
	return mounted(f)
}

// mounted reads a table of mounts.
func mounted(table io.Reader) []Drive {
	var out []Drive
	lines := bufio.NewScanner(table)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 {
			continue
		}
		path := unescape.Replace(fields[1])
		for _, folder := range mediaFolders {
			if strings.HasPrefix(path, folder) {
				out = append(out, Drive{Path: path, Name: filepath.Base(path)})
				break
			}
		}
	}
	return out
}

// unescape reads names as the table of mounts writes them.
var unescape = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)
