package rights

import "fmt"

// Role is what a person is here for. The numbers are stored in user entities (registry.UserRole) and
// never change; zero is no role and may do nothing.
type Role uint8

// The roles, from the commune to the centre, then those who stand beside that line.
const (
	Nurse    Role = 1 // gives vaccines at a station
	Head     Role = 2 // heads a station
	Region   Role = 3 // officer of a regional health centre, once of a district
	Province Role = 4 // officer of a province
	Central  Role = 5 // officer of the centre
	Admin    Role = 6 // keeps the machines, accounts and places; has no business with children
	Family   Role = 7 // a mother, a father, a guardian
)

var roleNames = [...]string{
	Nurse: "nurse", Head: "head", Region: "region", Province: "province",
	Central: "central", Admin: "admin", Family: "family",
}

// Roles returns every role in the order of its number.
func Roles() []Role { return []Role{Nurse, Head, Region, Province, Central, Admin, Family} }

// Valid reports whether r is one of the seven roles.
func (r Role) Valid() bool { return r >= Nurse && r <= Family }

// String returns the role's name as used in commands, files and catalogue keys.
func (r Role) String() string {
	if !r.Valid() {
		return fmt.Sprintf("role %d", uint8(r))
	}
	return roleNames[r]
}

// RoleError says that a text names no role.
type RoleError struct{ Text string }

func (e *RoleError) Error() string {
	return fmt.Sprintf("%q is no role (want nurse, head, region, province, central, admin or family)", e.Text)
}

// ParseRole reads what String printed; it fails with *RoleError.
func ParseRole(s string) (Role, error) {
	for _, r := range Roles() {
		if roleNames[r] == s {
			return r, nil
		}
	}
	return 0, &RoleError{Text: s}
}

// MayGrant reports whether somebody with role giver may give role given to another (creating the account
// or changing it). Otherwise a head could make itself an officer: May alone does not look at the role
// that is being written.
func MayGrant(giver, given Role) bool {
	switch giver {
	case Admin:
		return given.Valid()
	case Head:
		return given == Nurse
	}
	return false
}
