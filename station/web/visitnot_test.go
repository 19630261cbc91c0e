package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"tramy/internal/nodetest"
	"tramy/internal/project"
	"tramy/internal/store"
)

// doses lists what is on record of a child: vaccine, and why it was not given.
func (b *browser) doses(child string) (out []string) {
	b.t.Helper()
	err := b.tree.Station.Node.Store().View(b.t.Context(), func(tx store.Tx) error {
		row, err := tx.SubjectRow(idOf(b.t, child))
		if err != nil {
			return err
		}
		var rows []project.ImmunizationRow
		rows, err = tx.DosesOfCase(row.Case)
		for i := range rows {
			if r := &rows[i]; !r.Void {
				out = append(out, r.Vaccine+" "+r.NotDone.String())
			}
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

// One save writes down what was given and what was refused; taking it back takes both back.
func TestOneSaveForWhatIsGivenAndWhatIsRefused(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	child := b.baby(nil)
	b.get(child)
	typed := url.Values{"give": {"BOPV"}, "not.IPV": {"refused"}, "lot.IPV": {"IPV-7"}, "screening": {"eligible"}, "note": {"mẹ hẹn lần sau"}}

	// Ticked and refused at once: which of the two, only who stands there knows.
	both := url.Values{}
	for k, v := range typed {
		both[k] = v
	}
	both["give"] = []string{"BOPV", "IPV"}
	b.submit(child+"/visit", both).want(http.StatusUnprocessableEntity).says("Vừa chọn tiêm vừa chọn lý do không tiêm")
	if v := b.form(child + "/visit"); v.Get("not.IPV") != "refused" || v.Get("note") != "mẹ hẹn lần sau" || !slices.Contains(v["give"], "IPV") {
		t.Errorf("what was typed did not come back: %v", v)
	}
	if got := b.doses(child); len(got) != 0 {
		t.Errorf("something was saved: %v", got)
	}
	b.submit(child+"/visit", url.Values{"give": {"BOPV"}, "not.IPV": {"nothing of ours"}, "screening": {"eligible"}}).want(http.StatusUnprocessableEntity)

	b.submit(child+"/visit", typed).want(http.StatusOK).says("Lò Gia Bảo, 1 mũi.", "Không tiêm IPV (từ chối).")
	if b.url.Path != "/" {
		t.Errorf("after a dose and a refusal: %s", b.url)
	}
	if got := b.doses(child); !slices.Equal(got, []string{"BOPV ", "IPV refused"}) {
		t.Errorf("on record: %q", got)
	}
	b.submit("/undo", nil).want(http.StatusOK)
	if got := b.doses(child); len(got) != 0 {
		t.Errorf("after it was taken back: %q", got)
	}

	// Nothing but refusals is a visit, too.
	b.get(child)
	b.submit(child+"/visit", url.Values{"give": {}, "not.IPV": {"postponed"}, "not.BOPV": {"refused"}}).want(http.StatusOK).says("đã ghi lý do, chưa tiêm mũi nào")
	if got := b.doses(child); !slices.Equal(got, []string{"BOPV refused", "IPV postponed"}) {
		t.Errorf("on record: %q", got)
	}
}
