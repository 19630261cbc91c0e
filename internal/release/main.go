package main

import (
	"fmt"
	"io"
	"os"
)

const usage = `usage: release notice|texts SYSTEM/ARCH...
       release sbom FILE SYSTEM/ARCH
       release vuln GOVULNCHECK VULNDB-VERSION SYSTEM/ARCH...`

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	switch {
	case len(args) >= 2 && args[0] == "notice":
		return checkNotice(args[1:], out)
	case len(args) >= 2 && args[0] == "texts":
		return printTexts(args[1:], out)
	case len(args) == 3 && args[0] == "sbom":
		return completeSBOM(args[1], args[2])
	case len(args) >= 4 && args[0] == "vuln":
		return checkVulns(args[1], args[2], args[3:], out)
	}
	return fmt.Errorf("%s", usage)
}
