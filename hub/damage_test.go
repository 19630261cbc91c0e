package hub_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// A centre whose database is damaged puts it together again from what can be read, and its stations send what cannot:
// they need not be enrolled anew, and nothing is counted twice.
func TestDamagedCentreIsFilledAgain(t *testing.T) {
	nodetest.FilesOnly(t)
	for name, damage := range map[string]func(b []byte) []byte{
		"the header is wrong": func(b []byte) []byte { copy(b, "Kính gửi"); return b },
		"pages are zero": func(b []byte) []byte {
			r := rand.New(rand.NewPCG(3, 4))
			for range len(b) / 4096 / 20 {
				at := r.IntN(len(b)/4096) * 4096
				clear(b[at : at+4096])
			}
			return b
		},
	} {
		t.Run(name, func(t *testing.T) {
			tr := nodetest.New(t)
			var ids []p.EntityID
			add := func(i int) {
				id, _, err := tr.Station.Register(t.Context(), tr.Nurse, registry.SubjectInput{
					Place: tr.Commune, Name: fmt.Sprintf("Lò Gia Bảo %d", i), BirthDate: tr.Station.Today() - 60, MotherName: "Lò Thị Mai",
				}, true)
				if err != nil {
					t.Fatal(err)
				}
				ids = append(ids, id)
			}
			for i := range 20 {
				add(i)
			}
			tr.Sync(t)
			tr.ReopenHub(t, func(dir string) {
				path := filepath.Join(dir, "tramy.db")
				b, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, damage(b), 0o600); err != nil {
					t.Fatal(err)
				}
			})
			if err := tr.Hub.Dir.Look(t.Context(), func() error { return nil }); err != nil {
				tr.ReopenHub(t, func(string) {}) // as the program does when it finds out
			}
			if tr.Hub.Dir.Damage() == nil {
				t.Fatal("nobody noticed")
			}
			if err := tr.Hub.Dir.TakeBack(t.Context()); err != nil {
				t.Fatal(err)
			}
			add(20)
			tr.Sync(t)
			tr.Sync(t)
			err := tr.Hub.Node.Store().View(t.Context(), func(tx store.Tx) error {
				for _, id := range ids {
					if s, err := tx.State(id); err != nil || s == nil {
						t.Errorf("%s is gone: %v", id, err)
					}
				}
				c, err := tx.Counts()
				if c.Subjects != int64(len(ids)) {
					t.Errorf("%d children, want %d", c.Subjects, len(ids))
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tr.Hub.Login(t.Context(), nodetest.AdminLogin, nodetest.Password); err != nil {
				t.Errorf("the administrator cannot log in: %v", err)
			}
			if st, err := tr.Station.Node.Status(t.Context()); err != nil || st.Saved != 0 || st.AtRoot != uint64(len(ids)) {
				t.Errorf("the station says: %d only here, %d at the centre, %v", st.Saved, st.AtRoot, err)
			}
		})
	}
}
