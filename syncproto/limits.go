package syncproto

// Limits. They are part of the protocol: an encoder never exceeds them, a decoder refuses what does, and
// both check before anything is allocated. Sizes are bytes.
const (
	// A register.
	TextSizeBytesMax = 16 << 10 // text or bytes in a register (the registry allows 4 KiB but for notes)
	ListItemsMax     = 1024     // items of a list
	SupersededMax    = 16       // superseded values a write

	// A change and a state.
	WritesMax         = 256       // writes a change
	ActChangesMax     = 64        // changes an act
	StateSizeBytesMax = 256 << 10 // a state as AppendState encodes it; a change as AppendChange does
	StateFieldsMax    = 512       // fields of a state with live values, and fields with gone values
	FieldValuesMax    = 1024      // live values of one field; gone values of one field
	StateSeenMax      = 4096      // logs in Seen

	// A segment.
	SegmentVersion         = 1
	SegmentChangesMax      = 4096
	SegmentCutBytes        = 2 << 10 // Seal cuts at about this many bytes of payload: what passes in one connection where the line breaks every 4 KB
	SegmentDecodedBytesMax = 1 << 20
	SegmentCellsMax        = 1 << 17 // field values and list items: what one compressed byte may unfold to

	// A page.
	PageRowsMax         = 16384
	PageDecodedBytesMax = 4 << 20
	PageCellsMax        = 1 << 19

	// Columns.
	ColumnsMax = 4096 // (kind, field, tag) in one payload

	// Frames.
	FrameSizeBytesMax = 1 << 20 // body
	HelloSizeBytesMax = 256 << 10
	LogsMax           = 10000 // heads in a Logs or Heads frame
	KnownMax          = 4     // positions in Heads
	VersionsMax       = 16    // in Intro
	SoftwareBytesMax  = 128
	MessageBytesMax   = 4 << 10
	ScopesMax         = 60000 // scope places: what fits a frame
	PathMax           = 16    // nodes from a hub up to the root
	MarksMax          = 4096  // entities in a Want, a Part or a Known
	AddressesMax      = 8     // addresses of a hub in a Move
	AddressBytesMax   = 256   // one of them

	// A look-up.
	TermsMax       = 16 // of a question, or shown of a candidate
	CandidatesMax  = 5
	LookupPagesMax = 16 // pages of the chosen case

	// A request.
	RequestSizeBytesMax = 64 << 20
	RequestSegmentsMax  = 10000 // Segment and Let frames
	RequestRangesMax    = 1024  // Range and Want frames
)
