// Package rights says who may do what: one table of role × kind × act, one of device role × kind, and
// the handling of passwords.
//
// A right always ends at the place a role is held for: a caller asks [May] for the act and [Within] for
// the place, and both must agree. What the table does not name is refused. Families have no rights over
// places at all: a family sees its own case because it proved that the case is its own, which is decided
// where families log in and never by this table.
//
// The package is pure: no clock, no disk, no network; randomness for salts is handed in.
// Read rights.go first, then device.go and password.go.
package rights
