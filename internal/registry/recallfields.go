package registry

import p "tramy/syncproto"

// Fields of a recall (307): a lot that is not to be given any more. Its place (3) is the top of what it is for; like all of its
// hundred it goes to everybody, since a child who had the lot may have moved anywhere.
const (
	RecallVaccine  p.Field = 10 // text, vaccine code
	RecallNumber   p.Field = 11 // text, the number of the lot
	RecallSort     p.Field = 12 // int, RecallKind
	RecallReason   p.Field = 13 // text
	RecallDocument p.Field = 14 // text, the decision it rests on
	RecallProduct  p.Field = 15 // text: maker or trade name, as the document writes it
	RecallChildren p.Field = 16 // int, RecallCare: what is to be done about who had it
	RecallDay      p.Field = 17 // int, day number of the decision
	RecallLifted   p.Field = 18 // text, why it may be given again; null: it may not
	RecallLiftedOn p.Field = 19 // int, day number
	RecallAdvice   p.Field = 20 // text: what families are to be told
)

// CountRecall is the field of a count (209) by which it says that what was found of a recalled lot was set apart.
const CountRecall p.Field = 30 // ref to a recall

var recallFields = []FieldInfo{
	{KindRecall, p.FieldPlace, "place", Soft, TypeRef, nil},
	{KindRecall, p.FieldVoid, "void", Soft, TypeText, nil},
	{KindRecall, RecallVaccine, "vaccine", Soft, TypeText, nil},
	{KindRecall, RecallNumber, "number", Soft, TypeText, nil},
	{KindRecall, RecallSort, "kind", Soft, TypeEnum, RecallKindEnum},
	{KindRecall, RecallReason, "reason", Soft, TypeText, nil},
	{KindRecall, RecallDocument, "document", Soft, TypeText, nil},
	{KindRecall, RecallProduct, "product", Soft, TypeText, nil},
	{KindRecall, RecallChildren, "children", Soft, TypeEnum, RecallCareEnum},
	{KindRecall, RecallDay, "day", Soft, TypeDay, nil},
	{KindRecall, RecallLifted, "lifted", Soft, TypeText, nil},
	{KindRecall, RecallLiftedOn, "lifted_on", Soft, TypeDay, nil},
	{KindRecall, RecallAdvice, "advice", Soft, TypeText, nil},
	{KindStockCount, CountRecall, "recall", Soft, TypeRef, nil},
}

// RecallKind is what was decided about a lot. For who gives vaccines it is the same: none of it is given.
type RecallKind uint8

// The kinds.
const (
	RecallSuspended RecallKind = 1 // it is looked into: vials stay in the fridge, set apart
	RecallRecalled  RecallKind = 2 // vials go back or are destroyed
)

var recallKindKeys = []string{1: "suspended", 2: "recalled"}

// RecallCare is what is to be done about who had the lot.
type RecallCare uint8

// What is to be done.
const (
	CareNothing RecallCare = 1
	CareWatch   RecallCare = 2 // they are called and asked how they are
	CareAgain   RecallCare = 3 // the dose does not count, and is given again
)

var recallCareKeys = []string{1: "nothing", 2: "watch", 3: "again"}

// String returns the stable key.
func (x RecallKind) String() string { return key(recallKindKeys, int64(x)) }

// String returns the stable key.
func (x RecallCare) String() string { return key(recallCareKeys, int64(x)) }

// The enumerations, as in enums.go.
var (
	RecallKindEnum = &Enum{"recall_kind", recallKindKeys}
	RecallCareEnum = &Enum{"recall_care", recallCareKeys}
)
