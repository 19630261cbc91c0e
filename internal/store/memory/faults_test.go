package memory

import (
	"errors"
	"fmt"
	"reflect"
	"testing"

	"tramy/internal/store"
)

func TestFaultsAtCommit(t *testing.T) {
	for _, c := range []struct {
		name   string
		faults func(error) Faults
		kept   bool
	}{
		{"before", func(err error) Faults { return Faults{BeforeCommit: func() error { return err }} }, false},
		{"after", func(err error) Faults { return Faults{AfterCommit: func() error { return err }} }, true},
		{"dying before", func(err error) Faults { return Faults{BeforeCommit: func() error { panic(err) }} }, false},
		{"dying after", func(err error) Faults { return Faults{AfterCommit: func() error { panic(err) }} }, true},
	} {
		s := filled(t)
		before := contents(t, s)
		change := func(tx store.Tx) error { return fill(tx, 1, 5) }
		whole := s.Clone()
		do(t, whole, change)
		s.Faults = c.faults(store.ErrFull)
		err := func() (err error) {
			defer func() {
				if r := recover(); r != nil {
					err = r.(error)
				}
			}()
			return s.Update(t.Context(), change)
		}()
		if !errors.Is(err, store.ErrFull) {
			t.Errorf("%s: %v", c.name, err)
		}
		s.Faults = Faults{}
		if c.kept {
			before = contents(t, whole)
		}
		sameContents(t, c.name, contents(t, s), before)
		do(t, s, func(tx store.Tx) error { return fill(tx, 2, 6) }) // and it goes on
	}
}

// A transaction that fails by itself never comes to its commit.
func TestNoCommitIsAskedOfAFailedUpdate(t *testing.T) {
	s := New()
	s.Faults = Faults{BeforeCommit: func() error { t.Error("asked before"); return nil }, AfterCommit: func() error { t.Error("asked after"); return nil }}
	if err := s.Update(t.Context(), func(store.Tx) error { return errMiddle }); !errors.Is(err, errMiddle) {
		t.Error(err)
	}
}

// Every getter fails when reads do, every putter when writes do, and nothing is changed by them; a clone's disk is whole.
func TestFaultsInReadsAndWrites(t *testing.T) {
	s := filled(t)
	before := contents(t, s)
	errRead, errWrite := errors.New("read"), errors.New("write")
	s.Faults = Faults{Read: func() error { return errRead }, Write: func() error { return errWrite }}
	methods := reflect.TypeFor[store.Tx]()
	for i := range methods.NumMethod() {
		m := methods.Method(i)
		var err error
		_ = s.Update(t.Context(), func(tx store.Tx) error {
			err = callWithZeros(reflect.ValueOf(tx).MethodByName(m.Name))
			return err
		})
		if !errors.Is(err, errRead) && !errors.Is(err, errWrite) {
			t.Errorf("%s returns %v", m.Name, err)
		}
	}
	sameContents(t, "after all failed", contents(t, s), before)
	if err := s.View(t.Context(), func(tx store.Tx) error { _, err := tx.Counter("n"); return err }); !errors.Is(err, errRead) {
		t.Errorf("a view reads: %v", err)
	}
	c := s.Clone()
	if err := c.View(t.Context(), func(tx store.Tx) error { _, err := tx.Counter("n"); return err }); err != nil {
		t.Errorf("the clone: %v", err)
	}
}

// callWithZeros calls a method with arguments that mean nothing and returns its error.
func callWithZeros(m reflect.Value) error {
	var args []reflect.Value
	for i := range m.Type().NumIn() {
		in := m.Type().In(i)
		switch {
		case m.Type().IsVariadic() && i == m.Type().NumIn()-1:
		case in.Kind() == reflect.Pointer:
			args = append(args, reflect.New(in.Elem()))
		case in.Kind() == reflect.Func:
			args = append(args, reflect.MakeFunc(in, func([]reflect.Value) []reflect.Value {
				var out []reflect.Value
				for o := range in.NumOut() {
					out = append(out, reflect.Zero(in.Out(o)))
				}
				return out
			}))
		default:
			args = append(args, reflect.Zero(in))
		}
	}
	out := m.Call(args)
	err, ok := out[len(out)-1].Interface().(error)
	if !ok {
		return fmt.Errorf("no error")
	}
	return err
}
