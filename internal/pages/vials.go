package pages

import (
	"slices"

	"tramy/internal/registry"
	"tramy/internal/ui"
)

// vialBoxes are the vaccines whose opened vials may be kept for 28 days.
func (c *Call) vialBoxes() ([]ui.Box, error) {
	kept, err := c.Desk.KeptOpen(c.Ctx())
	if err != nil {
		return nil, err
	}
	vaccines, err := c.allVaccines()
	var out []ui.Box
	for _, code := range registry.OpenMonthVaccines() {
		out = append(out, ui.Box{Value: code, Text: c.itemName(code, vaccines), Ticked: slices.Contains(kept, code)})
	}
	return out, err
}

// setVials decides which opened vials are kept for 28 days here.
func (pg *Pages) setVials(c *Call) error {
	if err := c.R.ParseForm(); err != nil {
		return err
	}
	var kept []string
	for _, code := range c.R.PostForm["vial"] {
		if slices.Contains(registry.OpenMonthVaccines(), code) && !slices.Contains(kept, code) {
			kept = append(kept, code)
		}
	}
	if err := c.Desk.SetKeptOpen(c.Ctx(), c.Who, kept); err != nil {
		return err
	}
	return c.Go(ui.PathSettings, ui.Note{Tone: ui.ToneOK, Lead: c.T("say.saved")})
}
