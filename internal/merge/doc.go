// Package merge is the one place where states are made: [Apply] merges a change into a state, [Join]
// merges two states. An entity is a map of multi-value registers; a write says which values it replaces,
// so no clock is asked and nothing is lost that no write names (I1 to I4 of the design).
//
// It promises that replicas which have seen the same changes hold the same values, in whatever order
// logs were interleaved, however often a change came, and that Join and Apply agree: for two sets of
// changes, each closed under "earlier in its log", Join of the two states is the state of the union.
// Anything that decodes can be merged, unknown kinds and fields included; hostile changes cannot delete
// what they have not seen, because a replaced value is named by dot and hash.
//
// It does not order, check or authorize changes: the caller applies each log in order and without gaps
// (I5). Changes from below are applied, states from above are joined; a state never goes up.
//
// The package is pure. States are treated as immutable: results share memory with the arguments, and an
// argument is returned as it is when nothing happened. Read apply.go first.
package merge
