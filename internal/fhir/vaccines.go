package fhir

import (
	"slices"
	"strings"

	"tramy/internal/registry"
)

// product is what other code systems have for a vaccine of registry.Vaccines.
type product struct {
	code string
	cvx  string   // written beside our own code; "" where CVX has nothing for the product
	also []string // CVX codes that are read as this vaccine, too
	atc  string
}

// products: CVX by the list of the US Centers for Disease Control of 2025-09-03, but for 45, 85, 88, 109, 112, 118, 122, 152 and
// 184 ("unspecified" and older forms), which nobody has held against it yet, like the ATC codes against the index of the WHO's
// Collaborating Centre for Drug Statistics Methodology: check both before a release. CVX has no code for Imojev, Jeev, Rotavin, Mengoc-BC and Qdenga;
// of a product that is chosen by tender, and of rotavirus made in Vietnam, the code for "unspecified" is written. Those who
// read a code of several vaccines are asked, see find.
var products = []product{
	{"VGB0", "08", []string{"45"}, "J07BC01"},
	{"BCG", "19", nil, "J07AN01"},
	{"DPT-VGB-HIB", "198", nil, "J07CA11"},
	{"BOPV", "178", nil, "J07BF04"},
	{"IPV", "10", nil, "J07BF03"},
	{"ROTA", "122", []string{"119"}, "J07BH01"},
	{"PCV", "109", []string{"177", "133", "152"}, "J07AL02"},
	{"SOI", "05", nil, "J07BD01"},
	{"MR", "04", nil, "J07BD53"},
	{"DPT", "01", nil, "J07AJ51"},
	{"VNNB", "39", []string{"129"}, "J07BA02"},
	{"TD", "09", []string{"138", "139"}, "J07AM51"},
	{"HPV-EPI", "137", []string{"62", "165", "118"}, "J07BM"},
	{"UV", "35", []string{"112"}, "J07AM01"},
	{"TA", "173", nil, "J07AE01"},
	{"TH", "101", nil, "J07AP03"},
	{"HEXA", "132", []string{"146"}, "J07CA09"},
	{"PENTA-IPV", "170", nil, "J07CA06"},
	{"TETRA", "130", nil, "J07CA02"},
	{"TDAP", "115", nil, "J07AJ52"},
	{"PCV10", "177", []string{"109"}, "J07AL52"},
	{"PCV13", "133", []string{"109", "152"}, "J07AL02"},
	{"PCV15", "215", []string{"109"}, "J07AL02"},
	{"PCV20", "216", []string{"109"}, "J07AL02"},
	{"ROTARIX", "119", []string{"122"}, "J07BH01"},
	{"ROTATEQ", "116", []string{"122"}, "J07BH02"},
	{"ROTAVIN", "", []string{"119", "122"}, "J07BH01"},
	{"MMR", "03", nil, "J07BD52"},
	{"VAR", "21", nil, "J07BK01"},
	{"IMOJEV", "", []string{"129"}, "J07BA03"},
	{"JEEV", "", []string{"129"}, "J07BA02"},
	{"HPV4", "62", []string{"137"}, "J07BM01"},
	{"HPV9", "165", []string{"137"}, "J07BM03"},
	{"FLU", "88", []string{"140", "150"}, "J07BB02"},
	{"VGA", "83", []string{"85"}, "J07BC02"},
	{"VGAB", "104", nil, "J07BC20"},
	{"VGB", "45", []string{"08", "43"}, "J07BC01"},
	{"MENB", "163", nil, "J07AH09"},
	{"MENBC", "", nil, "J07AH06"},
	{"MENACYW-D", "114", nil, "J07AH08"},
	{"MENACYW-TT", "203", nil, "J07AH08"},
	{"TYPHIM", "101", nil, "J07AP03"},
	{"TA-DV", "173", nil, "J07AE01"},
	{"DAI-PEP", "90", []string{"18"}, "J07BG01"},
	{"SXH", "", nil, "J07BX04"},
	{"SVV", "37", []string{"183", "184"}, "J07BL01"},
	{"ZONA", "187", nil, "J07BK03"},
}

