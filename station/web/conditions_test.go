package web_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// verdicts are the lines of the panel on a child's page: vaccine to class (n-ask, yes, never or none).
func (b *browser) verdicts() map[string]string {
	b.t.Helper()
	out := map[string]string{}
	for _, n := range b.all("input") {
		if attr(n, "name") == "give" {
			out[attr(n, "value")] = attr(n.Parent, "class")
		}
	}
	return out
}

// verdict fails unless the line of a vaccine has this class, and says all of these.
func (b *browser) verdict(vaccine, class string, says ...string) *browser {
	b.t.Helper()
	for _, n := range b.all("input") {
		if attr(n, "name") != "give" || attr(n, "value") != vaccine {
			continue
		}
		text := strings.Join(strings.Fields(strings.ReplaceAll(content(n.Parent), "\u00a0", " ")), " ")
		if got := attr(n.Parent, "class"); got != class {
			b.t.Errorf("the line of %s is %q, want %q: %s", vaccine, got, class, text)
		}
		if ticked := has(n, "checked"); ticked && class != "yes" {
			b.t.Errorf("the line of %s is %s and ticked", vaccine, class)
		}
		for _, part := range says {
			if !strings.Contains(text, part) {
				b.t.Errorf("the line of %s does not say %q: %s", vaccine, part, text)
			}
		}
		return b
	}
	b.t.Errorf("there is no line for %s: %v\n%s", vaccine, b.verdicts(), b.text())
	return b
}

// stopped fails unless a vaccine is not offered, and is refused if it is given all the same.
func (b *browser) stopped(child, vaccine string) *browser {
	b.t.Helper()
	b.verdict(vaccine, "never")
	b.submit(child+"/visit", url.Values{"give": {vaccine}, "screening": {"eligible"}}).want(http.StatusUnprocessableEntity)
	if got := b.wrong("against"); got == "" {
		b.t.Errorf("nothing is said beside the reason: %s", b.text())
	}
	b.get(child)
	if n := len(b.links("/dose/")); n != 0 {
		b.t.Errorf("%d doses were saved", n)
	}
	return b
}

func (b *browser) state(id p.EntityID) *p.State {
	b.t.Helper()
	var s *p.State
	err := b.tree.Station.Node.Store().View(context.Background(), func(tx store.Tx) (err error) {
		s, err = tx.State(id)
		return err
	})
	if err != nil || s == nil {
		b.t.Fatal(s, err)
	}
	return s
}

func (b *browser) conditions(id p.EntityID) string {
	b.t.Helper()
	subject := registry.SubjectOf(b.state(id))
	return registry.JoinConditions(subject.Conditions)
}

// A condition that a nurse ticks stops the vaccine on the next page, and is said there; taken off, it no longer
// does.
func TestConditionStopsTheVaccineAtOnce(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	child := b.baby(url.Values{"born": {"25/09/2026"}})
	b.verdict("ROTA", "yes").verdict("BCG", "yes")
	b.get(child+"/edit").says("Bệnh, tai biến liên quan đến vắc xin", "Tiền sử lồng ruột", "Phơi nhiễm dại").
		silent("Đang mang thai", "Ngày dự sinh", "sau Lao")
	b.submit(child+"/edit", url.Values{"condition": {"intussusception"}, "condition_on.intussusception": {"02/11"}}).want(http.StatusOK)
	b.says("Chống chỉ định: Tiền sử lồng ruột 02/11/2026").verdict("BCG", "yes").stopped(child, "ROTA")

	// All that a vaccine holds waits after an anaphylaxis; the line is there from then on.
	b.get(child + "/edit")
	b.submit(child+"/edit", url.Values{"anaphylaxis": {"anaphylaxis:bcg"}, "anaphylaxis_on": {"20/11/2026"}}).want(http.StatusOK)
	b.says("Chống chỉ định: Phản vệ độ III trở lên sau Lao 20/11/2026").stopped(child, "BCG")
	if got := b.conditions(idOf(t, child)); got != "anaphylaxis:bcg@2026-11-20 intussusception@2026-11-02" {
		t.Errorf("kept is %q", got)
	}
	v := b.get(child + "/edit").form(child + "/edit")
	if !slices.Contains(v["condition"], "anaphylaxis:bcg") || v.Get("condition_on.anaphylaxis:bcg") != "20/11/2026" {
		t.Errorf("the form shows %v", v)
	}
	b.submit(child+"/edit", url.Values{"condition": {"anaphylaxis:bcg"}}).want(http.StatusOK).
		silent("lồng ruột").verdict("ROTA", "yes").stopped(child, "BCG")
	b.get(child+"/history").says("Thể trạng", "Tiền sử lồng ruột 02/11/2026")
	b.submit("/look", url.Values{"lang": {"en"}})
	b.get(child+"/edit").says("Diseases and reactions that bear on vaccines", "Has had intussusception", "Anaphylaxis of grade III or worse after BCG")
}

