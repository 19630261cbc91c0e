package syncproto

import (
	"strings"
)

// Tag says which of the closed set of types a Data is. Numbers are on the wire.
type Tag uint8

// The types of Data. List holds values of the others, never lists.
const (
	TagNull  Tag = 0
	TagFalse Tag = 1
	TagTrue  Tag = 2
	TagInt   Tag = 3
	TagText  Tag = 4
	TagBytes Tag = 5
	TagRef   Tag = 6
	TagList  Tag = 7
)

// Data is what a register holds: null, bool, int64, text, bytes, entity reference, or a list of these.
// The zero Data is null. Data is immutable; compare with Equal.
type Data struct {
	tag  Tag
	num  int64
	str  string
	list []Data
}

// Null returns the empty value: "there is none", a statement like any other.
func Null() Data { return Data{} }

// Bool returns b as Data.
func Bool(b bool) Data {
	if b {
		return Data{tag: TagTrue}
	}
	return Data{tag: TagFalse}
}

// Int returns n as Data.
func Int(n int64) Data { return Data{tag: TagInt, num: n} }

// Text returns s as Data. It must be valid UTF-8 when it is encoded; the author has it in NFC.
func Text(s string) Data { return Data{tag: TagText, str: s} }

// Bytes returns a copy of b as Data.
func Bytes(b []byte) Data { return Data{tag: TagBytes, str: string(b)} }

// Ref returns a reference to e as Data.
func Ref(e EntityID) Data { return Data{tag: TagRef, str: string(e[:])} }

// List returns the items as one Data. Items that are lists themselves are refused when encoded.
func List(items ...Data) Data { return Data{tag: TagList, list: items} }

// Tag returns the type of d.
func (d Data) Tag() Tag { return d.tag }

// IsNull reports whether d is null.
func (d Data) IsNull() bool { return d.tag == TagNull }

// Bool returns d's bool, false if it is none.
func (d Data) Bool() bool { return d.tag == TagTrue }

// Int returns d's integer and whether it is one.
func (d Data) Int() (int64, bool) { return d.num, d.tag == TagInt }

// Text returns d's text and whether it is one.
func (d Data) Text() (string, bool) {
	if d.tag != TagText {
		return "", false
	}
	return d.str, true
}

// Bytes returns a copy of d's bytes and whether it is bytes.
func (d Data) Bytes() ([]byte, bool) {
	if d.tag != TagBytes {
		return nil, false
	}
	return []byte(d.str), true
}

// Ref returns the entity d refers to and whether it is a reference.
func (d Data) Ref() (EntityID, bool) {
	var e EntityID
	if d.tag != TagRef {
		return e, false
	}
	copy(e[:], d.str)
	return e, true
}

// List returns d's items (not to be changed) and whether it is a list.
func (d Data) List() ([]Data, bool) { return d.list, d.tag == TagList }

// Equal reports whether d and e are the same value.
func (d Data) Equal(e Data) bool { return d.Compare(e) == 0 }

// Compare orders data by tag and then by content; it has no meaning but that it is total.
func (d Data) Compare(e Data) int {
	if d.tag != e.tag {
		return int(d.tag) - int(e.tag)
	}
	switch d.tag {
	case TagInt:
		switch {
		case d.num < e.num:
			return -1
		case d.num > e.num:
			return 1
		}
		return 0
	case TagList:
		for i := range min(len(d.list), len(e.list)) {
			if c := d.list[i].Compare(e.list[i]); c != 0 {
				return c
			}
		}
		return len(d.list) - len(e.list)
	default:
		return strings.Compare(d.str, e.str)
	}
}