// hepatitisBirthDays is how many days after birth a dose of hepatitis B alone is the birth dose: within 24 hours it is in time,
// and up to the seventh day it is still given as the birth dose in Vietnam.
const hepatitisBirthDays = 7

// vaccineConcept writes a vaccine: ours, CVX, ATC.
func vaccineConcept(code string, known map[string]*registry.VaccineInput) CodeableConcept {
	out := CodeableConcept{Coding: []Coding{{System: SystemVaccine, Code: code}}}
	if v := known[code]; v != nil {
		out.Text, out.Coding[0].Display = v.Name, v.NameEN
	}
	for i := range products {
		if x := &products[i]; x.code == code {
			if x.cvx != "" {
				out.Coding = append(out.Coding, Coding{System: SystemCVX, Code: x.cvx})
			}
			if x.atc != "" {
				out.Coding = append(out.Coding, Coding{System: SystemATC, Code: x.atc})
			}
		}
	}
	return out
}

// vaccinesByCode are those of a register by code.
func vaccinesByCode(list []registry.VaccineInput) map[string]*registry.VaccineInput {
	out := make(map[string]*registry.VaccineInput, len(list))
	for i := range list {
		out[list[i].Code] = &list[i]
	}
	return out
}

// find reads which vaccine a concept means: by our own code, else by CVX or ATC. Where a code is that of several, the name
// beside it, who paid, and for hepatitis B the age decide; else several is what it returns, none where nothing is known.
func find(c *CodeableConcept, known map[string]*registry.VaccineInput, programme registry.Programme, birth, given registry.Day) (code string, several []string) {
	for _, x := range c.Coding {
		if x.System == SystemVaccine && known[strings.ToUpper(x.Code)] != nil {
			return strings.ToUpper(x.Code), nil
		}
	}
	found := candidates(c, known)
	if len(found) > 1 {
		found = narrow(found, func(code string) bool { return named(c, known[code]) })
	}
	if len(found) > 1 && programme != 0 {
		found = narrow(found, func(code string) bool { return known[code].Programme == programme })
	}
	if slices.Equal(found, []string{"VGB0", "VGB"}) && birth != 0 && given >= birth {
		newborn := given <= birth+hepatitisBirthDays
		found = narrow(found, func(code string) bool { return (code == "VGB0") == newborn })
	}
	if len(found) == 1 {
		return found[0], nil
	}
	return "", found
}

// candidates are the vaccines that the codes of other systems may mean; without such a code those of the name.
func candidates(c *CodeableConcept, known map[string]*registry.VaccineInput) []string {
	var out []string
	coded := false
	for _, system := range []string{SystemCVX, SystemATC} {
		for _, x := range c.Coding {
			if x.System != system || len(out) > 0 {
				continue
			}
			coded = true
			for i := range products {
				pr := &products[i]
				fits := system == SystemCVX && (pr.cvx == x.Code || slices.Contains(pr.also, x.Code)) || system == SystemATC && pr.atc == x.Code
				if fits && known[pr.code] != nil && !slices.Contains(out, pr.code) {
					out = append(out, pr.code)
				}
			}
		}
	}
	if coded {
		return out
	}
	for _, pr := range products {
		if known[pr.code] != nil && named(c, known[pr.code]) {
			out = append(out, pr.code)
		}
	}
	return out
}

// named reports whether a concept is called as a vaccine is.
func named(c *CodeableConcept, v *registry.VaccineInput) bool {
	texts := []string{c.Text}
	for _, x := range c.Coding {
		texts = append(texts, x.Display)
	}
	for _, text := range texts {
		folded := registry.Fold(text)
		if folded == "" {
			continue
		}
		for _, name := range []string{v.Code, v.Name, v.NameEN, v.Short} {
			if registry.Fold(name) == folded {
				return true
			}
		}
	}
	return false
}

// narrow keeps what fits, or all where nothing does.
func narrow(list []string, fits func(string) bool) []string {
	if left := slices.DeleteFunc(slices.Clone(list), func(code string) bool { return !fits(code) }); len(left) > 0 {
		return left
	}
	return list
}
