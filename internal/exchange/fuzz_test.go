package exchange

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	p "tramy/syncproto"
)

// FuzzToken: what stands behind "Bearer" is a token or none; it is written as it was read.
func FuzzToken(f *testing.F) {
	token, err := NewToken(p.Dot{Log: p.LogID{1}, Seq: 2}.Entity(), strings.NewReader(strings.Repeat("k", 32)))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(EncodeToken(token))
	f.Add("=")
	f.Fuzz(func(t *testing.T, s string) {
		token, err := decodeToken(s)
		if err != nil {
			return
		}
		if again, err := decodeToken(EncodeToken(token)); err != nil || !bytes.Equal(again, token) {
			t.Fatalf("%q is %x, and that is %x, %v", s, token, again, err)
		}
	})
}

// FuzzPosition reads the answer to a question for the position, which is of one size.
func FuzzPosition(f *testing.F) {
	f.Add(make([]byte, positionSize))
	f.Add(bytes.Repeat([]byte{0xff}, positionSize))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) != positionSize {
			return // the client asks for exactly as much
		}
		pos := decodePosition(b)
		if again := encodePosition(*pos); !bytes.Equal(again, b) {
			t.Fatalf("%x is %+v, and that %x", b, pos, again)
		}
	})
}

// FuzzEnrol reads what a machine sends that wants to become a device, and what a hub may answer.
func FuzzEnrol(f *testing.F) {
	for _, v := range []any{
		EnrolRequest{Secret: make([]byte, 16), Key: make([]byte, 32), SealKey: make([]byte, 32), Name: "Máy trạm", Software: "tramy-station"},
		EnrolAnswer{Device: p.Dot{Log: p.LogID{1}, Seq: 2}.Entity(), Token: make([]byte, tokenSize), Chain: []ChainLink{{Key: make([]byte, 32)}}},
	} {
		b, err := json.Marshal(v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"device":"x"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := httptest.NewRequest("POST", PathEnrol, bytes.NewReader(b))
		r.Header.Set("Content-Type", enrolType)
		if req, err := ReadEnrol(httptest.NewRecorder(), r); err == nil {
			again := &EnrolRequest{}
			sameJSON(t, req, again)
		}
		a := &EnrolAnswer{}
		if json.Unmarshal(b, a) == nil {
			sameJSON(t, a, &EnrolAnswer{})
		}
	})
}

// sameJSON fails unless a value comes back from JSON as it is.
func sameJSON(t *testing.T, v, again any) {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, again); err != nil {
		t.Fatal(err)
	}
	c, err := json.Marshal(again)
	if err != nil || !reflect.DeepEqual(b, c) {
		t.Fatalf("%s comes back as %s, %v", b, c, err)
	}
}
