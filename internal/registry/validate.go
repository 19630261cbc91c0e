package registry

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	p "tramy/syncproto"
)

// Code says what is wrong with an entry. Codes are stable: the catalogue has a sentence for each, under
// "invalid." + code, and the API names it in its problem documents.
type Code string

// Codes of entries that are refused.
const (
	CodeRequired         Code = "required"
	CodeNameTooLong      Code = "name_too_long"      // max: characters
	CodeTextTooLong      Code = "text_too_long"      // max: bytes
	CodeDateUnreadable   Code = "date_unreadable"    // text
	CodeDateImpossible   Code = "date_impossible"    // text
	CodeDateYear         Code = "date_year"          // text; year of two digits
	CodeTimeUnreadable   Code = "time_unreadable"    // text
	CodeBirthFuture      Code = "birth_future"       // today
	CodeBirthTooOld      Code = "birth_too_old"      // min: Day
	CodeBirthRequired    Code = "birth_required"     //
	CodeDoseFuture       Code = "dose_future"        // today
	CodeDoseRecorded     Code = "dose_recorded"      // vaccine: string; this one of this day is on record already
	CodeDoseBeforeBirth  Code = "dose_before_birth"  // birth: Day
	CodeDoseTooOld       Code = "dose_too_old"       // min: Day
	CodeVaccineUnknown   Code = "vaccine_unknown"    // text
	CodeCodeCheck        Code = "code_check"         //
	CodePhoneMalformed   Code = "phone_malformed"    //
	CodePersonalNo       Code = "personal_no_digits" //
	CodeTemperature      Code = "temperature_range"  // min, max, got: tenths of a degree; guess, if any
	CodeWeight           Code = "weight_range"       // min, max, got: grams; guess, if any
	CodeVolume           Code = "volume_range"       // min, max: microlitres
	CodeOrder            Code = "order_range"        // max
	CodeBirthOrder       Code = "birth_order_range"  // max
	CodeChoiceUnknown    Code = "choice_unknown"     // number
	CodeDueDateFar       Code = "due_date_far"       // max: Day
	CodeNextDateFar      Code = "next_date_far"      // max: Day
	CodeStatusFuture     Code = "status_date_future" // today
	CodeExpiresRange     Code = "expires_range"      // min, max: Day
	CodeScreening        Code = "screening_required" //
	CodeAgainst          Code = "against_required"   //
	CodeSubjectRequired  Code = "subject_required"   //
	CodePlaceRequired    Code = "place_required"     //
	CodePlaceBeyond      Code = "place_beyond"       // a place for which this machine may not write
	CodeReasonRequired   Code = "reason_required"    //
	CodeReasonShort      Code = "reason_short"       // min: characters
	CodeSamePerson       Code = "same_person"        // a link of somebody with themselves
	CodeLoginMalformed   Code = "login_malformed"    //
	CodeDeviceNumber     Code = "device_number"      // max
	CodeKeyLength        Code = "key_length"         //
	CodePeriodReversed   Code = "period_reversed"    //
	CodePlaceCode        Code = "place_code"         // wants system:code
	CodeFieldUnknown     Code = "field_unknown"      //
	CodeTypeWrong        Code = "type_wrong"         //
	CodeWeightUnreadable Code = "weight_unreadable"  //
	CodeTempUnreadable   Code = "temperature_unreadable"
	CodeCheckedRequired  Code = "checked_required" //
	CodeTooMany          Code = "too_many"         // max
	CodeConditionCode    Code = "condition_code"   // text
	CodeConditionFuture  Code = "condition_future" // today
	CodeListName         Code = "list_name"        // text
	CodeDayFuture        Code = "day_future"       // today
	CodeDayBefore        Code = "day_before"       // min: Day
	CodeChildAgrees      Code = "child_agrees"     // from full 7 years on the child is asked as well
	CodeGuardianAgrees   Code = "guardian_agrees"  // a child does not agree alone
	CodeNeedsNoConsent   Code = "needs_no_consent" // the purpose rests on the law
	CodeOnlyOnce         Code = "only_once"        // a deadline is put off once
	CodeLawKeeps         Code = "law_keeps"        // the law keeps what is to be deleted
	CodeNotOpen          Code = "not_open"         // the request was answered already
	CodeTetanusCount     Code = "tetanus_count"    // max
	CodeYearRange        Code = "year_range"       // min, max
	CodeFinding          Code = "finding_unknown"  // text

	CodeScreenedOtherwise Code = "screened_otherwise" // somebody else concluded otherwise meanwhile
	CodeStillWatched      Code = "still_watched"      // the half hour of somebody runs
	CodeTargetTwice       Code = "target_twice"       // a place stands twice
	CodeTargetHigher      Code = "target_higher"      // a level above has said it
	CodeCampaignBegun     Code = "campaign_begun"     // doses of it were given: this cannot change any more
	CodeCampaignOver      Code = "campaign_over"      // from, until: Day
	CodeCampaignHad       Code = "campaign_had"       // day, at: had a dose of it
	CodeCampaignEarly     Code = "campaign_early"     // day: of the first dose; from: the second may be given
	CodeCampaignLot       Code = "campaign_lot"       // lot: another one is in hand by now
	CodeCampaignMoved     Code = "campaign_moved"     // somebody else wrote what became of them
	CodeSignedAlready     Code = "signed_already"     // the second signature is another person's
	CodeDayFar            Code = "day_far"            // max: Day
	CodeClockReversed     Code = "clock_reversed"     // it ends before it begins
	CodeClockOutside      Code = "clock_outside"      // from, until: hours of the session
	CodeRange             Code = "range"              // min, max
	CodeSessionOver       Code = "session_over"       // the session was cancelled, or its day is past
	CodeLotPast           Code = "lot_past"           // expires: Day
	CodeLotSuspended      Code = "lot_suspended"      // why
	CodeSignRequired      Code = "sign_required"      // of a reaction: what was seen
	CodeSignOther         Code = "sign_other"         // another sign is said in words
	CodeDoseRequired      Code = "dose_required"      // of a reaction: after which dose
	CodeLotStopped        Code = "lot_stopped"        // suspended here, or its vaccine stopped in today's session
	CodeTimeFuture        Code = "time_future"        // later than now
	CodeUntilRequired     Code = "until_required"     // away until when
	CodeUntilFar          Code = "until_far"          // max: Day
	CodeHamletTaken       Code = "hamlet_taken"       // text: the hamlet that it means already
	CodeFridgeTemperature Code = "fridge_temperature" // min, max: tenths of a degree
	CodeTenthsUnreadable  Code = "tenths_unreadable"  // text
	CodeFridgesMax        Code = "fridges_max"        // max
	CodeDeliveryTaken     Code = "delivery_taken"     // on: Day; the receiver has confirmed it
	CodeItemTwice         Code = "item_twice"         // of an order
	CodeOrderChanged      Code = "order_changed"      // on: Day; another word stands by now
	CodeOrderSent         Code = "order_sent"         // goods that name it are on their way
	CodeMonthOpen         Code = "month_open"         // on: Day on which it may be closed
	CodeNotMother         Code = "not_mother"         // a man, or who was a child herself then
)

