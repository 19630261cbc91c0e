package ui

// Campaigns lists the campaigns of a person's places.
type Campaigns struct {
	Frame
	Rows    []CampaignRow
	MayPlan bool
	New     CampaignForm
}

// CampaignRow is a campaign in a list.
type CampaignRow struct {
	Href, Name, What, When, Where string
	Mark                          Mark
	Listed, Given                 int
}

// CampaignForm is how a campaign is held: name, kind, vaccine, from, until, second, interval, age_from, age_to, sex, place, counts, reason,
// document; and target-<place id> for each of Targets.
type CampaignForm struct {
	Name, From, Until, Second, Interval, AgeFrom, AgeTo, Reason, Document Field
	Kind, Vaccine, Sex, Place                                             Select
	Counts                                                                bool
	CountsError                                                           string
	Targets                                                               []TargetField
	TargetsError                                                          string
}

// TargetField is how many people of a place are to be vaccinated.
type TargetField struct {
	ID, Name string
	Field    Field
}

// CampaignShow is what the tables of a campaign tell apart: rounds, the first dose and the second.
type CampaignShow struct{ Rounds, Doses bool }

// CampaignPage is one campaign.
type CampaignPage struct {
	Frame
	ID, Name, What, When, Where string
	Mark                        Mark
	Facts                       []Fact
	Show                        CampaignShow
	Places                      []CampaignLine
	Sum                         CampaignLine
	Out                         []CampaignOutLine
	Station, MayGive, MayChange bool
	Hub                         bool
	Seen                        string
	Form                        CampaignForm
	Open                        bool // the form
}

// CampaignLine is how far a place is.
type CampaignLine struct {
	Name                 string
	Target               string // "" if nobody said
	Listed, Given, Today int
	Second               int // in the second round
	Full, FullNow        int // with both doses
	FullPercent          string
	DueSecond            int
	Absent, Others, Left int
	Percent              string
	Heard                string
	Mark                 Mark
}

// CampaignOutLine counts those without a dose.
type CampaignOutLine struct {
	Outcome, Reason string
	Day, All        int
}

// CampaignGive is the line on which a campaign is given.
type CampaignGive struct {
	Frame
	ID, Name, What              string
	Held                        bool   // today is one of its days
	NotHeld                     string // why not
	Lot, Expires                string
	Number, Until               Field
	LotOpen                     bool
	Known                       []LotChoice
	Stop                        string // the vaccine or lot is not given now
	Classes                     []ClassTab
	Class                       string
	All                         bool
	Rows                        []CampaignPupil
	Listed, Given, Waiting, Out int
	Two                         bool // doses a person
	Second, Resting             int
	Q                           string
	Found                       []WalkIn
	Sought                      bool
	MayGive                     bool
	Reasons                     []string // offered while one is typed
	Hidden                      int      // people of the class who are not shown
}

// ClassTab is a part of the list.
type ClassTab struct {
	Href, Name    string
	Waiting, Of   int
	Current, Done bool
}

// CampaignPupil is somebody on the line. Its form posts enrolment, shown, lot and do: give, absent, or save with outcome and reason.
type CampaignPupil struct {
	Person
	Enrolment, Shown string
	Waits            bool // nothing was written of them in this round
	Dose             int  // that is next, of a campaign of two doses; else 0
	Focus            bool
	Warn             []string // what one key alone does not pass
	// Ask opens the form for a reason: "refused", "postponed", or "give" for a dose in spite of a warning.
	Ask       string
	Outcome   Select
	Reason    Field
	Checked   Select
	Against   Field
	Told      string // what became of them
	AskHref   string // opens the form of the row
	PostHref  string // as AskHref, for a postponed one
	AgainHref string // of who is done: opens the form
}

// WalkIn is somebody found who is not listed.
type WalkIn struct {
	Person
	Listed bool
}

// CampaignAbsent is the list of those who had no dose.
type CampaignAbsent struct {
	Frame
	ID, Name string
	By       Select
	Dose     Select // of a campaign of two doses: who is without which
	Groups   []AbsentGroup
	Total    int
	Second   int    // of Total with the first dose
	Made     string // for whom and what it was printed
	Printing bool
}

// AbsentGroup is a class or hamlet.
type AbsentGroup struct {
	Name string
	Rows []AbsentRow
}

// AbsentRow is somebody without a dose.
type AbsentRow struct {
	Person
	Class, Why, Reason, Day string
	Dose                    string // the one that is missing, of a campaign of two doses
}

// CampaignDay is the report of a day.
type CampaignDay struct {
	Frame
	ID, Name, What, Day, Place string
	DayField                   Field
	Round                      int
	Due                        *Mark // how long until it is to be sent
	Places                     []CampaignLine
	Sum                        CampaignLine
	Show                       CampaignShow
	Ages                       []CampaignAges
	Beside                     int // doses that are neither a first nor a second one
	Lots                       []CloseLot
	Out                        []CampaignOutLine
	Common, Severe             int
	Doses                      int
	ISO                        string
	Made                       string
}

// CampaignAges counts the doses of a day by age; of a campaign of two doses there are two.
type CampaignAges struct {
	Title string
	Lines []CampaignAgeLine
}

// CampaignAgeLine counts an age group.
type CampaignAgeLine struct {
	Name                       string
	Male, Female, Neither, All int
}

// CampaignRoll is a school's list on its way in.
type CampaignRoll struct {
	Frame
	ID, Name string
	Phase    string // "", columns, checked, done
	File     string
	Class    Field
	School   Field
	Wrong    string
	Columns  []ImportColumn
	Order    Select
	Rows     int
	Matched  int
	New      int
	There    int
	Ask      int
	Refused  int
	Lines    []RollLine
	More     int // lines that are not shown
}

// RollLine is a row that somebody should look at.
type RollLine struct {
	Row        int
	Name, Line string
	Mark       Mark
	Reasons    []string
	// Candidates may be the one; posted as same-<row>: a code, or "new".
	Candidates []ImportCandidate
	Answer     string
	Ask        bool
}

// campaignNumbers are the cells of a place.
type campaignNumbers struct {
	Show CampaignShow
	Line CampaignLine
}

func newNumbers(show CampaignShow, line CampaignLine) campaignNumbers {
	return campaignNumbers{show, line}
}

// pupilOf is what somebody on the line is drawn from.
type pupilOf struct {
	Page  CampaignGive
	Pupil CampaignPupil
}

func newPupil(page CampaignGive, pupil CampaignPupil) pupilOf { return pupilOf{page, pupil} }

var (
	_ = page("campaigns", "campaigns.html", Campaigns{})
	_ = page("campaign", "campaign.html", CampaignPage{})
	_ = page("campaignline", "campaign_line.html", CampaignGive{})
	_ = page("campaignabsent", "campaign_absent.html", CampaignAbsent{})
	_ = page("campaignday", "campaign_day.html", CampaignDay{})
	_ = page("campaignroll", "campaign_roll.html", CampaignRoll{})
)

// Enters is how many a roll puts on the list.
func (r CampaignRoll) Enters() int { return r.Matched + r.New }
