// Package bundle is the form in which an exchange travels as files (SPEC 11): the frames of a request or of an
// answer, signed by the device that wrote them and encrypted to the one that reads them.
//
// It promises that what Open returns was written by whoever the reader's key function names, for this reader, whole.
// It does not know what the frames say, nor whether an answer is wanted: that is internal/node's. A bundle is held in
// memory while it is read, at most SizeBytesMax, because nothing of it may be believed before its last byte, the
// signature, was checked.
//
// Read bundle.go; name.go has the names of the files.
package bundle
