// The release command makes and checks what goes out beside the programs: which modules they link, under
// which licences, with which known weaknesses. The Makefile runs it; nothing of it is in a program.
//
//	release notice  holds NOTICE against what the programs link, on every system given
//	release texts   prints the licence texts of what they link
//	release sbom    completes a program's CycloneDX list with the licences of NOTICE
//	release vuln    looks the programs up in the database of known weaknesses
//
// NOTICE is the one place where a licence is written down, by a person who read it: what tools guess from a
// licence's text is wrong for a third of our modules. Read modules.go first.
package main
