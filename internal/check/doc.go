// Package check looks whether a node's data is what it should be: all that one node can find out about itself, without
// asking another. It trusts neither the code that wrote the data nor the indexes beside them: logs are hashed and
// verified again from their bytes, values are held against the changes that wrote them without package merge, sums and
// counts are added up anew, and rows are made once more from states.
//
// It reads in short transactions, so that people go on working, and keeps little in memory: some forty bytes for each
// log, own change and case. What changed while it read is looked at again before it counts as a fault.
//
// It changes nothing. A fault is where the data contradicts itself; a note is what a person may want to know. Read
// check.go.
package check
