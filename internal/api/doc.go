// Package api is the JSON interface under /api/v1 that a station and a hub share: what a person can do at
// a desk, for programs. It parses requests, asks the desk, and writes answers; it holds no rules and no
// SQL. Each route is described in openapi/, which is served at /api/v1/openapi.json and which tests hold
// against what the handlers take and give.
//
// It promises: every failure is a problem document (RFC 9457) with a stable type and a sentence in the
// caller's language; every write takes an Idempotency-Key and happens once; nothing about a person stands
// in an address; lists that can be long come in pages.
//
// What only one program has (stations and enrolment at a hub) it adds with Handle and Describe.
//
// Read api.go, then subjects.go. The names and texts of all errors of a desk are in errors.go.
package api
