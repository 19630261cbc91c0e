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
