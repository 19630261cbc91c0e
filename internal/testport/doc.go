// Package testport finds addresses on this machine for programs that tests and measurements start, stop and start
// again on the same address.
package testport
