package main

import "tramy/hub"

type placeListsCmd struct {
	Code  string   `arg:"" help:"The place's code."`
	Lists []string `arg:"" optional:"" help:"Names of lists, e.g. cholera where the schedule says list:cholera; none takes the place off all of them."`
}

func (c *placeListsCmd) Run(e *env) error {
	return e.withHub(func(h *hub.Hub) error {
		place, err := placeByCode(e.ctx, h, c.Code)
		if err != nil {
			return err
		}
		return h.SetPlaceLists(e.ctx, operator(h), place.ID, c.Lists)
	})
}
