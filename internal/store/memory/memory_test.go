package memory

import (
	"testing"

	"tramy/internal/store"
	"tramy/internal/store/storetest"
)

func TestSuite(t *testing.T) {
	storetest.Run(t, func(*testing.T) store.Store { return New() })
	t.Run("kept", func(t *testing.T) {
		disks := map[string]*Store{}
		storetest.RunKept(t, func(_ *testing.T, dir string) store.Store {
			if disks[dir] == nil {
				disks[dir] = New()
			} else {
				disks[dir] = disks[dir].Clone()
			}
			return disks[dir]
		})
	})
}
