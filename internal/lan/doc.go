// Package lan lets phones and tablets in a station's room use the pages of its laptop: over TLS with an authority of the station's own,
// from private addresses alone, and only from devices that the head let in.
//
// It serves no page and knows no record. Read lan.go, then authority.go.
package lan
