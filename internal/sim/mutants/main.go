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
	fmt.Printf("%d of %d planted bugs caught\n", planted-len(survived), planted)
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
	for from := uint64(1); from <= within; from = seed + 1 {
		if seed, why, err = firstFailure(program, from, within+1-from, m.kinds); err != nil || seed == 0 {
			return 0, "", err
		}
		without, _, err := firstFailure(plain, seed, 1, m.kinds)
		if err != nil {
			return 0, "", err
		}
		if without == 0 {
			return seed, why, nil
		}
	}
	return 0, "", nil
}

// seedFailed is what the simulator's test says of a seed that fails.
var seedFailed = regexp.MustCompile(`seed (\d+) \[[^\]]*\]: \d+ steps: (.*)`)

// tooLong is when a run counts as hanging, which is a failure too: but one of the whole table, since nobody knows the seed.
const tooLong = "10m"

// firstFailure runs seeds until one fails.
func firstFailure(program string, from, seeds uint64, kinds string) (seed uint64, why string, err error) {
	cmd := exec.Command(program, "-test.run", "^TestSeeds$", "-test.timeout", tooLong, "-first",
		"-from", strconv.FormatUint(from, 10), "-seeds", strconv.FormatUint(seeds, 10), "-only", kinds)
	out, err := cmd.CombinedOutput()
	if err == nil {
		return 0, "", nil
	}
	found := seedFailed.FindStringSubmatch(string(out))
	var exit *exec.ExitError
	switch {
	case found == nil && strings.Contains(string(out), "nothing happened in these seeds"):
		return 0, "", nil // one calm seed alone
	case found == nil || !errors.As(err, &exit):
		return 0, "", fmt.Errorf("running: %w\n%s", err, out[:min(len(out), 2000)])
	}
	seed, err = strconv.ParseUint(found[1], 10, 64)
	return seed, found[2], err
}
