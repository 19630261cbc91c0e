package registry

import (
	"errors"
	"reflect"
	"testing"
)

func TestSoughtTravels(t *testing.T) {
	code := withCheck("04127200000017")
	for _, q := range []Sought{
		{Code: code},
		{PersonalNo: "001224000017"},
		{Name: "Lò Gia Bảo", BirthDate: 20700, MotherName: "Lò Thị Mai"},
		{Name: "Lò Gia Bảo", BirthDate: 20700, Phone: "0385000412"},
	} {
		if err := q.Check(); err != nil {
			t.Errorf("%+v: %v", q, err)
		}
		if got := SoughtOf(q.Terms()); got != q {
			t.Errorf("%+v came as %+v", q, got)
		}
	}
	q := Sought{Name: "  Lò   Gia Bảo ", BirthDate: 20700, Phone: "0385 000 412"}
	if err := q.Check(); err != nil || q.Name != "Lò Gia Bảo" || q.Phone != "0385000412" {
		t.Errorf("cleaned: %+v, %v", q, err)
	}
	for _, c := range []struct {
		q     Sought
		field string
	}{
		{Sought{}, "name"},
		{Sought{Name: "Lò Gia Bảo", BirthDate: 20700}, "mother_name"},
		{Sought{Code: "0412720000001799"}, "code"},
		{Sought{PersonalNo: "0012"}, "personal_no"},
		{Sought{Name: "A", BirthDate: 20700, Phone: "12"}, "mother_phone"},
	} {
		var wrong Errors
		if err := c.q.Check(); !errors.As(err, &wrong) || wrong[0].Field != c.field {
			t.Errorf("%+v: %v, want something about %s", c.q, err, c.field)
		}
	}
}

func TestHintTellsLittle(t *testing.T) {
	s := &Subject{SubjectInput: SubjectInput{Name: "Lò Gia Bảo", BirthDate: dayOf(2026, 7, 18), Sex: SexMale, MotherName: "Lò Thị Mai", MotherPhone: "0385000412"}}
	h := HintOf(s, "Xã Mường Nhà")
	want := Hint{Name: "L. G. Bảo", Born: "2026", Sex: SexMale, Mother: "L. T. Mai", Phone: "12", Place: "Xã Mường Nhà"}
	if h != want {
		t.Errorf("shown: %+v", h)
	}
	if got := HintFrom(h.Terms()); !reflect.DeepEqual(got, want) {
		t.Errorf("came as %+v", got)
	}
	if h := HintOf(&Subject{}, ""); h != (Hint{}) || len(h.Terms()) != 0 {
		t.Errorf("of nothing: %+v", h)
	}
	if got := maskName("Đinh Ây"); got != "Đ. Ây" {
		t.Errorf("masked as %q", got)
	}
}
