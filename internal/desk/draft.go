package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tramy/internal/store"
)

// ErrDraftChanged says that a draft is not as the page knew it: another page went on with it, or it was saved.
var ErrDraftChanged = errors.New("the draft was changed at another page")

// ErrDraftTooLarge says that a form is larger than is kept.
var ErrDraftTooLarge = errors.New("the form is too large to be kept")

// Bounds of the forms that are kept half typed.
const (
	DraftBytesMax = 256 << 10 // of one form, as it is posted
	draftsMax     = 100       // of one person; what was typed longest ago goes first
)

// DraftKey says which form a draft is of.
type DraftKey struct {
	Form string // "visit", "register", "paper"
	Of   string // whom or what it is about; "" of a form that is about nobody yet
	Page string // tells pages apart on which the same form is typed side by side; "" where there is one draft of all
}

func (k DraftKey) of(who Who) string {
	return strings.Join([]string{who.User.String(), k.Form, k.Of, k.Page}, "|")
}

// Draft is a form that somebody typed at this machine and has not saved. It is kept in the machine's database and nowhere else: it
// is no record, is not sent, and only who typed it sees it.
type Draft struct {
	DraftKey
	At    int64 // ms, hub time, of the last change
	Stamp string
	Typed url.Values
}

// draftRow is how a draft is kept. The names are kept on disk and do not change.
type draftRow struct {
	At    int64  `json:"at"`
	Count int    `json:"n"` // of changes: two in one millisecond differ
	Form  string `json:"form"`
}

func (r *draftRow) stamp() string {
	return strconv.FormatInt(r.At, 36) + "." + strconv.Itoa(r.Count)
}

// PutDraft keeps a form as it stands. Where all pages share one draft, saw is the stamp of what the page went on from, "" if there was
// none: what another page wrote meanwhile is not overwritten, and ErrDraftChanged returned.
func (d *Desk) PutDraft(ctx context.Context, who Who, key DraftKey, form url.Values, saw string) (Draft, error) {
	text := form.Encode()
	if len(text) > DraftBytesMax {
		return Draft{}, ErrDraftTooLarge
	}
	var out Draft
	err := d.Node.Store().Update(ctx, func(tx store.Tx) error {
		old, err := draftOf(tx, key.of(who))
		if err != nil {
			return err
		}
		was := ""
		row := draftRow{At: d.Node.Now().UnixMilli(), Count: 1, Form: text}
		if old != nil {
			was, row.Count = old.stamp(), old.Count+1
		} else if err := makeRoom(tx, who); err != nil {
			return err
		}
		if key.Page == "" && was != saw {
			return ErrDraftChanged
		}
		out = Draft{DraftKey: key, At: row.At, Stamp: row.stamp(), Typed: form}
		return putDraft(tx, key.of(who), &row)
	})
	return out, err
}

func putDraft(tx store.Tx, key string, row *draftRow) error {
	value, err := json.Marshal(row)
	if err != nil {
		return err
	}
	return tx.PutLocal(&store.LocalRow{Kind: store.LocalDraft, Key: key, Value: value})
}

func draftOf(tx store.Tx, key string) (*draftRow, error) {
	value, err := tx.Local(store.LocalDraft, key)
	if err != nil || value == nil {
		return nil, err
	}
	row := &draftRow{}
	return row, json.Unmarshal(value, row)
}

// makeRoom drops what somebody typed longest ago where a further draft would be one too many.
func makeRoom(tx store.Tx, who Who) error {
	all, err := draftsOf(tx, who)
	for i := 0; err == nil && i <= len(all)-draftsMax; i++ {
		err = tx.DeleteLocal(store.LocalDraft, all[len(all)-1-i].of(who))
	}
	return err
}

// Drafts are a person's drafts, newest first.
func (d *Desk) Drafts(ctx context.Context, who Who) ([]Draft, error) {
	var out []Draft
	err := d.view(ctx, func(tx store.Tx) (err error) {
		out, err = draftsOf(tx, who)
		return err
	})
	return out, err
}

func draftsOf(tx store.Tx, who Who) ([]Draft, error) {
	rows, err := tx.Locals(store.LocalDraft)
	if err != nil {
		return nil, err
	}
	var out []Draft
	for i := range rows {
		part := strings.Split(rows[i].Key, "|")
		if len(part) != 4 || part[0] != who.User.String() {
			continue
		}
		row := &draftRow{}
		if err := json.Unmarshal(rows[i].Value, row); err != nil {
			return nil, err
		}
		form, err := url.ParseQuery(row.Form)
		if err != nil {
			return nil, err
		}
		out = append(out, Draft{DraftKey: DraftKey{part[1], part[2], part[3]}, At: row.At, Stamp: row.stamp(), Typed: form})
	}
	slices.SortStableFunc(out, func(a, b Draft) int { return cmp.Compare(b.At, a.At) })
	return out, nil
}

// DropDraft puts a draft away; DraftDropper does so within another transaction.
func (d *Desk) DropDraft(ctx context.Context, who Who, key DraftKey) error {
	return d.Node.Store().Update(ctx, d.DraftDropper(who, key))
}

// DraftDropper puts drafts away in the transaction of the act that they became: a power cut leaves neither a draft of what is saved
// nor a save without its draft. With an empty Page all those of a form about somebody go.
func (d *Desk) DraftDropper(who Who, keys ...DraftKey) func(store.Tx) error {
	return func(tx store.Tx) error {
		all, err := draftsOf(tx, who)
		for i := 0; err == nil && i < len(all); i++ {
			x := all[i].DraftKey
			if slices.ContainsFunc(keys, func(k DraftKey) bool { return k == x || k.Page == "" && k.Form == x.Form && k.Of == x.Of }) {
				err = tx.DeleteLocal(store.LocalDraft, x.of(who))
			}
		}
		return err
	}
}

// DraftChanger changes a draft in the transaction of an act that became of a part of it; a draft of which change says that nothing is
// left goes.
func (d *Desk) DraftChanger(who Who, key DraftKey, change func(url.Values) (left bool)) func(store.Tx) error {
	return func(tx store.Tx) error {
		row, err := draftOf(tx, key.of(who))
		if err != nil || row == nil {
			return err
		}
		form, err := url.ParseQuery(row.Form)
		if err != nil {
			return err
		}
		if !change(form) {
			return tx.DeleteLocal(store.LocalDraft, key.of(who))
		}
		row.Count, row.Form = row.Count+1, form.Encode()
		return putDraft(tx, key.of(who), row)
	}
}
