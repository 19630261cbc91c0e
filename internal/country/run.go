package country

import (
	"context"
	"errors"
	"net"

	"tramy/hub"
	"tramy/internal/datadir"
	"tramy/internal/server"
	"tramy/internal/testport"
	"tramy/station"
)

// Start opens the node's folder and lets it run. It listens where it listened before.
func (n *Node) Start(ctx context.Context) error {
	run, cancel := context.WithCancel(context.WithoutCancel(ctx))
	n.cancel, n.waiting = cancel, nil
	var err error
	switch {
	case n.Program != "":
		err = n.startProcess(run)
	case n.Kind == "station":
		err = n.startStation(ctx, run)
	default:
		err = n.startHub(ctx, run)
	}
	if err == nil && n.Program == "" {
		err = n.startPages(run)
	}
	if err != nil {
		return errors.Join(err, n.Stop())
	}
	return nil
}

// background runs something until the node stops.
func (n *Node) background(fn func() error) {
	done := make(chan error, 1)
	n.waiting = append(n.waiting, done)
	go func() { done <- fn() }()
}

// openStation opens the folder without letting the station speak.
func (n *Node) openStation(ctx context.Context) error {
	dir, err := datadir.Open(n.Path, "station")
	if err != nil {
		return err
	}
	s, err := station.Open(ctx, dir, station.Options{Open: n.opt.OpenStation, Now: n.opt.Now, Software: "tramy-demo", Delay: n.opt.Delay, Schedule: n.opt.Schedule, Log: n.opt.Log})
	if err != nil {
		return errors.Join(err, dir.Close())
	}
	n.Station = s
	return nil
}

func (n *Node) startStation(ctx, run context.Context) error {
	if err := n.openStation(ctx); err != nil {
		return err
	}
	s := n.Station
	n.background(func() error { return s.Run(run) })
	return nil
}

// openHub opens the folder without letting the hub listen.
func (n *Node) openHub(ctx context.Context) error {
	dir, err := datadir.Open(n.Path, "hub")
	if err != nil {
		return err
	}
	h, err := hub.Open(ctx, dir, hub.Options{Open: n.opt.OpenHub, Now: n.opt.Now, Software: "tramy-demo", Addresses: []string{"https://" + n.Addr}, Delay: n.opt.Delay, Schedule: n.opt.Schedule, Log: n.opt.Log})
	if err != nil {
		return errors.Join(err, dir.Close())
	}
	n.Hub = h
	return nil
}

func (n *Node) startHub(ctx, run context.Context) error {
	l, err := listen(&n.Addr)
	if err != nil {
		return err
	}
	if err := n.openHub(ctx); err != nil {
		l.Close()
		return err
	}
	h := n.Hub
	tlsConf, err := h.TLS()
	if err != nil {
		l.Close()
		return err
	}
	srv := server.New(server.Options{Hosts: []string{server.AnyHost}, TLS: tlsConf, Log: n.opt.Log})
	h.Register(srv)
	n.background(func() error { return srv.Serve(run, l) })
	n.background(func() error { return h.Run(run) })
	return nil
}

func (n *Node) startPages(run context.Context) error {
	if n.opt.Handler == nil {
		return nil
	}
	srv, err := n.opt.Handler(n)
	if err != nil {
		return err
	}
	l, err := listen(&n.PagesAddr)
	if err != nil {
		return err
	}
	n.background(func() error { return srv.Serve(run, l) })
	return nil
}

// listen listens where addr says; when it says nothing, on a free port of loopback, which it notes.
func listen(addr *string) (net.Listener, error) {
	if *addr == "" {
		free, err := testport.Free()
		if err != nil {
			return nil, err
		}
		*addr = free
	}
	return net.Listen("tcp", *addr)
}

// Stop ends the node as a shutdown does; its folder can be copied then.
func (n *Node) Stop() error {
	if n.cancel == nil {
		return nil
	}
	n.cancel()
	n.cancel = nil
	var err error
	for _, w := range n.waiting {
		err = errors.Join(err, <-w)
	}
	return errors.Join(err, n.close())
}

func (n *Node) close() (err error) {
	if n.Hub != nil {
		err = errors.Join(err, n.Hub.Close())
	}
	if n.Station != nil {
		err = errors.Join(err, n.Station.Close())
	}
	n.Hub, n.Station = nil, nil
	return err
}

// workOutStopped opens the folder of a node that is stopped and works out what is due.
func (n *Node) workOutStopped(ctx context.Context) (err error) {
	open := n.openHub
	if n.Kind == "station" {
		open = n.openStation
	}
	if err := open(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.close()) }()
	return n.workOutDue(ctx)
}
