package registry

import (
	"strings"

	p "tramy/syncproto"
)

// Schedule is one version of the national schedule as it was brought in: the file itself, and when it
// holds. What it says is read by package forecast/national.
type Schedule struct {
	ID p.EntityID
	ScheduleInput
	Void string
}

// ScheduleInput is what is entered about a schedule.
type ScheduleInput struct {
	Code  string // vn-2026-02
	Title string
	From  Day // in force from
	Until Day // and before; 0: open
	File  string
}

// ScheduleFileBytesMax is the largest schedule file. A state has to hold it with room to spare, and with a
// second value beside it if two officers bring one in at once.
const ScheduleFileBytesMax = 96 << 10

// schedulePartBytes is how long the texts are into which a file is cut: what a register may hold.
const schedulePartBytes = 4 << 10

// ScheduleOf reads a schedule from its state.
func ScheduleOf(s *p.State) Schedule {
	g := getter(s.Get)
	void, _ := Voided(s)
	return Schedule{ID: s.ID, ScheduleInput: scheduleFrom(g), Void: void}
}

func scheduleFrom(g getter) ScheduleInput {
	return ScheduleInput{
		Code:  g.text(ScheduleCode),
		Title: g.text(ScheduleTitle),
		From:  g.day(ScheduleFrom),
		Until: g.day(ScheduleUntil),
		File:  strings.Join(g.texts(ScheduleFile), ""),
	}
}

func (in *ScheduleInput) fields() []fieldData {
	return []fieldData{
		{ScheduleCode, textData(in.Code)},
		{ScheduleTitle, textData(in.Title)},
		{ScheduleFrom, intData(in.From)},
		{ScheduleUntil, intData(in.Until)},
		{ScheduleFile, textsData(cutFile(in.File))},
	}
}

// cutFile cuts a file into texts that a register may hold, at ends of lines where there are any.
func cutFile(file string) []string {
	var parts []string
	for len(file) > schedulePartBytes {
		n := strings.LastIndexByte(file[:schedulePartBytes], '\n') + 1
		if n == 0 {
			for n = schedulePartBytes; file[n]&0xc0 == 0x80; n-- { // never within a character
			}
		}
		parts, file = append(parts, file[:n]), file[n:]
	}
	if file != "" {
		parts = append(parts, file)
	}
	return parts
}

// NewSchedule makes the draft of a schedule, or the Errors in the way. That the file can be read is for the
// caller to see to: it needs the loader.
func NewSchedule(in ScheduleInput) (Draft, error) { return newReference(KindSchedule, &in) }

// Patch returns what has to be written so that old says what in says; see SubjectInput.Patch.
func (in ScheduleInput) Patch(old *p.State) Patch { return referencePatch(old, &in) }

func (in *ScheduleInput) clean() {
	in.Code, in.Title = cleanLine(in.Code), cleanLine(in.Title)
}

func (in *ScheduleInput) check(c *check) {
	c.failIf(in.Code == "", "code", CodeRequired)
	c.failIf(in.File == "", "file", CodeRequired)
	c.failIf(in.From == 0, "from", CodeRequired)
	c.failIf(in.Until != 0 && in.Until <= in.From, "until", CodePeriodReversed)
}
