package desk

import (
	"context"
	"slices"

	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// metaSought lists, 16 bytes each, the subjects registered here under a code that another machine made:
// the child has a record elsewhere that could not be asked for, and theirs is attached to it later.
const metaSought = "sought"

// soughtMax bounds the list; the oldest are given up first.
const soughtMax = 1000

// Sought returns subjects registered under a code of another machine whose own record is not known yet.
func (d *Desk) Sought(ctx context.Context) ([]p.EntityID, error) {
	var ids []p.EntityID
	err := d.view(ctx, func(tx store.Tx) error {
		b, err := tx.Meta(metaSought)
		for ; len(b) >= 16; b = b[16:] {
			ids = append(ids, p.EntityID(b[:16]))
		}
		return err
	})
	return ids, err
}

// seek puts a subject on the list, unseek takes it off.
func seek(tx store.Tx, id p.EntityID) error {
	b, err := tx.Meta(metaSought)
	if err != nil {
		return err
	}
	if len(b) >= 16*soughtMax {
		b = b[16:]
	}
	return tx.SetMeta(metaSought, append(slices.Clone(b), id[:]...))
}

func unseek(tx store.Tx, id p.EntityID) error {
	b, err := tx.Meta(metaSought)
	if err != nil {
		return err
	}
	var rest []byte
	for ; len(b) >= 16; b = b[16:] {
		if p.EntityID(b[:16]) != id {
			rest = append(rest, b[:16]...)
		}
	}
	return tx.SetMeta(metaSought, rest)
}

// Attach links a subject registered under another machine's code to the record that code belongs to, and
// binds that record to this place. Equal codes with right check digits are one person; the link can be
// taken apart like any other.
func (d *Desk) Attach(ctx context.Context, provisional, record p.EntityID) error {
	_, err := d.Node.Append(ctx, p.EntityID{}, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		if err := unseek(tx, provisional); err != nil {
			return nil, err
		}
		link, err := registry.NewLink(provisional, record, true)
		return []registry.Draft{registry.NewPin(record, d.Node.Identity().Place), link}, err
	})
	return err
}
