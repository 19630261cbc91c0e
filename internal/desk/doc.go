// Package desk is what a person can do at a node, station or hub: log in, find and open a subject, register,
// record a visit, correct, settle, link, manage accounts. Each act checks the rights of who acts, builds
// the drafts by the rules of registry and appends them to the node as one act. Handlers and commands stay
// free of rules.
//
// Every look at a subject's record passes Desk.Open, which writes the access record; a list that names people is told to
// Desk.NoteListed by whoever reads it here, or shows it. Who looked at somebody is told by Desk.LooksAt, to officers and
// families alike. Whether data may be used beyond care is asked of Desk.MayUse.
//
// Read desk.go, then visit.go.
package desk
