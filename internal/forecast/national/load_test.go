package national

import "testing"

func TestVersionsLoad(t *testing.T) {
	vs, err := Versions()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range vs {
		n := 0
		for _, a := range s.Antigens {
			n += len(a.Series)
		}
		t.Log(s.ID, len(s.Vaccines), len(s.Antigens), n)
	}
}
