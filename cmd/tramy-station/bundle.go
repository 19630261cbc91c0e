package main

import (
	"errors"
	"fmt"

	"tramy/station"
)

// bundleCmd exchanges with the hub by a USB stick.
type bundleCmd struct {
	Out bundleOutCmd `cmd:"" help:"Write what waits for the hub onto a stick, encrypted to it."`
	In  bundleInCmd  `cmd:"" help:"Read the hub's answer from a stick."`
}

type bundleOutCmd struct {
	Path string `arg:"" help:"The stick or a folder (the file goes into TRAMY there), or a file name that ends in .tramy."`
}

func (c *bundleOutCmd) Run(e *env) error {
	return e.withStation(func(s *station.Station) error {
		out, err := s.Courier.OutPath(e.ctx, e.path(c.Path))
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(e.out, out.String())
		return err
	})
}

type bundleInCmd struct {
	Paths []string `arg:"" name:"path" help:"The stick, a folder, or files."`
}

// errBundles says that a file did not do what it should; its line tells why.
var errBundles = errors.New("not every file was taken in; what is above tells why, and nothing is lost by it")

func (c *bundleInCmd) Run(e *env) error {
	return e.withStation(func(s *station.Station) error {
		bad := false
		for _, path := range c.Paths {
			files, err := s.Courier.InPath(e.ctx, e.path(path))
			if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			for i := range files {
				fmt.Fprintln(e.out, files[i].String())
				bad = bad || !files[i].OK()
			}
		}
		if bad {
			return errBundles
		}
		return nil
	})
}
