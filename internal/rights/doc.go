// Package rights says who may do what: one table of role × kind × act, one of device role × kind, and
// the handling of passwords.
//
// A right always ends at the place a role is held for: a caller asks [May] for the act and package desk for
// the place, and both must agree. What the table does not name is refused. Families have no rights over
// places at all: a family sees its own case because it proved that the case is its own, which is decided
// where families log in and never by this table.
//
// # Whose place a record is
//
// Law 91/2025 and Decree 356/2025 (health data is sensitive; Article 4) ask for the least right that the
// work needs. What the work needs, decided once for all doors:
//
//   - A child's record belongs to every place that cares for it: where the child lives, where a dose of it
//     was given, where somebody looked it up to give care there. Who holds a role over one of these places
//     may read the whole card, not a part of it: half a card is how a dose is given twice. It is what a
//     machine at that place is served.
//   - Such a place may write into all of the card: a nurse of station A corrects, or takes back, a dose that
//     station B recorded. The mother and her card stand before A, and B may be without a network for a week
//     or gone for ever. Nothing is erased, the history names A's nurse and machine, and B and the hubs hear
//     of it at the next exchange; if B writes too, both values stand until somebody chooses.
//   - What A may not write is that something was given at a place of which it is not: a dose's place lies in
//     one's own commune, and what is only told by a card has none.
//   - To move a child is to write where it lives. Either place may, the old one or the new one.
//   - Two records are linked, or said to be two, by who may read both: duplicates across two regions are
//     work of the province.
//   - What only a hub holds beside that is closed to an officer of another region, in pages, searches, lists,
//     exports and figures alike.
//   - Who stands before a mother and may not read may break the glass ([BreakGlass]): one record, a reason, an
//     hour, reading only, and those whose child it is see it first in their access log. Keepers of machines and
//     families may not: neither has a mother before them.
//   - Lists show telephones and numbers of papers to the stations, who call ([SeesContacts]); an officer opens
//     the record.
//   - Reference data that goes to everybody (schedules, vaccines) is written by who holds the nation.
//
// Who acted is the writing machine's own word. The first hub that receives a change therefore asks three
// things of it before it is let in: may a device of this role write this kind ([DeviceMay]), does what it
// says lie at the device's places, and may the person it names do this, with an account of the device's own
// places. A stolen laptop can name those who work at it, and nobody else.
//
// The package is pure: no clock, no disk, no network; randomness for salts is handed in.
// Read rights.go first, then device.go and password.go.
package rights
