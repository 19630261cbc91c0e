package sheet

import (
	"cmp"
	"slices"
	"strings"

	"tramy/internal/registry"
)

// VaccineName is a vaccine with the names it goes by in registers: its own, abbreviations, products.
type VaccineName struct {
	Code  string
	Names []string
}

// VaccineNames lists the vaccines of a registry with the names they go by: those the registry has for them,
// and what forms, exports and vials call them.
func VaccineNames(list []registry.VaccineInput) []VaccineName {
	out := make([]VaccineName, 0, len(list))
	for _, v := range list {
		names := []string{v.Code, v.Short, v.Name, v.NameEN}
		names = append(names, vaccineAliases[v.Code]...)
		out = append(out, VaccineName{Code: v.Code, Names: names})
	}
	return out
}

// vaccineAliases are abbreviations and products by vaccine code, in any spelling that folds to the same; le and
// gt stand for ≤ and >. Abbreviations: columns of form A2.1 (Circular 23/2025/TT-BYT and before it 37/2019)
// and of the national system's exports as stations show them. Products: as on the vials used in Vietnam since
// 2010: Quinvaxem until 2018, ComBE Five 2018 to 2019, SII's since; MVVAC and MRVAC of POLYVAC; Jevax of
// VABIOTECH; for paid vaccines the leaflets registered with the Drug Administration of Vietnam.
var vaccineAliases = map[string][]string{
	"VGB0": {
		"vgb le 24h", "vgb gt 24h", "vgb 24h", "vgb ss", "vgbss", "vgb so sinh", "viem gan b le 24h", "viem gan b gt 24h", "viem gan b 24h",
		"viem gan b ss", "viem gan so sinh", "vgb trong 24h", "vgb sau 24h", "vgb truoc 24h", "hepb 0", "hepb so sinh", "hep b birth", "vgb lieu sinh", "vgb le 24 gio", "vgb gt 24 gio",
		"viem gan b le 24 gio", "viem gan b gt 24 gio", "viem gan b trong 24h", "viem gan b sau 24h", "vgb trong 24 gio", "vgb sau 24 gio", "gene hbvax 0 5",
	},
	"BCG": {"lao", "bcg ivac", "vx lao", "phong lao"},
	"DPT-VGB-HIB": {
		"5 trong 1", "5in1", "5 in 1", "5trong1", "quinvaxem", "combe five", "combefive", "combe 5", "sii", "dpt vgb hib sii", "pentavalent", "dtp vgb hib",
		"dpt viem gan b hib", "dpt hepb hib", "dtwp hepb hib", "bh hg uv vgb hib", "bach hau ho ga uon van viem gan b hib", "dpt vgb hib", "5 1", "vx 5 trong 1", "dpt hbv hib", "bh uv hg vgb hib",
	},
	"BOPV": {"opv", "bopv", "bai liet uong", "bai liet", "bopv polyvac", "topv", "sabin"},
	"IPV":  {"ipv", "bai liet tiem", "imovax polio", "fipv"},
	"ROTA": {"rota", "rotavirus", "rota virus", "rotavin m1 tcmr"},
	"PCV":  {"pcv", "phe cau", "phe cau cong hop", "pneumococcal"},
	"SOI":  {"soi", "soi don", "mvvac", "measles", "vx soi"},
	"MR":   {"mr", "soi rubella", "mrvac", "rubella", "soi rub", "measles rubella"},
	"DPT":  {"dpt", "dtp", "bach hau ho ga uon van", "bh hg uv", "dpt ivac"},
	"VNNB": {"vnnb", "viem nao nhat ban", "jevax", "jebevax", "viem nao nb", "vnnhatban", "viem nao", "je"},
	"TD":   {"td", "td ivac", "uon van bach hau", "bach hau giam lieu uon van", "uv bh"},
	"HPV-EPI": {
		"hpv", "hpv tcmr", "ung thu co tu cung", "utctc",
	},
	"UV":         {"uv", "vat", "uon van", "vat ivac", "uvan", "tt"},
	"TA":         {"ta", "ta uong", "morc vax", "morcvax", "cholera"},
	"TH":         {"thuong han", "thuong han vi", "typhoid", "th"},
	"HEXA":       {"6 trong 1", "6in1", "6 in 1", "6trong1", "infanrix hexa", "infanrixhexa", "hexaxim", "infanrix", "6 1"},
	"PENTA-IPV":  {"pentaxim", "5 trong 1 pentaxim", "pentaxime", "5in1 pentaxim"},
	"TETRA":      {"tetraxim", "4 trong 1", "4in1", "4 in 1"},
	"TDAP":       {"tdap", "adacel", "boostrix", "bh hg uv giam lieu"},
	"PCV10":      {"synflorix", "synflorix 10", "pcv 10", "phe cau 10", "pcv10"},
	"PCV13":      {"prevenar 13", "prevenar13", "prevenar", "pcv 13", "phe cau 13", "pcv13"},
	"PCV15":      {"vaxneuvance", "pcv 15", "phe cau 15", "pcv15"},
	"PCV20":      {"prevenar 20", "prevenar20", "pcv 20", "phe cau 20", "pcv20"},
	"ROTARIX":    {"rotarix"},
	"ROTATEQ":    {"rotateq", "rota teq"},
	"ROTAVIN":    {"rotavin", "rotavin m1", "rotavinm1"},
	"MMR":        {"mmr", "mmr ii", "mmr 2", "priorix", "soi quai bi rubella", "trimovax"},
	"VAR":        {"thuy dau", "trai ra", "varivax", "varilrix", "varicella", "barycela"},
	"IMOJEV":     {"imojev", "viem nao nhat ban song"},
	"JEEV":       {"jeev"},
	"HPV4":       {"gardasil", "gardasil 4", "hpv 4"},
	"HPV9":       {"gardasil 9", "gardasil9", "hpv 9"},
	"FLU":        {"cum", "cum mua", "vaxigrip", "vaxigrip tetra", "influvac", "influvac tetra", "ivacflu", "ivacflu s", "gc flu", "influenza"},
	"VGA":        {"viem gan a", "vga", "avaxim", "avaxim 80u", "havax", "viem gan sieu vi a"},
	"VGAB":       {"twinrix", "viem gan ab", "viem gan a b", "vgab", "vga b"},
	"VGB":        {"vgb", "viem gan b", "euvax", "euvax b", "heberbiovac", "heberbiovac hb", "gene hbvax", "engerix b", "viem gan sieu vi b", "vgb dich vu"},
	"MENB":       {"bexsero", "nao mo cau b"},
	"MENBC":      {"mengoc bc", "va mengoc bc", "nao mo cau bc", "nao mo cau b c", "vamengoc bc"},
	"MENACYW-D":  {"menactra", "nao mo cau acyw"},
	"MENACYW-TT": {"menquadfi", "nimenrix", "acyw tt"},
	"TYPHIM":     {"typhim", "typhim vi"},
	"TA-DV":      {"ta dv", "ta dich vu"},
	"DAI-PEP":    {"dai", "verorab", "abhayrab", "indirab", "rabies", "phong dai"},
	"SXH":        {"qdenga", "sot xuat huyet", "sxh"},
	"SVV":        {"stamaril", "sot vang"},
	"ZONA":       {"shingrix", "zona"},
}

