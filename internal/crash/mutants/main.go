package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"tramy/internal/overlay"
)

// testFolder is where the tests are run; they build the programs from there.
const testFolder = "internal/crash"

func main() {
	only := flag.String("only", "", "plant this bug alone, by name")
	flag.Parse()
	if err := run(*only); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

func run(only string) error {
	dir, err := os.MkdirTemp("", "tramy-mutants-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var survived []string
	planted := 0
	for i := range table {
		m := &table[i]
		if only != "" && m.name != only {
			continue
		}
		planted++
		began := time.Now()
		why, err := caught(m, dir)
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		if why == "" {
			survived = append(survived, m.name)
			why = "SURVIVED"
		}
		fmt.Printf("%-30s %5.1fs  %s: %s\n", m.name, time.Since(began).Seconds(), strings.TrimSuffix(m.test, "$"), why)
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

// caught plants a bug, runs its test on the programs, and returns what the test says of it, "" if it passes.
func caught(m *mutant, dir string) (why string, err error) {
	list, err := overlay.Plant(dir, m.name, m.file, m.changes...)
	if err != nil {
		return "", err
	}
	// The tests open folders with the product's own code: it has the bug, too.
	tests := filepath.Join(dir, m.name)
	if b, err := exec.Command("go", "test", "-c", "-overlay", list, "-o", tests, "./"+testFolder).CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the tests: %w\n%s", err, b)
	}
	defer os.Remove(tests)
	cmd := exec.Command(tests, append([]string{"-test.run", "^" + m.test, "-test.timeout", "20m", "-overlay", list}, m.args...)...)
	cmd.Dir = testFolder
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return "", nil
	case !errors.As(err, &exit):
		return "", err
	case strings.Contains(string(out), "building the programs"):
		return "", fmt.Errorf("it does not build:\n%s", out)
	}
	// The line that says it: any other failure would not be about the bug.
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "_test.go:") && strings.Contains(line, m.says) {
			_, said, _ := strings.Cut(strings.TrimSpace(line), ": ")
			const most = 110
			return string([]rune(said)[:min(most, len([]rune(said)))]), nil
		}
	}
	return "", fmt.Errorf("the test failed, but not for this bug:\n%s", out[:min(len(out), 3000)])
}
