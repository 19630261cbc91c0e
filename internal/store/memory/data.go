package memory

import (
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// data is all that a store holds. A row behind a pointer is never changed, only replaced by another.
type data struct {
	ledger *ledger

	meta     tree[name, []byte]
	counters tree[name, uint64]
	numbers  tree[name, uint64] // the engine's own: names below
	locals   tree[kept, []byte]

	logs       tree[p.LogID, *store.LogRow]
	logsVia    tree[logOf, *store.LogRow]
	logsDevice tree[logOf, *store.LogRow] // receipt 0
	segments   tree[logSeq, *store.SegmentRow]
	outbox     tree[number, *store.OutboxRow]
	tail       tree[logSeq, *tailed]
	parked     tree[logSeq, *store.ParkedRow]

	states    tree[p.EntityID, *p.State]
	edits     tree[placed, p.Dot]
	members   tree[two, struct{}] // of a subject
	routes    tree[two, *store.RouteRow]
	feed      tree[fed, *store.RouteRow]
	sums      tree[p.EntityID, store.ScopeSum]
	rootSums  tree[p.EntityID, *store.RootSumRow]
	refreshes tree[p.EntityID, struct{}]

	cursors      tree[two, *store.CursorRow] // of an upstream, by scope
	incarnations tree[run, *store.IncarnationRow]
	positions    tree[placed, p.Position] // of a child, the newest last
	children     tree[p.EntityID, *store.ChildRow]
	proofs       tree[number, *store.ProofRow]
	exchanges    tree[number, *store.ExchangeRow]
	alarms       tree[number, *store.AlarmRow]

	subjects       tree[p.EntityID, *project.SubjectRow]
	subjectsOfCase tree[two, *project.SubjectRow]
	doses          tree[p.EntityID, *project.ImmunizationRow]
	dosesOfCase    tree[given, *project.ImmunizationRow]
	links          tree[p.EntityID, *project.LinkRow]
	linksOf        tree[two, *project.LinkRow] // of either subject
	conflicts      tree[placed, *project.ConflictRow]
	places         tree[p.EntityID, *project.PlaceRow]
	users          tree[p.EntityID, *project.UserRow]
	devices        tree[p.EntityID, *project.DeviceRow]
	vaccines       tree[p.EntityID, *project.VaccineRow]
	schedules      tree[p.EntityID, *project.ScheduleRow]
	accesses       tree[p.EntityID, *project.AccessRow]
	named          tree[two, struct{}] // by a list: of a subject, the access record
	consents       tree[p.EntityID, *project.ConsentRow]
	requests       tree[p.EntityID, *project.RequestRow]
	records        tree[p.EntityID, *project.RecordRow]
	movements      tree[placed, *project.MovementRow] // of an entity, by line
	stock          tree[stocked, *project.StockRow]
	rejections     tree[p.EntityID, *project.RejectionRow]
	rescues        tree[placed, *project.RescueRow]

	dues     tree[called, *project.DueRow]
	dueCases tree[p.EntityID, dueCase]
	pairs    tree[two, *store.PairRow] // of the smaller
	pairsOfB tree[two, struct{}]
	unpaired tree[p.EntityID, uint64] // the sweep that was the last to begin when it changed

	coverage   tree[counted, int64]
	figures    tree[figured, *store.Months]
	registered tree[two, int64] // of a residence, by residence as recorded
}

// tailed is an own change that no segment holds yet.
type tailed struct {
	used   uint64 // order of arrival
	change []byte
}

// dueCase says how long what is due in a case holds.
type dueCase struct {
	generation uint64
	until      registry.Day
}

// Names of the engine's own numbers.
const (
	numberTail      name = "tail"
	numberExchanges name = "exchanges"
	numberAlarms    name = "alarms"
	numberChanges   name = "changes"
)

// rowTables are the projections and aggregates, which can be made again from states.
func (d *data) rowTables() []table {
	return []table{
		&d.subjects, &d.subjectsOfCase, &d.doses, &d.dosesOfCase, &d.links, &d.linksOf, &d.conflicts, &d.places, &d.users,
		&d.devices, &d.vaccines, &d.schedules, &d.accesses, &d.named, &d.consents, &d.requests, &d.records, &d.movements, &d.stock, &d.rejections, &d.rescues, &d.dues, &d.dueCases, &d.pairs,
		&d.pairsOfB, &d.unpaired, &d.coverage, &d.figures, &d.registered,
	}
}

// tables are all there are.
func (d *data) tables() []table {
	return append([]table{
		&d.meta, &d.counters, &d.numbers, &d.locals, &d.logs, &d.logsVia, &d.logsDevice, &d.segments, &d.outbox, &d.tail, &d.parked,
		&d.states, &d.edits, &d.members, &d.routes, &d.feed, &d.sums, &d.rootSums, &d.refreshes, &d.cursors, &d.incarnations,
		&d.positions, &d.children, &d.proofs, &d.exchanges, &d.alarms,
	}, d.rowTables()...)
}

// share makes all that is held so far common property.
func (d *data) share() {
	o := new(owner)
	d.ledger = &ledger{}
	for _, t := range d.tables() {
		t.share(o, d.ledger)
	}
}

func (d *data) commit() {
	for _, t := range d.ledger.written {
		t.commit()
	}
	d.ledger.written = d.ledger.written[:0]
}

func (d *data) rollback() {
	for _, t := range d.ledger.written {
		t.rollback()
	}
	d.ledger.written = d.ledger.written[:0]
}
