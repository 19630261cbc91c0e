package sim

import (
	"context"
	"flag"
	"strings"
	"testing"
)

func init() { debugDiffer = (*world).differ }

var (
	from  = flag.Uint64("from", 1, "")
	seeds = flag.Uint64("seeds", 3, "")
	only  = flag.String("only", "", "")
	what  = flag.String("what", "", "")
	disks = flag.Bool("disks", false, "")
	loud  = flag.Bool("loud", false, "")
)

func TestSeeds(t *testing.T) {
	var sum Counts
	debugWhat = *what
	for seed := *from; seed < *from+*seeds; seed++ {
		opt := Options{Seed: seed}
		if *disks {
			f := &files{dir: t.TempDir()}
			opt.Medium = func(station bool) Medium { return f.add(station) }
		}
		if *only != "" {
			opt.Only = strings.Split(*only, ",")
		}
		if *loud {
			opt.Log = t.Logf
		}
		res := Run(context.Background(), opt)
		sum.Add(&res.Count)
		if len(res.Failures) > 0 {
			t.Errorf("seed %d %v: %d steps: %s", seed, res.Faults, len(res.Script), strings.Join(res.Failures, "\n  "))
		}
	}
	t.Logf("%+v", sum)
}
