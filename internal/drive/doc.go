// Package drive asks the operating system about disks and writes files that are whole or not there: how much room is
// left, whether two folders lie on one drive, whether an error says that the disk is full.
package drive
