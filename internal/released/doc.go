// Package released holds this version against every one before it. Each version leaves a folder in
// testdata/released: the data folders of a station and its hub, and the exchanges they had, byte for byte. Its tests
// open the folders, answer the old requests as a hub of today, take in the old answers as a station of today, and
// let both go on from there.
//
// A release writes its own with
//
//	go test ./internal/released -run TestWrite -write 0.2.0
//
// and never changes another's. The people in them are made up. There is no code here but the tests; read
// released_test.go first, then write_test.go.
package released
