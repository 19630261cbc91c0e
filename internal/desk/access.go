package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// How long the same is not written down again.
const (
	// viewsAgain is for a second look by the same person at the same record, a further list or search that names nobody new,
	// and a further refused log-in of the same account: a word typed letter by letter is one search.
	viewsAgain = 10 * time.Minute
	// namedAgain is for somebody on a list of the same person: the list of the day is drawn a hundred times.
	namedAgain = 12 * time.Hour
	// reasonHolds is for how long a reason given for opening a restricted record lets the same person open it: a shift.
	reasonHolds = 8 * time.Hour
)

// viewsMax bounds what is remembered of looks; when there are more, all are forgotten and some are written down twice.
const viewsMax = 1 << 16

// view is what is remembered of a look: what of whom by whom.
type view struct {
	user, subject p.EntityID
	what          string
}

// remembered is not an act: under it stand the reasons given, and whom lists named.
const (
	rememberedReason = "reason"
	rememberedNamed  = "named"
)

// ErrNoPurpose says that people's data were asked for without a purpose that there is.
var ErrNoPurpose = errors.New("choose what it is taken out for")

// again reports whether the same was written down less than within ago, and remembers it otherwise.
func (d *Desk) again(v view, within time.Duration) bool {
	return remember(d.views, v, d.Node.Now(), within)
}

func remember(views map[view]time.Time, v view, now time.Time, within time.Duration) bool {
	last, seen := views[v]
	if age := now.Sub(last); seen && age < within && age >= 0 {
		return true
	}
	if len(views) >= viewsMax {
		clear(views)
	}
	views[v] = now
	return false
}

// forget takes back what again remembered.
func (d *Desk) forget(list []view) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, v := range list {
		delete(d.views, v)
	}
}

// note writes an access record about one person, or about none.
func (d *Desk) note(ctx context.Context, who Who, act string, subject p.EntityID, reason string) error {
	return d.write(ctx, who, registry.Access{Act: act, Subject: subject, Reason: reason})
}

// write writes an access record, unless the same was written a moment ago.
func (d *Desk) write(ctx context.Context, who Who, a registry.Access) error {
	var remembered []view
	often := slices.Contains([]string{registry.ActView, registry.ActSearch, registry.ActList, registry.ActRefused}, a.Act)
	if often && a.Reason == "" {
		d.mu.Lock()
		a.Named = slices.DeleteFunc(slices.Clone(a.Named), func(id p.EntityID) bool {
			v := view{who.User, id, rememberedNamed}
			if d.again(v, namedAgain) {
				return true
			}
			remembered = append(remembered, v)
			return false
		})
		v := view{who.User, a.Subject, a.Act}
		known := d.again(v, viewsAgain)
		remembered = append(remembered, v)
		d.mu.Unlock()
		if known && len(a.Named) == 0 {
			return nil
		}
	}
	a.Place = d.Node.Identity().Place
	drafts := registry.AccessesOf(a)
	for part := range slices.Chunk(drafts, p.ActChangesMax) {
		err := d.Node.AppendAccess(ctx, who.User, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) { return part, nil })
		if err == nil {
			continue
		}
		// What was not written is not remembered as written.
		d.forget(remembered)
		if store.IsFull(err) && (often || a.Act == registry.ActLogin || a.Act == registry.ActLogout) {
			// Care does not wait for the disk: reading goes on. The look is forgotten, so that the next one by this person is
			// written if there is room by then.
			return nil
		}
		return err
	}
	return nil
}

// NoteListed writes down that somebody read a list that names people, and whom.
func (d *Desk) NoteListed(ctx context.Context, who Who, people ...p.EntityID) error {
	return d.write(ctx, who, registry.Access{Act: registry.ActList, Named: setOf(people)})
}

// noteFound writes down that somebody searched, and whom the answer named.
func (d *Desk) noteFound(ctx context.Context, who Who, people []p.EntityID) error {
	return d.write(ctx, who, registry.Access{Act: registry.ActSearch, Named: setOf(people)})
}

// NoteLogout writes down that somebody logged out.
func (d *Desk) NoteLogout(ctx context.Context, user p.EntityID) error {
	return d.note(ctx, Who{User: user}, registry.ActLogout, p.EntityID{}, "")
}

// refused writes down that a password, a PIN or a code was wrong for an account, zero where there is none of the name: the name
// itself is not written, because people type passwords into the wrong box.
func (d *Desk) refused(ctx context.Context, user p.EntityID) error {
	return d.note(ctx, Who{User: user}, registry.ActRefused, p.EntityID{}, "")
}

// taking checks the purpose, one of these, and the words of a taking out and puts them together.
func taking(purposes []string, purpose, words string) (string, error) {
	words = strings.TrimSpace(words)
	switch {
	case !slices.Contains(purposes, purpose):
		return "", ErrNoPurpose
	case words == "":
		return "", ErrNoReason
	}
	return registry.TakingReason(purpose, words), nil
}

// NotePrinted writes down, before the first line leaves, that somebody takes a list on paper: whom it names and what for.
// For one person's record, see [Desk.Print].
func (d *Desk) NotePrinted(ctx context.Context, who Who, purpose, words string, people ...p.EntityID) error {
	reason, err := taking(registry.PaperTakings, purpose, words)
	if err != nil {
		return err
	}
	return d.write(ctx, who, registry.Access{Act: registry.ActPrint, Reason: reason, Named: setOf(people)})
}

// Print opens a subject's record to be put on paper, and writes down who took it and what for. A record that is read through
// a broken glass is not printed: the glass ends within the hour, and paper does not. It fails with ErrElsewhere.
func (d *Desk) Print(ctx context.Context, who Who, id p.EntityID, purpose, words string) (*Record, error) {
	reason, err := taking(registry.PaperTakings, purpose, words)
	if err != nil {
		return nil, err
	}
	r, err := d.Open(ctx, who, id)
	switch {
	case err != nil:
		return nil, err
	case !r.Glass.IsZero():
		return nil, ErrElsewhere
	}
	return r, d.note(ctx, who, registry.ActPrint, id, reason)
}

// setOf are ids, each once, without the one that names nobody.
func setOf(ids []p.EntityID) []p.EntityID {
	out := slices.DeleteFunc(slices.Clone(ids), p.EntityID.IsZero)
	slices.SortFunc(out, p.EntityID.Compare)
	return slices.Compact(out)
}

// idsOf are the ids of rows.
func idsOf[T any](rows []T, id func(*T) p.EntityID) []p.EntityID {
	out := make([]p.EntityID, 0, len(rows))
	for i := range rows {
		out = append(out, id(&rows[i]))
	}
	return out
}

func subjectID(r *project.SubjectRow) p.EntityID { return r.ID }
