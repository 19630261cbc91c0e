package pages

import (
	"errors"

	"tramy/internal/backup"
	"tramy/internal/drive"
	"tramy/internal/journal"
	"tramy/internal/store"
	"tramy/internal/ui"
)

// NoteCopies says what is wrong with the backups or the journal's second copy, if anything is: at most one sentence of
// each, because work goes on.
func (c *Call) NoteCopies(f *ui.Frame) error {
	if c.Backups == nil {
		return nil
	}
	st, err := c.Backups.State()
	if err != nil {
		return err
	}
	if key := backupTrouble(&st); key != "" {
		f.Notes = append(f.Notes, c.copiesNote(key))
	}
	if key := c.copyTrouble(); key != "" {
		f.Notes = append(f.Notes, c.copiesNote(key))
	}
	return nil
}

func (c *Call) copiesNote(key string) ui.Note {
	return ui.Note{Tone: ui.ToneAsk, Lead: c.T("copies." + key), Text: c.T("copies." + key + "_do")}
}

// backupTrouble names what is wrong with the backups, "" if nothing is.
func backupTrouble(st *backup.State) string {
	switch {
	case errors.Is(st.Failed, store.ErrFull):
		return "full"
	case st.Late:
		return "late"
	case st.Failed != nil:
		return "failed"
	case st.Second != nil:
		return "second"
	}
	return ""
}

// copyTrouble names what is wrong with the journal's second copy, "" if nothing is or there is none.
func (c *Call) copyTrouble() string {
	second := c.Backups.Run.JournalCopy()
	if second == nil {
		return ""
	}
	err := second.State()
	switch {
	case err == nil:
		return ""
	case errors.Is(err, drive.ErrAway):
		return "away"
	case errors.Is(err, journal.ErrNotBegun), errors.Is(err, journal.ErrOtherDevice):
		return "not_begun"
	case errors.Is(err, journal.ErrAhead):
		return "ahead"
	}
	return "error"
}

// aboutCopies are the lines of the settings page.
func (c *Call) aboutCopies() ([]ui.Fact, error) {
	if c.Backups == nil {
		return nil, nil
	}
	st, err := c.Backups.State()
	if err != nil {
		return nil, err
	}
	last := ui.Fact{Name: c.T("copies.last"), Value: c.T("copies.never")}
	if !st.Last.IsZero() {
		last.Value = c.Words.When(st.Last, c.Now)
	}
	facts := []ui.Fact{last}
	if c.Backups.Run.JournalCopy() != nil {
		second := ui.Fact{Name: c.T("copies.journal"), Value: c.T("copies.level")}
		if key := c.copyTrouble(); key != "" {
			second.Value = c.T("copies." + key)
		}
		facts = append(facts, second)
	}
	return facts, nil
}
