package desk

import (
	"context"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// ReportDueHour is until when a day's figures of a campaign are to be with those above: before 17:00 (TT 13/2026/TT-BYT, Article
// 15). What the report holds and how it is laid out is ours: the circular has no form.
const ReportDueHour = 17

// ReportDue tells a station that has given doses of a campaign today and not closed its day how many minutes are left until the
// report is due; late ones are below zero. False: nothing is due.
func (d *Desk) ReportDue(ctx context.Context, id p.EntityID) (minutes int, due bool, err error) {
	if d.Node.Identity().Role != registry.NodeStation {
		return 0, false, nil
	}
	today := d.Today()
	err = d.view(ctx, func(tx store.Tx) error {
		doses, err := tx.DosesOfCampaign(id, today, today)
		if err != nil {
			return err
		}
		own := d.Node.Identity().Place
		due = slices.ContainsFunc(doses, func(x project.ImmunizationRow) bool { return x.Place == own && !x.Void && x.NotDone == 0 })
		held, err := sessionsOn(tx, own, today)
		if err != nil || !due {
			return err
		}
		open, err := openSessions(tx, own, today)
		due = len(held) == 0 || len(open) > 0
		return err
	})
	now, _ := d.Clock().Minute()
	return ReportDueHour*60 - now, due, err
}

// reportAskHour is from which hour on a report that waits is spoken of on the first page: before, the day is still on.
const reportAskHour = 15

// ReportWaiting is a campaign whose report of today waits.
type ReportWaiting struct {
	ID      p.EntityID
	Name    string
	Minutes int // left until it is due; late ones are below zero
}

// ReportsWaiting lists the campaigns whose report of today waits at this station, from reportAskHour on.
func (d *Desk) ReportsWaiting(ctx context.Context, who Who) ([]ReportWaiting, error) {
	if now, _ := d.Clock().Minute(); now < reportAskHour*60 || d.Node.Identity().Role != registry.NodeStation || may(who, rights.Read, registry.KindCampaign) != nil {
		return nil, nil
	}
	var held []registry.Campaign
	today := d.Today()
	if err := d.view(ctx, func(tx store.Tx) error {
		rows, err := tx.RecordsAt(store.RecordQuery{Kind: registry.KindCampaign, Places: d.campaignPlaces(who), From: today})
		if err != nil {
			return err
		}
		states, err := recorded(tx, rows)
		if err != nil {
			return err
		}
		for _, s := range states {
			if x := registry.CampaignOf(s); x.From <= today && d.campaignConcerns(who, &x) {
				held = append(held, x)
			}
		}
		return nil
	}); err != nil {
		return nil, err
	}
	var out []ReportWaiting
	for i := range held {
		minutes, due, err := d.ReportDue(ctx, held[i].ID)
		if err != nil {
			return nil, err
		}
		if due {
			out = append(out, ReportWaiting{held[i].ID, held[i].Name, minutes})
		}
	}
	return out, nil
}
