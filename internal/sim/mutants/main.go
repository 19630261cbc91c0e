package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"tramy/internal/overlay"
)

func main() {
	only := flag.String("only", "", "plant this bug alone, by name")
	seeds := flag.Uint64("seeds", 0, "run each bug for so many seeds instead of what the table states")
	flag.Parse()
	if err := run(*only, *seeds); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

func run(only string, seeds uint64) error {
	began := time.Now()
	dir, err := os.MkdirTemp("", "tramy-mutants-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	plain := filepath.Join(dir, "plain")
	if err := build(plain, ""); err != nil {
		return fmt.Errorf("the program as it is: %w", err)
	}
	var mu sync.Mutex
	var all sync.WaitGroup
	var survived []string
	planted := 0
	turn := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i := range table {
		m := &table[i]
		if only != "" && m.name != only {
			continue
		}
		planted++
		within := m.within
		if seeds > 0 {
			within = seeds
		}
		all.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			began := time.Now()
			seed, why, failed := caught(m, dir, plain, within)
			mu.Lock()
			defer mu.Unlock()
			said := fmt.Sprintf("SURVIVED %d seeds", within)
			switch {
			case failed != nil:
				err = errors.Join(err, fmt.Errorf("%s: %w", m.name, failed))
				return
			case seed > 0:
				said = fmt.Sprintf("caught by seed %d of %d: %s", seed, within, why)
			default:
				survived = append(survived, m.name)
			}
			fmt.Printf("%-34s %5.1fs  %s\n", m.name, time.Since(began).Seconds(), said)
		})
	}
	all.Wait()
	if err != nil {
		return err
	}
	if planted == 0 {
		return fmt.Errorf("no bug is called %q", only)
	}
	fmt.Printf("%d of %d planted bugs caught in %.0f s\n", planted-len(survived), planted, time.Since(began).Seconds())
	if len(survived) > 0 {
		return fmt.Errorf("not caught: %s", strings.Join(survived, ", "))
	}
	return nil
}

// build builds the simulator, with an overlay if one is given.
func build(out, list string) error {
	args := []string{"test", "-c", "-o", out}
	if list != "" {
		args = append(args, "-overlay", list)
	}
	if b, err := exec.Command("go", append(args, "./internal/sim")...).CombinedOutput(); err != nil {
		return fmt.Errorf("building: %w\n%s", err, b)
	}
	return nil
}

// caught plants a bug and returns the first seed that finds it, 0 if none does. A seed that fails without the bug finds
// nothing.
func caught(m *mutant, dir, plain string, within uint64) (seed uint64, why string, err error) {
	list, err := overlay.Plant(dir, m.name, m.file, overlay.Change{Old: m.old, New: m.new})
	if err != nil {
		return 0, "", err
	}
	program := filepath.Join(dir, m.name)
	if err := build(program, list); err != nil {
		return 0, "", err
	}
	defer os.Remove(program)
	for seed = 1; seed <= within; seed++ {
		if why, err = failure(program, seed, m.kinds); err != nil {
			return 0, "", err
		} else if why == "" {
			continue
		}
		if without, err := failure(plain, seed, m.kinds); err != nil {
			return 0, "", err
		} else if without == "" {
			return seed, why, nil
		}
	}
	return 0, "", nil
}

// seedFailed is what the simulator's tests say of what did not hold.
var seedFailed = regexp.MustCompile(`(?:seed \d+ \[[^\]]*\]: \d+ steps|progress_test\.go:\d+): (.*)`)

// A run takes about a second. One that takes so long does not end, which is a failure as well.
const seedTimeMax = "60s"

// failure runs one seed and returns what did not hold in it, "" if all did.
func failure(program string, seed uint64, kinds string) (why string, err error) {
	args := []string{"-test.run", "^TestProgress$", "-test.timeout", seedTimeMax}
	if kinds != "" {
		args = []string{"-test.run", "^TestSeeds$", "-test.timeout", seedTimeMax, "-first", "-from", strconv.FormatUint(seed, 10), "-seeds", "1", "-only", kinds}
	}
	out, err := exec.Command(program, args...).CombinedOutput()
	if err == nil {
		return "", nil
	}
	var exit *exec.ExitError
	found := seedFailed.FindStringSubmatch(string(out))
	switch {
	case !errors.As(err, &exit):
		return "", fmt.Errorf("running seed %d: %w", seed, err)
	case found != nil:
		return found[1], nil
	case strings.Contains(string(out), "panic: test timed out"):
		return "it does not end within " + seedTimeMax, nil
	case strings.Contains(string(out), "nothing happened in these seeds"): // one calm seed alone
		return "", nil
	}
	return "", fmt.Errorf("running seed %d: %w\n%s", seed, err, out[:min(len(out), 2000)])
}
