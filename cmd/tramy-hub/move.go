package main

import (
	"errors"
	"fmt"
	"strings"

	"tramy/hub"
	"tramy/internal/server"
)

type moveCmd struct {
	Address  []string `help:"Where machines below find this hub from now on, https://host:port; several in the order in which to try them."`
	Key      string   `help:"Which TLS key answers there: the present one, or the next." enum:"present,next" default:"present"`
	PublicCA bool     `help:"A certificate of a public CA for the address's name answers there, instead of this hub's own key: see serve --tls-cert." name:"public-ca"`
}

func (c *moveCmd) Run(e *env) error {
	if len(c.Address) == 0 && (c.PublicCA || c.Key != "present") {
		return errors.New("say where as well: --address https://host:port, also where the address stays the same")
	}
	return e.withHub(func(h *hub.Hub) error {
		if len(c.Address) == 0 {
			m := h.Dir.Announced()
			if m == nil {
				_, err := fmt.Fprintln(e.out, "nothing was announced")
				return err
			}
			_, err := fmt.Fprintf(e.out, "announced, number %d: %s, known there by %s\n", m.Number, strings.Join(m.Addresses, ", "), knownBy(m.Pin, h.Dir.KeyChanges()))
			return err
		}
		m, err := h.Move(hub.MoveTo{Addresses: c.Address, NextKey: c.Key == "next", PublicCA: c.PublicCA})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(e.out, `announced, number %d: %s, known there by %s
Machines below hear it at their next exchange, over the line or by USB, and go there once this hub answers there. They need this folder
there: the same device, the same keys. Let the old address answer until each has called since today (tramy-hub device list).
Now make a backup: tramy-hub backup
`, m.Number, strings.Join(m.Addresses, ", "), knownBy(m.Pin, h.Dir.KeyChanges()))
		return err
	})
}

// knownBy says by what machines below know this hub.
func knownBy(pin [32]byte, changes int) string {
	switch {
	case pin == server.PublicPin:
		return "its name, with a certificate of a public CA"
	case changes == 0:
		return "the key it was made with"
	}
	return fmt.Sprintf("TLS key %d", changes+1)
}
