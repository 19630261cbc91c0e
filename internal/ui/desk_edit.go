package ui

// EditChild is the form to change what is known of a person. The names of the posted fields are those of
// Register; status, status_date and status_reason are added.
type EditChild struct {
	Frame
	ID, Title string // Title is the name as it is now
	Line      string // birth date and mother
	Name, Born, Mother, MotherPhone,
	Hamlet, Weight, Father, FatherPhone,
	Guardian, GuardianTel, Ethnic, PersonalNo,
	Insurance, Address, Allergies, Contraindications,
	Note Field
	Sex, Order, BirthPlace Select
	// Status is present, absent, moved, died; with since when and why.
	Status                   Select
	StatusDate, StatusReason Field
	Hamlets                  []string
	// Seen is what the form was drawn from; a change made meanwhile elsewhere is then not overwritten.
	Seen string
}

var _ = page("edit", "desk_edit.html", EditChild{})
