package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// accepted are weaknesses that govulncheck counts as ours because the database names no functions for them,
// with why they do not touch us. One lapses as soon as the programs link the package that unless names.
var accepted = map[string]acceptance{
	"GO-2026-6875": {
		unless: "github.com/labstack/echo/v4/middleware",
		why:    "it is in the reverse proxy of echo's middleware, which is not linked",
	},
	"GO-2026-6872": {
		unless: "github.com/labstack/echo/v4/middleware",
		why:    "it is in the rate limiter of echo's middleware, which is not linked; ours goes by the connection's address",
	},
}

type acceptance struct{ unless, why string }

const (
	vulnHome = "https://vuln.go.dev"
	// How long the home of the database may take to answer before the pinned copy is used.
	vulnHomeTimeout = 10 * time.Second
	vulnModule      = "golang.org/x/vulndb"
	// An entry that every copy of the database has. Without it a folder is none, and would find nothing.
	vulnKnown = "GO-2021-0113"
)

// database is a copy of the Go vulnerability database, and the day as of which it speaks.
type database struct{ url, day string }

// checkVulns looks up what the programs call, on each system. It fails when one finding is not accepted.
func checkVulns(tool, pinned string, targets []string, out io.Writer) error {
	db, err := liveDatabase(vulnHome)
	if err != nil {
		fmt.Fprintf(out, "%s cannot be reached (%v): using module %s\n", vulnHome, err, vulnModule)
		if db, err = pinnedDatabase(pinned); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "database: %s, as of %s\n", db.url, db.day)
	found := scan{}
	for _, target := range targets {
		env, err := targetEnv(target)
		if err != nil {
			return err
		}
		cmd := exec.Command(tool, "-db", db.url, "-format", "json", "./cmd/...")
		cmd.Env, cmd.Stderr = env, os.Stderr
		report, err := cmd.Output()
		if err != nil {
			return fmt.Errorf("govulncheck for %s: %w", target, err)
		}
		if err := found.add(bytes.NewReader(report)); err != nil {
			return fmt.Errorf("what govulncheck says for %s: %w", target, err)
		}
	}
	all, err := linkedFor(targets)
	if err != nil {
		return err
	}
	return found.judge(accepted, all.packages, out)
}

// liveDatabase asks the database's home for its day.
func liveDatabase(home string) (database, error) {
	client := http.Client{Timeout: vulnHomeTimeout}
	answer, err := client.Get(home + "/index/db.json")
	if err != nil {
		return database{}, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return database{}, errors.New(answer.Status)
	}
	var meta struct {
		Modified time.Time `json:"modified"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&meta); err != nil {
		return database{}, err
	}
	return database{url: home, day: meta.Modified.UTC().Format(time.DateOnly)}, nil
}

// pinnedDatabase takes the database from its source, a module of one day, through the module proxy. govulncheck
// makes the index itself from a folder of entries.
func pinnedDatabase(version string) (database, error) {
	cmd := exec.Command("go", "mod", "download", "-json", vulnModule+"@"+version)
	answer, err := cmd.Output()
	if err != nil {
		return database{}, fmt.Errorf("module %s@%s: %w: %s", vulnModule, version, err, answer)
	}
	var got struct{ Dir string }
	if err := json.Unmarshal(answer, &got); err != nil {
		return database{}, err
	}
	return folderDatabase(filepath.Join(got.Dir, "data", "osv"), version)
}

func folderDatabase(dir, version string) (database, error) {
	if _, err := os.Stat(filepath.Join(dir, vulnKnown+".json")); err != nil {
		return database{}, fmt.Errorf("%s is no vulnerability database: %w", dir, err)
	}
	day, err := pseudoVersionDay(version)
	if err != nil {
		return database{}, err
	}
	path := filepath.ToSlash(dir)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/...
	}
	return database{url: "file://" + path, day: day}, nil
}

// pseudoVersionDay reads the day out of a version like v0.0.0-20261105234957-e22db6528018.
func pseudoVersionDay(version string) (string, error) {
	parts := strings.Split(version, "-")
	if len(parts) == 3 {
		if at, err := time.Parse("20060102150405", parts[1]); err == nil {
			return at.Format(time.DateOnly), nil
		}
	}
	return "", fmt.Errorf("version %q has no day in it", version)
}

// scan is what govulncheck found, by the entry's name.
type scan struct {
	findings map[string]finding
	configs  int
}

type finding struct {
	module, has, fixed string
	called             bool // a function with the weakness can be reached
	imported           bool // only its package is linked
}

// add takes in one report: a stream of JSON messages, in which a finding comes up to three times, the more precise later.
func (s *scan) add(report io.Reader) error {
	if s.findings == nil {
		s.findings = map[string]finding{}
	}
	before := s.configs
	for dec := json.NewDecoder(report); ; {
		var message struct {
			Config *struct {
				Level string `json:"scan_level"`
			} `json:"config"`
			Finding *struct {
				OSV   string `json:"osv"`
				Fixed string `json:"fixed_version"`
				Trace []struct {
					Module, Version, Package, Function string
				} `json:"trace"`
			} `json:"finding"`
		}
		err := dec.Decode(&message)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if c := message.Config; c != nil && c.Level == "symbol" {
			s.configs++
		}
		if f := message.Finding; f != nil && len(f.Trace) > 0 {
			at, now := f.Trace[0], s.findings[f.OSV]
			s.findings[f.OSV] = finding{
				module: at.Module, has: at.Version, fixed: f.Fixed,
				called:   now.called || at.Function != "",
				imported: now.imported || at.Package != "",
			}
		}
	}
	if s.configs == before {
		return errors.New("no report of what is called")
	}
	return nil
}

// judge prints every finding, and fails for those that are called and not accepted.
func (s *scan) judge(accepted map[string]acceptance, packages map[string]bool, out io.Writer) error {
	var bad []string
	for _, id := range slices.Sorted(maps.Keys(s.findings)) {
		f := s.findings[id]
		fixed := "no version without it"
		if f.fixed != "" {
			fixed = "mended in " + f.fixed
		}
		verdict := "module required, package not linked"
		ok, known := accepted[id]
		switch {
		case f.called && known && !packages[ok.unless]:
			verdict = "accepted: " + ok.why
		case f.called && known:
			verdict = "CALLED; accepted only while " + ok.unless + " is not linked"
			bad = append(bad, id)
		case f.called:
			verdict = "CALLED"
			bad = append(bad, id)
		case f.imported:
			verdict = "linked, the function not called"
		}
		fmt.Fprintf(out, "%s  %s %s, %s: %s\n", id, f.module, f.has, fixed, verdict)
	}
	for _, id := range slices.Sorted(maps.Keys(accepted)) {
		if _, ok := s.findings[id]; !ok {
			fmt.Fprintf(out, "%s  not found any more: take it out of accepted in internal/release\n", id)
		}
	}
	if len(bad) > 0 {
		return fmt.Errorf("known weaknesses that the programs call: %s (https://pkg.go.dev/vuln/%s)", strings.Join(bad, ", "), bad[0])
	}
	fmt.Fprintln(out, "no known weakness that touches the programs")
	return nil
}