// vaccineIndex finds vaccines by folded names.
type vaccineIndex struct {
	byName map[string]string // folded name to code
	names  []string          // longest first, for titles that begin with one
	shown  map[string]string // code to the name that people are told
}

func newVaccineIndex(list []VaccineName) *vaccineIndex {
	x := &vaccineIndex{byName: make(map[string]string), shown: make(map[string]string)}
	for _, v := range list {
		x.shown[v.Code] = v.Code
		if len(v.Names) > 1 && v.Names[1] != "" {
			x.shown[v.Code] = v.Names[1]
		}
	}
	// A code is its own name before anybody else's, and aliases come last: the registry's words win.
	for rank := range 2 {
		for _, v := range list {
			for i, n := range append([]string{v.Code}, v.Names...) {
				if (i == 0) != (rank == 0) {
					continue
				}
				if f := foldTitle(n); f != "" && x.byName[f] == "" {
					x.byName[f] = v.Code
				}
			}
		}
	}
	for n := range x.byName {
		x.names = append(x.names, n)
	}
	slices.SortFunc(x.names, func(a, b string) int { return cmp.Or(len(b)-len(a), cmp.Compare(a, b)) })
	return x
}

// find reads a vaccine and, if one stands there too, the number of the dose: "OPV 1", "Sởi mũi 2",
// "DPT-VGB-Hib (SII) lần 3". whole says that the text is the name and nothing else but a number.
func (x *vaccineIndex) find(text string) (code string, dose int, whole bool) {
	f := foldTitle(text)
	for _, lead := range []string{"ngay tiem ", "ngay uong ", "ngay ", "tiem ", "uong ", "vac xin ", "vacxin ", "vaccine ", "vx "} {
		f = strings.TrimPrefix(f, lead)
	}
	if code := x.byName[f]; code != "" {
		return code, 0, true
	}
	for _, name := range x.names {
		rest, ok := strings.CutPrefix(f, name)
		if !ok {
			continue
		}
		if n, ok := doseNumberOf(rest, name); ok {
			return x.byName[name], n, true
		}
	}
	// The product in brackets, or what stands before them.
	if before, after, ok := strings.Cut(text, "("); ok {
		inside, _, _ := strings.Cut(after, ")")
		_, tail, _ := strings.Cut(after, ")")
		for _, part := range []string{inside, before} {
			if code, n, whole := x.find(strings.TrimSpace(part) + " " + tail); whole && part != "" {
				return code, n, true
			}
			if code, n, whole := x.find(part); whole && part != "" {
				return code, n, true
			}
		}
	}
	return "", 0, false
}

