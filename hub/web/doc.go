// Package web is a hub's pages for officers and admins: how complete the figures are and what they say, the
// machines below, enrolling and revoking them, places, and who looked at whose record. Log-in, search, a
// person's record, review, accounts and settings are the pages both programs share (internal/pages).
//
// The overview reads aggregates only. What a person may see and do ends with the area their role is held
// for.
//
// Read web.go, then overview.go.
package web
