package desk

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// ErrCode says that the code of a second factor is wrong, was used, or is too old.
var ErrCode = errors.New("the code is wrong or was used")

// SetFactor gives somebody a second factor in the place of an earlier one, after a code made with its key has shown that their app
// has it. It returns the recovery codes, which are shown once. It fails with ErrCode.
func (d *Desk) SetFactor(ctx context.Context, who Who, key, code string) ([]string, error) {
	step := rights.FactorStep(key, code, d.Node.Now(), 0)
	if step == 0 {
		return nil, ErrCode
	}
	codes, hashes, err := rights.NewRecovery(d.Rand)
	if err != nil {
		return nil, err
	}
	if err := d.writeFactor(ctx, who, who.User, p.Text(key), textList(hashes)); err != nil {
		return nil, err
	}
	return codes, d.Node.Store().Update(ctx, func(tx store.Tx) error { return putStep(tx, who.User, step) })
}

// DropFactor takes one's own second factor away; the caller has asked for a code of it.
func (d *Desk) DropFactor(ctx context.Context, who Who) error {
	return d.writeFactor(ctx, who, who.User, p.Null(), p.Null())
}

// ResetFactor takes the second factor of an account away that one may manage: its phone is lost.
func (d *Desk) ResetFactor(ctx context.Context, who Who, user p.EntityID) error {
	if err := d.mayManage(who, rights.Manage); err != nil {
		return err
	}
	return d.writeFactor(ctx, who, user, p.Null(), p.Null())
}

func (d *Desk) writeFactor(ctx context.Context, who Who, user p.EntityID, key, codes p.Data) error {
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := state(tx, user, registry.KindUser)
		if err != nil {
			return nil, err
		}
		if user != who.User && !d.Within(who, registry.UserOf(s).Place) {
			return nil, ErrForbidden
		}
		if key.IsNull() && registry.UserOf(s).Factor == "" {
			return nil, nil // there is none to take away
		}
		draft := registry.Edit(s, registry.UserFactor, key)
		draft.Writes = append(draft.Writes, registry.Edit(s, registry.UserRecovery, codes).Writes...)
		return []registry.Draft{draft}, nil
	})
	return ignoreNothing(err)
}

// TakeCode checks a code of somebody's second factor, of their app or one for recovery, and sees to it that it is taken once here. It
// returns how many recovery codes are left if it was one of them, else -1, and fails with ErrCode.
func (d *Desk) TakeCode(ctx context.Context, user p.EntityID, code string) (left int, err error) {
	taken := false
	err = d.Node.Store().Update(ctx, func(tx store.Tx) error {
		s, err := state(tx, user, registry.KindUser)
		if err != nil {
			return err
		}
		key := registry.UserOf(s).Factor
		if key == "" {
			return ErrCode
		}
		last, err := lastStep(tx, user)
		if err != nil {
			return err
		}
		step := rights.FactorStep(key, code, d.Node.Now(), last)
		if step == 0 {
			return nil
		}
		taken = true
		return putStep(tx, user, step)
	})
	if taken || err != nil {
		return -1, err
	}
	_, err = d.Node.Append(ctx, user, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := state(tx, user, registry.KindUser)
		if err != nil {
			return nil, err
		}
		hashes, ok := rights.UseRecovery(registry.UserOf(s).Recovery, code)
		if !ok {
			return nil, ErrCode
		}
		left = len(hashes)
		return []registry.Draft{registry.Edit(s, registry.UserRecovery, textList(hashes))}, nil
	})
	if errors.Is(err, ErrCode) {
		return 0, errors.Join(err, d.refused(ctx, user))
	}
	return left, err
}

// CodesLeft returns how many recovery codes somebody has left.
func (d *Desk) CodesLeft(ctx context.Context, user p.EntityID) (int, error) {
	left := 0
	err := d.view(ctx, func(tx store.Tx) error {
		s, err := state(tx, user, registry.KindUser)
		if err == nil {
			left = len(registry.UserOf(s).Recovery)
		}
		return err
	})
	return left, err
}

func lastStep(tx store.Tx, user p.EntityID) (int64, error) {
	raw, err := tx.Local(store.LocalFactor, user.String())
	if raw == nil || err != nil {
		return 0, err
	}
	step, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("the last code taken at this machine: %w", err)
	}
	return step, nil
}

func putStep(tx store.Tx, user p.EntityID, step int64) error {
	return tx.PutLocal(&store.LocalRow{Kind: store.LocalFactor, Key: user.String(), Value: strconv.AppendInt(nil, step, 10)})
}

func textList(list []string) p.Data {
	if len(list) == 0 {
		return p.Null()
	}
	items := make([]p.Data, len(list))
	for i, s := range list {
		items[i] = p.Text(s)
	}
	return p.List(items...)
}
