package registry

import "slices"

// Limits of what is believed about doses of which no date is known.
const (
	TetanusMax     = 20   // doses before this pregnancy; five are enough for life
	TetanusYearMin = 1950 // year of the last of them
)

// adultMonths is the age from which a tetanus dose counts for a woman's own course; what she had before is her history
// (the schedule's series for women begin at 15 years).
const adultMonths = 15 * 12

// pregnancyDays is how long a pregnancy lasts, from the first day of the last period (Naegele).
const pregnancyDays = 280

// pregnancyDaysMax is the longest time from the last period to a birth that is taken for the end of that pregnancy.
const pregnancyDaysMax = 330

// DueFrom works out when a birth is expected from the first day of the last period.
func DueFrom(lastPeriod Day) Day { return lastPeriod + pregnancyDays }

// Began is the day from which a pregnancy is counted, worked out from the day a birth is expected on.
func Began(due Day) Day { return due - pregnancyDays }

// EndsPregnancy reports whether a birth on a day can be the end of a pregnancy that is expected to end on due: not before
// it began, and not long after its end.
func EndsPregnancy(due, birth Day) bool {
	return due == 0 || birth > Began(due) && birth <= Began(due)+pregnancyDaysMax
}

func (in *SubjectInput) checkTetanus(c *check, today Day) {
	c.failIf(in.Tetanus < 0 || in.Tetanus > TetanusMax, "tetanus_before", CodeTetanusCount, "max", TetanusMax)
	year, _, _ := today.Date()
	c.failIf(in.TetanusYear != 0 && (in.TetanusYear < TetanusYearMin || in.TetanusYear > year), "tetanus_year", CodeYearRange,
		"min", TetanusYearMin, "max", year)
	c.choice("tetanus_evidence", EvidenceEnum, int64(in.TetanusFrom))
	c.failIf(in.HasTetanus && in.Tetanus > 0 && in.TetanusFrom == 0, "tetanus_evidence", CodeRequired)
	c.choice("protected_at_birth", ProtectedEnum, int64(in.Protected))
	c.choice("protected_evidence", EvidenceEnum, int64(in.ProtectedBy))
	c.failIf(in.Protected == ProtectedYes && in.ProtectedBy == 0, "protected_evidence", CodeRequired)
}

// TetanusDose is a tetanus dose with its date.
type TetanusDose struct {
	On        Day
	FirstHand bool // whoever recorded it gave it
}

// TetanusHistory is what is known of a woman's tetanus doses.
type TetanusHistory struct {
	Doses []TetanusDose // by date, those of childhood among them
	Born  Day           // 0 if nobody knows
	// Before are doses of which no date is known; Asked says that somebody asked, so that 0 is a real number. Year is that of
	// the last of them, 0 if nobody knows.
	Before int
	Asked  bool
	Year   int
	From   Evidence
}

// Protection is whether a child is protected against tetanus when it is born, through its mother.
type Protection struct {
	Answer Protected
	By     Evidence // 0 where nothing is known
	Doses  int      // that count, those that childhood stands for among them
	Until  Day      // the last day of protection; 0: as long as she can bear children, or there is none
}

// Protects says whether a child that is born on a day is protected.
//
// Two doses protect for 3 years, three for 5, four for 10, and five for as long as a woman can bear children; the last one
// must lie two weeks before the birth (WHO, tetanus vaccines: position paper, and Maternal immunization against tetanus,
// 2006, table 2). Between doses lie at least 28 days, 6 months, a year and a year (Circulars 38/2017 and 10/2024). What she
// had as a child stands for two of the five where three doses are on record, for three with a booster; it takes two doses,
// or one, to wake it. A count that somebody remembers counts like one on a card (the same position paper: "by card,
// register or history"), and By says on what an answer rests.
func (h *TetanusHistory) Protects(birth Day) Protection {
	var out Protection
	for _, by := range []Evidence{EvidenceRecord, EvidenceCard, EvidenceTold} {
		at := h.asFarAs(by, birth)
		if at.Answer == ProtectedYes {
			return at
		}
		if at.Doses > out.Doses || at.Answer != out.Answer || out.Answer == 0 {
			out = at
		}
	}
	if !h.Asked && len(h.Doses) == 0 {
		return Protection{Answer: ProtectedUnknown}
	}
	if out.By == 0 {
		out.By = EvidenceRecord
		if h.Asked && h.From != 0 {
			out.By = h.From
		} else if h.Asked {
			out.By = EvidenceTold
		}
	}
	return out
}

