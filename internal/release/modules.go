package main

import (
	"bufio"
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// A module is one that the programs link.
type module struct {
	path, version string
	dir           string // where its source is
}

// linked is what the programs are made of on the systems asked for.
type linked struct {
	modules  []module        // by path; without our own and the standard library
	packages map[string]bool // import paths, all of them
}

// linkedFor asks the go command what the programs link; targets are like windows/amd64. What links on one
// system only counts as well.
func linkedFor(targets []string) (linked, error) {
	all := linked{packages: map[string]bool{}}
	byPath := map[string]module{}
	for _, target := range targets {
		env, err := targetEnv(target)
		if err != nil {
			return linked{}, err
		}
		list, err := goList(env)
		if err != nil {
			return linked{}, fmt.Errorf("what the programs link on %s: %w", target, err)
		}
		lines := bufio.NewScanner(bytes.NewReader(list))
		for lines.Scan() {
			f := strings.Split(lines.Text(), "\t")
			if len(f) != 4 {
				return linked{}, fmt.Errorf("go list answered %q", lines.Text())
			}
			all.packages[f[0]] = true
			if f[1] != "" && f[1] != "tramy" {
				byPath[f[1]] = module{path: f[1], version: f[2], dir: f[3]}
			}
		}
		if err := lines.Err(); err != nil {
			return linked{}, err
		}
	}
	for _, path := range slices.Sorted(maps.Keys(byPath)) {
		all.modules = append(all.modules, byPath[path])
	}
	return all, nil
}

func goList(env []string) ([]byte, error) {
	const line = "{{.ImportPath}}\t{{with .Module}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{else}}\t\t{{end}}"
	cmd := exec.Command("go", "list", "-deps", "-f", line, "./cmd/...")
	cmd.Env, cmd.Stderr = env, os.Stderr
	return cmd.Output()
}

// targetEnv is the environment in which the go command works for a system: as the programs are built.
func targetEnv(target string) ([]string, error) {
	system, arch, ok := strings.Cut(target, "/")
	if !ok {
		return nil, fmt.Errorf("%q is no system and architecture like windows/amd64", target)
	}
	return append(os.Environ(), "CGO_ENABLED=0", "GOOS="+system, "GOARCH="+arch), nil
}
