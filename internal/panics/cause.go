package panics

import (
	"errors"
	"fmt"
	"runtime"
)

// Cause is what a log may say of a recovered value.
func Cause(v any) error {
	var re runtime.Error
	if err, ok := v.(error); ok && errors.As(err, &re) {
		return fmt.Errorf("panic: %s", re.Error())
	}
	return fmt.Errorf("panic of type %T", v)
}
