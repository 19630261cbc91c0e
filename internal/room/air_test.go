package room

import (
	"testing"

	p "tramy/syncproto"
)

func TestBeacon(t *testing.T) {
	b := beacon{asks: true, run: [8]byte{1, 7: 8}, device: p.Dot{Log: p.LogID{9}, Seq: 4}.Entity(), port: 8781}
	raw := b.bytes()
	if got, ok := parseBeacon(raw); !ok || got != b || len(raw) != beaconSize {
		t.Errorf("%+v %v, %d bytes", got, ok, len(raw))
	}
	for name, bad := range map[string][]byte{
		"empty": nil, "cut": raw[:len(raw)-1], "longer": append(append([]byte(nil), raw...), 0), "other": append([]byte("x"), raw[1:]...),
		"another version": append([]byte("tramy room\x02"), raw[11:]...), "no port": append(append([]byte(nil), raw[:len(raw)-2]...), 0, 0),
	} {
		if _, ok := parseBeacon(bad); ok {
			t.Errorf("%s was taken for a beacon", name)
		}
	}
}

func FuzzBeacon(f *testing.F) {
	b := beacon{device: p.Dot{Log: p.LogID{9}, Seq: 4}.Entity(), port: 1}
	f.Add(b.bytes())
	f.Fuzz(func(t *testing.T, raw []byte) {
		if b, ok := parseBeacon(raw); ok && b.port == 0 {
			t.Error("a beacon without a port")
		}
	})
}
