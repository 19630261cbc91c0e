package store

import (
	"context"
	"errors"

	"tramy/internal/project"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// Errors of a store. An engine wraps what its database said.
var (
	// ErrFull says that the disk is full: nothing was written, reading goes on.
	ErrFull = errors.New("the disk is full")
	// ErrNewer says that the data folder was written by a newer program.
	ErrNewer = errors.New("the data folder was written by a newer version of tramy; install that version")
	// ErrCorrupt says that the database is damaged.
	ErrCorrupt = errors.New("the database is damaged")
	// ErrInUse says that another program has the data folder open.
	ErrInUse = errors.New("another program has this data folder open")
	// ErrAway says that the database, which runs on its own, cannot be reached or is just starting: nothing was written, or it is
	// not known whether; the same may be tried again.
	ErrAway = errors.New("the database cannot be reached")
)

// Store keeps what one node knows. Its engines pass the suite in storetest.
type Store interface {
	// View runs fn in a read-only transaction that sees one state of the store.
	View(ctx context.Context, fn func(Tx) error) error
	// Update runs fn in the one write transaction; it is durable when Update returns nil, and nothing of
	// it happened when Update returns an error (save that a commit may have failed after it was written:
	// a caller that told nobody loses nothing by that).
	Update(ctx context.Context, fn func(Tx) error) error
	Close() error
}

// Tx is one transaction. Getters return nil (or a zero row and false) for what is not there.
type Tx interface {
	NodeTx
	RowTx
	PairTx
	Query
}

// NodeTx is what the node equation needs: logs, segments, states, routes, positions.
type NodeTx interface {
	Meta(key string) ([]byte, error)
	SetMeta(key string, value []byte) error
	// Counter returns the last number drawn from a sequence, 0 at first; SetCounter stores it.
	Counter(name string) (uint64, error)
	SetCounter(name string, n uint64) error

	// What this machine keeps for itself of who works at it: in no log and no state, sent nowhere.
	PutLocal(row *LocalRow) error
	Local(kind LocalKind, key string) ([]byte, error) // nil if there is none
	DeleteLocal(kind LocalKind, key string) error
	Locals(kind LocalKind) ([]LocalRow, error) // by key

	Log(id p.LogID) (*LogRow, error)
	PutLog(row *LogRow) error
	LogsVia(child p.EntityID, afterReceipt uint64) ([]LogRow, error) // by receipt
	LogsOf(device p.EntityID) ([]LogRow, error)                      // by id
	HeldLogs() ([]LogRow, error)                                     // with a Reason, by id
	HeldLogsOf(device p.EntityID) ([]LogRow, error)                  // those of one author
	Logs(after p.LogID, limit int) ([]LogRow, error)                 // all, by id

	PutSegment(row *SegmentRow) error
	SegmentHolding(log p.LogID, seq p.Seq) (*SegmentRow, error) // the segment with that change
	// CutSegments deletes the segments of a log that begin at a change or behind it. Where the outbox named one, it holds a
	// let without a meaning from then on, so that what follows keeps its position.
	CutSegments(log p.LogID, from p.Seq) error
	PutOutbox(row *OutboxRow) error
	Outbox(after uint64, limit int) ([]OutboxRow, error) // by position; Raw filled for segments

	PutTail(log p.LogID, seq p.Seq, change []byte) error // own changes not yet sealed
	Tail() ([]TailRow, error)                            // by log in order of first use, then Seq
	TailAt(log p.LogID, seq p.Seq) (*TailRow, error)     // one of them, nil if it is not there
	DeleteTail(log p.LogID, first, last p.Seq) error     // both inclusive

	PutParked(row *ParkedRow) error // segments of a device not known yet
	Parked(device p.EntityID) ([]ParkedRow, error)
	DeleteParked(log p.LogID, first p.Seq) error
	Waiting(via p.EntityID) (WaitingRow, error)

	State(id p.EntityID) (*p.State, error)
	PutState(s *p.State, isNew bool) error
	DeleteState(id p.EntityID) error
	EachState(fn func(*p.State) error) error // all, in an order of the engine's; fn must not write
	PutEdit(entity p.EntityID, d p.Dot) error
	Edits(entity p.EntityID) ([]p.Dot, error) // the changes after creation, in order of arrival

	PutMember(subject, entity p.EntityID) error // entity names subject in field 1 or 2
	DeleteMember(subject, entity p.EntityID) error
	Members(subject p.EntityID) ([]p.EntityID, error)
	// MemberStates is Members with their states, read at once. A state is left out of those that have says the
	// caller holds, and where there is none.
	MemberStates(subject p.EntityID, have func(p.EntityID) bool) ([]Member, error)

	Routes(entity p.EntityID) ([]RouteRow, error)
	PutRoute(row *RouteRow) error
	DeleteRoutes(entity p.EntityID) error
	Marks(scope p.EntityID) ([]p.Mark, error)                                 // what is in a scope and has not left, by id
	Feed(scope p.EntityID, after p.FeedNumber, limit int) ([]RouteRow, error) // by number
	Sum(scope p.EntityID) (ScopeSum, error)
	PutSum(scope p.EntityID, s ScopeSum) error

	PutRootSum(row *RootSumRow) error
	RootSums() ([]RootSumRow, error) // by scope

	// Entities whose state is to be replaced by the upstream's.
	PutRefresh(id p.EntityID) error
	Refreshes(limit int) ([]p.EntityID, error) // by id
	DeleteRefresh(id p.EntityID) error

	Cursors(upstream p.EntityID) ([]CursorRow, error) // by scope
	PutCursor(row *CursorRow) error
	DeleteCursor(upstream, scope p.EntityID) error

	Incarnations() ([]IncarnationRow, error) // oldest first
	PutIncarnation(row *IncarnationRow) error

	ChildPositions(child p.EntityID) ([]p.Position, error) // newest first
	PutChildPosition(child p.EntityID, pos p.Position) error
	Child(device p.EntityID) (*ChildRow, error)
	PutChild(row *ChildRow) error
	Children() ([]ChildRow, error) // by device

	PutProof(row *ProofRow) error
	Proof(id uint64) (*ProofRow, error)

	PutExchange(row *ExchangeRow) error // keeps the last 200
	Exchanges(limit int) ([]ExchangeRow, error)

	PutAlarm(row *AlarmRow) error         // keeps the last AlarmsKept of its code and machine
	Alarms(limit int) ([]AlarmRow, error) // newest first
}

// RowTx keeps the projections.
type RowTx interface {
	SubjectRow(id p.EntityID) (*project.SubjectRow, error)
	PutSubjectRow(row *project.SubjectRow) error
	DeleteSubjectRow(id p.EntityID) error
	ImmunizationRow(id p.EntityID) (*project.ImmunizationRow, error)
	PutImmunizationRow(row *project.ImmunizationRow) error
	DeleteImmunizationRow(id p.EntityID) error
	LinksOf(subject p.EntityID) ([]project.LinkRow, error)
	PutLinkRow(row *project.LinkRow) error
	DeleteLinkRow(id p.EntityID) error
	PutConflicts(entity p.EntityID, rows []project.ConflictRow) error // replaces the entity's
	PutPlaceRow(row *project.PlaceRow) error
	PutUserRow(row *project.UserRow) error
	PutDeviceRow(row *project.DeviceRow) error
	PutVaccineRow(row *project.VaccineRow) error
	PutScheduleRow(row *project.ScheduleRow) error
	// PutDue replaces what is due in a case, as it was worked out by a generation of the schedules; it holds
	// until before a day. Until 0 forgets the case.
	PutDue(kase p.EntityID, rows []project.DueRow, generation uint64, until registry.Day) error
	// MarkDueStale says that what is due in a case is to be worked out again.
	MarkDueStale(kase p.EntityID) error
	// DueStale returns cases whose dues were worked out by another generation, or hold no longer on a day.
	DueStale(generation uint64, day registry.Day, limit int) ([]p.EntityID, error)
	CountDueStale(generation uint64, day registry.Day) (int64, error)
	// PutAccessRow keeps an access record, and that it names people.
	PutAccessRow(row *project.AccessRow, named []p.EntityID) error
	PutConsentRow(row *project.ConsentRow) error
	DeleteConsentRow(id p.EntityID) error
	PutRequestRow(row *project.RequestRow) error
	DeleteRequestRow(id p.EntityID) error
	PutRecordRow(row *project.RecordRow) error
	DeleteRecordRow(id p.EntityID) error
	// PutMovementRows replaces the rows of an entity of the ledger of stock; MovementRows returns them, by line. MovementsOf are all
	// of one lot and MovementsOfTransfer those that confirm a transfer, by moment, id and line.
	PutMovementRows(id p.EntityID, rows []project.MovementRow) error
	MovementRows(id p.EntityID) ([]project.MovementRow, error)
	MovementsOf(key registry.StockKey) ([]project.MovementRow, error)
	MovementsOfTransfer(transfer p.EntityID) ([]project.MovementRow, error)
	StockRow(key registry.StockKey) (*project.StockRow, error)
	PutStockRow(row *project.StockRow) error
	DeleteStockRow(key registry.StockKey) error
	// DosesFrom returns the doses given at a place on a day or later, of one vaccine or ("") of all, by date.
	DosesFrom(place p.EntityID, since registry.Day, vaccine string) ([]project.ImmunizationRow, error)
	PutRejectionRow(row *project.RejectionRow) error
	// Rejected returns the first change of a log that stays out for good, 0 if none does.
	Rejected(log p.LogID) (p.Seq, error)
	PutRescueRow(row *project.RescueRow) error
	DeleteRescueRows(id p.EntityID) error                   // those of one record
	AddCoverage(key project.CoverageKey, delta int64) error // a row that reaches 0 is deleted
	AddCohort(key project.CohortKey, delta int64) error
	// CasesAt returns the subjects with a row that names the place (residence as recorded, or place of a dose).
	CasesAt(place p.EntityID) ([]p.EntityID, error)
	// CasesGivenAt returns the subjects with a dose given at a place on a day or later.
	CasesGivenAt(place p.EntityID, since registry.Day) ([]p.EntityID, error)
	// SubjectsRecordedAt returns whose residence was recorded at a place.
	SubjectsRecordedAt(place p.EntityID) ([]project.SubjectRow, error)
	// ClearRows drops every projection and aggregate, for a rebuild.
	ClearRows() error
}
