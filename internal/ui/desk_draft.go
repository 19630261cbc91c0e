package ui

// DraftBox keeps a form while it is typed, and offers what was typed before and not saved. The zero one draws nothing.
type DraftBox struct {
	Path string // to which the form is posted as it stands
	Page string // posted as draft
	// Old are drafts of the same form that are not in it.
	Old   []DraftLine
	State DraftState
}

// DraftState says when a form was kept last. It is a partial of its own.
type DraftState struct {
	At    string // 14:05; "" if it was not kept yet
	Saw   string // posted as draft_saw
	Wrong string
}

// DraftLine is a draft to go on with, or to put away: a form posting draft to Path + "/drop".
type DraftLine struct {
	Path, Page string
	Href       string // the page with the form filled in
	At         string // 14:05, or the day before that
	Text       string // what it is of, where that is not plain
}

// draftOf is what the lines of drafts are drawn from.
type draftOf struct {
	Frame Frame
	Back  string
	Lines []DraftLine
}

func newDrafts(frame Frame, back string, lines []DraftLine) draftOf {
	return draftOf{frame, back, lines}
}

var _ = partial("draftstate", "desk_draft.html", DraftState{})
