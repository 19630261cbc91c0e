package ui

// DemoControl is the control room of the training country: every node, its pages and its line.
type DemoControl struct {
	Frame
	Nodes []DemoNode
	// Day is the country's day, Seed what it grew from.
	Day, Seed string
	// Checked says how the last comparison of all nodes went; nil: none yet.
	Checked *DemoCheck
}

// DemoNode is one program of the country, drawn in the order of the tree.
type DemoNode struct {
	ID, Name string
	// Level is how deep it hangs in the tree, 0 the centre; Kind the word for it.
	Level int
	Kind  string
	// Href is the address of its pages.
	Href   string
	People []DemoPerson
	// Line is the state of its line to the node above; a centre has none (Top).
	Line Mark
	Top  bool
	// Waiting is how much it has not passed on.
	Waiting int
	// Children and Doses are what it holds.
	Children, Doses int
}

// Cut says whether the line is cut, Slow whether it is slow.
func (n DemoNode) Cut() bool { return n.Line.Kind == MarkCut }

// Slow says whether the line is slow.
func (n DemoNode) Slow() bool { return n.Line.Kind == MarkSlow }

// Indent is how far the name is set in.
func (n DemoNode) Indent() int { return max(0, min(4, n.Level)) }

// DemoCheck is a comparison of what all nodes hold.
type DemoCheck struct {
	Same bool
	At   string
	// Text names the nodes that differ, or how many were compared.
	Text string
}

var _ = page("demo", "demo_control.html", DemoControl{})
