package station

import (
	"io"

	"tramy/internal/fhir"
)

// IsFHIR reports whether a file is one of FHIR, by its first bytes: a register is no JSON.
func IsFHIR(r io.ReaderAt, size int64) bool {
	const look = 512
	head := make([]byte, min(size, look))
	n, err := r.ReadAt(head, 0)
	return (err == nil || n == len(head)) && fhir.Holds(head[:n])
}
