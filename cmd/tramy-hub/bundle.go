package main

import (
	"errors"
	"fmt"

	"tramy/hub"
	"tramy/internal/node"
)

// bundleCmd exchanges with the machines below, and with the hub above, by a USB stick.
type bundleCmd struct {
	In  bundleInCmd  `cmd:"" help:"Read the files of stations and hubs below and write the answers; read the answers of the hub above."`
	Out bundleOutCmd `cmd:"" help:"Write what waits for the hub above onto a stick, encrypted to it."`
}

type bundleOutCmd struct {
	Path string `arg:"" help:"The stick or a folder (the file goes into TRAMY there), or a file name that ends in .tramy."`
}

func (c *bundleOutCmd) Run(e *env) error {
	return e.withHub(func(h *hub.Hub) error {
		if h.Courier == nil {
			return node.ErrNotRooted
		}
		out, err := h.Courier.OutPath(e.ctx, e.path(c.Path))
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(e.out, out.String())
		return err
	})
}

type bundleInCmd struct {
	Paths []string `arg:"" name:"path" help:"The stick, a folder, or files."`
	Out   string   `help:"Folder for the answers; beside the requests if none is given."`
}

// errBundles says that a file did not do what it should; its line tells why.
var errBundles = errors.New("not every file was taken in and answered; what is above tells why, and the others are done")

func (c *bundleInCmd) Run(e *env) error {
	return e.withHub(func(h *hub.Hub) error {
		answers, bad := "", false
		if c.Out != "" {
			answers = e.path(c.Out)
		}
		for _, path := range c.Paths {
			read, err := h.ReadBundles(e.ctx, e.path(path), answers)
			for i := range read.Taken {
				fmt.Fprintln(e.out, read.Taken[i].String())
				bad = bad || !read.Taken[i].OK()
			}
			for i := range read.Answered {
				fmt.Fprintln(e.out, read.Answered[i].String())
				bad = bad || read.Answered[i].Err != nil
			}
			if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
		}
		if bad {
			return errBundles
		}
		return nil
	})
}
