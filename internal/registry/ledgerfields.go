package registry

import p "tramy/syncproto"

// Fields of a movement (206): something that came to, left, or happened to the stock of its place (3), of one lot.
const (
	MovementItem     p.Field = 10 // text: a vaccine's code, or a supply's
	MovementLot      p.Field = 11 // text
	MovementExpires  p.Field = 12 // int, day number
	MovementStock    p.Field = 13 // int, Programme whose stock it is
	MovementType     p.Field = 14 // int, MoveType
	MovementQuantity p.Field = 15 // int, doses or pieces, above 0; of an opened vial the doses in it
	MovementDay      p.Field = 16 // int, day number
	MovementClock    p.Field = 17 // int, minutes after midnight
	MovementSession  p.Field = 18 // ref: taken out to, or brought back from
	MovementTransfer p.Field = 19 // ref to the transfer that it confirms
	MovementLine     p.Field = 20 // int, 1… the line of the transfer
	MovementVVM      p.Field = 21 // int, 1…4: stage of the vial monitor
	MovementReason   p.Field = 22 // int, DiscardReason
	MovementNote     p.Field = 23 // text
	MovementVial     p.Field = 24 // int, doses in a vial
	MovementOther    p.Field = 25 // text: from or to whom, outside of the tree of places
	MovementGTIN     p.Field = 26 // text, 14 digits: of the code on the box that was scanned
)

// Fields of a transfer (207): what its place (3) sent to another. It is the sender's; the receiver answers by movements that name it.
const (
	TransferTo     p.Field = 10 // ref
	TransferDay    p.Field = 11 // int, day number
	TransferClock  p.Field = 12 // int, minutes after midnight
	TransferNumber p.Field = 13 // text: of the slip
	TransferLines  p.Field = 14 // list of text, one a lot: see TransferLine. One text each, so that no merge takes a line apart
	TransferNote   p.Field = 15 // text
	TransferOrder  p.Field = 16 // ref to the request (208) that it answers
)

// Fields of a count (209): how much of one lot somebody found at its place (3).
const (
	CountItem     p.Field = 10 // text: a vaccine's code, or a supply's
	CountLot      p.Field = 11 // text
	CountExpires  p.Field = 12 // int, day number
	CountStock    p.Field = 13 // int, Programme
	CountQuantity p.Field = 14 // int, doses or pieces; 0 is a count
	CountBook     p.Field = 15 // int: what the ledger said then; may be below 0
	CountDay      p.Field = 16 // int, day number
	CountClock    p.Field = 17 // int, minutes after midnight
	CountSeen     p.Field = 18 // list of ref: doses and movements in the ledger then that say they are no earlier than the count
	CountVVM      p.Field = 19 // int, 1…4
	CountVial     p.Field = 20 // int, doses in a vial
	CountNote     p.Field = 21 // text: why it differs
)

