package ui

// History is everything that was ever written about a person, newest first.
type History struct {
	Frame
	ID, Name, Line string
	Acts           []HistoryAct
	Pager          Pager
}

// HistoryAct is one press of save.
type HistoryAct struct {
	// At is when by the clock of that machine, Who wrote it, Where (place) and on which Device.
	At, Who, Where, Device string
	// What names the act: "Đăng ký", "5 trong 1 mũi 3", "Hủy mũi ghi nhầm: 5 trong 1 mũi 2".
	What    string
	Changes []HistoryChange
	// Marks are MarkVoid, MarkTwo, MarkRefused or MarkHeld.
	Marks []Mark
}

// HistoryChange is one field before and after; an empty Before is drawn as nothing there yet.
type HistoryChange struct{ Field, Before, After string }

var _ = page("history", "desk_history.html", History{})
