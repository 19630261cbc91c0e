package panics

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestCauseTellsNothingThatWasTyped(t *testing.T) {
	const name = "Vàng Thị Mẩy"
	for want, do := range map[string]func(){
		"panic of type string":              func() { panic("cannot save " + name) },
		"panic of type *errors.errorString": func() { panic(errors.New(name)) },
		"panic of type *fmt.wrapError":      func() { panic(fmt.Errorf("%s: %w", name, errors.ErrUnsupported)) },
		"panic: runtime error: index out of range [15] with length 15": func() {
			at := len(name) - 2
			_ = []byte(name)[:at][at]
		},
		"panic: assignment to entry in nil map": func() {
			none := map[string]map[string]bool{}
			none[name][name] = true
		},
	} {
		func() {
			defer func() {
				if got := Cause(recover()).Error(); got != want || strings.Contains(got, "Mẩy") {
					t.Errorf("%q, want %q", got, want)
				}
			}()
			do()
		}()
	}
}
