package registry

// Vaccines returns the vaccines a new registry starts with: those of the expanded programme in the order
// of the card, outbreak vaccines, and the common paid ones. They are data with the usual course of a
// healthy child; when a dose is due is the schedule's business.
//
// Sources: diseases and doses of the programme by Circular 52/2025/TT-BYT (its table equals that of
// Circular 10/2024/TT-BYT where compared), continued by Circular 13/2026/TT-BYT, in force since
// 2026-07-01, which adds HPV and leaves the schedule to leaflets and guidance; pneumococcus, rotavirus and
// HPV province by province under Decision 2780/QĐ-BYT of 2025-08-29; tetanus for women by Circulars
// 38/2017 and 10/2024. Volumes and routes are those of the leaflets of the products named; for paid
// vaccines they are the usual child's dose and the leaflet in the hand decides.
func Vaccines() []VaccineInput {
	out := make([]VaccineInput, len(vaccineTable))
	for i, v := range vaccineTable {
		v.Antigens = append([]string(nil), v.Antigens...)
		out[i] = v
	}
	return out
}

var vaccineTable = []VaccineInput{
	epi("VGB0", "Viêm gan B sơ sinh", "Hepatitis B birth dose", "VGB sơ sinh", []string{"HepB"}, 1, 1, RouteIM, SiteRightThigh, 500),
	epi("BCG", "Lao (BCG)", "BCG", "Lao", []string{"TB"}, 1, 2, RouteID, SiteLeftArm, 50),
	epi("DPT-VGB-HIB", "Bạch hầu - ho gà - uốn ván - viêm gan B - Hib (5 trong 1)", "Pentavalent DTwP-HepB-Hib", "5 trong 1",
		[]string{"D", "T", "wP", "HepB", "Hib"}, 3, 3, RouteIM, SiteLeftThigh, 500),
	epi("BOPV", "Bại liệt uống (bOPV)", "Bivalent oral polio vaccine", "bOPV", []string{"Polio1", "Polio3"}, 3, 4, RouteOral, SiteMouth, 100),
	epi("IPV", "Bại liệt tiêm (IPV)", "Inactivated polio vaccine", "IPV", []string{"Polio1", "Polio2", "Polio3"}, 2, 5, RouteIM, SiteRightThigh, 500),
	epi("ROTA", "Rota (tiêm chủng mở rộng)", "Rotavirus (EPI)", "Rota", []string{"Rotavirus"}, 2, 6, RouteOral, SiteMouth, 2000),
	epi("PCV", "Phế cầu cộng hợp (tiêm chủng mở rộng)", "Pneumococcal conjugate (EPI)", "Phế cầu", []string{"Pneumo"}, 3, 7, RouteIM, SiteRightThigh, 500),
	epi("SOI", "Sởi đơn", "Measles", "Sởi", []string{"Measles"}, 1, 8, RouteSC, SiteLeftArm, 500),
	epi("MR", "Sởi - Rubella", "Measles-rubella", "MR", []string{"Measles", "Rubella"}, 1, 9, RouteSC, SiteLeftArm, 500),
	epi("DPT", "Bạch hầu - ho gà - uốn ván (mũi 4)", "DTwP booster", "DPT", []string{"D", "T", "wP"}, 1, 10, RouteIM, SiteLeftThigh, 500),
	epi("VNNB", "Viêm não Nhật Bản bất hoạt", "Japanese encephalitis, inactivated", "VNNB", []string{"JE"}, 3, 11, RouteSC, SiteLeftArm, 500),
	epi("TD", "Uốn ván - bạch hầu giảm liều (Td)", "Tetanus and reduced diphtheria", "Td", []string{"T", "d"}, 1, 12, RouteIM, SiteLeftArm, 500),
	epi("HPV-EPI", "HPV (tiêm chủng mở rộng)", "HPV (EPI)", "HPV", []string{"HPV"}, 2, 13, RouteIM, SiteLeftArm, 500),
	epi("UV", "Uốn ván (VAT)", "Tetanus toxoid", "Uốn ván", []string{"T"}, 5, 14, RouteIM, SiteLeftArm, 500),
	outbreak("TA", "Tả uống", "Oral cholera", "Tả", []string{"Cholera"}, 2, 15, RouteOral, SiteMouth, 1500),
	outbreak("TH", "Thương hàn Vi", "Typhoid Vi polysaccharide", "Thương hàn", []string{"Typhoid"}, 1, 16, RouteIM, SiteLeftArm, 500),

	paid("HEXA", "6 trong 1", "Hexavalent DTaP-IPV-HepB-Hib", "6 trong 1", []string{"D", "T", "aP", "HepB", "Hib", "Polio"}, 4, 31, RouteIM, SiteLeftThigh, 500),
	paid("PENTA-IPV", "5 trong 1 (Pentaxim)", "DTaP-IPV-Hib", "Pentaxim", []string{"D", "T", "aP", "Hib", "Polio"}, 4, 32, RouteIM, SiteLeftThigh, 500),
	paid("TETRA", "4 trong 1 (Tetraxim)", "DTaP-IPV", "Tetraxim", []string{"D", "T", "aP", "Polio"}, 1, 33, RouteIM, SiteLeftThigh, 500),
	paid("TDAP", "Bạch hầu - ho gà - uốn ván (Tdap)", "Tdap", "Tdap", []string{"T", "d", "ap"}, 1, 34, RouteIM, SiteLeftArm, 500),
	paid("PCV10", "Phế cầu 10", "PCV10", "Phế cầu 10", []string{"Pneumo"}, 4, 35, RouteIM, SiteRightThigh, 500),
	paid("PCV13", "Phế cầu 13", "PCV13", "Phế cầu 13", []string{"Pneumo"}, 4, 36, RouteIM, SiteRightThigh, 500),
	paid("PCV15", "Phế cầu 15", "PCV15", "Phế cầu 15", []string{"Pneumo"}, 4, 37, RouteIM, SiteRightThigh, 500),
	paid("PCV20", "Phế cầu 20", "PCV20", "Phế cầu 20", []string{"Pneumo"}, 1, 38, RouteIM, SiteLeftArm, 500),
	paid("ROTARIX", "Rota (Rotarix)", "Rotavirus, monovalent", "Rotarix", []string{"Rotavirus"}, 2, 39, RouteOral, SiteMouth, 1500),
	paid("ROTATEQ", "Rota (RotaTeq)", "Rotavirus, pentavalent", "RotaTeq", []string{"Rotavirus"}, 3, 40, RouteOral, SiteMouth, 2000),
	paid("ROTAVIN", "Rota (Rotavin)", "Rotavirus G1P[8], Vietnam", "Rotavin", []string{"Rotavirus"}, 2, 41, RouteOral, SiteMouth, 2000),
	paid("MMR", "Sởi - quai bị - rubella", "Measles-mumps-rubella", "MMR", []string{"Measles", "Mumps", "Rubella"}, 2, 42, RouteSC, SiteLeftArm, 500),
	paid("VAR", "Thủy đậu", "Varicella", "Thủy đậu", []string{"Varicella"}, 2, 43, RouteSC, SiteLeftArm, 500),
	paid("IMOJEV", "Viêm não Nhật Bản sống (Imojev)", "JE, live chimeric", "Imojev", []string{"JE"}, 2, 44, RouteSC, SiteLeftArm, 500),
	paid("JEEV", "Viêm não Nhật Bản vero (Jeev)", "JE, inactivated Vero", "Jeev", []string{"JE"}, 2, 45, RouteIM, SiteLeftThigh, 500),
	paid("HPV4", "HPV (Gardasil)", "HPV, 4 types", "HPV 4", []string{"HPV"}, 2, 46, RouteIM, SiteLeftArm, 500),
	paid("HPV9", "HPV (Gardasil 9)", "HPV, 9 types", "HPV 9", []string{"HPV"}, 2, 47, RouteIM, SiteLeftArm, 500),
	paid("FLU", "Cúm mùa", "Seasonal influenza", "Cúm", []string{"Influenza"}, 0, 48, RouteIM, SiteLeftArm, 500),
	paid("VGA", "Viêm gan A", "Hepatitis A", "VGA", []string{"HepA"}, 2, 49, RouteIM, SiteLeftArm, 500),
	paid("VGAB", "Viêm gan A+B", "Hepatitis A and B", "VGAB", []string{"HepA", "HepB"}, 3, 50, RouteIM, SiteLeftArm, 500),
	paid("VGB", "Viêm gan B", "Hepatitis B", "VGB", []string{"HepB"}, 3, 51, RouteIM, SiteLeftArm, 500),
	paid("MENB", "Não mô cầu B", "Meningococcal B", "Não mô cầu B", []string{"MenB"}, 3, 52, RouteIM, SiteRightThigh, 500),
	paid("MENBC", "Não mô cầu B+C", "Meningococcal B and C", "Não mô cầu BC", []string{"MenB", "MenC"}, 2, 53, RouteIM, SiteRightThigh, 500),
	paid("MENACYW-D", "Não mô cầu ACYW (Menactra)", "Meningococcal ACWY-D", "Menactra", []string{"MenACWY"}, 2, 54, RouteIM, SiteLeftArm, 500),
	paid("MENACYW-TT", "Não mô cầu ACYW (MenQuadfi, Nimenrix)", "Meningococcal ACWY-TT", "ACYW-TT", []string{"MenACWY"}, 3, 55, RouteIM, SiteLeftArm, 500),
	paid("TYPHIM", "Thương hàn (Typhim Vi)", "Typhoid Vi", "Typhim Vi", []string{"Typhoid"}, 1, 56, RouteIM, SiteLeftArm, 500),
	paid("TA-DV", "Tả uống (dịch vụ)", "Oral cholera (paid)", "Tả DV", []string{"Cholera"}, 2, 57, RouteOral, SiteMouth, 1500),
	paid("DAI-PEP", "Dại sau phơi nhiễm", "Rabies, after exposure", "Dại", []string{"Rabies"}, 5, 58, RouteIM, SiteLeftArm, 500),
	paid("SXH", "Sốt xuất huyết (Qdenga)", "Dengue", "Sốt xuất huyết", []string{"Dengue"}, 2, 59, RouteSC, SiteLeftArm, 500),
	paid("SVV", "Sốt vàng", "Yellow fever", "Sốt vàng", []string{"YF"}, 1, 60, RouteSC, SiteLeftArm, 500),
	paid("ZONA", "Zona (Shingrix)", "Zoster, recombinant", "Zona", []string{"Zoster"}, 2, 61, RouteIM, SiteLeftArm, 500),
}

func epi(code, name, nameEN, short string, antigens []string, doses, order int, r Route, s Site, volume int) VaccineInput {
	return VaccineInput{
		Code: code, Name: name, NameEN: nameEN, Short: short, Antigens: antigens, Doses: doses, Order: order,
		Route: r, Site: s, Volume: volume, Programme: ProgrammeEPI,
	}
}

func outbreak(code, name, nameEN, short string, antigens []string, doses, order int, r Route, s Site, volume int) VaccineInput {
	v := epi(code, name, nameEN, short, antigens, doses, order, r, s, volume)
	v.Programme = ProgrammeOutbreak
	return v
}

func paid(code, name, nameEN, short string, antigens []string, doses, order int, r Route, s Site, volume int) VaccineInput {
	v := epi(code, name, nameEN, short, antigens, doses, order, r, s, volume)
	v.Programme = ProgrammePaid
	return v
}