func TestConditionsRefused(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	child := b.baby(nil)
	for name, e := range map[string]struct {
		typed    url.Values
		at, says string
	}{
		"a date that is needed":      {url.Values{"condition": {"rabies-exposure"}}, "condition_on.rabies-exposure", "Ghi ngày: lịch tính từ ngày này."},
		"another":                    {url.Values{"condition": {"immunoglobulin"}}, "condition_on.immunoglobulin", "Ghi ngày"},
		"tomorrow":                   {url.Values{"condition": {"rabies-exposure"}, "condition_on.rabies-exposure": {"26/11/2026"}}, "condition_on.rabies-exposure", "Sau hôm nay (25/11/2026)."},
		"no date":                    {url.Values{"condition": {"intussusception"}, "condition_on.intussusception": {"31/02/2026"}}, "condition_on.intussusception", "Không có ngày 31/02/2026."},
		"a date without its tick":    {url.Values{"condition_on.intussusception": {"02/11/2026"}}, "condition_on.intussusception", "Tích ô của điều này, hoặc xóa ngày."},
		"a date without its vaccine": {url.Values{"anaphylaxis_on": {"02/11/2026"}}, "anaphylaxis", "Phải"},
		"a vaccine nobody knows":     {url.Values{"anaphylaxis": {"anaphylaxis:xyz"}}, "anaphylaxis", ""},
	} {
		b.get(child + "/edit")
		e.typed.Set("note", "nhà cuối bản")
		b.submit(child+"/edit", e.typed).want(http.StatusUnprocessableEntity)
		if got := b.wrong(e.at); got == "" || e.says != "Phải" && !strings.HasPrefix(got, e.says) {
			t.Errorf("%s: beside %s stands %q", name, e.at, got)
		}
		v := b.form(child + "/edit")
		for control, values := range e.typed {
			if control != "anaphylaxis" && !slices.Equal(v[control], values) {
				t.Errorf("%s: %s holds %q, typed was %q", name, control, v[control], values)
			}
		}
		if got := b.conditions(idOf(t, child)); got != "" {
			t.Errorf("%s: kept is %q", name, got)
		}
	}
	// Today is no day ahead; and a form that shows none of this, as one drawn before, changes none of it.
	b.get(child + "/edit")
	b.submit(child+"/edit", url.Values{"condition": {"rabies-exposure"}, "condition_on.rabies-exposure": {"25/11/2026"}}).want(http.StatusOK)
	b.says("Phơi nhiễm dại 25/11/2026").silent("Chống chỉ định: Phơi nhiễm dại")
	v := b.get(child + "/edit").form(child + "/edit")
	before, _, _ := strings.Cut(v.Get("seen"), "~")
	old := url.Values{"seen": {before}, "note": {"nhà đầu bản"}, "name": {"Lò Gia Bảo"}}
	b.post(child+"/edit", old)
	if got := b.conditions(idOf(t, child)); got != "rabies-exposure@2026-11-25" {
		t.Errorf("after a form without conditions %q is kept", got)
	}
}

// What a newer schedule knows is kept, and what somebody else ticked meanwhile is not taken off.
func TestConditionsOfOthersStay(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	child := b.baby(nil)
	id := idOf(t, child)
	write := func(texts ...string) {
		t.Helper()
		list := make([]p.Data, len(texts))
		for i, text := range texts {
			list[i] = p.Text(text)
		}
		patch := registry.Patch{registry.SubjectConditions: p.List(list...)}
		if err := tree.Station.Edit(context.Background(), tree.Head, id, patch, registry.SawOf(b.state(id))); err != nil {
			t.Fatal(err)
		}
	}
	write("thalassemia@2026-02-03", "rabies-exposure@2026-01-05", "rabies-exposure@2026-10-02")
	b.get(child + "/edit").says("Lịch trên máy này chưa biết, vẫn giữ nguyên: thalassemia 03/02/2026")
	form := b.form(child + "/edit")
	untouched := b.merged(child+"/edit", url.Values{"note": {"nhà cuối bản"}})
	untouched.Del("once")
	if form.Get("condition_on.rabies-exposure") != "02/10/2026" {
		t.Errorf("of two exposures the form shows %q", form.Get("condition_on.rabies-exposure"))
	}
	write("intussusception", "thalassemia@2026-02-03", "rabies-exposure@2026-01-05", "rabies-exposure@2026-10-02")
	// Who types a note only is not asked about conditions.
	b.post(child+"/edit", untouched).want(http.StatusOK)
	if got := b.conditions(id); !strings.Contains(got, "intussusception") {
		t.Errorf("after a note was typed %q is kept", got)
	}
	form["condition"] = append(form["condition"], "immunodeficiency")
	b.post(child+"/edit", form).want(http.StatusPreconditionFailed)
	b.says("Tiền sử lồng ruột; Phơi nhiễm dại 05/01/2026; Phơi nhiễm dại 02/10/2026; thalassemia 03/02/2026")
	v := b.form(child + "/edit")
	for _, code := range []string{"immunodeficiency", "intussusception", "rabies-exposure"} {
		if !slices.Contains(v["condition"], code) {
			t.Errorf("%s is not ticked: %v", code, v["condition"])
		}
	}
	b.submit(child+"/edit", nil).want(http.StatusOK).says("thalassemia 03/02/2026")
	want := "immunodeficiency intussusception rabies-exposure@2026-01-05 rabies-exposure@2026-10-02 thalassemia@2026-02-03"
	if got := b.conditions(id); got != want {
		t.Errorf("kept is %q, want %q", got, want)
	}
}
