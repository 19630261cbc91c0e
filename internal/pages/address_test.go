package pages

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAddressKeepsWhatIsOurs(t *testing.T) {
	longest := strings.Repeat("1", queryValueMax)
	for query, want := range map[string]string{
		"on=" + longest:       "on=" + longest,
		"on=" + longest + "1": "",
		"on=2026-11-27&q=Lan": "on=2026-11-27",
		"on=L%C3%B2+Th%E1%BB": "",
		"on=1&on=2":           "",
	} {
		if got := ownQuery(httptest.NewRequest("GET", "/due?"+query, nil)); got != want {
			t.Errorf("%s: kept %q, want %q", query, got, want)
		}
	}
}