// Codes of warnings: shown beside the field, never in the way.
const (
	WarnPersonalSex      Code = "personal_no_sex"
	WarnPersonalYear     Code = "personal_no_year"     // year: as the number says
	WarnPersonalProvince Code = "personal_no_province" // text: the first three digits
	WarnInsuranceLength  Code = "insurance_length"
	WarnLotMissing       Code = "lot_missing"
	WarnLotExpired       Code = "lot_expired"   // expires: Day
	WarnFever            Code = "fever"         // got: tenths of a degree
	WarnAllCaps          Code = "name_all_caps" // the name is in capitals only
)

// Codes lists every code of a refused entry, Warnings those of warnings, for the catalogue's tests.
var (
	Codes = []Code{
		CodeRequired, CodeMonthOpen, CodeNameTooLong, CodeTextTooLong, CodeDateUnreadable, CodeDateImpossible,
		CodeDateYear, CodeTimeUnreadable, CodeBirthFuture, CodeBirthTooOld, CodeBirthRequired, CodeDoseFuture,
		CodeDoseBeforeBirth, CodeDoseTooOld, CodeDoseRecorded, CodeVaccineUnknown, CodeCodeCheck, CodePhoneMalformed, CodePersonalNo,
		CodeTemperature, CodeWeight, CodeVolume, CodeOrder, CodeBirthOrder, CodeChoiceUnknown, CodeDueDateFar,
		CodeNextDateFar, CodeStatusFuture, CodeExpiresRange, CodeScreening, CodeAgainst, CodeSubjectRequired,
		CodePlaceRequired, CodeReasonRequired, CodeSamePerson, CodeLoginMalformed, CodeDeviceNumber, CodeKeyLength,
		CodePeriodReversed, CodePlaceCode, CodeFieldUnknown, CodeTypeWrong, CodeWeightUnreadable, CodeTempUnreadable,
		CodeCheckedRequired, CodeTooMany, CodeConditionCode, CodeConditionFuture,
		CodeListName, CodeDayFuture, CodeDayBefore, CodeChildAgrees, CodeGuardianAgrees, CodeNeedsNoConsent, CodeOnlyOnce, CodeLawKeeps,
		CodeNotOpen, CodeTetanusCount, CodeYearRange, CodeFinding, CodeScreenedOtherwise, CodeStillWatched, CodeSignedAlready,
		CodeTargetTwice, CodeTargetHigher, CodeCampaignBegun, CodeCampaignOver, CodeCampaignHad, CodeCampaignEarly, CodeCampaignLot, CodeCampaignMoved,
		CodeDayFar, CodeClockReversed, CodeClockOutside, CodeRange, CodeSessionOver, CodeLotPast, CodeLotSuspended,
		CodeSignRequired, CodeSignOther, CodeDoseRequired, CodeLotStopped, CodeTimeFuture, CodeUntilRequired, CodeUntilFar,
		CodeHamletTaken, CodeNotMother, CodeDeliveryTaken, CodeFridgeTemperature, CodeTenthsUnreadable, CodeFridgesMax,
		CodeItemTwice, CodeOrderChanged, CodeOrderSent,
	}
	WarningCodes = []Code{
		WarnPersonalSex, WarnPersonalYear, WarnPersonalProvince, WarnInsuranceLength,
		WarnLotMissing, WarnLotExpired, WarnFever, WarnAllCaps,
	}
)

