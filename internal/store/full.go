package store

import "errors"

// IsFull reports whether an error says that a disk is full: the database's word for it, or the system's, as a file
// beside the database meets it.
func IsFull(err error) bool { return errors.Is(err, ErrFull) || errors.Is(err, diskFull) }
