// Package overlay plants a bug in one file of the product for one build, without a seam in the product: a changed copy is laid
// over the file while the go command builds (go build -overlay), and thrown away.
package overlay
