//go:build !windows && !linux

package command

func system() (name string, major, minor uint32) { return "", 0, 0 }
