package cdsi

import (
	"testing"
	"testing/fstest"
)

// FuzzLoad: whatever the two kinds of files hold, they are a schedule or refused.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(scheduleXML), []byte(antigenXML))
	f.Add([]byte("<a>"), []byte{})
	f.Fuzz(func(t *testing.T, schedule, antigen []byte) {
		s, err := Load(fstest.MapFS{scheduleName: {Data: schedule}, "AntigenSupportingData- X-508.xml": {Data: antigen}})
		if (err == nil) != (s != nil) {
			t.Fatalf("a schedule %v and the error %v", s != nil, err)
		}
	})
}
