// Package bench measures what the design promises about the wire and about a station's and a hub's work.
//
// Wire builds a real hub and real stations in temporary folders, lets them speak HTTP/2 without TLS through
// a proxy on loopback that counts bytes, heads included, and returns a Report with a row a promise: a day
// at a station (D), nothing to say, the first sync of a commune (Y), and both cut at half. The register is
// made up from a seed with the entropy of a real one (register.go); it is written by an Author, who makes
// sealed segments without a node, so that sixty thousand doses do not cost sixty thousand commits.
//
// The benchmarks hold durable work against the same disk doing the least that could be done: one row with
// a full commit, a plain insert of as many bytes. They report ratios within one run, because seconds on a
// shared machine mean little.
//
// Sizes come from the environment: TRAMY_BENCH_CHILDREN, TRAMY_BENCH_DOSES and so on, see sizes_test.go.
//
// Read wire.go, then report.go.
package bench
