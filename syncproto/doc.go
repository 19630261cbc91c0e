// Package syncproto is the language two tramy nodes speak: the words (dots, changes, values, states,
// segments, frames), their one canonical encoding, and the order in which frames may follow each other.
//
// It promises that every value has exactly one valid encoding, that nothing is allocated before its
// size has been checked, and that what this version does not know is carried through unchanged.
// It knows no child, vaccine or place: kinds and fields are numbers to it, save for the few that say
// where an entity goes (see [Kind.Audience] and the Field constants).
//
// SPEC.md describes the format so that somebody could write a second implementation; the files in
// testdata/vectors hold accepted and refused examples. Read dot.go, data.go and change.go first.
package syncproto
