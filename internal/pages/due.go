package pages

import "tramy/internal/ui"

// dueSoon is how many people's due doses are worked out before anybody has read that they are.
const dueSoon = 32

// NoteDueLeft says on a page how many people's due doses are still to be worked out, as after a change of the
// schedule, and nothing once that is as good as done.
func (c *Call) NoteDueLeft(f *ui.Frame) error {
	left, err := c.Desk.Node.DueLeft(c.Ctx())
	if err == nil && left > dueSoon {
		f.Notes = append(f.Notes, ui.Note{Lead: c.T("say.due_left", "n", left), Text: c.T("say.due_left_text")})
	}
	return err
}
