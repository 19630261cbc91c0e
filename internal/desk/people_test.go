package desk_test

import (
	"errors"
	"testing"
	"time"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/rights"
	"tramy/internal/store"
)

func account(t *testing.T, d *desk.Desk, who desk.Who) desk.Account {
	t.Helper()
	a, err := d.Account(t.Context(), who.User)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// The count of guesses is on the disk before a PIN is looked at.
func TestPinGuessesOutliveARestart(t *testing.T) {
	tree := nodetest.New(t)
	ctx := t.Context()
	nurse := account(t, tree.Station.Desk, tree.Nurse)
	if err := tree.Station.SetPin(ctx, nurse, "4817"); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		if err := tree.Station.TryPin(ctx, nurse, "4818"); !errors.Is(err, desk.ErrPin) {
			t.Fatal(err)
		}
	}
	tree.Station = tree.Reopen(t, tree.Station, func(string) {})
	if err := tree.Station.TryPin(ctx, nurse, "4818"); !errors.Is(err, desk.ErrNoPin) {
		t.Errorf("the fifth wrong one after a restart: %v", err)
	}
	if err := tree.Station.TryPin(ctx, nurse, "4817"); !errors.Is(err, desk.ErrNoPin) {
		t.Errorf("the right one after five wrong: %v", err)
	}
	if err := tree.Station.FreePin(ctx, nurse); err != nil {
		t.Fatal(err)
	}
	if err := tree.Station.TryPin(ctx, nurse, "4817"); err != nil {
		t.Errorf("after the password: %v", err)
	}
	if has, err := tree.Station.HasPin(ctx, nurse); !has || err != nil {
		t.Errorf("%v, %v", has, err)
	}
	// It stays at this machine: nothing about it is to be sent.
	before, err := tree.Station.Node.Status(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := tree.Station.SetPin(ctx, nurse, "903527"); err != nil {
		t.Fatal(err)
	}
	if after, err := tree.Station.Node.Status(ctx); err != nil || after.Saved != before.Saved {
		t.Errorf("a PIN became a change: %d, %d, %v", before.Saved, after.Saved, err)
	}
	var weak *rights.PinError
	if err := tree.Station.SetPin(ctx, nurse, "1111"); !errors.As(err, &weak) {
		t.Errorf("a weak PIN: %v", err)
	}
}

func TestPinGoesWithThePassword(t *testing.T) {
	tree := nodetest.New(t)
	ctx := t.Context()
	before := account(t, tree.Station.Desk, tree.Nurse)
	if err := tree.Station.SetPin(ctx, before, "4817"); err != nil {
		t.Fatal(err)
	}
	if err := tree.Station.SetPassword(ctx, tree.Nurse, tree.Nurse.User, nodetest.Password, nodetest.Password); err == nil {
		t.Error("a password is replaced by itself")
	}
	if err := tree.Station.SetPassword(ctx, tree.Nurse, tree.Nurse.User, nodetest.Password, "tre già măng mọc"); err != nil {
		t.Fatal(err)
	}
	after := account(t, tree.Station.Desk, tree.Nurse)
	if after.Basis == before.Basis {
		t.Fatal("the basis of log-ins is the same")
	}
	if err := tree.Station.TryPin(ctx, after, "4817"); !errors.Is(err, desk.ErrNoPin) {
		t.Errorf("the PIN after another password: %v", err)
	}
	if err := tree.Station.FreePin(ctx, after); err != nil {
		t.Fatal(err)
	}
	err := tree.Station.Node.Store().View(ctx, func(tx store.Tx) error {
		row, err := tx.Local(store.LocalPin, tree.Nurse.User.String())
		if row != nil {
			t.Error("a PIN that opens nothing is kept")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestOnlyAGivenPasswordIsChosenWithoutIt(t *testing.T) {
	tree := nodetest.New(t)
	if err := tree.Hub.ChoosePassword(t.Context(), tree.Nurse, "tre già măng mọc"); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("somebody's own: %v", err)
	}
	if err := tree.Hub.SetPassword(t.Context(), tree.Admin, tree.Nurse.User, "", "mật khẩu đặt lại"); err != nil {
		t.Fatal(err)
	}
	if a := account(t, tree.Hub.Desk, tree.Nurse); !a.Given {
		t.Error("a password that an admin set counts as one's own")
	}
	if err := tree.Hub.ChoosePassword(t.Context(), tree.Nurse, "tre già măng mọc"); err != nil {
		t.Fatal(err)
	}
	if a := account(t, tree.Hub.Desk, tree.Nurse); a.Given {
		t.Error("a password of one's own counts as given")
	}
	if a := account(t, tree.Hub.Desk, tree.Admin); a.Given {
		t.Error("the password with which the centre was founded counts as given")
	}
}

func TestSecondFactor(t *testing.T) {
	tree := nodetest.New(t)
	ctx := t.Context()
	h, who := tree.Hub.Desk, tree.Officer
	key, err := rights.NewFactor(h.Rand)
	if err != nil {
		t.Fatal(err)
	}
	code := func() string {
		c, err := rights.FactorCode(key, h.Node.Now())
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if _, err := h.TakeCode(ctx, who.User, code()); !errors.Is(err, desk.ErrCode) {
		t.Errorf("a code of an account without a second factor: %v", err)
	}
	if _, err := h.SetFactor(ctx, who, key, "000000"); !errors.Is(err, desk.ErrCode) {
		t.Errorf("set up without a code of it: %v", err)
	}
	before := account(t, h, who)
	codes, err := h.SetFactor(ctx, who, key, code())
	if err != nil || len(codes) != rights.RecoveryCodes {
		t.Fatalf("%d codes, %v", len(codes), err)
	}
	// What opens an account of the hubs is at no laptop.
	tree.Sync(t)
	err = tree.Station.Node.Store().View(ctx, func(tx store.Tx) error {
		s, err := tx.State(who.User)
		if s != nil {
			t.Error("the station holds an officer's account")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if a := account(t, h, who); !a.Factor || a.Basis == before.Basis {
		t.Error("the account has no second factor, or log-ins without it go on")
	}
	if _, err := h.TakeCode(ctx, who.User, code()); !errors.Is(err, desk.ErrCode) {
		t.Errorf("the code with which it was set up is taken again: %v", err)
	}
	tree.Clock().Add(30 * time.Second)
	if left, err := h.TakeCode(ctx, who.User, code()); err != nil || left != -1 {
		t.Errorf("the next code: %d, %v", left, err)
	}
	if _, err := h.TakeCode(ctx, who.User, code()); !errors.Is(err, desk.ErrCode) {
		t.Errorf("the same code again: %v", err)
	}
	if left, err := h.TakeCode(ctx, who.User, codes[2]); err != nil || left != rights.RecoveryCodes-1 {
		t.Errorf("a recovery code: %d, %v", left, err)
	}
	if _, err := h.TakeCode(ctx, who.User, codes[2]); !errors.Is(err, desk.ErrCode) {
		t.Errorf("the same recovery code again: %v", err)
	}
	if n, err := h.CodesLeft(ctx, who.User); err != nil || n != rights.RecoveryCodes-1 {
		t.Errorf("%d left, %v", n, err)
	}
	if err := h.ResetFactor(ctx, tree.Head, who.User); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("the head of a station resets an officer's: %v", err)
	}
	if err := h.ResetFactor(ctx, tree.Admin, who.User); err != nil {
		t.Fatal(err)
	}
	if a := account(t, h, who); a.Factor {
		t.Error("it is still there")
	}
}