// tetanusGap returns the first day on which dose n+1 counts after dose n on a day.
func tetanusGap(n int, last Day) Day {
	switch n {
	case 1:
		return last + 28
	case 2:
		return last.AddMonths(6)
	}
	return last.AddMonths(12)
}

// settleDays is how long before a birth the last dose must lie.
const settleDays = 14

// asFarAs answers by what is at least as sure as some evidence.
func (h *TetanusHistory) asFarAs(by Evidence, birth Day) Protection {
	childhood, n := 0, 0
	var first, last Day // the last dose, as early and as late as it may have been
	out := Protection{}
	if h.Before > 0 && h.From <= by && by > EvidenceRecord {
		n = min(h.Before, 5)
		out.By = max(h.From, EvidenceCard)
		if h.Year != 0 {
			first, last = NewMonth(h.Year, 1).First(), NewMonth(h.Year, 12).Last()
		}
	}
	var dated Day
	for _, d := range h.Doses {
		switch {
		case !d.FirstHand && by < EvidenceCard || d.On > birth-settleDays:
			continue
		case h.Born != 0 && d.On < h.Born.AddMonths(adultMonths):
			childhood++
			continue
		case dated != 0 && d.On < tetanusGap(max(n, 1), dated):
			continue
		}
		n++
		dated = d.On
		first, last = max(first, d.On), max(last, d.On)
		if !d.FirstHand {
			out.By = max(out.By, EvidenceCard)
		}
		out.By = max(out.By, EvidenceRecord)
	}
	out.Doses = n
	switch {
	case childhood > 3 && n >= 1:
		out.Doses += 3
	case childhood == 3 && n >= 2:
		out.Doses += 2
	}
	years := 0
	switch {
	case out.Doses >= 5:
		out.Answer = ProtectedYes
		return out
	case out.Doses < 2:
		out.Answer = ProtectedNo
		return out
	case first == 0: // nobody knows when the last one was
		out.Answer = ProtectedUnknown
		return out
	case out.Doses == 2:
		years = 3
	case out.Doses == 3:
		years = 5
	default:
		years = 10
	}
	out.Until = first.AddMonths(12 * years)
	switch {
	case birth <= out.Until:
		out.Answer = ProtectedYes
	case birth <= last.AddMonths(12*years):
		out.Answer = ProtectedUnknown // the year alone does not say
	default:
		out.Answer = ProtectedNo
	}
	return out
}

// assumedGaps are the days between doses of which no date is known: long enough for every course.
var assumedGaps = [...]Day{40, 200, 370, 370}

// AssumedTetanus puts dates to doses of which none is known, so that the schedule goes on from their number: as late as
// they can have been where a year is stated, so that the next one is not given too soon, and long ago where none is. All lie
// before a day, if there is one, and after the fifteenth birthday of who was born on a day, if that is known.
func AssumedTetanus(n, year int, born, before Day) []Day {
	n = min(n, len(assumedGaps)+1)
	if n <= 0 {
		return nil
	}
	out := make([]Day, n)
	begin := Day(0)
	if born != 0 {
		begin = born.AddMonths(adultMonths)
	}
	switch {
	case year != 0:
		out[n-1] = NewMonth(year, 12).Last()
		if before != 0 {
			out[n-1] = min(out[n-1], before-1)
		}
	case before != 0:
		out[n-1] = before - assumedGaps[len(assumedGaps)-1]
	default:
		out[0] = max(begin, dayOf(1990, 1, 1))
		for i := 1; i < n; i++ {
			out[i] = out[i-1] + assumedGaps[i-1]
		}
		return out
	}
	for i := n - 1; i > 0; i-- {
		out[i-1] = out[i] - assumedGaps[i-1]
	}
	if late := begin - out[0]; late > 0 && (before == 0 || out[n-1]+late < before) {
		for i := range out {
			out[i] += late
		}
	}
	return slices.Clip(out)
}

// twinDays is how far apart children of one birth may be born.
const twinDays = 2

// SameBirth reports whether two records are of children of one birth: of one mother, by her own record or by her name and
// phone, within two days.
func SameBirth(a, b *SubjectInput) bool {
	toDay := func(in *SubjectInput) bool {
		return in.BirthPrec.DayKnown()
	}
	if !toDay(a) || !toDay(b) || a.BirthDate > b.BirthDate+twinDays || b.BirthDate > a.BirthDate+twinDays {
		return false
	}
	if !a.Mother.IsZero() && !b.Mother.IsZero() {
		return a.Mother == b.Mother
	}
	mother := Fold(a.MotherName)
	return mother != "" && mother == Fold(b.MotherName) && a.MotherPhone != "" && a.MotherPhone == b.MotherPhone
}
