package exchange

import (
	"context"
	"errors"
	"os"
)

// BundlesRead is what was done with the files on a stick.
type BundlesRead struct {
	Taken    []TakenFile    // answers of the hub above to this one
	Answered []AnsweredFile // requests of machines below
}

// ReadBundles does, at a hub, what there is to do with the files that lie at a path, a file, a folder or a drive: it takes
// in the answers of the hub above, then answers the requests of machines below, beside them or into another folder. It
// fails only if there is nothing to read; what became of each file stands with the file. At the root c is nil.
func ReadBundles(ctx context.Context, c *Courier, b *Bundles, path, answers string) (BundlesRead, error) {
	var out BundlesRead
	info, err := os.Stat(path)
	if err != nil {
		return out, err
	}
	if c != nil && info.IsDir() {
		if out.Taken, err = c.InFrom(ctx, path); err != nil && !errors.Is(err, ErrNoBundles) {
			return out, err
		}
	}
	out.Answered, err = b.TakeFrom(ctx, path, answers)
	if len(out.Answered) == 1 && errors.Is(out.Answered[0].Err, ErrNotRequest) && c != nil && !info.IsDir() {
		out.Answered = nil
		out.Taken, err = c.InPath(ctx, path)
	}
	if errors.Is(err, ErrNoBundles) && len(out.Taken) > 0 {
		err = nil
	}
	return out, err
}
