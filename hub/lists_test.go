package hub_test

import (
	"errors"
	"slices"
	"testing"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/rights"
	p "tramy/syncproto"
)

func TestPlaceStandsOnLists(t *testing.T) {
	tr := nodetest.New(t)
	ctx := t.Context()
	areas := func(at p.EntityID) []string { return tr.Hub.Node.Areas(at, at) }
	before := tr.Hub.Node.Advisor().Generation
	if err := tr.Hub.SetPlaceLists(ctx, tr.Admin, tr.Province, []string{"list:Rota"}); err != nil {
		t.Fatal(err)
	}
	if err := tr.Hub.SetPlaceLists(ctx, tr.Admin, tr.Commune, []string{"cholera", "typhoid"}); err != nil {
		t.Fatal(err)
	}
	got := areas(tr.Commune)
	for _, list := range []string{"list:cholera", "list:typhoid", "list:rota"} {
		if !slices.Contains(got, list) {
			t.Errorf("%s is missing: %v", list, got)
		}
	}
	if got := areas(tr.Province); slices.Contains(got, "list:cholera") {
		t.Errorf("the province is on its commune's list: %v", got)
	}
	if tr.Hub.Node.Advisor().Generation == before {
		t.Error("what is due is not worked out anew")
	}
	if err := tr.Hub.SetPlaceLists(ctx, tr.Admin, tr.Commune, nil); err != nil {
		t.Fatal(err)
	}
	if err := tr.Hub.SetPlaceLists(ctx, tr.Admin, tr.Commune, nil); err != nil {
		t.Errorf("nothing to change: %v", err)
	}
	if got := areas(tr.Commune); slices.Contains(got, "list:cholera") || !slices.Contains(got, "list:rota") {
		t.Errorf("taken off all lists: %v", got)
	}
	var errs registry.Errors
	if err := tr.Hub.SetPlaceLists(ctx, tr.Admin, tr.Commune, []string{"nguy cơ"}); !errors.As(err, &errs) || !errs.Has("lists", registry.CodeListName) {
		t.Errorf("a name no schedule can write: %v", err)
	}
	stranger := tr.AddUser(t, "xa", "Người xa", rights.Admin, tr.Commune)
	if err := tr.Hub.SetPlaceLists(ctx, stranger, tr.Province, []string{"rota"}); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a place above one's own: %v", err)
	}
	if err := tr.Hub.SetPlaceLists(ctx, tr.Nurse, tr.Commune, []string{"rota"}); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a nurse: %v", err)
	}
	if err := tr.Hub.SetPlaceLists(ctx, tr.Admin, tr.Nurse.User, nil); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("an account: %v", err)
	}
}
