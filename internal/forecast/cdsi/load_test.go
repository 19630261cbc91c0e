package cdsi

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"tramy/internal/forecast"
)

const scheduleXML = `<scheduleSupportingData>
<liveVirusConflicts><liveVirusConflict>
<previous><vaccineType>MMR</vaccineType><cvx>03</cvx></previous><current><vaccineType>MMR</vaccineType><cvx>03</cvx></current>
<conflictBeginInterval>1 day</conflictBeginInterval><minConflictEndInterval>24 days</minConflictEndInterval><conflictEndInterval>28 days</conflictEndInterval>
</liveVirusConflict></liveVirusConflicts>
<vaccineGroups><vaccineGroup><name>MMR</name><administerFullVaccineGroup>Yes</administerFullVaccineGroup></vaccineGroup></vaccineGroups>
<vaccineGroupToAntigenMap><vaccineGroupMap><name>MMR</name><antigen>Measles</antigen></vaccineGroupMap></vaccineGroupToAntigenMap>
<cvxToAntigenMap><cvxMap><cvx>03</cvx><shortDescription>MMR</shortDescription>
<association><antigen>Measles</antigen><associationBeginAge>n/a</associationBeginAge><associationEndAge>50 years</associationEndAge></association>
</cvxMap></cvxToAntigenMap>
<observations><observation><observationCode>007</observationCode><observationTitle>Pregnant</observationTitle></observation></observations>
</scheduleSupportingData>`

const antigenXML = `<antigenSupportingData>
<immunity><clinicalHistory><guidelineCode>020</guidelineCode></clinicalHistory>
<dateOfBirth><immunityBirthDate>01/01/1957</immunityBirthDate><birthCountry/><exclusion><exclusionCode>055</exclusionCode></exclusion></dateOfBirth></immunity>
<contraindications><vaccineGroup><contraindication><observationCode>007</observationCode><beginAge/><endAge/></contraindication></vaccineGroup></contraindications>
<series><seriesName>Measles 2-dose</seriesName><targetDisease>Measles</targetDisease><vaccineGroup>MMR</vaccineGroup>
<seriesAdminGuidance>n/a</seriesAdminGuidance><seriesType>Standard</seriesType><equivalentSeriesGroups>2; 3</equivalentSeriesGroups><requiredGender/>
<selectSeries><defaultSeries>Yes</defaultSeries><productPath>No</productPath><seriesGroup>1</seriesGroup><seriesPriority>A</seriesPriority><seriesPreference/></selectSeries>
<indication/>
<seriesDose><doseNumber>Dose 1</doseNumber>
<age><absMinAge>12 months - 4 days</absMinAge><minAge>12 months</minAge><maxAge/><effectiveDate>20200101</effectiveDate></age>
<interval/><allowableInterval/>
<preferableVaccine><cvx>03</cvx><beginAge>12 months</beginAge><tradeName/><mvx>MSD</mvx><forecastVaccineType>Y</forecastVaccineType></preferableVaccine>
<inadvertentVaccine/><conditionalSkip/><recurringDose>No</recurringDose><seasonalRecommendation/></seriesDose>
<seriesDose><doseNumber>Dose 2</doseNumber>
<interval><fromPrevious>N</fromPrevious><fromTargetDose/><fromMostRecent>03;94; 05</fromMostRecent><minInt>28 days</minInt><intervalPriority>override</intervalPriority></interval>
<conditionalSkip><context>Forecast</context><setLogic>n/a</setLogic><set><conditionLogic>n/a</conditionLogic>
<condition><conditionType>Vaccine Count By Age</conditionType><beginAge>n/a</beginAge><doseCount>1</doseCount><doseType>valid</doseType><doseCountLogic>Greater Than</doseCountLogic><vaccineTypes>n/a</vaccineTypes></condition>
</set></conditionalSkip><recurringDose>Yes</recurringDose>
<seasonalRecommendation><startDate>20250701</startDate><endDate/></seasonalRecommendation></seriesDose>
</series></antigenSupportingData>`

func folder(schedule, antigen string) fs.FS {
	crlf := func(s string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(strings.ReplaceAll(s, "\n", "\r\n"))}
	}
	return fstest.MapFS{"ScheduleSupportingData.xml": crlf(schedule), "AntigenSupportingData- Rubeola-508.xml": crlf(antigen)}
}

