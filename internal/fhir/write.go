package fhir

import (
	"encoding/json"
	"io"
)

// BundleWriter writes people as one bundle, a few at a time: a register is never held whole.
type BundleWriter struct {
	e   *Encoder
	w   io.Writer
	put bool // entries say what is to be done with them
	any bool // something was written
}

// NewBundleWriter begins a bundle: a collection, or a transaction that another server can be sent as it is.
func NewBundleWriter(e *Encoder, w io.Writer, transaction bool) (*BundleWriter, error) {
	kind := "collection"
	if transaction {
		kind = "transaction"
	}
	_, err := io.WriteString(w, `{"resourceType":"Bundle","type":"`+kind+`","entry":[`)
	return &BundleWriter{e: e, w: w, put: transaction}, err
}

// Write adds a person.
func (b *BundleWriter) Write(who *Person) error {
	entries := b.e.Entries(who)
	for i := range entries {
		if b.put { // under the same id each time, so that sending it again changes nothing
			kind, id := "Patient", who.ID
			if i > 0 {
				kind, id = "Immunization", who.Doses[i-1].ID
			}
			entries[i].Request = &Request{Method: "PUT", URL: kind + "/" + id.String()}
		}
		line, err := json.Marshal(entries[i])
		if err != nil {
			return err
		}
		lead := "\n"
		if b.any {
			lead = ",\n"
		}
		b.any = true
		if _, err := b.w.Write(append([]byte(lead), line...)); err != nil {
			return err
		}
	}
	return nil
}

// Close ends the bundle.
func (b *BundleWriter) Close() error {
	_, err := io.WriteString(b.w, "\n]}\n")
	return err
}

// LineWriter writes people as one resource a line, as bulk exports do: patients into one file, doses into another, or both
// into one.
type LineWriter struct {
	e               *Encoder
	patients, doses *json.Encoder
}

// NewLineWriter returns a writer into two files, which may be one.
func NewLineWriter(e *Encoder, patients, doses io.Writer) *LineWriter {
	served := *e
	served.Base = "." // resources name each other as a server's do: Patient/id
	return &LineWriter{e: &served, patients: json.NewEncoder(patients), doses: json.NewEncoder(doses)}
}

// Write adds a person.
func (l *LineWriter) Write(who *Person) error {
	for i, entry := range l.e.Entries(who) {
		out := l.doses
		if i == 0 {
			out = l.patients
		}
		if err := out.Encode(entry.Resource); err != nil {
			return err
		}
	}
	return nil
}

// Searchset is the answer to a search, or to $everything; self is its own address, "" if it is not told.
func (e *Encoder) Searchset(entries []Entry, self string) *Bundle {
	total := len(entries)
	out := &Bundle{ResourceType: "Bundle", Type: "searchset", Total: &total, Entry: entries}
	for i := range out.Entry {
		out.Entry[i].Search = &Search{Mode: "match"}
	}
	if self != "" {
		out.Link = []BundleLink{{Relation: "self", URL: self}}
	}
	return out
}
