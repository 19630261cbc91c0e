package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const mit = "Permission is hereby granted,\n free of charge, to any person"

func moduleWith(t *testing.T, path, licence string) module {
	t.Helper()
	dir := t.TempDir()
	if licence != "" {
		if err := os.WriteFile(filepath.Join(dir, "LICENSE"), []byte(licence), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return module{path: path, version: "v1.0.0", dir: dir}
}

func TestNoticeIsHeldAgainstWhatIsLinked(t *testing.T) {
	const std = "  std BSD-3-Clause\n"
	for _, c := range []struct{ name, notice, licence, want string }{
		{"fits", std + "  example.org/a MIT\n", mit, ""},
		{"not named", std, mit, "example.org/a v1.0.0 is linked"},
		{"gone", std + "  example.org/a MIT\n  example.org/b MIT\n", mit, "example.org/b is not linked any more"},
		{"another licence", std + "  example.org/a Apache-2.0\n", mit, `has no "Apache License"`},
		{"one of two", std + "  example.org/a MIT AND BSD-3-Clause\n", mit, "which BSD-3-Clause has"},
		{"unknown", std + "  example.org/a GPL-3.0\n", mit, "GPL-3.0 is not among those we know"},
		{"no text", std + "  example.org/a MIT\n", "", "has no licence file"},
		{"no standard library", "  example.org/a MIT\n", mit, "std is linked"},
	} {
		t.Run(c.name, func(t *testing.T) {
			licences, err := parseNotice("  ours, above\n" + noticeHead + ":\n\n" + c.notice)
			if err != nil {
				t.Fatal(err)
			}
			faults, err := noticeFaults(licences, []module{moduleWith(t, "example.org/a", c.licence)})
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join(faults, "\n")
			if c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("faults %q, want %q", got, c.want)
			}
		})
	}
}

func TestNoticeThatCannotBeReadIsRefused(t *testing.T) {
	for _, bad := range []string{"no list", noticeHead + "\n  example.org/a\n", noticeHead + "\n  a MIT\n  a MIT\n"} {
		if _, err := parseNotice(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

const madeSBOM = `{"bomFormat":"CycloneDX","specVersion":"1.6",
"metadata":{"tools":[{"name":"t","hashes":[{"alg":"MD5","content":"of this machine"}]}],
 "component":{"name":"tramy","purl":"pkg:golang/tramy@1?goarch=amd64&goos=windows"}},
"components":[
 {"name":"example.org/a","purl":"pkg:golang/a@v1?goarch=amd64&goos=windows","hashes":[{"alg":"SHA-256","content":"kept"}]},
 {"name":"std","purl":"pkg:golang/std@1?goarch=amd64&goos=windows"}],
"dependencies":[{"ref":"x"}]}`

func TestEachComponentOfAnSBOMHasItsLicence(t *testing.T) {
	got, err := completed([]byte(madeSBOM), map[string]string{"example.org/a": "MIT AND BSD-3-Clause", "std": "BSD-3-Clause"}, "windows/amd64")
	if err != nil {
		t.Fatal(err)
	}
	if !json.Valid(got) {
		t.Fatal("no JSON")
	}
	text := strings.Join(strings.Fields(string(got)), "")
	for _, want := range []string{`"expression":"MITANDBSD-3-Clause"`, `"license":{"id":"BSD-3-Clause"}`, `"id":"Apache-2.0"`, `"content":"kept"`, `"ref":"x"`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	if strings.Contains(text, "ofthismachine") {
		t.Error("the checksum of the tool is still there: two machines would publish different files")
	}
}

func TestSBOMThatIsNotWholeIsRefused(t *testing.T) {
	licences := map[string]string{"example.org/a": "MIT", "std": "BSD-3-Clause"}
	for _, c := range []struct {
		name, bom, target, want string
		licences                map[string]string
	}{
		{"a licence lacks", madeSBOM, "windows/amd64", `no licence for "std"`, map[string]string{"example.org/a": "MIT"}},
		{"for another system", madeSBOM, "linux/amd64", "is not for linux/amd64", licences},
		{"nothing in it", `{"bomFormat":"CycloneDX"}`, "linux/amd64", "no CycloneDX list", licences},
		{"another format", strings.Replace(madeSBOM, "CycloneDX", "other", 1), "windows/amd64", "no CycloneDX list", licences},
	} {
		if _, err := completed([]byte(c.bom), c.licences, c.target); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// Three messages for one entry, as govulncheck sends them.
const report = `{"config":{"scan_level":"symbol"}}
{"finding":{"osv":"GO-1","fixed_version":"v1.2.0","trace":[{"module":"example.org/a","version":"v1.0.0"}]}}
{"finding":{"osv":"GO-1","fixed_version":"v1.2.0","trace":[{"module":"example.org/a","version":"v1.0.0","package":"example.org/a/p"}]}}
{"finding":{"osv":"GO-1","fixed_version":"v1.2.0","trace":[{"module":"example.org/a","version":"v1.0.0","package":"example.org/a/p","function":"F"}]}}
{"finding":{"osv":"GO-2","trace":[{"module":"example.org/b","version":"v1.0.0","package":"example.org/b"}]}}`

func TestWeaknessThatIsCalledFails(t *testing.T) {
	var s scan
	if err := s.add(strings.NewReader(report)); err != nil {
		t.Fatal(err)
	}
	judged := func(accepted map[string]acceptance, packages ...string) (string, error) {
		linked := map[string]bool{}
		for _, p := range packages {
			linked[p] = true
		}
		var out bytes.Buffer
		err := s.judge(accepted, linked, &out)
		return out.String(), err
	}
	text, err := judged(nil)
	if err == nil || !strings.Contains(err.Error(), "GO-1") || strings.Contains(err.Error(), "GO-2") {
		t.Errorf("one is called, the other not: %v", err)
	}
	if !strings.Contains(text, "mended in v1.2.0") || !strings.Contains(text, "GO-2  example.org/b v1.0.0, no version without it: linked, the function not called") {
		t.Errorf("said %q", text)
	}
	known := map[string]acceptance{"GO-1": {"example.org/a/proxy", "a reason"}, "GO-3": {"x", "y"}}
	if text, err = judged(known); err != nil || !strings.Contains(text, "accepted: a reason") || !strings.Contains(text, "GO-3  not found any more") {
		t.Errorf("accepted: %v, %q", err, text)
	}
	if _, err = judged(known, "example.org/a/proxy"); err == nil {
		t.Error("still accepted with the package linked that it was accepted without")
	}
}

func TestReportThatLooksNotAtCallsIsRefused(t *testing.T) {
	for _, bad := range []string{"", `{"config":{"scan_level":"module"}}`, report + "{"} {
		if err := new(scan).add(strings.NewReader(bad)); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestDayOfTheDatabaseIsAskedAtItsHome(t *testing.T) {
	home := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/index/db.json" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(`{"modified":"2026-11-20T23:30:00Z"}`))
	}))
	defer home.Close()
	if db, err := liveDatabase(home.URL); err != nil || db.day != "2026-11-20" || db.url != home.URL {
		t.Errorf("%+v, %v", db, err)
	}
	if db, err := liveDatabase(home.URL + "/elsewhere"); err == nil {
		t.Errorf("a refusal was taken as %+v", db)
	}
}

func TestFolderWithoutEntriesIsNoDatabase(t *testing.T) {
	const version = "v0.0.0-20261105234957-e22db6528018"
	dir := t.TempDir()
	if _, err := folderDatabase(dir, version); err == nil {
		t.Error("an empty folder was taken: nothing would ever be found in it")
	}
	if err := os.WriteFile(filepath.Join(dir, vulnKnown+".json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := folderDatabase(dir, version)
	if err != nil || db.day != "2026-11-05" || !strings.HasPrefix(db.url, "file:///") {
		t.Errorf("%+v, %v", db, err)
	}
	if _, err := folderDatabase(dir, "v0.1.0"); err == nil {
		t.Error("a version without a day was taken")
	}
}
