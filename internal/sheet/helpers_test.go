package sheet

import (
	"bytes"
	"errors"
	"iter"
	"strings"
	"testing"
	"time"

	"tramy/internal/registry"
)

func day(y, m, d int) registry.Day {
	out, err := registry.NewDay(y, time.Month(m), d)
	if err != nil {
		panic(err)
	}
	return out
}

var (
	today = day(2026, 11, 27)
	names = VaccineNames(registry.Vaccines())
)

func context() ReadContext { return ReadContext{Today: today, Vaccines: names} }

func openBytes(t testing.TB, name string, data []byte) *Book {
	t.Helper()
	b, err := Open(name, bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return b
}

func guess(t testing.TB, b *Book) Mapping {
	t.Helper()
	m, err := b.Guess("", nil, names)
	if err != nil {
		t.Fatalf("guess: %v", err)
	}
	return m
}

func readAll(t testing.TB, b *Book, m Mapping, ctx ReadContext) []*Entry {
	t.Helper()
	var out []*Entry
	if err := b.Read(m, ctx, func(e *Entry) error { out = append(out, e); return nil }); err != nil {
		t.Fatalf("read: %v", err)
	}
	return out
}

// readText reads a CSV file as it comes.
func readText(t testing.TB, text string) []*Entry {
	t.Helper()
	b := openBytes(t, "sổ.csv", []byte(text))
	return readAll(t, b, guess(t, b), context())
}

// problemAt finds a problem, nil if there is none.
func problemAt(e *Entry, code registry.Code) *Problem {
	for _, list := range [][]Problem{e.Problems, e.Warnings} {
		for i := range list {
			if list[i].Code == code {
				return &list[i]
			}
		}
	}
	return nil
}

func codes(list []Problem) string {
	var out []string
	for i := range list {
		out = append(out, list[i].Column+":"+string(list[i].Code))
	}
	return strings.Join(out, " ")
}

func each[T any](list []T) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for i := range list {
			if !yield(&list[i], nil) {
				return
			}
		}
	}
}

var errTest = errors.New("test")
