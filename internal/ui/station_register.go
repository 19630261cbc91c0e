package ui

// Register is the form for a new child: the mother first, because the baby has no name yet. The names of
// the posted fields stand behind each.
type Register struct {
	Frame
	Mother      Field // mother
	MotherPhone Field // phone
	Born        Field // born: day, or day and hour
	Sex         Select
	Name        Field // name; empty is "CB <mother>"
	Hamlet      Hamlet
	Commune     Communes
	MotherID    string // the mother's own record, sent back; filled by the button fill=ID
	Protected   Select // against tetanus at birth
	Evidence    Select // for it
	BirthPlace  Select
	Weight      Field // weight, grams
	Order       Select
	Father      Field // father
	FatherPhone Field // father_phone
	Guardian    Field // guardian
	GuardianTel Field // guardian_phone
	Ethnic      Field // ethnic
	PersonalNo  Field // personal_no
	Insurance   Field // insurance
	Admin       Admin
	Note        Field // note
	// Opened opens the part with the lesser fields, because one of them has a value or an error.
	Opened bool
	// Code is the code the child would get, shown before saving; may be empty.
	Code string
	// Newborn is there for a child in its first day: the clock of hepatitis B.
	Newborn    *Newborn
	Candidates Candidates
	// Hint says what is known of the mother: "Thai phụ đang theo dõi, dự sinh 28/11/2026".
	Hint string
	// Draft keeps the form while it is typed.
	Draft DraftBox
	// Force is true when duplicates were shown and the form was sent again: the button then says so.
	Force bool
}

// Newborn is how many hours old a child is and how many are left for hepatitis B at birth.
type Newborn struct {
	Hours, Left int
	// Before is the last moment, "00:10 ngày 26/11".
	Before string
}

// Candidates are people who may be the one being registered: a partial named "candidates".
type Candidates struct {
	// Compared is how many people were compared; 0 means nothing has been typed yet.
	Compared int
	Rows     []Candidate
	// Expecting are women who expect a child and whose name or phone agrees with the mother's.
	Expecting []Kin
	// Since is since when the hub cannot be asked; empty when there is a network.
	Since string
}

// Candidate is somebody already in the register.
type Candidate struct {
	ID, Name string
	// Mark is MarkAlike or MarkSimilar.
	Mark Mark
	// Line tells sex, birth date, mother, hamlet and number of doses.
	Line string
	// Signs are MarkSame and MarkDiffers with their Text.
	Signs []Mark
	// Different is true if the nurse has said this is somebody else.
	Different bool
}

var (
	_ = page("register", "station_register.html", Register{})
	_ = partial("candidates", "station_candidates.html", Candidates{})
)
