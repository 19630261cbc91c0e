package api_test

import (
	"net/http"
	"testing"

	"tramy/internal/api"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// rightsOverAPI takes down what a family says of its child's data, and tells who looked.
func rightsOverAPI(t *testing.T, x *programs, nurse *client, id string) {
	t.Helper()
	mother := func(more fields) fields {
		out := fields{"by": "Lò Thị Ánh", "relation": "mother", "channel": "paper"}
		for name, v := range more {
			out[name] = v
		}
		return out
	}
	consents := "/api/v1/subjects/" + id + "/consents"
	nurse.do(http.MethodPost, consents, mother(fields{"answers": fields{"reminders": "given", "photo": "refused"}})).want(http.StatusNoContent)
	nurse.do(http.MethodPost, consents, mother(fields{"answers": fields{}})).wantProblem(http.StatusUnprocessableEntity, api.TypeNothing)
	nurse.do(http.MethodPost, consents, mother(fields{"answers": fields{"care": "refused"}})).want(http.StatusUnprocessableEntity)
	nurse.do(http.MethodPost, consents, mother(fields{"answers": fields{"fun": "given"}})).want(http.StatusUnprocessableEntity)
	var got struct {
		Purposes []struct {
			Purpose, Standing string
			Allowed           bool
		}
		Statements []struct{ Purpose, Answer, By string }
	}
	nurse.do(http.MethodGet, consents, nil).want(http.StatusOK).into(&got)
	if len(got.Statements) != 2 || len(got.Purposes) != 6 {
		t.Errorf("%+v", got)
	}
	for _, x := range got.Purposes {
		if want := x.Purpose == "care" || x.Purpose == "reporting" || x.Purpose == "reminders"; x.Allowed != want {
			t.Errorf("%s: allowed %v", x.Purpose, x.Allowed)
		}
	}
	nurse.do(http.MethodPost, "/api/v1/requests", mother(fields{"subject": id, "wish": "view"})).want(http.StatusCreated)
	nurse.do(http.MethodPost, "/api/v1/requests", mother(fields{"subject": id, "wish": "fly"})).want(http.StatusUnprocessableEntity)
	nurse.do(http.MethodPost, "/api/v1/requests", mother(fields{"wish": "view"})).want(http.StatusUnprocessableEntity)
	var list struct {
		Items []struct {
			Wish    string
			DoneBy  string `json:"done_by"`
			Subject struct{ ID string }
		}
	}
	nurse.do(http.MethodGet, "/api/v1/requests", nil).want(http.StatusOK).into(&list)
	if len(list.Items) != 1 || list.Items[0].Wish != "view" || list.Items[0].DoneBy == "" || list.Items[0].Subject.ID != id {
		t.Errorf("%+v", list)
	}
	lift := restrict(t, x, id)
	nurse.do(http.MethodGet, "/api/v1/subjects/"+id, nil).wantProblem(http.StatusForbidden, api.TypeRestricted)
	nurse.do(http.MethodGet, "/api/v1/subjects/"+id+"/forecast", nil).wantProblem(http.StatusForbidden, api.TypeRestricted)
	nurse.do(http.MethodPost, "/api/v1/subjects/"+id+"/reason", fields{"reason": "tiêm hôm nay"}).want(http.StatusNoContent)
	nurse.do(http.MethodGet, "/api/v1/subjects/"+id, nil).want(http.StatusOK)
	lift()
	nurse.do(http.MethodPost, "/api/v1/subjects/"+id+"/reason", fields{"reason": ""}).wantProblem(http.StatusUnprocessableEntity, api.TypeNoReason)
	nurse.do(http.MethodGet, "/api/v1/subjects/"+id+"/accesses", nil).want(http.StatusForbidden)
	var looks struct {
		Items []struct{ Sort, Act, Who, Reason string }
		Own   bool `json:"own_only"`
	}
	x.station.as(nodetest.HeadLogin).do(http.MethodGet, "/api/v1/subjects/"+id+"/accesses", nil).want(http.StatusOK).into(&looks)
	told := false
	for _, l := range looks.Items {
		told = told || l.Reason == "tiêm hôm nay" && l.Sort == "one" && l.Who != ""
	}
	if !told || !looks.Own {
		t.Errorf("%+v", looks)
	}
}

// restrict grants a request to restrict a record, and returns what ends it.
func restrict(t *testing.T, x *programs, id string) (lift func()) {
	t.Helper()
	d, ctx := x.Station.Desk, t.Context()
	subject, err := p.ParseEntityID(id)
	if err != nil {
		t.Fatal(err)
	}
	request, err := d.AddRequest(ctx, x.Head, registry.RequestInput{
		Subject: subject, Wish: registry.WishRestrict, By: "Lò Thị Ánh", Relation: registry.RelationMother, Channel: registry.ChannelPaper,
	})
	if err != nil {
		t.Fatal(err)
	}
	saw := func() registry.Saw {
		r, err := d.Request(ctx, x.Head, request)
		if err != nil {
			t.Fatal(err)
		}
		return registry.SawOf(r.State)
	}
	if err := d.CloseRequest(ctx, x.Head, request, registry.OutcomeDone, "đã hạn chế", saw()); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := d.LiftRequest(ctx, x.Head, request, "gia đình đổi ý", saw()); err != nil {
			t.Fatal(err)
		}
	}
}

// whatDaysLeft reads what stands beside the doses in a record.
func whatDaysLeft(t *testing.T, x *programs, nurse *client, id string) {
	t.Helper()
	subject := must(p.ParseEntityID(id))
	if err := x.Station.RecordContact(t.Context(), x.Nurse, registry.ContactInput{
		Subject: subject, On: x.Station.Today(), Via: registry.ContactPhone, Came: registry.ContactUnreached,
	}, false); err != nil {
		t.Fatal(err)
	}
	type list struct {
		Items []struct {
			ID, Saw string
			Fields  fields
		}
	}
	var got list
	nurse.do(http.MethodGet, "/api/v1/subjects/"+id+"/contacts", nil).want(http.StatusOK).into(&got)
	if len(got.Items) != 1 || got.Items[0].Fields["way"] != "phone" || got.Items[0].Fields["result"] != "unreached" || got.Items[0].Fields["subject"] != id {
		t.Errorf("%+v", got)
	}
	for _, of := range []string{"visits", "reactions", "appointments"} {
		var got list
		nurse.do(http.MethodGet, "/api/v1/subjects/"+id+"/"+of, nil).want(http.StatusOK).into(&got)
		for _, x := range got.Items {
			if x.Fields["subject"] != id {
				t.Errorf("%s: %v", of, x.Fields)
			}
		}
	}
}
