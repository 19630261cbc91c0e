package proof

import (
	"testing"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

// TestNumbers: what is checked here stands under the numbers that everybody writes under. The package has its own copy of
// them, and a wrong one would show nothing, or the wrong thing.
func TestNumbers(t *testing.T) {
	for _, x := range []struct {
		name       string
		here, real p.Field
	}{
		{"place level", placeLevel, registry.PlaceLevel},
		{"place successors", placeSuccessors, registry.PlaceSuccessors},
		{"place former", placeFormer, registry.PlaceFormer},
		{"subject code", subjectCode, registry.SubjectCode},
		{"subject name", subjectName, registry.SubjectName},
		{"subject birth precision", subjectBirthPrec, registry.SubjectBirthPrec},
		{"subject hamlet", subjectHamlet, registry.SubjectHamlet},
		{"subject mother", subjectMother, registry.SubjectMotherName},
		{"subject group", subjectGroup, registry.SubjectGroup},
		{"subject next date", subjectNextDate, registry.SubjectNextDate},
		{"dose vaccine", doseVaccine, registry.DoseVaccine},
		{"dose given on", doseGivenOn, registry.DoseGivenOn},
		{"dose minute", doseMinute, registry.DoseGivenMinute},
		{"dose lot", doseLot, registry.DoseLot},
		{"dose source", doseSource, registry.DoseSource},
		{"dose not done", doseNotDone, registry.DoseNotDone},
		{"link same", linkSame, registry.LinkSame},
	} {
		if x.here != x.real {
			t.Errorf("%s is field %d, here %d", x.name, x.real, x.here)
		}
	}
	for _, x := range []struct {
		name       string
		here, real p.Kind
	}{
		{"place", kindPlace, registry.KindPlace},
		{"subject", kindSubject, registry.KindSubject},
		{"immunization", kindImmunization, registry.KindImmunization},
		{"link", kindLink, registry.KindLink},
	} {
		if x.here != x.real {
			t.Errorf("a %s is kind %d, here %d", x.name, x.real, x.here)
		}
	}
	for _, x := range []struct {
		name       string
		here, real int
	}{
		{"commune", levelCommune, int(registry.LevelCommune)},
		{"facility", levelFacility, int(registry.LevelFacility)},
		{"child", groupChild, int(registry.GroupChild)},
		{"given here", sourceHere, int(registry.SourceHere)},
	} {
		if x.here != x.real {
			t.Errorf("%s is %d, here %d", x.name, x.real, x.here)
		}
	}
}
