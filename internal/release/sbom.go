package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// completeSBOM puts the licences of NOTICE into a list of components that cyclonedx-gomod made from a program,
// and takes out what differs from one maker's machine to the next. The file is replaced whole.
func completeSBOM(file, target string) error {
	licences, err := readNotice()
	if err != nil {
		return err
	}
	made, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	done, err := completed(made, licences, target)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if err := os.WriteFile(file+".part", done, 0o644); err != nil {
		return err
	}
	return os.Rename(file+".part", file)
}

func completed(made []byte, licences map[string]string, target string) ([]byte, error) {
	var bom struct {
		Metadata struct {
			Component map[string]any `json:"component"`
		} `json:"metadata"`
		Components []map[string]any `json:"components"`
	}
	var whole map[string]any
	if err := json.Unmarshal(made, &bom); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(made, &whole); err != nil {
		return nil, err
	}
	if whole["bomFormat"] != "CycloneDX" || len(bom.Components) == 0 {
		return nil, fmt.Errorf("no CycloneDX list of components")
	}
	for _, c := range bom.Components {
		name, _ := c["name"].(string)
		licence, ok := licences[name]
		if !ok {
			return nil, fmt.Errorf("%s names no licence for %q; run make notice", noticeFile, name)
		}
		setLicence(c, licence)
		if err := ofTarget(c, target); err != nil {
			return nil, err
		}
	}
	setLicence(bom.Metadata.Component, "Apache-2.0")
	if err := ofTarget(bom.Metadata.Component, target); err != nil {
		return nil, err
	}
	metadata, ok := whole["metadata"].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("no metadata")
	}
	metadata["component"], whole["components"] = bom.Metadata.Component, bom.Components
	// The checksum of the tool that made the list follows from the machine it was built on.
	tools, _ := metadata["tools"].([]any)
	for _, tool := range tools {
		if t, ok := tool.(map[string]any); ok {
			delete(t, "hashes")
		}
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(whole)
	return out.Bytes(), err
}

// setLicence says a licence as CycloneDX wants it: one by its SPDX name, several as an expression.
func setLicence(component map[string]any, licence string) {
	delete(component, "evidence")
	if strings.Contains(licence, " ") {
		component["licenses"] = []any{map[string]any{"expression": licence}}
		return
	}
	component["licenses"] = []any{map[string]any{"license": map[string]any{"id": licence}}}
}

// ofTarget holds a component's package URL against the system the program is for: the tool takes the system
// from its environment, not from the program.
func ofTarget(component map[string]any, target string) error {
	system, arch, _ := strings.Cut(target, "/")
	url, _ := component["purl"].(string)
	for _, word := range []string{"goos=" + system, "goarch=" + arch} {
		if !strings.Contains(url, word) {
			return fmt.Errorf("%q is not for %s", url, target)
		}
	}
	return nil
}

func goRoot() (string, error) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	return strings.TrimSpace(string(root)), err
}
