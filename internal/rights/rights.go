package rights

import (
	"fmt"

	"tramy/internal/registry"
	"tramy/syncproto"
)

// Act is something a person does to an entity.
type Act uint8

// The acts. Numbers are not stored.
const (
	Read   Act = iota // look at it, find it, see it in a list
	Create            // record a new one
	Amend             // write its fields
	Void              // say that it was entered in error
	Settle            // choose between concurrent values
	Export            // take it out of tramy with the names in it: files, bundles for others
	Manage            // what is behind it: revoke and admit devices, disable accounts, merge and move places
	// BreakGlass is to read one record that lies outside the places the role is held for, because whose it is stands in
	// front of one: with a reason, for an hour, and seen by those whose record it is.
	BreakGlass
)

var actNames = [...]string{"read", "create", "amend", "void", "settle", "export", "manage", "break-glass"}

// Acts returns every act in the order of the table's columns.
func Acts() []Act { return []Act{Read, Create, Amend, Void, Settle, Export, Manage, BreakGlass} }

// String returns the act's name.
func (a Act) String() string {
	if int(a) >= len(actNames) {
		return fmt.Sprintf("act %d", uint8(a))
	}
	return actNames[a]
}

// roles is a set of roles.
type roles uint8

func (s roles) has(r Role) bool { return r.Valid() && s&(1<<r) != 0 }

const (
	nurse   roles = 1 << Nurse
	head    roles = 1 << Head
	prov    roles = 1 << Province
	central roles = 1 << Central
	admin   roles = 1 << Admin
	family  roles = 1 << Family

	station  = nurse | head
	officers = 1<<Region | prov | central
	care     = station | officers // who works with children's records
	staff    = care | admin
	everyone = staff | family
	places   = prov | central | admin // who draws the map
	national = central | admin
)