// The traps of the form: empty elements and n/a, two kinds of dates, lists with and without blanks, words in
// other letters, leading zeros, the name of the antigen.
func TestLoad(t *testing.T) {
	s, err := Load(folder(scheduleXML, antigenXML))
	if err != nil {
		t.Fatal(err)
	}
	mmr := s.Vaccine("03")
	if mmr == forecast.None || s.Vaccine("3") != forecast.None || s.Vaccines[mmr].Name != "MMR" {
		t.Errorf("vaccines %+v", s.Vaccines)
	}
	if s.Antigen("Measles") == forecast.None || s.Antigen("Rubeola") != forecast.None {
		t.Error("the antigen has the name of the file")
	}
	a := s.Antigens[0]
	if as := s.Vaccines[mmr].Antigens; len(as) != 1 || as[0].Begin.Stated || as[0].End != forecast.Years(50) {
		t.Errorf("association %+v", as)
	}
	if len(a.ImmuneBirths) != 1 || a.ImmuneBirths[0].Before.ISO() != "1957-01-01" || len(a.ImmuneBirths[0].Exclusions) != 1 || len(a.ImmuneBy) != 1 {
		t.Errorf("immunity %+v %+v", a.ImmuneBirths, a.ImmuneBy)
	}
	se := a.Series[0]
	if !se.Default || se.Product || se.Preference != 0 || len(se.Equivalent) != 2 || se.Equivalent[1] != 3 || se.Sexes != nil || se.Indications != nil || se.Guidance != nil {
		t.Errorf("series %+v", se)
	}
	one, two := se.Doses[0], se.Doses[1]
	if len(one.Ages) != 1 || one.Ages[0].Max.Stated || one.Ages[0].InForce.From.ISO() != "2020-01-01" || one.Intervals != nil || one.Skips != nil || one.Season != (forecast.Season{}) {
		t.Errorf("dose 1 %+v", one)
	}
	if v := one.Preferable; len(v) != 1 || v[0].Vaccine != mmr || !v[0].Offer || v[0].Maker != "MSD" || v[0].End.Stated {
		t.Errorf("preferable %+v", v)
	}
	if in := two.Intervals; len(in) != 1 || in[0].Since != forecast.SinceVaccine || !in[0].Override || !in[0].Vaccines.Has(mmr) || !in[0].Vaccines.Has(s.Vaccine("05")) {
		t.Errorf("interval %+v", in)
	}
	if k := two.Skips; len(k) != 1 || k[0].Context != forecast.SkipForecast || !k[0].Any || k[0].Sets[0].Any {
		t.Fatalf("skip %+v", k)
	}
	if c := two.Skips[0].Sets[0].Conditions[0]; c.Type != forecast.ConditionCount || !c.ValidOnly || c.Compare != forecast.GreaterThan || c.Vaccines != nil || c.Begin.Stated {
		t.Errorf("condition %+v", c)
	}
	if !two.Recurring || two.Season.From.ISO() != "2025-07-01" || two.Season.To != 0 {
		t.Errorf("dose 2 %+v", two)
	}
	if c := s.Conflicts; len(c) != 1 || c[0].MinEnd != forecast.Days(24) || c[0].End != forecast.Days(28) {
		t.Errorf("conflicts %+v", c)
	}
}

// Whatever is wrong, the error names the file, the place and the element.
func TestLoadErrors(t *testing.T) {
	for _, c := range []struct {
		name, old, new string
		want           []string
	}{
		{"period", "12 months - 4 days", "12 moons", []string{"Rubeola-508.xml", `"Measles 2-dose"`, "dose 1", "absMinAge", "moons"}},
		{"date", "20200101", "2020-01-01", []string{"dose 1", "effectiveDate", "20251231"}},
		{"impossible date", "20200101", "20200230", []string{"effectiveDate"}},
		{"type", ">Standard<", ">Usual<", []string{"seriesType", `"Usual"`, `"standard"`}},
		{"flag", "<defaultSeries>Yes", "<defaultSeries>Maybe", []string{"defaultSeries", "Yes nor No"}},
		{"number", "<doseCount>1", "<doseCount>one", []string{"dose 2", "doseCount"}},
		{"condition", "Vaccine Count By Age", "Horoscope", []string{"conditionType", "Horoscope"}},
		{"comparison", "Greater Than", "about", []string{"doseCountLogic", `"greater than"`}},
		{"interval", "<fromMostRecent>03;94; 05</fromMostRecent>", "", []string{"dose 2", "interval", "fromPrevious"}},
		{"target dose", "<fromTargetDose/><fromMostRecent>03;94; 05</fromMostRecent>", "<fromTargetDose>3</fromTargetDose>", []string{"dose 2", "fromTargetDose"}},
		{"group", "<vaccineGroup>MMR</vaccineGroup>", "<vaccineGroup>Nothing</vaccineGroup>", []string{"vaccineGroup", "Nothing"}},
		{"antigen", "<targetDisease>Measles", "<targetDisease>Pox", []string{"ScheduleSupportingData.xml", "Measles"}},
		{"XML", "</antigenSupportingData>", "", []string{"Rubeola-508.xml", "XML"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(antigenXML, c.old) {
				t.Fatalf("nothing to replace: %s", c.old)
			}
			_, err := Load(folder(scheduleXML, strings.Replace(antigenXML, c.old, c.new, 1)))
			if err == nil {
				t.Fatal("it is read without an error")
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q does not name %q", err, w)
				}
			}
		})
	}
	var codes strings.Builder
	for i := range codesMax - 3 { // 03, 05 and 94 are there already
		fmt.Fprintf(&codes, "<cvxMap><cvx>x%d</cvx></cvxMap>", i)
	}
	full := strings.Replace(scheduleXML, "<cvxToAntigenMap>", "<cvxToAntigenMap>"+codes.String(), 1)
	if s, err := Load(folder(full, antigenXML)); err != nil || len(s.Vaccines) != codesMax {
		t.Errorf("at the limit: %v", err)
	}
	over := strings.Replace(full, "<cvxToAntigenMap>", "<cvxToAntigenMap><cvxMap><cvx>one more</cvx></cvxMap>", 1)
	if _, err := Load(folder(over, antigenXML)); err == nil || !strings.Contains(err.Error(), "vaccine codes") {
		t.Errorf("beyond the limit: %v", err)
	}
	if _, err := Load(fstest.MapFS{}); err == nil || !strings.Contains(err.Error(), "ScheduleSupportingData.xml is missing") {
		t.Errorf("empty folder: %v", err)
	}
	only := fstest.MapFS{"ScheduleSupportingData.xml": &fstest.MapFile{Data: []byte(scheduleXML)}}
	if _, err := Load(only); err == nil || !strings.Contains(err.Error(), "AntigenSupportingData") {
		t.Errorf("no antigen: %v", err)
	}
}
