// Package proof compares what a tree of nodes holds with what was written and what people were told. It reads
// the nodes' stores and folds the changes itself: it shares no code with merge or node, so that a fault of theirs
// is not repeated here.
//
// Read proof.go.
package proof
