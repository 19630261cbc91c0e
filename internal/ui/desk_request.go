package ui

// Requests is the list of what families asked about data, by deadline.
type Requests struct {
	Frame
	Open, Done []RequestLine
	All        bool // answered ones are shown as well
	Holidays   string
}

// RequestLine is one request in a list.
type RequestLine struct {
	ID, Wish, Name, Line, By string
	Mark                     Mark
	Until                    string
}

// RequestNew is the form to take a request down. Posted as wish, by, relation, channel, on and words.
type RequestNew struct {
	Frame
	ID, Name, Line          string
	Wish, Relation, Channel Select
	By, On, Words           Field
}

// Request is one request with what to do about it.
type Request struct {
	Frame
	ID, ChildID, Name, Line string
	Wish                    string // in words
	Kind                    string // stable key: view, correct, restrict, delete, withdraw
	Mark                    Mark
	Facts                   []Fact
	// Open, Answered, Extended and Restricts say where it stands; MayDecide whether the caller may say what becomes of it.
	Open, Answered, Extended, Restricts, MayDecide bool
	AnswerBy, DoneBy                               string
	Seen                                           string
	Outcome                                        Select
	Answer, Why, LiftWhy                           Field
	Holidays                                       string
}

var (
	_ = page("requests", "desk_requests.html", Requests{})
	_ = page("requestnew", "desk_requestnew.html", RequestNew{})
	_ = page("request", "desk_request.html", Request{})
)
