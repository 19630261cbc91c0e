package fhir

import (
	"fmt"

	"tramy/internal/registry"
)

// Limits of what is read. They are far above a commune's register, and below what a laptop with 2 GB can hold.
const (
	BundleBytesMax = 64 << 20 // a bundle, or a file of one resource a line
	EntriesMax     = 200_000  // resources in it
	DepthMax       = 32       // objects and lists within each other; R4's deepest resource has half as many
	DosesMax       = 60       // of one person: what fits into the act that registers them
)

// Kinds of faults of a whole file; the sentence is under "fhir.not_" + kind.
const (
	KindEmpty    = "empty"
	KindJSON     = "json"     // it is no JSON, or breaks off
	KindResource = "resource" // JSON, and no resource of FHIR
	KindBundle   = "bundle"   // a kind of bundle that is not read: history, subscription
	KindText     = "text"     // not UTF-8
)

// Kinds lists them, for the catalogue's tests.
var Kinds = []string{KindEmpty, KindJSON, KindResource, KindBundle, KindText}

// FileError says that a file cannot be read at all. Key and Args are for the catalogue.
type FileError struct {
	Kind  string
	Entry int // from 1, where it is about one of them
	Cause error
}

func (e *FileError) Error() string {
	if e.Cause != nil {
		return fmt.Sprintf("no bundle of FHIR R4: %s: %v", e.Kind, e.Cause)
	}
	return "no bundle of FHIR R4: " + e.Kind
}

func (e *FileError) Unwrap() error { return e.Cause }

// Key names the sentence.
func (e *FileError) Key() string { return "fhir.not_" + e.Kind }

// Args are what it needs.
func (e *FileError) Args() []any { return []any{"entry", e.Entry} }

// TooLargeError says that a file passes one of the limits.
type TooLargeError struct {
	What string // "bytes", "entries" or "depth"
	Max  int
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("too large: more than %d %s", e.Max, e.What)
}

// Key names the sentence.
func (e *TooLargeError) Key() string { return "fhir.too_large_" + e.What }

// Args are what it needs.
func (e *TooLargeError) Args() []any { return []any{"max", e.Max} }

// LargeKinds lists what TooLargeError tells, for the catalogue's tests.
var LargeKinds = []string{"bytes", "entries", "depth"}

// Problem says what cannot be taken in of a person, and where. Error leaves the text out: errors are logged.
type Problem struct {
	Entry  int    // of the bundle, or the line of the file, from 1
	Path   string // "Immunization.vaccineCode"
	Text   string // what stands there, in short
	Code   registry.Code
	Params map[string]any
}

func (p *Problem) Error() string { return fmt.Sprintf("entry %d: %s: %s", p.Entry, p.Path, p.Code) }

// Codes of problems: nothing of the person is taken. Sentences are under "fhir." + code.
const (
	CodeShape       registry.Code = "shape"           // an element has another type than the standard's
	CodeModifier    registry.Code = "modifier"        // text: an extension that changes the meaning, and that nobody here knows
	CodeRules       registry.Code = "rules"           // implicitRules
	CodeNotInUse    registry.Code = "not_in_use"      // active is false
	CodeReplaced    registry.Code = "replaced"        // by another record
	CodeNoPatient   registry.Code = "no_patient"      // text: a dose whose patient is not in the bundle
	CodeTwoPatients registry.Code = "two_patients"    // text: two resources of one id
	CodeStatus      registry.Code = "status"          // text
	CodeVaccine     registry.Code = "vaccine"         // text: nobody here knows it
	CodeVaccineTwo  registry.Code = "vaccine_several" // text, near: it may be several
	CodeUndated     registry.Code = "undated"
	CodeDatePart    registry.Code = "date_part" // text: month or year alone
	CodeDate        registry.Code = "date"      // text: no date
	CodeNameless    registry.Code = "nameless"
	CodeSubpotent   registry.Code = "subpotent" // a dose that is said not to count
	CodeMethod      registry.Code = "method"    // text: of a transaction
	CodeGender      registry.Code = "gender"    // text
	CodeOrder       registry.Code = "order"     // text
	CodeQuantity    registry.Code = "quantity"  // text
	CodeExtension   registry.Code = "extension" // text: one of ours with a value that it cannot have
	CodeDoses       registry.Code = "doses"     // max
)

// Codes of warnings: never in the way.
const (
	WarnEnteredInError registry.Code = "entered_in_error" // the dose is said to be entered in error, and is left out
	WarnNamePut        registry.Code = "name_put"         // text: put together of parts
	WarnInNote         registry.Code = "in_note"          // text: kept in the note
	WarnReaction       registry.Code = "reaction"         // reactions are not taken in
)

// Codes and WarningCodes list them all, for the catalogue's tests.
var (
	Codes = []registry.Code{
		CodeShape, CodeModifier, CodeRules, CodeNotInUse, CodeReplaced, CodeNoPatient, CodeTwoPatients, CodeStatus, CodeVaccine, CodeVaccineTwo,
		CodeUndated, CodeDatePart, CodeDate, CodeNameless, CodeSubpotent, CodeMethod, CodeGender, CodeOrder, CodeQuantity, CodeExtension, CodeDoses,
	}
	WarningCodes = []registry.Code{WarnEnteredInError, WarnNamePut, WarnInNote, WarnReaction}
)
