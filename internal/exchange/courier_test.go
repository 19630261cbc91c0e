package exchange_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tramy/hub"
	"tramy/internal/bundle"
	"tramy/internal/exchange"
	"tramy/internal/node"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/station"
	p "tramy/syncproto"
)

// record registers a child at a station and returns its id.
func record(t *testing.T, tr *nodetest.Tree, st *station.Station, name string) p.EntityID {
	t.Helper()
	draft, err := registry.NewSubject(registry.SubjectInput{
		Code: "0001" + name, Name: name, BirthDate: st.Today() - 60, Mother: "Lò Thị Mai", Residence: tr.Commune,
	}, st.Today())
	if err != nil {
		t.Fatal(err)
	}
	dots, err := st.Node.Append(context.Background(), tr.Nurse.User, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) {
		return []registry.Draft{draft}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return dots[0].Entity()
}
