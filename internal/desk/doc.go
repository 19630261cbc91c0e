// Package desk is what a person can do at a node, station or hub: log in, find and open a subject, register,
// record a visit, correct, settle, link, manage accounts. Each act checks the rights of who acts, builds
// the drafts by the rules of registry and appends them to the node as one act. Handlers and commands stay
// free of rules.
//
// Every look at a subject's record passes Desk.Open, which writes the access record.
//
// Read desk.go, then visit.go.
package desk
