//go:build !windows

package datadir

// systemStore: no laptop of a commune surely has one on Linux. What a TPM or a desktop's ring of keys keeps, a program that starts
// with the machine could not rely on; device.key is readable by its owner alone.
var systemStore *wrapper
