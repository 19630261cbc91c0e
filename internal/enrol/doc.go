// Package enrol decides which device a machine becomes at a hub: a new one under the next free number, or the one it is
// already, under its old name, when its hub is gone or was set back to before it came.
//
// It promises that no key takes another's place: a machine comes back only with the key that the hub knows it by, and as a
// device that the hub does not know only at the place of its code. It promises that a number or a block of numbers which is
// seen to be taken is given to nobody else.
//
// It writes nothing and checks no secret: a hub appends the drafts, keeps codes and tokens, and has seen the proof that the
// machine holds its key. Read again.go first, then numbers.go.
package enrol