var ledgerFields = []FieldInfo{
	{KindMovement, p.FieldPlace, "place", Soft, TypeRef, nil},
	{KindMovement, p.FieldVoid, "void", Soft, TypeText, nil},
	{KindMovement, MovementItem, "item", Soft, TypeText, nil},
	{KindMovement, MovementLot, "lot", Soft, TypeText, nil},
	{KindMovement, MovementExpires, "expires", Soft, TypeDay, nil},
	{KindMovement, MovementStock, "stock", Soft, TypeEnum, ProgrammeEnum},
	{KindMovement, MovementType, "type", Soft, TypeEnum, MoveTypeEnum},
	{KindMovement, MovementQuantity, "quantity", Soft, TypeInt, nil},
	{KindMovement, MovementDay, "day", Soft, TypeDay, nil},
	{KindMovement, MovementClock, "minute", Soft, TypeClock, nil},
	{KindMovement, MovementSession, "session", Soft, TypeRef, nil},
	{KindMovement, MovementTransfer, "transfer", Soft, TypeRef, nil},
	{KindMovement, MovementLine, "line", Soft, TypeInt, nil},
	{KindMovement, MovementVVM, "vvm", Soft, TypeInt, nil},
	{KindMovement, MovementReason, "reason", Soft, TypeEnum, DiscardReasonEnum},
	{KindMovement, MovementNote, "note", Soft, TypeText, nil},
	{KindMovement, MovementVial, "vial", Soft, TypeInt, nil},
	{KindMovement, MovementOther, "other", Soft, TypeText, nil},
	{KindMovement, MovementGTIN, "gtin", Soft, TypeText, nil},
	{KindTransfer, p.FieldPlace, "place", Soft, TypeRef, nil},
	{KindTransfer, p.FieldVoid, "void", Soft, TypeText, nil},
	{KindTransfer, TransferTo, "to", Soft, TypeRef, nil},
	{KindTransfer, TransferDay, "day", Soft, TypeDay, nil},
	{KindTransfer, TransferClock, "minute", Soft, TypeClock, nil},
	{KindTransfer, TransferNumber, "number", Soft, TypeText, nil},
	{KindTransfer, TransferLines, "lines", Soft, TypeTexts, nil},
	{KindTransfer, TransferNote, "note", Soft, TypeText, nil},
	{KindTransfer, TransferOrder, "order", Soft, TypeRef, nil},
	{KindStockCount, p.FieldPlace, "place", Soft, TypeRef, nil},
	{KindStockCount, p.FieldVoid, "void", Soft, TypeText, nil},
	{KindStockCount, CountItem, "item", Soft, TypeText, nil},
	{KindStockCount, CountLot, "lot", Soft, TypeText, nil},
	{KindStockCount, CountExpires, "expires", Soft, TypeDay, nil},
	{KindStockCount, CountStock, "stock", Soft, TypeEnum, ProgrammeEnum},
	{KindStockCount, CountQuantity, "quantity", Soft, TypeInt, nil},
	{KindStockCount, CountBook, "book", Soft, TypeInt, nil},
	{KindStockCount, CountDay, "day", Soft, TypeDay, nil},
	{KindStockCount, CountClock, "minute", Soft, TypeClock, nil},
	{KindStockCount, CountSeen, "seen", Soft, TypeRefs, nil},
	{KindStockCount, CountVVM, "vvm", Soft, TypeInt, nil},
	{KindStockCount, CountVial, "vial", Soft, TypeInt, nil},
	{KindStockCount, CountNote, "note", Soft, TypeText, nil},
}

// MoveType is what happened to stock.
type MoveType uint8

// The types of movement.
const (
	MoveReceived  MoveType = 1
	MoveIssued    MoveType = 2 // to somebody who keeps no ledger here; to a place of the tree a transfer goes
	MoveTakenOut  MoveType = 3 // to a session elsewhere: still this place's
	MoveBrought   MoveType = 4 // back from it
	MoveOpened    MoveType = 5 // a vial: what is in it is still there
	MoveDiscarded MoveType = 6
	MoveUsed      MoveType = 7 // a supply that no dose tells of: a box, a syringe for mixing
)

var moveTypeKeys = []string{1: "received", 2: "issued", 3: "taken_out", 4: "brought_back", 5: "opened", 6: "discarded", 7: "used"}

// String returns the stable key.
func (x MoveType) String() string { return key(moveTypeKeys, int64(x)) }

// Sign is what a movement does to what its place has: 1 adds, -1 takes away, 0 neither.
func (x MoveType) Sign() int64 {
	switch x {
	case MoveReceived:
		return 1
	case MoveIssued, MoveDiscarded, MoveUsed:
		return -1
	}
	return 0
}

// DiscardReason is why stock was thrown away or destroyed, by the columns of the monthly supply report. What was left in an open vial
// is open-vial wastage; all other reasons are of closed vials.
type DiscardReason uint8

// The reasons.
const (
	DiscardOpenRest DiscardReason = 1
	DiscardExpired  DiscardReason = 2
	DiscardVVM      DiscardReason = 3
	DiscardFrozen   DiscardReason = 4
	DiscardHeat     DiscardReason = 5
	DiscardBroken   DiscardReason = 6
	DiscardRecall   DiscardReason = 7
	DiscardLost     DiscardReason = 8
	DiscardOther    DiscardReason = 9
)

var discardReasonKeys = []string{1: "open_rest", 2: "expired", 3: "vvm", 4: "frozen", 5: "heat", 6: "broken", 7: "recall", 8: "lost", 9: "other"}

// String returns the stable key.
func (x DiscardReason) String() string { return key(discardReasonKeys, int64(x)) }

// The enumerations, as in enums.go.
var (
	MoveTypeEnum      = &Enum{"move_type", moveTypeKeys}
	DiscardReasonEnum = &Enum{"discard_reason", discardReasonKeys}
)
