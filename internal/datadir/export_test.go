package datadir

import (
	"context"

	"tramy/internal/exchange"
)

// AskAgain is EnrolAgain up to where the hub's answer is written down: what a crash there leaves.
func (r *Running) AskAgain(ctx context.Context, code *exchange.Code, name, software string) (*Info, error) {
	c, err := r.enrolAgain(ctx, code, r.Store, name, software)
	if err != nil {
		return nil, err
	}
	return &c.Info, nil
}
