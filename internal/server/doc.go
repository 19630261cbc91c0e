// Package server is the one place that knows which HTTP framework tramy uses (echo v4). Everything else
// hands it an http.Handler for a method and a pattern and reads path values with Param.
//
// It promises, for each request whoever handles it: a bounded body, a deadline, a Host and an Origin that
// were checked, headers that let a page load nothing from elsewhere, a problem document instead of a
// stack, one line of log without query, body, name or address, and the log-in of who asks in its context.
//
// It also holds what both programs need around that: the table of all errors (errors.go, problem.go),
// log-ins and the brake on guessing (login.go, throttle.go), repeated writes (idempotency.go), pinned
// TLS between nodes (tls.go), and admission under load (admit.go).
//
// It knows no child and no vaccine, opens no database (stores are interfaces with an in-memory
// implementation) and picks no address to listen on. Read server.go first.
package server
