package postgres

import (
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	p "tramy/syncproto"
)

// touched are the campaigns of which a transaction changed an entry of a list, a dose, or the age or sex of whom one was given to.
type touched struct {
	some map[p.EntityID]bool
	all  bool
}

func (t *tx) touch(campaign p.EntityID) {
	if campaign.IsZero() {
		return
	}
	if t.touched.some == nil {
		t.touched.some = map[p.EntityID]bool{}
	}
	t.touched.some[campaign] = true
}

// touchingOld runs a statement that tells the campaigns of rows that are written over or deleted, and touches them. A count
// moves by base less the number of these rows; "" is none. Where rows
// are deleted (base 0), all campaigns are touched, as the other engines do it.
func (t *tx) touchingOld(text, name string, base int64, args ...any) error {
	gone := base == 0
	q, err := t.later(text, args)
	if err != nil {
		return err
	}
	q.Query(func(rows pgx.Rows) error {
		delta := base
		for rows.Next() {
			var campaign pgtype.UUID
			var one int64
			if err := rows.Scan(&campaign, &one); err != nil {
				return err
			}
			t.touch(campaign.Bytes)
			t.touched.all = t.touched.all || gone
			delta -= one
		}
		if name != "" {
			t.count(name, delta)
		}
		return rows.Err()
	})
	return nil
}

// touchGivenTo touches the campaigns in which somebody had a dose, unless the age and sex on record are these: their days are counted by
// them.
func (t *tx) touchGivenTo(id p.EntityID, born, prec, sex any) error {
	return t.touchingOld(`SELECT DISTINCT campaign, 1 FROM immunization i WHERE case_id = $1`+someCampaign+`
		AND NOT EXISTS (SELECT 1 FROM subject WHERE id = $1 AND birth_date = $2 AND birth_prec = $3 AND sex = $4)`, "", 1, id, born, prec, sex)
}

func (t *tx) flushStamps() error {
	stamped := t.touched.some
	if t.touched.all {
		stamped = map[p.EntityID]bool{{}: true} // the one for all
	}
	for campaign := range stamped {
		if err := t.exec(`INSERT INTO campaign_stamp (campaign, n) VALUES ($1, 1) ON CONFLICT (campaign) DO UPDATE SET n = campaign_stamp.n + 1`, campaign); err != nil {
			return err
		}
	}
	return nil
}

// CampaignStamp implements store.Query.
func (t *tx) CampaignStamp(campaign p.EntityID) (uint64, error) {
	if err := t.flush(); err != nil || campaign.IsZero() || t.touched.all || t.touched.some[campaign] {
		return 0, err
	}
	var n uint64
	_, err := t.one(`SELECT 1 + coalesce(sum(n), 0)::bigint FROM campaign_stamp WHERE campaign = ANY($1)`, []any{[]p.EntityID{{}, campaign}}, &n)
	return n, err
}
