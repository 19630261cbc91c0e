package sheet

import (
	"testing"

	"tramy/internal/locale"
	"tramy/internal/registry"
)

// TestEverythingHasWords: each code, each kind of file, each limit and each field has its sentence.
func TestEverythingHasWords(t *testing.T) {
	words := locale.For("vi")
	has := func(key string) {
		t.Helper()
		if !words.Has(key) {
			t.Errorf("no text for %q", key)
		}
	}
	for _, list := range [][]registry.Code{Codes, WarningCodes} {
		for _, c := range list {
			has((&Problem{Code: c}).Key())
		}
	}
	for _, k := range Kinds {
		has((&NotASpreadsheetError{Kind: k}).Key())
	}
	for _, what := range []string{"rows", "bytes", "parts", "strings", "sheets", "columns", "cell"} {
		has((&TooLargeError{What: what}).Key())
	}
	for _, e := range []FileError{
		&EncodingError{}, &NoSheetError{}, &NoHeaderError{}, &MappingError{}, &MappingError{Columns: []string{"A", "B"}}, &ForeignRegisterError{},
	} {
		has(e.Key())
	}
	for _, f := range Fields() {
		has("sheet_field." + f.Name)
	}
	if key := (&Problem{Code: registry.CodeDoseFuture}).Key(); key != "invalid.dose_future" {
		t.Error(key)
	}
}
