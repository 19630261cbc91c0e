package main

// benchCmd measures.
type benchCmd struct{}

// Run implements the command.
func (benchCmd) Run(*env) error { return nil }
