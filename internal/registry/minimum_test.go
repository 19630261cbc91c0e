package registry

import "testing"

func TestEthnicCode(t *testing.T) {
	for text, want := range map[string]string{
		"Kinh": "01", "kinh": "01", "Thái": "03", "H'Mông": "08", "Mông": "08", "HMÔNG": "08", "Mường": "06", "muong": "06", "Khơ-mú": "29", "Khơ Me": "05", "Ê-đê": "12",
		"Bru - Vân Kiều": "23", "Rơ Măm": "54", "Tày": "02", "Ra-glai": "21", "": "", "Xá": "", "Thổ": "24", "Hoa": "04", "Hà Nhì": "35", "La Hủ": "41", "La Ha": "39", "Cơ Ho": "16", "Co": "30", "Cơ Lao": "47",
	} {
		if code, _ := EthnicCode(text); code != want {
			t.Errorf("%q is %q, want %q", text, code, want)
		}
	}
	seen := map[string]bool{}
	for _, names := range ethnicGroups[1:] {
		if len(names) == 0 {
			t.Fatal("a code without a name")
		}
		code, name := EthnicCode(names[0])
		if name != names[0] || seen[code] {
			t.Errorf("%s is read as %s %s", names[0], code, name)
		}
		seen[code] = true
	}
	if len(seen) != 55 {
		t.Errorf("%d codes", len(seen))
	}
}
