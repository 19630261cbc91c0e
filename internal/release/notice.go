package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	noticeFile = "NOTICE"
	// What stands above the modules in NOTICE.
	noticeHead = "The programs are built with these Go modules"
	// The standard library goes by this name in NOTICE and in lists of components.
	standardLibrary = "std"
)

// signs are words by which the text of a licence is known, all of which it has. A licence that comes with a
// new module is added here by whoever read it.
var signs = map[string][]string{
	"MIT":          {"Permission is hereby granted, free of charge"},
	"BSD-2-Clause": {"Redistribution and use in source and binary forms"},
	"BSD-3-Clause": {"Redistribution and use in source and binary forms", "Neither the name"},
	"Apache-2.0":   {"Apache License", "Version 2.0"},
	"OFL-1.1":      {"SIL Open Font License", "Version 1.1"},
	"blessing":     {"public domain"}, // SQLite's
}

// parseNotice returns the licences of modules, as SPDX expressions, by path. A module has one line:
// two spaces, its path, its licence.
func parseNotice(text string) (map[string]string, error) {
	_, list, ok := strings.Cut(text, noticeHead)
	if !ok {
		return nil, fmt.Errorf("%s has no line %q", noticeFile, noticeHead)
	}
	licences := map[string]string{}
	for line := range strings.Lines(list) {
		if !strings.HasPrefix(line, "  ") {
			continue
		}
		f := strings.Fields(line)
		if len(f) < 2 {
			return nil, fmt.Errorf("%s: %q names no licence", noticeFile, strings.TrimSpace(line))
		}
		if _, twice := licences[f[0]]; twice {
			return nil, fmt.Errorf("%s names %s twice", noticeFile, f[0])
		}
		licences[f[0]] = strings.Join(f[1:], " ")
	}
	return licences, nil
}

// noticeFaults holds the licences of NOTICE against the modules that are linked and the texts they bring, and
// says what to mend, a line each.
func noticeFaults(licences map[string]string, modules []module) (faults []string, err error) {
	left := maps.Clone(licences)
	delete(left, standardLibrary)
	if licences[standardLibrary] == "" {
		faults = append(faults, standardLibrary+" is linked; name it with its licence")
	}
	for _, m := range modules {
		delete(left, m.path)
		texts, err := licenceTexts(m.dir)
		if err != nil {
			return nil, err
		}
		licence, ok := licences[m.path]
		switch {
		case !ok:
			faults = append(faults, fmt.Sprintf("%s %s is linked; read its licence and name both", m.path, m.version))
		case len(texts) == 0:
			faults = append(faults, fmt.Sprintf("%s %s has no licence file; we may not ship it", m.path, m.version))
		default:
			faults = append(faults, textFaults(m, licence, texts)...)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(left)) {
		faults = append(faults, path+" is not linked any more; take it out")
	}
	return faults, nil
}

// textFaults holds one module's licence against the words of its texts.
func textFaults(m module, expression string, texts []licenceText) (faults []string) {
	var all strings.Builder
	for _, t := range texts {
		all.WriteString(t.text + " ")
	}
	words := strings.ToLower(strings.Join(strings.Fields(all.String()), " "))
	for _, id := range strings.Split(expression, " AND ") {
		if len(signs[id]) == 0 {
			faults = append(faults, fmt.Sprintf("%s: licence %s is not among those we know; see signs in internal/release", m.path, id))
		}
		for _, sign := range signs[id] {
			if !strings.Contains(words, strings.ToLower(sign)) {
				faults = append(faults, fmt.Sprintf("%s %s: its licence has no %q, which %s has; read it", m.path, m.version, sign, id))
			}
		}
	}
	return faults
}

type licenceText struct{ name, text string }

// licenceTexts are the files in a module's folder that a copy of it has to come with.
func licenceTexts(dir string) (texts []licenceText, err error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		name := strings.ToUpper(f.Name())
		if f.IsDir() || strings.HasSuffix(name, ".GO") ||
			!strings.HasPrefix(name, "LICEN") && !strings.HasPrefix(name, "COPYING") && !strings.HasPrefix(name, "NOTICE") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			return nil, err
		}
		texts = append(texts, licenceText{f.Name(), string(text)})
	}
	return texts, nil
}

func readNotice() (map[string]string, error) {
	text, err := os.ReadFile(noticeFile)
	if err != nil {
		return nil, err
	}
	return parseNotice(string(text))
}

func checkNotice(targets []string, out io.Writer) error {
	licences, err := readNotice()
	if err != nil {
		return err
	}
	all, err := linkedFor(targets)
	if err != nil {
		return err
	}
	faults, err := noticeFaults(licences, all.modules)
	if err != nil {
		return err
	}
	if len(faults) > 0 {
		return fmt.Errorf("%s does not fit what the programs link:\n  %s", noticeFile, strings.Join(faults, "\n  "))
	}
	fmt.Fprintf(out, "%s names the %d modules that the programs link, and the standard library\n", noticeFile, len(all.modules))
	return nil
}

// printTexts prints each module's licence files: most licences want theirs beside a program.
func printTexts(targets []string, out io.Writer) error {
	all, err := linkedFor(targets)
	if err != nil {
		return err
	}
	root, err := goRoot()
	if err != nil {
		return err
	}
	for _, m := range append([]module{{path: "The Go standard library", dir: root}}, all.modules...) {
		texts, err := licenceTexts(m.dir)
		if err != nil {
			return err
		}
		if len(texts) == 0 {
			return fmt.Errorf("%s has no licence file in %s", m.path, m.dir)
		}
		for _, t := range texts {
			if _, err := fmt.Fprintf(out, "==== %s %s: %s\n\n%s\n", m.path, m.version, t.name, t.text); err != nil {
				return err
			}
		}
	}
	return nil
}
