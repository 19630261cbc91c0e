// Package badline takes the time that a bad line takes: 64 kbit/s each way, 300 ms from end to end, and packets that are lost and
// sent again. It is a model between two sockets, for measuring and for tests; nothing in the programs uses it.
//
// Start with Lane (lane.go), one direction of a line; Writer puts a connection behind one.
package badline
