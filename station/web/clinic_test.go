package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/station"
)

// A clinic proposes what it sells first, from its own lots, and writes down who paid; the commune's proposals stay its own.
func TestClinicSellsItsOwn(t *testing.T) {
	tree, commune := house(t, registry.PlaceClinic, "Phòng tiêm Sao Mai")
	b := serve(t, tree).as(houseNurse)
	b.get("/lots")
	for vaccine, lots := range map[string][2]string{"BCG": {"PAID-1", "EPI-1"}, "HEXA": {"HX-9", ""}} {
		b.submitLot(vaccine, lots[0], "paid")
		if lots[1] != "" {
			b.submitLot(vaccine, lots[1], "epi")
		}
	}
	b.get("/lots").says("PAID-1", "EPI-1", "Lao, tiêm chủng mở rộng")
	child := b.baby(url.Values{"born": {"20/09/2026"}, "commune": {tree.Commune.String()}, "name": {"Hạng A Sinh"}})
	b.get(child).says("Ai trả tiền", "số biên lai").silent("EPI-1")
	if !strings.Contains(b.text(), "PAID-1") {
		t.Error("the clinic's own lot of BCG is not proposed")
	}
	lines := b.giveOrder()
	// What is sold comes first, also in the place of what the programme gives free of charge.
	if hexa, free := slices.Index(lines, "HEXA"), slices.Index(lines, "DPT-VGB-HIB"); hexa < 0 || free < hexa {
		t.Errorf("the order of the proposals: %v", lines)
	}
	if got := b.form(child + "/visit").Get("lot.HEXA"); got != "HX-9" {
		t.Errorf("the clinic's lot of HEXA is not proposed: %q", got)
	}
	b.submit(child+"/visit", url.Values{"give": {"HEXA"}, "screening": {"eligible"}, "checked": {"card"}, "receipt": {"HD 00412"}}).want(http.StatusOK)
	dose := doseOf(t, b, child, "HEXA")
	if dose.Programme != registry.ProgrammePaid || dose.Receipt != "HD 00412" || dose.Lot != "HX-9" {
		t.Errorf("the dose: %+v", dose)
	}
	// The five-in-one of the programme is not asked for any more: the paid dose counts.
	sync(t, tree.Station)
	sync(t, commune)
	at := serveStation(t, tree, commune)
	at.get(child).says("Hạng A Sinh", "6 trong 1 mũi 2")
	if got := strings.Join(at.giveOrder(), " "); strings.Contains(got, "DPT-VGB-HIB") || !strings.Contains(got, "HEXA") {
		t.Errorf("after a paid dose the commune proposes %s", got)
	}
}

// submitLot puts a lot in hand of one of the two stocks.
func (b *browser) submitLot(vaccine, number, stock string) {
	b.t.Helper()
	b.get("/lots")
	b.post("/lots", merge(b.form("/lots"), url.Values{"vaccine": {vaccine}, "number": {number}, "lot": {""}, "expires": {"12/2027"}, "stock": {stock}})).want(http.StatusOK)
}

// giveOrder are the vaccines of the give panel in their order.
func (b *browser) giveOrder() (out []string) {
	for _, n := range b.all("input") {
		if attr(n, "name") == "give" {
			out = append(out, attr(n, "value"))
		}
	}
	return out
}

func doseOf(t *testing.T, b *browser, child, vaccine string) (out registry.Immunization) {
	t.Helper()
	if err := b.tree.Station.Node.Store().View(t.Context(), func(tx store.Tx) error {
		rows, err := tx.DosesOfCase(idOf(t, child))
		for i := range rows {
			if rows[i].Vaccine == vaccine {
				s, serr := tx.State(rows[i].ID)
				if serr != nil {
					return serr
				}
				out = registry.ImmunizationOf(s)
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// serveStation serves another station of a tree.
func serveStation(t *testing.T, tree *nodetest.Tree, st *station.Station) *browser {
	other := *tree
	other.Station = st
	return serve(t, &other).as(nodetest.NurseLogin)
}
