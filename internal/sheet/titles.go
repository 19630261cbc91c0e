package sheet

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"tramy/internal/registry"
)

// foldTitle brings a title or a name of a vaccine into the form in which it is compared: as registry.Fold, but
// ≤ and > stay, as words, because they part the hepatitis B columns.
func foldTitle(s string) string {
	s = strings.NewReplacer("<=", " le ", "≤", " le ", "<", " le ", ">=", " gt ", "≥", " gt ", ">", " gt ", "µ", "u", "μ", "u").Replace(s)
	return registry.Fold(s)
}

func hashText(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:12])
}

// titleFields finds a field by a folded title.
var titleFields = make(map[string]string)

func init() {
	for i := range fieldTable {
		f := &fieldTable[i]
		if f.title != "" {
			titleFields[foldTitle(f.title)] = f.name
		}
		for _, k := range f.known {
			titleFields[foldTitle(k)] = f.name
		}
	}
}

// titleMatch is what a title says its column is.
type titleMatch struct {
	field   string
	vaccine string
	dose    int
	sure    bool
}

// lotLead are the words before a vaccine's name in the title of the column of its lots.
var lotLeads = []string{"so lo ", "lo "}

// matchTitle reads a title. parts are the titles of the header's rows, upper one first; the last may stand alone
// or need the ones above it ("Viêm gan B" over "≤24h").
func matchTitle(parts []string, x *vaccineIndex) titleMatch {
	var full []string
	for _, p := range parts {
		if p != "" && (len(full) == 0 || full[len(full)-1] != p) {
			full = append(full, p)
		}
	}
	if len(full) == 0 {
		return titleMatch{}
	}
	last := full[len(full)-1]
	candidates := []string{strings.Join(full, " "), last}
	if len(full) > 2 {
		candidates = append(candidates, strings.Join(full[len(full)-2:], " "))
	}
	for i, text := range candidates {
		if len(full) == 1 && i > 0 {
			break
		}
		f := foldTitle(text)
		if name := titleFields[f]; name != "" {
			return titleMatch{field: name, sure: true}
		}
		// "Họ và tên (viết hoa)", "Ngày sinh (dd/mm/yyyy)": without the brackets, once the whole says nothing.
		if before, _, cut := strings.Cut(text, "("); cut && strings.TrimSpace(before) != "" {
			if name := titleFields[foldTitle(before)]; name != "" {
				return titleMatch{field: name, sure: true}
			}
		}
		if code, dose, whole := x.find(text); whole {
			return titleMatch{field: FieldDose, vaccine: code, dose: dose, sure: true}
		}
		for _, lead := range lotLeads {
			if rest, ok := strings.CutPrefix(f, lead); ok {
				if code, dose, whole := x.find(rest); whole {
					return titleMatch{field: FieldDoseLot, vaccine: code, dose: dose, sure: true}
				}
			}
		}
	}
	// A group's title over "1", "2", "3" or "Mũi 1" names the vaccine; what else stands below it is unsure.
	if len(full) > 1 {
		if code, _, whole := x.find(full[len(full)-2]); whole {
			if n, ok := doseNumberOf(" "+foldTitle(last), "x"); ok {
				return titleMatch{field: FieldDose, vaccine: code, dose: n, sure: true}
			}
		}
	}
	return fuzzyTitle(foldTitle(last))
}

// fuzzyTitle guesses at a title that no table has by a word or two in it. Such a guess is never sure.
func fuzzyTitle(f string) titleMatch {
	for _, g := range []struct{ has, field string }{
		{"ho ten me", "mother_name"},
		{"ten me", "mother_name"},
		{"ho ten bo", "father_name"},
		{"ho ten cha", "father_name"},
		{"nguoi giam ho", "guardian_name"},
		{"ho va ten", "name"},
		{"ho ten", "name"},
		{"ngay sinh", "birth_date"},
		{"nam sinh", "birth_date"},
		{"dien thoai", "mother_phone"},
		{"sdt", "mother_phone"},
		{"dinh danh", "personal_no"},
		{"ma doi tuong", "national_code"},
		{"gioi tinh", "sex"},
		{"dan toc", "ethnic_group"},
		{"dia chi", FieldAddress},
		{"ngay tiem", FieldGivenOn},
		{"vac xin", FieldVaccine},
		{"vacxin", FieldVaccine},
		{"so lo", FieldLot},
		{"ghi chu", "note"},
	} {
		if strings.Contains(" "+f+" ", " "+g.has+" ") {
			return titleMatch{field: g.field}
		}
	}
	return titleMatch{}
}
