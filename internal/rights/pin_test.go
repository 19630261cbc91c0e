package rights

import (
	"errors"
	"testing"
)

func TestCheckPin(t *testing.T) {
	for pin, want := range map[string]PinFault{
		"": PinLength, "481": PinLength, "4812": "", "481275": "", "4812753": PinLength, "48a2": PinLength, "48 2": PinLength, "４８１２": PinLength,
		"1111": PinRepeated, "1212": PinRepeated, "1001": PinRepeated, "474747": PinRepeated, "4742": "",
		"1234": PinRow, "4321": PinRow, "7890": PinRow, "0987": PinRow, "123456": PinRow, "1235": "",
		"1987": PinYear, "2004": PinYear, "1899": "", "198700": "", "2580": PinCommon, "112233": PinCommon,
	} {
		err := CheckPin(pin)
		var fault *PinError
		if errors.As(err, &fault) != (want != "") || fault != nil && fault.Fault != want {
			t.Errorf("CheckPin(%q) = %v, want %q", pin, err, want)
		}
	}
}