// FieldError says that one entry cannot be accepted, or (in a list of warnings) looks odd. Field is the
// name in the field table. Params hold what the sentence needs: strings, ints and Days, named beside the
// codes above; Error leaves them out, because errors are logged and entries are about people.
type FieldError struct {
	Field  string
	Code   Code
	Params map[string]any
}

func (e *FieldError) Error() string { return fmt.Sprintf("%s: %s", e.Field, e.Code) }

// Errors lists everything that is wrong with an input, in order of field; it is never empty as an error.
type Errors []FieldError

func (e Errors) Error() string {
	var b strings.Builder
	for i := range e {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(e[i].Error())
	}
	return b.String()
}

// Has reports whether a field is refused with a code.
func (e Errors) Has(field string, code Code) bool {
	for i := range e {
		if e[i].Field == field && e[i].Code == code {
			return true
		}
	}
	return false
}

// TextBytesMax is the longest text a field may hold; NameCharsMax the longest name.
const (
	TextBytesMax = 4096
	NameCharsMax = 120
)

// check collects errors.
type check struct{ errs Errors }

func (c *check) fail(field string, code Code, params ...any) {
	e := FieldError{Field: field, Code: code}
	if len(params) > 0 {
		e.Params = make(map[string]any, len(params)/2)
		for i := 0; i+1 < len(params); i += 2 {
			e.Params[params[i].(string)] = params[i+1]
		}
	}
	c.errs = append(c.errs, e)
}

func (c *check) failIf(bad bool, field string, code Code, params ...any) {
	if bad {
		c.fail(field, code, params...)
	}
}

func (c *check) choice(field string, e *Enum, n int64) {
	c.failIf(!e.Known(n), field, CodeChoiceUnknown, "number", int(n))
}

func (c *check) name(field, s string) {
	c.failIf(utf8.RuneCountInString(s) > NameCharsMax, field, CodeNameTooLong, "max", NameCharsMax)
}

func (c *check) volume(n int) {
	c.failIf(n != 0 && (n < VolumeMin || n > VolumeMax), "volume", CodeVolume, "min", VolumeMin, "max", VolumeMax)
}

func (c *check) phone(field, s string) {
	if s != "" {
		_, err := NormalPhone(s)
		c.failIf(err != nil, field, CodePhoneMalformed)
	}
}

// texts refuses what is too long in any of the fields.
func (c *check) texts(kind p.Kind, fields []fieldData) {
	for _, f := range fields {
		size := 0
		if s, ok := f.data.Text(); ok {
			size = len(s)
		}
		list, _ := f.data.List()
		for _, d := range list {
			s, _ := d.Text()
			size += len(s)
		}
		most := TextBytesMax
		switch {
		case kind == KindSchedule && f.field == ScheduleFile:
			most = ScheduleFileBytesMax
		case kind == KindPlace && f.field == PlaceHamlets:
			most = HamletsBytesMax
		case kind == KindOrder && f.field == OrderLines:
			most = OrderBytesMax
		case kind == KindPlace && f.field == PlaceFormer:
			most = FormerMax * TextBytesMax
		}
		c.failIf(size > most, fieldName(kind, f.field), CodeTextTooLong, "max", most)
	}
}

// err returns the errors that concern the named fields, all of them if only is nil.
func (c *check) err(only map[string]bool) error {
	if only != nil {
		kept := c.errs[:0]
		for _, e := range c.errs {
			if only[e.Field] {
				kept = append(kept, e)
			}
		}
		c.errs = kept
	}
	if len(c.errs) == 0 {
		return nil
	}
	return c.errs
}

// cleanText brings what somebody typed or pasted into the form that is kept: valid UTF-8 in NFC, without
// control and zero-width characters, without blanks at the ends. Line breaks stay.
func cleanText(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case r == '\r', unicode.IsControl(r), zeroWidth(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return strings.TrimSpace(norm.NFC.String(s))
}

// cleanLine is cleanText for one line: runs of blanks become one space.
func cleanLine(s string) string { return strings.Join(strings.Fields(cleanText(s)), " ") }

func cleanLines(list []string) []string {
	var out []string
	for _, s := range list {
		if s = cleanLine(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// zeroWidth reports whether r is an invisible character that keyboards and copied web pages leave behind.
func zeroWidth(r rune) bool {
	switch r {
	case '\u00ad', '\u200b', '\u200c', '\u200d', '\u200e', '\u200f', '\u2060', '\ufeff':
		return true
	}
	return false
}
