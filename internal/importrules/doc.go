// Package importrules holds the table of who may import whom and the test that keeps it. It has nothing
// to run: read rules_test.go.
//
// The test parses the source in-process. One that ran the go command would be answered from the test
// cache and miss violations, since the cache does not know which files that command read.
package importrules
