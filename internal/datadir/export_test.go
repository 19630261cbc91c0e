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

// WithStore puts another store in the place of the system's; nil functions say that there is none.
func WithStore(name string, wrap, unwrap func([]byte) ([]byte, error)) (back func()) {
	before := systemStore
	if systemStore = nil; wrap != nil {
		systemStore = &wrapper{name, wrap, unwrap}
	}
	return func() { systemStore = before }
}

// SystemStore is the system's own, nil functions where it has none.
func SystemStore() (wrap, unwrap func([]byte) ([]byte, error)) {
	if systemStore == nil {
		return nil, nil
	}
	return systemStore.wrap, systemStore.unwrap
}
