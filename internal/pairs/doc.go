// Package pairs finds, among all subjects of a node, those that may be one person. It is pure: subjects are handed
// to it, and it says which of them to look at together.
//
// Whoever shares a block (registry.Blocks) is compared; nobody else is. A [Finder] keeps eight bytes for each
// block of each subject (twelve while it gathers them) and sixteen for each subject, and hands out the blocks in
// batches of a bounded number of people, so that no more profiles than that are in memory. With one changed
// subject a block is worth looking at; without any it is passed over. A block that is too big to compare each
// with each (a common name in a big place) is put in order twice, and each is compared with those who then stand
// near: that is linear, and those who agree in more than the block share a smaller one anyway.
//
// The order of batches follows from the blocks' names alone, so a sweep that was interrupted goes on where it was.
// Read finder.go.
package pairs
