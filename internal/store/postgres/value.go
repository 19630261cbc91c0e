package postgres

import (
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgtype"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

// A row of Go's goes to a row of the database and back through one list of pointers to its fields. values turns the list into
// arguments, places into where a row is scanned.

// raw is a text of Go's that holds bytes.
type raw struct{ s *string }

// value turns a field, or a pointer to one, into what pgx sends. Nothing of it is shared with the caller: statements are
// sent later.
func value(x any) any {
	switch x := x.(type) {
	case nil:
		return nil
	case p.EntityID:
		return pgtype.UUID{Bytes: x, Valid: true}
	case *p.EntityID:
		return pgtype.UUID{Bytes: *x, Valid: true}
	case []p.EntityID:
		return uuids(x)
	case *[]p.EntityID:
		return uuids(*x)
	case p.LogID:
		return x[:]
	case *p.LogID:
		return slices.Clone(x[:])
	case []byte:
		return append([]byte{}, x...) // never NULL
	case *[]byte:
		return append([]byte{}, *x...)
	case string:
		return escape(x)
	case *string:
		return escape(*x)
	case raw:
		return []byte(*x.s)
	case []string:
		return escapeAll(x)
	case *[]string:
		return escapeAll(*x)
	case months:
		return []int64(x)
	case int64:
		return x
	case int:
		return int64(x)
	case bool:
		return x
	}
	v := reflect.Indirect(reflect.ValueOf(x))
	switch {
	case v.CanInt():
		return v.Int()
	case v.CanUint():
		return int64(v.Uint()) // the signed one with the same bits
	case v.Kind() == reflect.Bool:
		return v.Bool()
	case v.Kind() == reflect.String:
		return escape(v.String())
	case v.Kind() == reflect.Array && v.Type().Elem().Kind() == reflect.Uint8:
		b := make([]byte, v.Len())
		reflect.Copy(reflect.ValueOf(b), v)
		return b
	}
	panic(fmt.Sprintf("a %T is no value", x)) // a statement of this package is wrong
}

func values(fields []any) []any {
	out := make([]any, len(fields))
	for i := range fields {
		out[i] = value(fields[i])
	}
	return out
}

func uuids(ids []p.EntityID) []pgtype.UUID {
	out := make([]pgtype.UUID, len(ids))
	for i := range ids {
		out[i] = pgtype.UUID{Bytes: ids[i], Valid: true}
	}
	return out
}

// place turns a pointer to a field into where pgx puts it; then, if there is one, must be called after each row.
func place(field any) (to any, then func() error) {
	switch f := field.(type) {
	case *p.EntityID:
		return idTo{f}, nil
	case *[]byte, *bool:
		return f, nil
	case raw:
		return bytesTo{func(b []byte) error { *f.s = string(b); return nil }}, nil
	case *string:
		return textTo{f}, nil
	case *[]string:
		var list []string
		return &list, func() error {
			*f = nil
			for _, s := range list {
				text, err := unescape(s)
				if err != nil {
					return err
				}
				*f = append(*f, text)
			}
			return nil
		}
	case *[]p.EntityID:
		var list []pgtype.UUID
		return &list, func() error {
			*f = nil
			for _, id := range list {
				*f = append(*f, id.Bytes)
			}
			return nil
		}
	case *[]registry.Day:
		var list []int32
		return &list, func() error {
			*f = nil
			for _, d := range list {
				*f = append(*f, registry.Day(d))
			}
			return nil
		}
	case *[]int64:
		return f, nil
	}
	v := reflect.ValueOf(field).Elem()
	switch {
	case v.CanInt():
		return numberTo{func(n int64) { v.SetInt(n) }}, nil
	case v.CanUint():
		return numberTo{func(n int64) { v.SetUint(uint64(n)) }}, nil
	case v.Kind() == reflect.Array && v.Type().Elem().Kind() == reflect.Uint8:
		return bytesTo{func(b []byte) error {
			if len(b) != v.Len() {
				return corrupt("a key of %d bytes has %d", v.Len(), len(b))
			}
			reflect.Copy(v, reflect.ValueOf(b))
			return nil
		}}, nil
	}
	panic(fmt.Sprintf("a %T takes no value", field)) // a statement of this package is wrong
}

type idTo struct{ to *p.EntityID }

// ScanUUID implements pgtype.UUIDScanner.
func (s idTo) ScanUUID(v pgtype.UUID) error {
	if !v.Valid {
		return corrupt("an id is missing")
	}
	*s.to = v.Bytes
	return nil
}

type numberTo struct{ set func(int64) }

// ScanInt64 implements pgtype.Int64Scanner.
func (s numberTo) ScanInt64(v pgtype.Int8) error {
	if !v.Valid {
		return corrupt("a number is missing")
	}
	s.set(v.Int64)
	return nil
}

type bytesTo struct{ set func([]byte) error }

// ScanBytes implements pgtype.BytesScanner.
func (s bytesTo) ScanBytes(b []byte) error {
	if b == nil {
		return corrupt("bytes are missing")
	}
	return s.set(b)
}

type textTo struct{ to *string }

// ScanText implements pgtype.TextScanner.
func (s textTo) ScanText(v pgtype.Text) error {
	if !v.Valid {
		return corrupt("a text is missing")
	}
	var err error
	*s.to, err = unescape(v.String)
	return err
}

// PostgreSQL keeps no NUL in a text, and nothing that is no UTF-8. Both are rare and must not stop a segment from being
// applied, so they are written with an escape before them, as is the escape itself.
const escapeChar = '\x1a' // SUBSTITUTE

func escape(s string) string {
	if strings.IndexByte(s, 0) < 0 && strings.IndexByte(s, escapeChar) < 0 && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == 0 || r == escapeChar || r == utf8.RuneError && size == 1 {
			b.WriteByte(escapeChar)
			b.WriteString(hex.EncodeToString([]byte{s[i]}))
		} else {
			b.WriteString(s[i : i+size])
		}
		i += size
	}
	return b.String()
}

func escapeAll(list []string) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = escape(list[i])
	}
	return out
}

func unescape(s string) (string, error) {
	at := strings.IndexByte(s, escapeChar)
	if at < 0 {
		return s, nil
	}
	var b strings.Builder
	for ; at >= 0; at = strings.IndexByte(s, escapeChar) {
		b.WriteString(s[:at])
		if len(s) < at+3 {
			return "", corrupt("a text ends in an escape")
		}
		c, err := hex.DecodeString(s[at+1 : at+3])
		if err != nil {
			return "", corrupt("a text has the escape %q", s[at+1:at+3])
		}
		b.Write(c)
		s = s[at+3:]
	}
	b.WriteString(s)
	return b.String(), nil
}

// months are numbers that stand in one column.
type months []int64
