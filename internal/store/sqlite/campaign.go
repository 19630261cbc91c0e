package sqlite

import (
	p "tramy/syncproto"
)

// touched are the campaigns of which a transaction changed an entry of a list, a dose, or the age or sex of whom one was given to.
type touched struct {
	some map[int64]bool
	all  bool // what was deleted no more says whose it was
}

func (t *tx) touch(campaigns ...int64) {
	for _, num := range campaigns {
		if num > 0 {
			if t.touched.some == nil {
				t.touched.some = map[int64]bool{}
			}
			t.touched.some[num] = true
		}
	}
}

// touchOld is touch for the campaign that a row names before it is written over.
func (t *tx) touchOld(text string, num int64) error {
	var was int64
	_, err := t.one(text, []any{num}, &was)
	t.touch(was)
	return err
}

// touchGivenTo is touch for the campaigns in which somebody had a dose: their days are counted by age and sex.
func (t *tx) touchGivenTo(num int64) error {
	return t.all(`SELECT campaign FROM immunization WHERE case_num = ? AND campaign <> 0`, []any{num}, func(rows *rows) error {
		var campaign int64
		err := rows.Scan(&campaign)
		t.touch(campaign)
		return err
	})
}

func (t *tx) flushStamps() error {
	if t.touched.all {
		if t.touched.some == nil {
			t.touched.some = map[int64]bool{}
		}
		t.touched.some[0] = true
	}
	for num := range t.touched.some {
		if err := t.exec(`INSERT INTO campaign_stamp (campaign, n) VALUES (?, 1) ON CONFLICT (campaign) DO UPDATE SET n = n + 1`, num); err != nil {
			return err
		}
	}
	return nil
}

// CampaignStamp implements store.Query.
func (t *tx) CampaignStamp(campaign p.EntityID) (uint64, error) {
	num, err := t.number(campaign)
	if err != nil || num <= 0 || t.touched.all || t.touched.some[num] {
		return 0, err
	}
	var n int64
	_, err = t.one(`SELECT 1 + coalesce(sum(n), 0) FROM campaign_stamp WHERE campaign IN (0, ?)`, []any{num}, &n)
	return uint64(n), err
}
