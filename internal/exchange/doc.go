// Package exchange carries the exchange over HTTP: the hub's handlers (Server), the child's client
// (Client) and the loop that decides when to speak (Uplink). What is said is in syncproto, what it means
// in node; here are only connections, tokens, back-off and the clock on the wall.
//
// Read client.go, then server.go.
package exchange
