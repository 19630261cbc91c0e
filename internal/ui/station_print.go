package ui

// WorkerLists is a worklist for those who go round in the hamlets: a sheet of A4 or more for each.
type WorkerLists struct {
	Frame
	Title, Made string
	Sheets      []WorkerSheet
}

// WorkerSheet is what one of them takes along.
type WorkerSheet struct {
	Worker, Phone string
	Hamlets       []string
	Rows          []WorkerRow
}

// WorkerRow is a numbered line.
type WorkerRow struct {
	Person
	N int
}

// Letters are letters to families, several on a sheet, to be cut apart.
type Letters struct {
	Frame
	Place, Made string
	Letters     []Letter
}

// Letter calls one family: all its children who should come.
type Letter struct {
	To, Hamlet       string
	Day, Hour, Where string // empty without a session
	Children         []LetterChild
}

// LetterChild is one of them, with what they are to have in words a family knows.
type LetterChild struct {
	Name, Born string
	Vaccines   []string
}

var (
	_ = page("workers", "station_workers.html", WorkerLists{})
	_ = page("letters", "station_letters.html", Letters{})
)
