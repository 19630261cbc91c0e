package country

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"

	"tramy/internal/registry"
)

// Of the check's visits, so many are of another kind: the n-th of each so many.
const (
	checkNewEvery     = 8  // a child registered now
	checkCardEvery    = 20 // a child known from a card alone, so that the nurse is asked
	checkAgainstEvery = 40 // a dose that is not advised yet as well
)

// cardDevice is the number of a machine that is not in the country: codes of its cards are known nowhere.
const cardDevice = 60000

// visits records doses at every laptop, the clone among them: what is due and may be given, as the
// laptop itself says.
func (k *checker) visits(ctx context.Context) error {
	stations := k.c.Stations()
	for i := range checkVisits {
		n := stations[i%len(stations)]
		w := k.workers[n]
		kid := k.kids[n][i/len(stations)%len(k.kids[n])]
		card := i%checkCardEvery == 3
		if i%checkNewEvery == 0 || card {
			fields := k.child(n, fmt.Sprintf("mới %d", i))
			if card {
				code, err := registry.NewCode(cardDevice, rand.Reader)
				if err != nil {
					return err
				}
				fields["code"] = string(code)
			}
			id, err := w.register(ctx, fields)
			if err != nil {
				return err
			}
			k.acts = append(k.acts, act{creates: []string{id}})
			kid = id
		}
		if err := k.visit(ctx, w, kid, i); err != nil {
			return fmt.Errorf("visit %d: %w", i, err)
		}
		if i%checkAgainstEvery == 7 {
			if err := k.giveTooEarly(ctx, w, kid, i); err != nil {
				return fmt.Errorf("visit %d: %w", i, err)
			}
		}
	}
	return nil
}

// visit gives what is due. Where the nurse is asked, the laptop must refuse to save before she has answered.
func (k *checker) visit(ctx context.Context, w *client, kid string, i int) error {
	list, err := w.forecast(ctx, kid)
	if err != nil {
		return err
	}
	var doses []map[string]any
	asked := 0
	for _, x := range list {
		if !x.Offered || x.Programme != "epi" || x.Urgency != "due" && x.Urgency != "overdue" {
			continue
		}
		switch x.Verdict {
		case "ask":
			asked++
		case "safe":
		default:
			continue
		}
		doses = append(doses, doseOf(x.Vaccine, i))
	}
	if len(doses) == 0 {
		return nil // has had it today: with few stations a child's turn comes twice
	}
	if asked > 0 {
		if err := k.refused(ctx, w, kid, doses); err != nil {
			return err
		}
		for _, d := range doses {
			d["checked"] = registry.CheckedCard.String()
		}
	}
	if err := k.save(ctx, w, kid, doses); err != nil {
		return err
	}
	k.report.Visits++
	k.report.DosesGiven += len(doses)
	k.report.DosesAsked += asked
	return nil
}

// giveTooEarly gives a child of ten weeks the IPV of the fifth month, which the laptop must refuse to save without a
// reason.
func (k *checker) giveTooEarly(ctx context.Context, w *client, kid string, i int) error {
	dose := []map[string]any{doseOf("IPV", i)}
	if err := k.refused(ctx, w, kid, dose); err != nil {
		return err
	}
	dose[0]["against"] = "Nhà xa, mùa mưa không ra được đến tháng thứ năm"
	if err := k.save(ctx, w, kid, dose); err != nil {
		return err
	}
	k.report.DosesGiven++
	k.report.DosesAgainst++
	return nil
}

// refused reports an error unless a visit is refused.
func (k *checker) refused(ctx context.Context, w *client, kid string, doses []map[string]any) error {
	_, err := w.visit(ctx, kid, doses...)
	var refusal *apiError
	switch {
	case err == nil:
		return errors.New("saved what the schedule asks about or speaks against, without an answer or a reason")
	case errors.As(err, &refusal) && refusal.Status == http.StatusUnprocessableEntity:
		return nil
	}
	return err
}

func (k *checker) save(ctx context.Context, w *client, kid string, doses []map[string]any) error {
	ids, err := w.visit(ctx, kid, doses...)
	if err != nil {
		return err
	}
	k.acts = append(k.acts, act{creates: ids})
	return nil
}

func doseOf(vaccine string, i int) map[string]any {
	v := vaccines[vaccine]
	return map[string]any{"vaccine": vaccine, "lot": fmt.Sprintf("%s26-%d", vaccine[:1], i%3), "site": v.Site.String(), "route": v.Route.String()}
}
