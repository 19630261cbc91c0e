package syncproto

import (
	"fmt"
	"unicode/utf8"
)

// Check reports why c cannot be a change, whatever its kind and fields mean: ErrInvalid or ErrLimit.
// Every decoder applies it, and so must who builds a change from outside.
func (c *Change) Check() error {
	if err := c.check(); err != nil {
		return fmt.Errorf("change %s: %w", c.Dot, err)
	}
	return nil
}

func (c *Change) check() error {
	creates := c.Creates()
	switch {
	case c.Dot.Seq == 0 || !c.Dot.Log.Valid() || c.Dot.Log.IsZero():
		return fmt.Errorf("dot: %w", ErrInvalid)
	case !c.Actor.IsZero() && !c.Actor.Valid():
		return fmt.Errorf("actor: %w", ErrInvalid)
	case !creates && !c.Entity.Valid():
		return fmt.Errorf("entity: %w", ErrInvalid)
	case c.Kind == 0:
		return fmt.Errorf("no kind: %w", ErrInvalid)
	case len(c.Writes) > WritesMax:
		return fmt.Errorf("%d writes: %w", len(c.Writes), ErrLimit)
	}
	size := 0
	for i := range c.Writes {
		w := &c.Writes[i]
		if w.Field == 0 || i > 0 && w.Field <= c.Writes[i-1].Field {
			return fmt.Errorf("field %d out of order: %w", w.Field, ErrInvalid)
		}
		n, err := w.Data.check()
		if err != nil {
			return fmt.Errorf("field %d: %w", w.Field, err)
		}
		if size += n; size > StateSizeBytesMax/2 {
			return fmt.Errorf("%d bytes of data: %w", size, ErrTooLarge)
		}
		if len(w.Supersedes) > SupersededMax {
			return fmt.Errorf("field %d supersedes %d values: %w", w.Field, len(w.Supersedes), ErrLimit)
		}
		if creates && len(w.Supersedes) > 0 {
			return fmt.Errorf("field %d: a creation supersedes: %w", w.Field, ErrInvalid)
		}
		if err := checkSuperseded(w.Supersedes); err != nil {
			return fmt.Errorf("field %d: %w", w.Field, err)
		}
		for _, s := range w.Supersedes {
			if s.Dot.Log == c.Dot.Log && s.Dot.Seq >= c.Dot.Seq {
				return fmt.Errorf("field %d supersedes what its log has yet to write: %w", w.Field, ErrInvalid)
			}
		}
	}
	return nil
}

func checkSuperseded(list []Superseded) error {
	for i, s := range list {
		if s.Dot.Seq == 0 || !s.Dot.Log.Valid() || s.Dot.Log.IsZero() {
			return fmt.Errorf("superseded dot: %w", ErrInvalid)
		}
		if i > 0 && list[i-1].Compare(s) >= 0 {
			return fmt.Errorf("superseded values out of order: %w", ErrInvalid)
		}
	}
	return nil
}

// check returns how many bytes d's encoding has at most.
func (d *Data) check() (int, error) {
	switch d.tag {
	case TagNull, TagFalse, TagTrue:
		return 1, nil
	case TagInt:
		return 9, nil
	case TagText, TagBytes:
		if len(d.str) > TextSizeBytesMax {
			return 0, fmt.Errorf("%d bytes: %w", len(d.str), ErrLimit)
		}
		if d.tag == TagText && !utf8.ValidString(d.str) {
			return 0, fmt.Errorf("text is not UTF-8: %w", ErrInvalid)
		}
		return len(d.str) + 3, nil
	case TagRef:
		if e, _ := d.Ref(); len(d.str) != len(e) || !e.Valid() {
			return 0, fmt.Errorf("reference: %w", ErrInvalid)
		}
		return 18, nil
	case TagList:
		if len(d.list) > ListItemsMax {
			return 0, fmt.Errorf("list of %d: %w", len(d.list), ErrLimit)
		}
		size := 3
		for i := range d.list {
			if d.list[i].tag == TagList {
				return 0, fmt.Errorf("a list in a list: %w", ErrInvalid)
			}
			n, err := d.list[i].check()
			if err != nil {
				return 0, err
			}
			size += n
		}
		return size, nil
	}
	return 0, fmt.Errorf("tag %d: %w", d.tag, ErrInvalid)
}

// Check reports why s cannot be a state: ErrInvalid or ErrLimit. Size is checked where it is encoded.
func (s *State) Check() error {
	if err := s.check(); err != nil {
		return fmt.Errorf("state %s: %w", s.ID, err)
	}
	return nil
}

func (s *State) check() error {
	switch {
	case !s.ID.Valid():
		return fmt.Errorf("id: %w", ErrInvalid)
	case s.Kind == 0:
		return fmt.Errorf("no kind: %w", ErrInvalid)
	case len(s.Fields) > StateFieldsMax || len(s.Gone) > StateFieldsMax:
		return fmt.Errorf("%d fields, %d with gone values: %w", len(s.Fields), len(s.Gone), ErrLimit)
	case len(s.Seen) > StateSeenMax:
		return fmt.Errorf("%d logs seen: %w", len(s.Seen), ErrLimit)
	}
	for i := range s.Fields {
		f := &s.Fields[i]
		if f.Field == 0 || i > 0 && f.Field <= s.Fields[i-1].Field || len(f.Values) == 0 {
			return fmt.Errorf("field %d out of order or empty: %w", f.Field, ErrInvalid)
		}
		if len(f.Values) > FieldValuesMax {
			return fmt.Errorf("field %d has %d values: %w", f.Field, len(f.Values), ErrLimit)
		}
		for j := range f.Values {
			v := &f.Values[j]
			if v.Dot.Seq == 0 || !v.Dot.Log.Valid() || v.Dot.Log.IsZero() || !v.Actor.IsZero() && !v.Actor.Valid() {
				return fmt.Errorf("field %d: dot or actor: %w", f.Field, ErrInvalid)
			}
			if j > 0 && f.Values[j-1].Dot.Compare(v.Dot) >= 0 {
				return fmt.Errorf("field %d: values out of order: %w", f.Field, ErrInvalid)
			}
			if _, err := v.Data.check(); err != nil {
				return fmt.Errorf("field %d: %w", f.Field, err)
			}
		}
	}
	for i := range s.Seen {
		if e := &s.Seen[i]; e.Seq == 0 || !e.Log.Valid() || e.Log.IsZero() || i > 0 && s.Seen[i-1].Log.Compare(e.Log) >= 0 {
			return fmt.Errorf("seen out of order: %w", ErrInvalid)
		}
	}
	for i := range s.Gone {
		g := &s.Gone[i]
		if g.Field == 0 || i > 0 && g.Field <= s.Gone[i-1].Field || len(g.Gone) == 0 {
			return fmt.Errorf("gone field %d out of order or empty: %w", g.Field, ErrInvalid)
		}
		if len(g.Gone) > FieldValuesMax {
			return fmt.Errorf("gone field %d has %d values: %w", g.Field, len(g.Gone), ErrLimit)
		}
		if err := checkSuperseded(g.Gone); err != nil {
			return fmt.Errorf("gone field %d: %w", g.Field, err)
		}
	}
	return nil
}
