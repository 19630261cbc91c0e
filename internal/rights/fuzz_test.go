package rights

import "testing"

// FuzzPHC: a stored password hash is written in one way; every other is refused before it costs memory or time.
func FuzzPHC(f *testing.F) {
	good := phc{memoryKiB: argonMemoryKiB, passes: argonPasses, lanes: argonLanes, salt: make([]byte, saltBytes), hash: make([]byte, hashBytes)}
	f.Add(good.String())
	f.Add("$argon2id$v=19$m=4294967295,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2id$v=19$m=+8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := parsePHC(s)
		if err != nil {
			if err != ErrPasswordHash {
				t.Fatal(err)
			}
			return
		}
		if p.String() != s || p.memoryKiB > argonMemoryKiBMax || p.passes > argonPassesMax || p.lanes > argonLanesMax {
			t.Fatalf("%q is %+v", s, p)
		}
	})
}
