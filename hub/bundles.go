package hub

import (
	"context"

	"tramy/internal/exchange"
)

// ReadBundles does what there is to do with the files that lie at a path; see exchange.ReadBundles.
func (h *Hub) ReadBundles(ctx context.Context, path, answers string) (exchange.BundlesRead, error) {
	return exchange.ReadBundles(ctx, h.Courier, h.Bundles, path, answers)
}
