package pages

import (
	"fmt"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/locale"
)

// ArchiveOptions are those of a full export with the words of the catalogue; Archive itself knows none.
func ArchiveOptions(purpose, reason, software string) desk.ArchiveOptions {
	return desk.ArchiveOptions{
		For: purpose, Reason: reason, Software: software, Readme: archiveReadme,
		Word: func(lang, field string) string {
			words := locale.For(lang)
			for _, section := range []string{"field.", "sheet_field."} {
				if words.Has(section + field) {
					return words.T(section + field)
				}
			}
			return field
		},
	}
}

// archiveReadme says what an archive is and how many records each of its files has.
func archiveReadme(lang string, a *desk.Archive) string {
	words := locale.For(lang)
	var b strings.Builder
	b.WriteString(words.T("archive.readme_head", "place", a.Place, "at", a.Made.Format("2006-01-02 15:04 UTC"), "who", a.By) + "\n\n")
	for i := range a.Files {
		f := &a.Files[i]
		name, _, _ := strings.Cut(f.Name, ".")
		fmt.Fprintf(&b, "%8d  %-18s %s\n", f.Rows, f.Name, words.T("archive_file."+name))
	}
	b.WriteString("\n" + strings.ReplaceAll(words.T("archive.readme"), "|", "\n"))
	return b.String() + "\n"
}
