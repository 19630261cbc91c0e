package hub

import (
	"context"
	"errors"
	"os"

	"tramy/internal/exchange"
)

// BundlesRead is what was done with the files on a stick.
type BundlesRead struct {
	Taken    []exchange.TakenFile    // answers of the hub above to this hub
	Answered []exchange.AnsweredFile // requests of machines below
}

// ReadBundles does what there is to do with the files that lie at a path, a file, a folder or a drive: it takes in the
// answers of the hub above, then answers the requests of machines below, beside them or into another folder. It fails
// only if there is nothing to read; what became of each file stands with the file.
func (h *Hub) ReadBundles(ctx context.Context, path, answers string) (BundlesRead, error) {
	var out BundlesRead
	info, err := os.Stat(path)
	if err != nil {
		return out, err
	}
	if h.Courier != nil && info.IsDir() {
		if out.Taken, err = h.Courier.InFrom(ctx, path); err != nil && !errors.Is(err, exchange.ErrNoBundles) {
			return out, err
		}
	}
	out.Answered, err = h.Bundles.TakeFrom(ctx, path, answers)
	if len(out.Answered) == 1 && errors.Is(out.Answered[0].Err, exchange.ErrNotRequest) && h.Courier != nil && !info.IsDir() {
		out.Answered = nil
		out.Taken, err = h.Courier.InPath(ctx, path)
	}
	if errors.Is(err, exchange.ErrNoBundles) && len(out.Taken) > 0 {
		err = nil
	}
	return out, err
}
