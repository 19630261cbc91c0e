package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"tramy/hub"
	"tramy/internal/node"
)

type deviceCmd struct {
	List      deviceListCmd      `cmd:"" help:"List the machines below this hub."`
	Revoke    deviceRevokeCmd    `cmd:"" help:"Take a machine out of service: it is refused from now on, and locks."`
	Reinstate deviceReinstateCmd `cmd:"" help:"Take a revocation back: the machine unlocks at its next call."`
	Missing   deviceMissingCmd   `cmd:"" help:"List what a machine recorded that never arrived, as far as can be known."`
	AskKeys   deviceAskKeysCmd   `cmd:"" help:"Ask a machine to change its keys at its next exchange."`
}

type deviceListCmd struct {
	JSON bool `help:"Print as JSON." name:"json"`
}

func (c *deviceListCmd) Run(e *env) error {
	return e.withHub(func(h *hub.Hub) error {
		rows, err := h.Stations(e.ctx, operator(h))
		if err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(e.out).Encode(rows)
		}
		w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "NUMBER\tROLE\tPLACE\tNAME\tLAST HEARD\tSTATE")
		for _, r := range rows {
			heard, state := "never", "in force"
			if at := max(r.Child.ContactMS, r.Child.DataMS); at > 0 {
				heard = time.UnixMilli(at).Format(time.DateTime)
			}
			if r.Device.Revoked {
				state = "revoked"
			}
			fmt.Fprintf(w, "%06d\t%s\t%s\t%s\t%s\t%s\n", r.Device.Number, r.Device.Role, r.PlaceName, r.Device.Name, heard, state)
		}
		return w.Flush()
	})
}

type deviceRevokeCmd struct {
	Number int64  `arg:"" help:"The device's number, as device list shows it."`
	Reason string `help:"Why." required:""`
}

func (c *deviceRevokeCmd) Run(e *env) error {
	return withDevice(e, c.Number, func(h *hub.Hub, s *hub.Station) error {
		return h.Revoke(e.ctx, operator(h), s.Device.ID, c.Reason)
	})
}

// withDevice runs fn on the machine with a number.
func withDevice(e *env, number int64, fn func(h *hub.Hub, s *hub.Station) error) error {
	return e.withHub(func(h *hub.Hub) error {
		rows, err := h.Stations(e.ctx, operator(h))
		if err != nil {
			return err
		}
		for i := range rows {
			if rows[i].Device.Number == number {
				return fn(h, &rows[i])
			}
		}
		return fmt.Errorf("no device %06d below this hub; see: tramy-hub device list", number)
	})
}

type deviceReinstateCmd struct {
	Number int64 `arg:"" help:"The device's number, as device list shows it."`
}

func (c *deviceReinstateCmd) Run(e *env) error {
	return withDevice(e, c.Number, func(h *hub.Hub, s *hub.Station) error {
		err := h.Reinstate(e.ctx, operator(h), s.Device.ID)
		if errors.Is(err, node.ErrNothing) {
			return fmt.Errorf("device %06d is not revoked", c.Number)
		}
		return err
	})
}

type deviceAskKeysCmd struct {
	Number int64 `arg:"" help:"The device's number, as device list shows it."`
}

func (c *deviceAskKeysCmd) Run(e *env) error {
	return withDevice(e, c.Number, func(h *hub.Hub, s *hub.Station) error {
		err := h.AskForKeys(e.ctx, operator(h), s.Device.ID)
		if errors.Is(err, node.ErrNothing) {
			return fmt.Errorf("device %06d is asked already and has not answered yet", c.Number)
		}
		return err
	})
}

type deviceMissingCmd struct {
	Number int64 `arg:"" help:"The device's number, as device list shows it."`
	JSON   bool  `help:"Print as JSON." name:"json"`
}

// signWords say how it is known that something is missing.
var signWords = map[node.Sign]string{
	node.SignTold: "the machine said so", node.SignAbove: "the hub above has more", node.SignBelow: "a hub below let in more",
	node.SignParked: "a later part is here", node.SignRecord: "other records rest on it", node.SignFollows: "a later log names it",
}

func (c *deviceMissingCmd) Run(e *env) error {
	return withDevice(e, c.Number, func(h *hub.Hub, s *hub.Station) error {
		m, err := h.Missing(e.ctx, operator(h), s.Device.ID)
		if err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(e.out).Encode(m)
		}
		moment := func(ms int64) string {
			if ms == 0 {
				return "never"
			}
			return time.UnixMilli(ms).Format(time.DateTime)
		}
		fmt.Fprintf(e.out, "Device %06d, %s. Last call %s, newest record here %s.\n", s.Device.Number, s.PlaceName, moment(s.Child.ContactMS), moment(s.Child.DataMS))
		if len(m.Ranges) == 0 {
			fmt.Fprintln(e.out, "Nothing is known to be missing.")
		} else {
			w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
			fmt.Fprintln(w, "LOG\tCHANGES\tAFTER\tHOW IT IS KNOWN")
			for _, r := range m.Ranges {
				changes := fmt.Sprintf("%d to %d", r.First, r.Last)
				if r.Last == 0 {
					changes = fmt.Sprintf("%d to ?", r.First)
				}
				var signs []string
				for _, sign := range r.Signs {
					signs = append(signs, signWords[sign])
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.Log, changes, moment(r.AfterMS), strings.Join(signs, ", "))
			}
			if err := w.Flush(); err != nil {
				return err
			}
		}
		_, err = fmt.Fprintln(e.out, "What it recorded after its last call and told nobody of cannot be known here.")
		return err
	})
}
