package cases

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// suiteUnderlying is CDC's suite of underlying conditions. A person there may have a standard and a risk
// forecast and the case does not say which it means: any that fits is a pass. Dose numbers are counted over both
// and are not compared, and a date that is not stated may be any.
const suiteUnderlying = "underlying"

// Words of our own cases: no forecast for the group; not known whether a dose was on time.
const (
	statusNone   = "None"
	onTimeUnsaid = "unsaid"
)

// Compare lists where an answer is not what the case expects; nothing if it is.
func (c *Case) Compare(a *Answer) []string {
	var out []string
	if c.Forecast != nil && c.Forecast.Group != "" {
		out = c.compareForecast(a)
	}
	for i, d := range c.Doses {
		got := a.Doses[i]
		if d.Status != "" && d.Status != got.Status {
			out = append(out, fmt.Sprintf("dose %d evaluation_status: %s, expected %s", got.N, got.Status, d.Status))
		}
		if d.OnTime != "" && d.OnTime != cmp.Or(got.OnTime, onTimeUnsaid) {
			out = append(out, fmt.Sprintf("dose %d on_time: %q, expected %q", got.N, got.OnTime, d.OnTime))
		}
		if d.Reason != "" && !slices.Contains(got.Reasons, d.Reason) {
			out = append(out, fmt.Sprintf("dose %d reason: %q, expected %q", got.N, got.Reasons, d.Reason))
		}
	}
	return out
}

func (c *Case) compareForecast(a *Answer) []string {
	one, ok := a.Forecast[c.Forecast.Group]
	if !ok && c.Forecast.Status == statusNone {
		return nil
	}
	if !ok {
		return []string{"forecast: there is none, expected " + c.Forecast.Status}
	}
	nearest := c.compareDue(&one)
	if c.Suite == suiteUnderlying {
		for _, d := range a.Several[c.Forecast.Group] {
			if differs := c.compareDue(&d); len(differs) < len(nearest) {
				nearest = differs
			}
		}
	}
	return nearest
}

func (c *Case) compareDue(d *Due) []string {
	var out []string
	want := c.Forecast
	differ := func(field, got, expected string) {
		if got != expected {
			out = append(out, fmt.Sprintf("%s: %s, expected %s", field, got, expected))
		}
	}
	differ("series_status", d.Status, want.Status)
	if want.Status != "Not Complete" || d.Status != want.Status {
		return out
	}
	if c.Suite != suiteUnderlying {
		differ("dose_number", text(d.Dose), text(want.Dose))
	}
	date := func(field string, got, expected *string) {
		if expected != nil || c.Suite != suiteUnderlying {
			differ(field, text(got), text(expected))
		}
	}
	date("earliest", d.Earliest, want.Earliest)
	date("recommended", d.Recommended, want.Recommended)
	date("past_due", d.PastDue, want.PastDue)
	if want.Latest != "" {
		differ("latest", text(d.Latest), want.Latest)
	}
	if want.Label != "" {
		differ("label", d.Label, want.Label)
	}
	if want.Vaccines != nil {
		differ("vaccines", strings.Join(d.Vaccines, ", "), strings.Join(want.Vaccines, ", "))
	}
	if want.Offered != nil {
		differ("offered", fmt.Sprint(!d.NotOffered), fmt.Sprint(*want.Offered))
	}
	return out
}

func text[T any](p *T) string {
	if p == nil {
		return "none"
	}
	return fmt.Sprint(*p)
}
