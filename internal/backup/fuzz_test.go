package backup

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"testing"

	"tramy/internal/datadir"
)

// FuzzManifest: what stands at the front of a backup is one that its machine signed, naming parts that a folder has, or is
// refused in words. The signature is made anew for each input: who can encrypt for a machine may still write anything.
func FuzzManifest(f *testing.F) {
	part := File{Name: datadir.FileDatabase, Bytes: 4096, SHA256: make([]byte, 32)}
	for _, change := range []func(*Manifest){
		func(*Manifest) {},
		func(m *Manifest) {
			m.Place, m.PlaceName, m.Software = m.Device, "Trạm Y tế xã Mường Nhà", "0.4.0"
			m.Readers = []string{ReaderDevice, ReaderHub, ReaderRecovery}
			m.Counts = Counts{Subjects: 350, Doses: 3200, Entities: 3700, Changes: 3900, Logs: 12, Heads: make([]byte, 32)}
			m.Files = []File{{Name: datadir.FileIdentity, Bytes: 900, SHA256: part.SHA256}, {Name: partKeys, Bytes: 700, SHA256: part.SHA256}, {Name: datadir.FileJournal, Bytes: 9000, SHA256: part.SHA256}, part}
		},
		func(m *Manifest) { m.Format++ },
		func(m *Manifest) { m.Files = []File{{Name: "../" + datadir.FileDatabase, SHA256: part.SHA256}} },
		func(m *Manifest) { m.Files = []File{{Name: part.Name, Bytes: -1, SHA256: part.SHA256}} },
		func(m *Manifest) { m.Files = repeat(part, filesMax+1) },
	} {
		text, signature, err := manifest(change).sign(signer)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, signature)
	}
	f.Add([]byte(`{"format":1,"format":2,"device":null,"files":[{}]}`), []byte{})
	f.Fuzz(func(t *testing.T, text, signature []byte) {
		for _, signature := range [][]byte{signature, ed25519.Sign(signer, append([]byte(signDomain), text...))} {
			m, err := readManifest(text, signature)
			if err != nil {
				if !errors.Is(err, ErrNotBackup) && !errors.Is(err, ErrNewer) && !errors.Is(err, ErrSignature) {
					t.Fatalf("refused without a reason: %v", err)
				}
				continue
			}
			if m.Device.IsZero() || len(m.Files) > filesMax || !ed25519.Verify(m.Key, append([]byte(signDomain), text...), signature) {
				t.Fatalf("taken: %+v", m)
			}
			for _, p := range m.Files {
				if p.Bytes < 0 || !knownPart(p.Name) {
					t.Fatalf("part %+v was taken", p)
				}
			}
			again, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			var back Manifest
			if err := json.Unmarshal(again, &back); err != nil {
				t.Fatal(err)
			}
			if twice, err := json.Marshal(&back); err != nil || !bytes.Equal(again, twice) {
				t.Fatalf("another manifest when written and read again: %v", err)
			}
		}
	})
}
