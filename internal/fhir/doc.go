// Package fhir writes people and their doses as resources of HL7 FHIR R4 (4.0.1), and reads them out of bundles that
// other programs wrote.
//
// What FHIR has an element for stands in that element; the rest of a person or a dose stands in extensions named after
// the field table ("urn:tramy:field:ethnic_group"), so that what one station writes another reads without loss, save
// for references to records of the register itself: those mean nothing elsewhere and are left out. Identifiers carry a
// system each (codes.go), vaccines our own code first and CVX and ATC beside it.
//
// Reading is strict where something wrong could enter a record unseen and lenient where it could not. An unknown
// modifier extension, a dose without a day, a vaccine that may be two, a status nobody knows, a person who was replaced
// by another: a Problem of that person, with the number of the entry, the element and what to do; nothing of the person
// is taken. A resource of another type is counted and named, an element that nobody here asks about is passed by, and what
// has no field is kept in the note.
//
// It is pure: bytes in, structs out, and the other way round. Who is in the register already is not its business: that is
// for whoever takes the people in. What is checked of a value is registry's to say.
//
// Read codes.go and person.go first, then encode.go and decode.go.
package fhir
