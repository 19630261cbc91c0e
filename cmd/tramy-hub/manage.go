package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"tramy/hub"
	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/reform"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// placeByCode is the place that bears a code today.
func placeByCode(ctx context.Context, h *hub.Hub, code string) (*project.PlaceRow, error) {
	var row project.PlaceRow
	err := h.Node.Store().View(ctx, func(tx store.Tx) error {
		rows, err := tx.PlacesByCode(code)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return fmt.Errorf("no place with the code %q here; see: tramy-hub place list", reform.CodeSaid(code))
		}
		row, err = reform.Find(rows, code, h.Today())
		return err
	})
	return &row, err
}

type userCmd struct {
	List    userListCmd    `cmd:"" help:"List the accounts."`
	Add     userAddCmd     `cmd:"" help:"Add an account; its first password is read from standard input."`
	Passwd  userPasswdCmd  `cmd:"" help:"Set a password, read from standard input."`
	Disable userDisableCmd `cmd:"" help:"Close an account."`

	ResetSecondFactor userResetFactorCmd `cmd:"" help:"Take the second factor of an account away, whose phone and recovery codes are lost."`
}

type userListCmd struct {
	JSON bool `help:"Print as JSON." name:"json"`
}

func (c *userListCmd) Run(e *env) error {
	return e.withHub(func(h *hub.Hub) error {
		rows, err := h.Users(e.ctx, operator(h))
		if err != nil {
			return err
		}
		type line struct {
			Login, Name, Role, Place string
			Disabled                 bool
		}
		var lines []line
		for _, r := range rows {
			lines = append(lines, line{r.Login, r.Name, rights.Role(r.Role).String(), r.Place.String(), r.Void})
		}
		if c.JSON {
			return json.NewEncoder(e.out).Encode(lines)
		}
		w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
		for _, l := range lines {
			state := ""
			if l.Disabled {
				state = "disabled"
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", l.Login, l.Role, l.Name, state)
		}
		return w.Flush()
	})
}

type userAddCmd struct {
	Login string `arg:"" help:"Name to log in with."`
	Name  string `help:"The person's name." required:""`
	Role  string `help:"What they may do." enum:"nurse,head,region,province,central,admin,family" required:""`
	Place string `help:"Code of the place their work is about, e.g. gso:03301." required:""`
	Phone string `help:"Their phone."`
}

func (c *userAddCmd) Run(e *env) error {
	e.asks = true
	return e.withHub(func(h *hub.Hub) error {
		password, err := readPassword(e)
		if err != nil {
			return err
		}
		place, err := placeByCode(e.ctx, h, c.Place)
		if err != nil {
			return err
		}
		role, err := rights.ParseRole(c.Role)
		if err != nil {
			return err
		}
		_, err = h.AddUser(e.ctx, operator(h), desk.NewUser{Login: c.Login, Name: c.Name, Role: role, Place: place.ID, Phone: c.Phone, Password: password})
		return err
	})
}

func readPassword(e *env) (string, error) {
	if f, ok := e.stdin.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			fmt.Fprint(e.err, "Password (it shows as you type): ")
		}
	}
	line, err := bufio.NewReader(e.stdin).ReadString('\n')
	if err != nil && (!errors.Is(err, io.EOF) || line == "") {
		return "", fmt.Errorf("no password on standard input: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}

func userByLogin(ctx context.Context, h *hub.Hub, login string) (p.EntityID, error) {
	var id p.EntityID
	err := h.Node.Store().View(ctx, func(tx store.Tx) error {
		rows, err := tx.UsersByLogin(login)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return errors.New("no account here has this name; see: tramy-hub user list")
		}
		id = rows[0].ID
		return nil
	})
	return id, err
}

type userPasswdCmd struct {
	Login string `arg:"" help:"Name to log in with."`
}

func (c *userPasswdCmd) Run(e *env) error {
	e.asks = true
	return e.withHub(func(h *hub.Hub) error {
		password, err := readPassword(e)
		if err != nil {
			return err
		}
		id, err := userByLogin(e.ctx, h, c.Login)
		if err != nil {
			return err
		}
		return h.SetPassword(e.ctx, operator(h), id, "", password)
	})
}

type userResetFactorCmd struct {
	Login string `arg:"" help:"Name to log in with."`
}

func (c *userResetFactorCmd) Run(e *env) error {
	return e.withHub(func(h *hub.Hub) error {
		id, err := userByLogin(e.ctx, h, c.Login)
		if err != nil {
			return err
		}
		return h.ResetFactor(e.ctx, operator(h), id)
	})
}

type userDisableCmd struct {
	Login  string `arg:"" help:"Name to log in with."`
	Reason string `help:"Why; kept with the account." required:""`
}

func (c *userDisableCmd) Run(e *env) error {
	return e.withHub(func(h *hub.Hub) error {
		id, err := userByLogin(e.ctx, h, c.Login)
		if err != nil {
			return err
		}
		return h.DisableUser(e.ctx, operator(h), id, c.Reason)
	})
}
