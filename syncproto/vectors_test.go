package syncproto

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/vectors anew; read the difference before committing")

const vectorsDir = "../testdata/vectors"

// vector is one example: bytes, and either what they say or why they are refused.
type vector struct {
	Name  string `json:"name"`
	Hex   string `json:"hex"`
	Says  any    `json:"says,omitempty"`
	Class string `json:"class,omitempty"`
}

type vectorFile struct {
	About    string   `json:"about"`
	Accepted []vector `json:"accepted"`
	Refused  []vector `json:"refused"`
}

// topic is one file of vectors: how its bytes are read, and the bytes to write on -update.
type topic struct {
	name, about       string
	read              func([]byte) (any, error)
	accepted, refused func() []example
	unstable          bool // compressed: another version of the library may write other bytes
}

type example struct {
	name  string
	bytes []byte
}

var classes = []struct {
	name string
	err  error
}{
	{"truncated", ErrTruncated},
	{"not canonical", ErrNotCanonical},
	{"invalid", ErrInvalid},
	{"limit", ErrLimit},
	{"too large", ErrTooLarge},
	{"version", ErrVersion},
	{"magic", ErrMagic},
	{"signature", ErrSignature},
	{"opening", ErrOpening},
	{"order", ErrOrder},
	{"cut", io.ErrUnexpectedEOF},
	{"entity id", ErrEntityID},
}

// classOf names the class of an error; it must be exactly one.
func classOf(err error) string {
	var found string
	for _, c := range classes {
		if errors.Is(err, c.err) {
			if found != "" {
				return found + " and " + c.name
			}
			found = c.name
		}
	}
	return found
}

func TestVectors(t *testing.T) {
	for _, top := range topics() {
		t.Run(top.name, func(t *testing.T) {
			path := filepath.Join(vectorsDir, top.name+".json")
			if *update {
				writeVectors(t, path, top)
			}
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var f vectorFile
			if err := json.Unmarshal(b, &f); err != nil {
				t.Fatal(err)
			}
			if len(f.Accepted) == 0 || len(f.Refused) < len(f.Accepted) {
				t.Errorf("%d accepted, %d refused: want at least as many refused", len(f.Accepted), len(f.Refused))
			}
			if !top.unstable {
				sameExamples(t, f.Accepted, top.accepted())
			}
			for _, v := range f.Accepted {
				says, err := top.read(unhex(t, v))
				if err != nil {
					t.Errorf("%s: refused: %v", v.Name, err)
				} else if got := asJSON(t, says); !reflect.DeepEqual(got, v.Says) {
					t.Errorf("%s: says %v\nwant %v", v.Name, got, v.Says)
				}
			}
			for _, v := range f.Refused {
				_, err := top.read(unhex(t, v))
				if got := classOf(err); got != v.Class || got == "" {
					t.Errorf("%s: %v (class %q), want class %q", v.Name, err, got, v.Class)
				}
			}
		})
	}
}

func writeVectors(t *testing.T, path string, top topic) {
	f := vectorFile{About: top.about}
	for _, e := range top.accepted() {
		says, err := top.read(e.bytes)
		if err != nil {
			t.Fatalf("%s: %v", e.name, err)
		}
		f.Accepted = append(f.Accepted, vector{Name: e.name, Hex: hex.EncodeToString(e.bytes), Says: says})
	}
	for _, e := range top.refused() {
		_, err := top.read(e.bytes)
		if classOf(err) == "" {
			t.Fatalf("%s: not refused with a class: %v", e.name, err)
		}
		f.Refused = append(f.Refused, vector{Name: e.name, Hex: hex.EncodeToString(e.bytes), Class: classOf(err)})
	}
	b, err := json.MarshalIndent(f, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(b, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

// sameExamples checks that what is encoded today is what the file holds: no encoding drifts unnoticed.
func sameExamples(t *testing.T, have []vector, want []example) {
	t.Helper()
	if len(have) != len(want) {
		t.Fatalf("%d accepted in the file, %d are made", len(have), len(want))
	}
	for i, e := range want {
		if v := have[i]; v.Name != e.name || v.Hex != hex.EncodeToString(e.bytes) {
			t.Errorf("%s: encoded as %x\nthe file has %s %s", e.name, e.bytes, v.Name, v.Hex)
		}
	}
}

func unhex(t *testing.T, v vector) []byte {
	b, err := hex.DecodeString(v.Hex)
	if err != nil {
		t.Fatalf("%s: %v", v.Name, err)
	}
	return b
}

func asJSON(t *testing.T, v any) (out any) {
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// plain turns a word of this package into what JSON shows well: bytes as hexadecimal digits, data with
// its type, numbers beyond JSON's as text.
func plain(v reflect.Value) any {
	if d, ok := v.Interface().(Data); ok {
		return plainData(d)
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return plain(v.Elem())
	case reflect.Struct:
		m := map[string]any{}
		for i := range v.NumField() {
			if !v.Field(i).IsZero() {
				m[v.Type().Field(i).Name] = plain(v.Field(i))
			}
		}
		return m
	case reflect.Array, reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			b := make([]byte, v.Len())
			reflect.Copy(reflect.ValueOf(b), v)
			return hex.EncodeToString(b)
		}
		list := []any{}
		for i := range v.Len() {
			list = append(list, plain(v.Index(i)))
		}
		return list
	case reflect.Int64, reflect.Uint64:
		return fmt.Sprint(v.Interface())
	}
	return v.Interface()
}

func plainData(d Data) any {
	switch d.Tag() {
	case TagFalse, TagTrue:
		return d.Bool()
	case TagInt:
		return map[string]any{"int": fmt.Sprint(d.num)}
	case TagText:
		return map[string]any{"text": d.str}
	case TagBytes:
		return map[string]any{"bytes": hex.EncodeToString([]byte(d.str))}
	case TagRef:
		e, _ := d.Ref()
		return map[string]any{"ref": e.String()}
	case TagList:
		list := []any{}
		for _, i := range d.list {
			list = append(list, plainData(i))
		}
		return list
	}
	return "null"
}

func describe(v any) any { return plain(reflect.ValueOf(v)) }

// parts is an encoding in pieces, so that one can be replaced.
type parts [][]byte

func (p parts) bytes() []byte { return bytes.Join(p, nil) }

// with returns p with piece i replaced by bytes given in hexadecimal digits.
func (p parts) with(i int, digits string) []byte {
	b, err := hex.DecodeString(digits)
	if err != nil {
		panic(err)
	}
	q := append(parts(nil), p...)
	q[i] = b
	return q.bytes()
}

func repeated(digits string, n int) string { return string(bytes.Repeat([]byte(digits), n)) }

// cutAndExtended are two refused examples that every format has.
func cutAndExtended(b []byte) []example {
	return []example{{"cut before its last byte", b[:len(b)-1]}, {"one byte too many", append(bytes.Clone(b), 0)}, {"empty", nil}}
}
