package ui

// EditChild is the form to change what is known of a person. The names of the posted fields are those of
// Register; status, status_date and status_reason are added.
type EditChild struct {
	Frame
	ID, Title string // Title is the name as it is now
	Line      string // birth date and mother
	Name, Born, Mother, MotherPhone,
	Weight, Father, FatherPhone,
	Guardian, GuardianTel, Ethnic, PersonalNo,
	Insurance, Allergies, Contraindications,
	Note Field
	Sex, Order, BirthPlace Select
	// Status is present, absent, moved, died; with since when and why.
	Status                   Select
	StatusDate, StatusReason Field
	// AbsentUntil is when who is absent comes back.
	AbsentUntil Field
	// OwnPhone is a grown person's, MotherID the mother's own record, sent back as it is.
	OwnPhone  Field
	MotherID  string
	Hamlet    Hamlet
	Commune   Communes
	Admin     Admin
	Protected Select // against tetanus at birth
	Evidence  Select // for it
	// Conditions are posted as condition, a value for each ticked code, and condition_on.CODE, its date;
	// ConditionsError is what is wrong with all of them.
	Conditions      []ConditionLine
	ConditionsError string
	// Further is the vaccine after which there was an anaphylaxis, posted as anaphylaxis and anaphylaxis_on.
	Further   Select
	FurtherOn Field
	// Kept are conditions that the schedule here does not know; they stay as they are.
	Kept []string
	// Seen is what the form was drawn from; a change made meanwhile elsewhere is then not overwritten.
	Seen string
}

// ConditionLine is one condition that bears on vaccines. Dated says that its date is needed.
type ConditionLine struct {
	Code, Name    string
	Ticked, Dated bool
	On            Field
}

var _ = page("edit", "desk_edit.html", EditChild{})
