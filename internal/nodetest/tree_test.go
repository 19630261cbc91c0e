package nodetest

import (
	"context"
	"testing"

	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/store"
)

func TestTree(t *testing.T) {
	ctx := context.Background()
	tr := New(t)
	who, err := tr.Station.Login(ctx, NurseLogin, Password)
	if err != nil || who != tr.Nurse {
		t.Fatalf("the nurse at the station is %+v, %v; want %+v", who, err, tr.Nurse)
	}
	id, _, err := tr.Station.Register(ctx, tr.Nurse, registry.SubjectInput{
		Place: tr.Commune, Name: "Lò Gia Bảo", BirthDate: registry.Today(Start, registry.VietnamOffset) - 60, MotherName: "Lò Thị Mai",
	}, false)
	if err != nil {
		t.Fatal(err)
	}
	tr.Sync(t)
	rec, err := tr.Hub.Desk.Open(ctx, tr.Officer, id)
	if err != nil || rec.Subject.Name != "Lò Gia Bảo" {
		t.Fatalf("at the centre: %+v, %v", rec, err)
	}
	tr.Cut()
	if _, err := tr.Station.Uplink.Client.Sync(ctx); err == nil {
		t.Error("an exchange went through after the line was cut")
	}
}

func TestUnsynced(t *testing.T) {
	tr := NewUnsynced(t)
	if _, err := tr.Station.Login(context.Background(), NurseLogin, Password); err != desk.ErrLogin {
		t.Errorf("a station that never exchanged let the nurse in: %v", err)
	}
	_ = tr.Station.Node.Store().View(context.Background(), func(tx store.Tx) error {
		rows, err := tx.Vaccines()
		if err != nil || len(rows) != 0 {
			t.Errorf("%d vaccines, %v", len(rows), err)
		}
		return nil
	})
}
