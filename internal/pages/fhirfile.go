package pages

import (
	"encoding/json"
	"net/url"

	"tramy/internal/desk"
	"tramy/internal/fhir"
	"tramy/internal/forecast"
	"tramy/internal/reasons"
)

// fhirFile answers with an opened record as a bundle of FHIR, for another program: a hospital's, a clinic's.
func (c *Call) fhirFile(rec *desk.Record) error {
	vaccines, err := c.Desk.Vaccines(c.Ctx())
	if err != nil {
		return err
	}
	whole, err := c.Desk.WholeFHIR(c.Ctx(), c.Who, rec, func(s *forecast.Schedule, r forecast.Reason) string {
		return (&reasons.Words{Catalogue: c.Words, Schedule: s}).Say(r)
	})
	if err != nil {
		return err
	}
	data, err := json.Marshal((&fhir.Encoder{Vaccines: vaccines}).Collection(whole))
	if err != nil {
		return err
	}
	h := c.W.Header()
	h.Set("Content-Type", fhir.MediaType)
	h.Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape("ho-so-"+string(rec.Subject.Code)+".json"))
	_, err = c.W.Write(data)
	return err
}
