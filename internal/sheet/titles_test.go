package sheet

import (
	"strings"
	"testing"

	"tramy/internal/registry"
)

// TestTitles: columns as they are written in registers and exports.
func TestTitles(t *testing.T) {
	x := newVaccineIndex(names)
	for _, c := range []struct{ title, want string }{
		{"STT", "ignored"},
		{"HỌ VÀ TÊN", "name"},
		{"Ho va ten tre", "name"},
		{"Họ và tên (viết hoa)", "name"},
		{"Ngày sinh", "birth_date"},
		{"Ngày sinh (dd/mm/yyyy)", "birth_date"},
		{"Ngày, tháng, năm sinh", "birth_date"},
		{"Giới", "sex"},
		{"Tên mẹ", "mother_name"},
		{"Họ tên mẹ/NGH", "mother_name"},
		{"SĐT", "mother_phone"},
		{"Thôn/ấp/bản", "hamlet"},
		{"Mã đối tượng", "national_code"},
		{"Dân tộc", "ethnic_group"},
		{"Địa chỉ", "address"},
		{"Số CMND/CCCD", "personal_no"},
		{"PAB", "pab"},
		{"Ngày tiêm chủng đầy đủ", "ignored"},
		{"BCG", "dose BCG"},
		{"Lao", "dose BCG"},
		{"VGB<24h", "dose VGB0"},
		{"VGB ≤ 24 giờ", "dose VGB0"},
		{"VGB > 24h", "dose VGB0"},
		{"VGB SS", "dose VGB0"},
		{"Viêm gan B sơ sinh", "dose VGB0"},
		{"DPT-VGB-Hib 1", "dose DPT-VGB-HIB 1"},
		{"DPT-VGB-Hib3", "dose DPT-VGB-HIB 3"},
		{"5in1 m1", "dose DPT-VGB-HIB 1"},
		{"5 trong 1 (lần 2)", "dose DPT-VGB-HIB 2"},
		{"ComBE Five 2", "dose DPT-VGB-HIB 2"},
		{"Quinvaxem mũi 3", "dose DPT-VGB-HIB 3"},
		{"OPV1", "dose BOPV 1"},
		{"bOPV lần 2", "dose BOPV 2"},
		{"IPV 2", "dose IPV 2"},
		{"Sởi 1", "dose SOI 1"},
		{"MR", "dose MR"},
		{"Sởi - Rubella", "dose MR"},
		{"DPT4", "dose DPT 4"},
		{"VNNB 3", "dose VNNB 3"},
		{"Rota 1", "dose ROTA 1"},
		{"PCV 2", "dose PCV 2"},
		{"PCV10", "dose PCV10"},
		{"Prevenar 13 mũi 2", "dose PCV13 2"},
		{"Ngày tiêm BCG", "dose BCG"},
		{"Lô BCG", "dose_lot BCG"},
		{"Số lô OPV 1", "dose_lot BOPV 1"},
		{"UV III", "dose UV 3"},
		{"Ngày tiêm", "given_on"},
		{"Tên vắc xin", "vaccine"},
		{"Số lô", "lot"},
		{"Cơ sở tiêm", "dose_place"},
		{"Lý do", "reason"},
		{"Trùng với", "same_as"},
		{"Viêm gan B | ≤24h", "dose VGB0"},
		{"Viêm gan B | >24h", "dose VGB0"},
		{"DPT-VGB-Hib | 2", "dose DPT-VGB-HIB 2"},
		{"Bại liệt | Mũi 3", "dose BOPV 3"},
		{"Ngày sinh | Nam", "birth_male"},
		{"Thông tin trẻ | Họ và tên", "name"},
		{"Chiều cao", ""},
		{"XYZ 1", ""},
	} {
		m := matchTitle(strings.Split(c.title, " | "), x)
		got := strings.TrimSpace(m.field + " " + m.vaccine + " " + numberText(m.dose))
		if got != c.want || m.field != "" && !m.sure {
			t.Errorf("%q is %q (sure %v), want %q", c.title, got, m.sure, c.want)
		}
	}
}

// TestEveryVaccineIsFoundByItsNames: each name belongs to its vaccine, and with a number it is that dose.
func TestEveryVaccineIsFoundByItsNames(t *testing.T) {
	x := newVaccineIndex(names)
	for _, v := range registry.Vaccines() {
		for _, n := range []string{v.Code, v.Short, v.Name, strings.ToUpper(v.Name)} {
			if code, dose, whole := x.find(n); code != v.Code || dose != 0 || !whole {
				t.Errorf("%q is %q dose %d, want %s", n, code, dose, v.Code)
			}
			if code, dose, whole := x.find(n + " mũi 2"); code != v.Code || dose != 2 || !whole {
				t.Errorf("%q is %q dose %d, want %s 2", n+" mũi 2", code, dose, v.Code)
			}
		}
	}
	for code, aliases := range vaccineAliases {
		for _, a := range aliases {
			if got, dose, whole := x.find(a); !whole || got != code && !strings.Contains(a, "polyvac") {
				t.Errorf("alias %q is %q dose %d, want %s", a, got, dose, code)
			}
		}
	}
}

// TestFieldNamesAreTheRegistrys: what is no field of this package is one of a subject or a dose.
func TestFieldNamesAreTheRegistrys(t *testing.T) {
	ours := map[string]bool{
		FieldDose: true, FieldDoseLot: true, FieldOtherDoses: true, FieldCommune: true, FieldCommuneNo: true, FieldAddress: true, FieldMotherCode: true, FieldClass: true, FieldSchool: true,
		FieldBirthMale: true, FieldBirthFemale: true, FieldPAB: true, FieldIgnored: true, FieldSameAs: true, FieldReason: true, FieldDoseNote: true, FieldDosePlace: true,
	}
	written := make(map[string]bool)
	for _, f := range fieldTable {
		_, subject := registry.FieldNamed(registry.KindSubject, f.name)
		_, dose := registry.FieldNamed(registry.KindImmunization, f.name)
		if !subject && !dose && !ours[f.name] {
			t.Errorf("%s is nobody's", f.name)
		}
		written[f.name] = f.show != nil || f.print != nil
	}
	// Every field that the registry has of a subject is written, save what is said otherwise.
	for _, f := range registry.FieldsOf(registry.KindSubject) {
		switch f.Name {
		case "place", "void", "released", "mother", "birth_precision", "moved_doses", "born_at":
			continue
		}
		if !written[f.Name] {
			t.Errorf("%s of a subject has no column", f.Name)
		}
	}
	for _, f := range registry.FieldsOf(registry.KindImmunization) {
		switch f.Name {
		case "subject", "place", "void", "code", "note", "moved_from", "apart", "campaign":
			continue
		}
		if !written[f.Name] {
			t.Errorf("%s of a dose has no column", f.Name)
		}
	}
}

// TestChoicesAreWhole: each value of each enumeration has a word, which is read as that value.
func TestChoicesAreWhole(t *testing.T) {
	for e := range choiceWords {
		for _, key := range e.Keys() {
			want, _ := e.Number(key)
			if got, ok := choiceNumber(e, choiceWord(e, uint8(want))); !ok || int64(got) != want {
				t.Errorf("%s %s: %q is %d", e.Name, key, choiceWord(e, uint8(want)), got)
			}
		}
	}
}
