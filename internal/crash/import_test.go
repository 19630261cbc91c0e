package crash

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// importFile is a register that is imported while programs are killed.
type importFile struct {
	path  string
	marks []string
	told  bool // the command ended well: all of it was said to be there
}

// importing brings a register in by the station's command, beginning a new file each time.
func (l *loop) importing(<-chan struct{}) { l.run(l.newFile()) }

// newFile writes a register.
func (l *loop) newFile() *importFile {
	f := &importFile{path: filepath.Join(l.w.dir, fmt.Sprintf("register-%d.csv", len(l.files)))}
	l.files = append(l.files, f)
	var b strings.Builder
	b.WriteString("STT,Họ và tên,Ngày sinh,Giới tính,Họ tên mẹ,Thôn,BCG\n")
	for i := range importRows {
		m := fmt.Sprintf(mark+"I%03d%03d", len(l.files), i)
		f.marks = append(f.marks, m)
		// Each was born on a day of their own, so that nobody looks like another.
		born := time.Date(2020, 1, 1+(len(l.files)-1)*importRows+i, 0, 0, 0, 0, time.UTC)
		fmt.Fprintf(&b, "%d,%s %s,%s,Nam,%s Thị %s,Na Phay,%s\n", i+1, families[i%len(families)], m, born.Format("02/01/2006"),
			families[i/7%len(families)], m, born.AddDate(0, 0, 1).Format("02/01/2006"))
	}
	if err := os.WriteFile(f.path, []byte(b.String()), 0o600); err != nil {
		l.t.Error(err)
	}
	return f
}

// run imports once; it was killed, or the file is in.
func (l *loop) run(f *importFile) string {
	out, err := command(l.w.programs, "tramy-station", "", "import", f.path, "--data", l.w.station.dir, "--as", head, "--any-place")
	f.told = f.told || err == nil
	return fmt.Sprint(out, err)
}

// finish gives the file again, as the person would whose import was cut off.
func (l *loop) finish(f *importFile) {
	if said := l.run(f); !f.told {
		l.t.Errorf("%s does not come in: %.2000s", f.path, said)
	}
}

// losses looks for each row of a file that was told to be in: one child, with one dose.
func (f *importFile) losses(h *holding) (lost, doubled []string) {
	for _, m := range f.marks {
		at := h.marks[m]
		doses := 0
		for id := range at {
			doses += h.doses[id]
		}
		switch {
		case len(at) > 1 || doses > 1:
			doubled = append(doubled, m)
		case f.told && (len(at) == 0 || doses == 0):
			lost = append(lost, m)
		}
	}
	return lost, doubled
}
