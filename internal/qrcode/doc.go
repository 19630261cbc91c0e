// Package qrcode reads the text of a QR code out of a photograph, such as a phone takes of a child's card or of a citizen's
// identity card.
//
// Read takes the bytes of a JPEG or PNG file and either returns the text or an error that says what to do: take another
// picture (ErrNoCode), a smaller one (ErrTooLarge), one of another kind (ErrNoPicture). It keeps nothing, writes nothing and
// bounds memory and work whatever the file says of itself. Which way up the picture is does not matter, so what a camera notes of
// that (EXIF) is not read.
//
// It knows nothing of what a text means: see registry.ParseScan. Codes are drawn in package pages.
//
// Read read.go, then look.go.
package qrcode
