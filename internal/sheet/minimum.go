package sheet

import (
	"cmp"
	"encoding/json"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

// The national minimum data set: Decision 3891/QĐ-BYT of 18/12/2025, 44 fields of which 20 are mandatory (vietnam.md 2.2). Of the 44 the
// source names the 20 and seven others, in groups; the decision's own names and lists of values have not been seen, so that titles here
// are the usual words. What is stated in another way than the set asks is missing, and not guessed.

// MinimumField is one mandatory field of the set; its word is under "minimum_field." + Name.
type MinimumField struct {
	Name string
	Dose bool // of each dose; else of the person
}

// MinimumFields are the 20 mandatory fields, in the order of the set.
func MinimumFields() []MinimumField {
	return []MinimumField{
		{Name: "identity"},
		{Name: "name"},
		{Name: "birth_date"},
		{Name: "sex"},
		{Name: "ethnic_code"},
		{Name: "birth_commune"},
		{Name: "birth_province"},
		{Name: "registration_commune"},
		{Name: "registration_province"},
		{Name: "native_commune"},
		{Name: "native_province"},
		{Name: "permanent_commune"},
		{Name: "permanent_province"},
		{Name: "current_commune"},
		{Name: "current_province"},
		{Name: "vaccine", Dose: true},
		{Name: "given_on", Dose: true},
		{Name: "dose_order", Dose: true},
		{Name: "facility", Dose: true},
		{Name: "antigen", Dose: true},
	}
}

// Home is a commune and the province it lies in; a name is "" where the text behind it names none, or several.
type Home struct {
	Commune      string `json:"commune"`
	CommuneCode  string `json:"commune_code"`
	Province     string `json:"province"`
	ProvinceCode string `json:"province_code"`
	Text         string `json:"as_written"`
}

// MinimumOptions are what the set needs to know beside the people.
type MinimumOptions struct {
	Vaccines []registry.VaccineInput         // for what they protect against
	Residing func(commune p.EntityID) Home   // the commune of a residence
	Reading  func(text string) Home          // an address as it is written
	Word     func(field MinimumField) string // for the column of what is missing; nil: the field's own name
}

// Minimum is a person as the set has them. Empty is not known.
type Minimum struct {
	Code          string        `json:"person_code"`
	Identity      string        `json:"identity"`
	PaperKind     string        `json:"paper_kind"`
	TravelPaper   string        `json:"travel_paper"`
	Name          string        `json:"name"`
	BirthDate     string        `json:"birth_date"` // as exactly as it is known
	Sex           string        `json:"sex"`
	EthnicCode    string        `json:"ethnic_code"`
	Ethnic        string        `json:"ethnic_group"`
	BloodGroup    string        `json:"blood_group"`
	Status        int           `json:"status"` // 0 unknown, 1 alive, 2 dead, 3 missing
	Mother        string        `json:"mother"`
	Father        string        `json:"father"`
	Guardian      string        `json:"guardian"`
	Birth         Home          `json:"birth"`
	Registration  Home          `json:"registration"`
	Native        Home          `json:"native"`
	Permanent     Home          `json:"permanent"`
	Current       Home          `json:"current"`
	Doses         []MinimumDose `json:"doses"`
	Missing       []string      `json:"missing"` // names of mandatory fields
	missingFields []MinimumField
}

// MinimumDose is a dose as the set has it.
type MinimumDose struct {
	Vaccine      string   `json:"vaccine"`
	VaccineName  string   `json:"vaccine_name"`
	Antigens     []string `json:"antigens"`
	GivenOn      string   `json:"given_on"`
	Order        string   `json:"dose_order"`
	Facility     string   `json:"facility"`
	FacilityCode string   `json:"facility_code"`
	Lot          string   `json:"lot"`
}

// MinimumOf brings a person into the set.
func MinimumOf(x *Person, opt *MinimumOptions) *Minimum {
	in := &x.Subject
	out := &Minimum{
		Code: string(in.Code), Identity: cmp.Or(in.PersonalNo, in.Passport), PaperKind: in.PaperKind.String(), TravelPaper: in.TravelPaper, Name: in.Name,
		BirthDate: showBirth(x), Sex: in.Sex.String(), BloodGroup: in.BloodGroup.String(), Mother: in.MotherName, Father: in.FatherName, Guardian: in.GuardianName,
		Birth: opt.Reading(in.AddrBirth), Registration: opt.Reading(in.AddrRegister), Native: opt.Reading(in.AddrNative), Permanent: opt.Reading(in.AddrPermanent),
		Current: opt.Residing(in.Place), Doses: []MinimumDose{}, Missing: []string{},
	}
	if out.PaperKind == "" && in.PersonalNo != "" {
		out.PaperKind = registry.PaperPersonalNo.String()
	} else if out.PaperKind == "" && in.Passport != "" {
		out.PaperKind = registry.PaperPassport.String()
	}
	if out.EthnicCode, out.Ethnic = registry.EthnicCode(in.Ethnic); out.EthnicCode == "" {
		out.Ethnic = in.Ethnic
	}
	out.Status = minimumStatus(in)
	missing := map[string]bool{
		"identity": out.Identity == "", "name": out.Name == "" || registry.Nameless(out.Name), "birth_date": !in.HasBirth() || !in.BirthPrec.DayKnown(),
		"sex": in.Sex != registry.SexMale && in.Sex != registry.SexFemale, "ethnic_code": out.EthnicCode == "",
	}
	for name, home := range map[string]*Home{"birth": &out.Birth, "registration": &out.Registration, "native": &out.Native, "permanent": &out.Permanent, "current": &out.Current} {
		missing[name+"_commune"], missing[name+"_province"] = home.Commune == "", home.Province == ""
	}
	for i := range x.Doses {
		if x.Doses[i].Given() && x.Doses[i].Void == "" {
			out.Doses = append(out.Doses, minimumDose(&x.Doses[i], opt, missing))
		}
	}
	for _, f := range MinimumFields() {
		if missing[f.Name] {
			out.Missing, out.missingFields = append(out.Missing, f.Name), append(out.missingFields, f)
		}
	}
	return out
}

// minimumStatus is 0 unknown, 1 alive, 2 dead, 3 missing. Who is here, away or moved is alive; of whom nothing is said, nothing is known.
func minimumStatus(in *registry.SubjectInput) int {
	switch {
	case in.Status == registry.StatusDied:
		return 2
	case in.MissingSince != 0:
		return 3
	case in.Status == registry.StatusPresent, in.Status == registry.StatusAbsent, in.Status == registry.StatusMoved:
		return 1
	}
	return 0
}

func minimumDose(d *Dose, opt *MinimumOptions, missing map[string]bool) MinimumDose {
	out := MinimumDose{Vaccine: d.Vaccine, GivenOn: isoDay(d.GivenOn), Facility: d.PlaceName, FacilityCode: d.PlaceCode, Lot: d.Lot, Antigens: []string{}}
	for i := range opt.Vaccines {
		if v := &opt.Vaccines[i]; v.Code == d.Vaccine {
			out.VaccineName, out.Antigens = v.Name, append(out.Antigens, v.Antigens...)
		}
	}
	switch {
	case d.HasOrder || d.Order > 0:
		out.Order = strconv.Itoa(d.Order)
	case d.Number > 0:
		out.Order = strconv.Itoa(d.Number)
	}
	for name, lacks := range map[string]bool{
		"vaccine": out.Vaccine == "", "given_on": out.GivenOn == "", "dose_order": out.Order == "", "facility": out.Facility == "", "antigen": len(out.Antigens) == 0,
	} {
		missing[name] = missing[name] || lacks
	}
	return out
}

func isoDay(day registry.Day) string {
	if day == 0 {
		return ""
	}
	return day.ISO()
}

// minimumTitles are the columns of the set: a row a dose, and one for whoever has none.
var minimumTitles = []column{
	{title: "Mã sổ"},
	{title: "Số định danh hoặc hộ chiếu"},
	{title: "Loại giấy tờ"},
	{title: "Giấy xuất nhập cảnh"},
	{title: "Họ và tên"},
	{title: "Ngày sinh", date: true},
	{title: "Giới tính"},
	{title: "Mã dân tộc"},
	{title: "Dân tộc"},
	{title: "Nhóm máu"},
	{title: "Tình trạng (0 không rõ, 1 sống, 2 mất, 3 mất tích)"},
	{title: "Họ tên mẹ"},
	{title: "Họ tên cha"},
	{title: "Người giám hộ"},
	{title: "Nơi sinh: xã"},
	{title: "Nơi sinh: mã xã"},
	{title: "Nơi sinh: tỉnh"},
	{title: "Nơi sinh: mã tỉnh"},
	{title: "Đăng ký khai sinh: xã"},
	{title: "Đăng ký khai sinh: mã xã"},
	{title: "Đăng ký khai sinh: tỉnh"},
	{title: "Đăng ký khai sinh: mã tỉnh"},
	{title: "Quê quán: xã"},
	{title: "Quê quán: mã xã"},
	{title: "Quê quán: tỉnh"},
	{title: "Quê quán: mã tỉnh"},
	{title: "Thường trú: xã"},
	{title: "Thường trú: mã xã"},
	{title: "Thường trú: tỉnh"},
	{title: "Thường trú: mã tỉnh"},
	{title: "Hiện tại: xã"},
	{title: "Hiện tại: mã xã"},
	{title: "Hiện tại: tỉnh"},
	{title: "Hiện tại: mã tỉnh"},
	{title: "Vắc xin"},
	{title: "Tên vắc xin"},
	{title: "Kháng nguyên"},
	{title: "Ngày tiêm", date: true},
	{title: "Mũi thứ"},
	{title: "Cơ sở tiêm"},
	{title: "Mã cơ sở"},
	{title: "Số lô"},
	{title: "Còn thiếu"},
}

// WriteMinimum writes people as the set has them, a row a dose; what is missing of the mandatory fields stands in the last column of a
// person's first row.
func WriteMinimum(w io.Writer, f Format, people iter.Seq2[*Person, error], opt *MinimumOptions) error {
	out, err := newTable(w, f, "QĐ 3891", minimumTitles)
	if err != nil {
		return err
	}
	for x, err := range people {
		if err != nil {
			return err
		}
		m := MinimumOf(x, opt)
		who := []string{
			m.Code, m.Identity, choiceWord(registry.PaperKindEnum, numberOfKey(registry.PaperKindEnum, m.PaperKind)), m.TravelPaper, m.Name, m.BirthDate,
			choiceWord(registry.SexEnum, uint8(x.Subject.Sex)), m.EthnicCode, m.Ethnic, choiceWord(registry.BloodGroupEnum, uint8(x.Subject.BloodGroup)), strconv.Itoa(m.Status), m.Mother, m.Father, m.Guardian,
		}
		for _, home := range []*Home{&m.Birth, &m.Registration, &m.Native, &m.Permanent, &m.Current} {
			who = append(who, home.Commune, home.CommuneCode, home.Province, home.ProvinceCode)
		}
		doses := m.Doses
		if len(doses) == 0 {
			doses = []MinimumDose{{}}
		}
		for i := range doses {
			d, missing := &doses[i], ""
			if i == 0 {
				missing = m.missingText(opt)
			}
			given, _ := registry.ParseISO(d.GivenOn)
			row := append(slices.Clone(who), d.Vaccine, d.VaccineName, strings.Join(d.Antigens, "; "), dayText(given), d.Order, d.Facility, d.FacilityCode, d.Lot, missing)
			if err := out.row(row); err != nil {
				return err
			}
		}
	}
	return out.close()
}

func numberOfKey(e *registry.Enum, key string) uint8 {
	n, _ := e.Number(key)
	return uint8(n)
}

func (m *Minimum) missingText(opt *MinimumOptions) string {
	words := make([]string, 0, len(m.missingFields))
	for _, f := range m.missingFields {
		if opt.Word == nil {
			words = append(words, f.Name)
		} else {
			words = append(words, opt.Word(f))
		}
	}
	return strings.Join(words, "; ")
}

// WriteMinimumJSON writes people as the set has them, as one list of objects, one a line.
func WriteMinimumJSON(w io.Writer, people iter.Seq2[*Person, error], opt *MinimumOptions) error {
	lead := "[\n"
	for x, err := range people {
		if err != nil {
			return err
		}
		line, err := json.Marshal(MinimumOf(x, opt))
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, lead+string(line)); err != nil {
			return err
		}
		lead = ",\n"
	}
	if lead == "[\n" {
		_, err := io.WriteString(w, "[]\n")
		return err
	}
	_, err := io.WriteString(w, "\n]\n")
	return err
}