// doseNumberOf reads what follows a vaccine's name: nothing, "1", " mui 2", " lan 3", " m1", " iii". After a
// name that ends in a digit a bare number must stand apart: PCV10 is no tenth dose.
func doseNumberOf(rest, name string) (int, bool) {
	apart := strings.HasPrefix(rest, " ")
	rest = strings.TrimSpace(rest)
	if rest == "" {
		return 0, !apart
	}
	if last := name[len(name)-1]; !apart && (last >= '0' && last <= '9' || rest[0] < '0' || rest[0] > '9') {
		return 0, false
	}
	for _, lead := range []string{"mui thu", "mui so", "mui", "lan thu", "lan", "lieu", "m", "l"} {
		if r, ok := strings.CutPrefix(rest, lead); ok && r != "" {
			rest = strings.TrimSpace(r)
			break
		}
	}
	switch rest {
	case "i":
		return 1, true
	case "ii":
		return 2, true
	case "iii":
		return 3, true
	case "iv":
		return 4, true
	case "nhac", "nhac lai", "nl":
		return 0, true
	}
	if len(rest) == 1 && rest[0] >= '0' && rest[0] <= '9' {
		return int(rest[0] - '0'), true
	}
	return 0, false
}

// near returns the names of vaccines that are written most alike, at most three.
func (x *vaccineIndex) near(text string) []string {
	f := foldTitle(text)
	type scored struct {
		code string
		d    int
	}
	best := make(map[string]int)
	for name, code := range x.byName {
		d := editDistance(f, name)
		if d > max(len(f), len(name))/2 {
			continue
		}
		if old, ok := best[code]; !ok || d < old {
			best[code] = d
		}
	}
	list := make([]scored, 0, len(best))
	for code, d := range best {
		list = append(list, scored{code, d})
	}
	slices.SortFunc(list, func(a, b scored) int { return cmp.Or(cmp.Compare(a.d, b.d), cmp.Compare(a.code, b.code)) })
	var out []string
	for _, s := range list[:min(3, len(list))] {
		out = append(out, x.shown[s.code])
	}
	return out
}

// editDistance counts the letters to add, drop or change; texts are short.
func editDistance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return max(len(a), len(b))
	}
	prev := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := range len(a) {
		diagonal := prev[0]
		prev[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = prev[j+1]
			prev[j+1] = min(prev[j+1]+1, prev[j]+1, cost)
		}
	}
	return prev[len(b)]
}