// table is the whole of what people may do, one line a kind. An act left out is nobody's.
var table = map[syncproto.Kind][8]roles{
	// A station works with children; an officer reads, settles what two stations wrote, and exports.
	// That a child was never there at all is said by the head, that a dose was not given by the nurse. Which of two records of one dose
	// stands is settled by officers as well where two stations wrote them; desk lets them make void nothing else.
	registry.KindSubject:      {Read: care, Create: station, Amend: station, Void: head, Settle: care, Export: head | officers, BreakGlass: care},
	registry.KindImmunization: {Read: care, Create: station, Amend: station, Void: care, Settle: care, Export: head | officers},
	// Duplicates across stations are seen by officers only, so these may link and unlink as well.
	registry.KindLink: {Read: care, Create: care, Amend: care, Void: care, Settle: care, Export: head | officers},

	// Who looks a child up elsewhere brings its record here.
	registry.KindPin: {Read: care, Create: station, Void: station},

	// Everybody sees who colleagues are: names stand beside what they recorded. See MayGrant for roles.
	registry.KindUser: {Read: staff, Create: head | admin, Amend: head | admin, Void: head | admin, Settle: admin, Export: admin, Manage: head | admin},
	// An admin enrols devices; to revoke one, or to admit what it wrote, is an officer's decision too.
	registry.KindDevice: {Read: staff, Create: admin, Amend: admin, Void: admin, Settle: admin, Export: admin, Manage: officers | admin},

	// Reference data goes to everybody.
	registry.KindPlace:   {Read: everyone, Create: places, Amend: places, Void: places, Settle: places, Export: staff, Manage: places},
	registry.KindVaccine: {Read: everyone, Create: national, Amend: national, Void: national, Settle: national, Export: staff, Manage: national},

	// One schedule for the country: an officer of the centre brings it in.
	registry.KindSchedule: {Read: everyone, Create: national, Amend: national, Void: national, Settle: national, Export: staff, Manage: national},

	// To let a held log stay out is the decision of who may revoke its device.
	registry.KindRejection: {Read: staff, Create: officers | admin},

	// What a node wrote again because nobody above knew it is written by the program; people look at it.
	registry.KindRescue: {Read: head | officers | admin, Export: officers | admin},

	// Each look is written by the program in the name of who looked, and never altered afterwards.
	registry.KindAccess: {Read: head | officers | admin, Create: everyone, Export: officers | admin},

	// What a family says is taken down by whoever stands before them, and is never altered afterwards.
	registry.KindConsent: {Read: care, Create: care, Export: head | officers},
	// The vaccination day is the station's. That a reaction was followed up is written by whoever follows it.
	registry.KindVisit:       {Read: care, Create: station, Amend: station, Void: station, Settle: station, Export: head | officers},
	registry.KindReaction:    {Read: care, Create: station, Amend: care, Void: station, Settle: care, Export: head | officers},
	registry.KindContact:     {Read: care, Create: station, Amend: station, Void: station, Settle: station, Export: head | officers},
	registry.KindAppointment: {Read: care, Create: station, Amend: station, Void: station, Settle: station, Export: head | officers},
	registry.KindSession:     {Read: care, Create: station, Amend: station, Void: station, Settle: station, Export: head | officers},
	registry.KindLot:         {Read: care, Create: station, Amend: station, Void: station, Settle: station, Export: head | officers},
	registry.KindHamlet:      {Read: care, Create: station, Amend: station, Void: station, Settle: station, Export: head | officers},
	registry.KindFridge:      {Read: care, Create: station, Amend: station, Void: station, Settle: station, Export: head | officers},
	registry.KindTemperature: {Read: care, Create: station, Amend: station, Void: station, Settle: station, Export: head | officers},
	// Each place writes its own ledger, a station as well as a store above it; desk asks for the place.
	registry.KindMovement:   {Read: care, Create: care, Amend: care, Void: care, Settle: care, Export: head | officers},
	registry.KindTransfer:   {Read: care, Create: care, Amend: care, Void: care, Settle: care, Export: head | officers},
	registry.KindStockCount: {Read: care, Create: care, Amend: care, Void: care, Settle: care, Export: head | officers},
	registry.KindOrder:      {Read: care, Create: care, Amend: care, Void: care, Settle: care, Export: head | officers},
	// What was handed in is closed by the station, and nobody amends it: a correction is a closing of its own.
	registry.KindClosing: {Read: care, Create: station, Export: head | officers},
	// How a station works is its head's to say.
	registry.KindPractice: {Read: care, Create: head, Amend: head, Void: head, Settle: head},

	// A campaign is an officer's for a subtree, the head's for the commune; its list is the station's.
	registry.KindCampaign: {Read: care, Create: head | officers, Amend: head | officers, Void: head | officers, Settle: head | officers, Export: head | officers},
	// What is to be reached is planned by who answers for the place; figures are staff's to read.
	registry.KindTarget:    {Read: staff, Create: head | officers, Amend: head | officers, Void: head | officers, Settle: head | officers, Export: staff},
	registry.KindEnrolment: {Read: care, Create: station, Amend: station, Void: station, Settle: station, Export: head | officers},

	// That a lot is not given any more is decided by an officer, for what lies in their place.
	registry.KindRecall: {Read: care, Create: officers, Amend: officers, Settle: officers, Export: head | officers},

	// A nurse takes a request down; what becomes of it is decided by who answers for the register.
	registry.KindRequest: {Read: care, Create: care, Amend: head | officers, Settle: head | officers, Export: head | officers},
}

// May reports whether role may do act to entities of this kind, inside the places it is held for; ask
// desk for the place. An unknown role, act or kind may not.
//
// Three things are outside the table: people may change their own password, language and (at a hub) second factor, may look at
// their own access records, and a family sees its own case.
func May(role Role, act Act, kind syncproto.Kind) bool {
	row := table[kind]
	return int(act) < len(row) && row[act].has(role)
}

// MayTakeBack reports whether role may say of an entity that it made itself that it was entered in error. A nurse takes back the
// birth that she has just written for the wrong mother; that somebody else's child was never there is said by the head.
func MayTakeBack(role Role, kind syncproto.Kind) bool {
	return May(role, Void, kind) || kind == registry.KindSubject && May(role, Create, kind)
}

// Knows reports whether the table has a line for a kind. Of a kind that only a newer version knows nobody can say
// here who may write it: the machine that let its user do so knew.
func Knows(kind syncproto.Kind) bool {
	_, ok := table[kind]
	return ok
}

// SeesContacts reports whether lists and searches show a role whom to call and the numbers of papers. A station calls
// the mother whose child did not come; who only oversees opens the one record it needs, which is written down.
func SeesContacts(role Role) bool { return station.has(role) }
