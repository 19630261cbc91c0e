// Package testclock gives a program a wrong clock on purpose, from one variable in its environment. It is for tests
// of the programs alone; nothing else in the field sets it, and the program says at its start that it is set.
package testclock
