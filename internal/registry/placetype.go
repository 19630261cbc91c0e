package registry

// Types of facility that matter to where records go. Stations, points and temporary sites of a commune
// share the commune's register; every other facility keeps its own.
const (
	PlaceStation   = "tram"      // trạm y tế
	PlacePoint     = "diem"      // điểm trạm
	PlaceTemporary = "tamthoi"   // a site for some days
	PlaceHospital  = "benhvien"  // with its delivery room
	PlaceClinic    = "phongtiem" // paid vaccination
	PlaceCentre    = "ttyt"      // seat of a regional health centre, a province's CDC, the national office
)

// SharesRegister reports whether a kind of facility shares its commune's register.
func SharesRegister(kind string) bool {
	return kind == PlaceStation || kind == PlacePoint || kind == PlaceTemporary
}

// Serves is the programme whose doses a kind of facility mostly gives: a clinic's are paid for.
func Serves(kind string) Programme {
	if kind == PlaceClinic {
		return ProgrammePaid
	}
	return ProgrammeEPI
}

// StockOf is whose stock a dose came from or a lot belongs to: what was paid for, or what the programme sent, which outbreaks are
// vaccinated from too. Where nobody said under which programme, that of the vaccine counts.
func StockOf(given, mostly Programme) Programme {
	if given == ProgrammePaid || given == 0 && mostly == ProgrammePaid {
		return ProgrammePaid
	}
	return ProgrammeEPI
}
