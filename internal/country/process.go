package country

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"time"
)

// startTimeout is how long a program may take to answer; a first start on a slow disk checks its database.
const startTimeout = 30 * time.Second

// startProcess runs the node's own program on its folder and waits until it answers.
func (n *Node) startProcess(run context.Context) error {
	if n.PagesAddr == "" {
		l, err := listen(&n.PagesAddr)
		if err != nil {
			return err
		}
		l.Close()
	}
	args := []string{"serve", "--data", n.Path, "--delay", n.opt.Delay.String(), "--schedule", "@every 24h"}
	if n.Kind == "station" {
		args = append(args, "--listen", n.PagesAddr)
	} else {
		args = append(args, "--listen", n.Addr, "--address", "https://"+n.Addr, "--pages", n.PagesAddr)
	}
	cmd := exec.CommandContext(run, n.Program, args...)
	log, err := os.OpenFile(n.Path+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	cmd.Stderr, cmd.Stdout = log, log
	cmd.Cancel = func() error {
		if runtime.GOOS == "windows" {
			return cmd.Process.Kill()
		}
		return cmd.Process.Signal(os.Interrupt)
	}
	cmd.WaitDelay = startTimeout
	if err := cmd.Start(); err != nil {
		log.Close()
		return err
	}
	n.background(func() error {
		defer log.Close()
		if err := cmd.Wait(); run.Err() == nil {
			return fmt.Errorf("%s ended by itself (see %s): %w", n.Program, log.Name(), err)
		}
		return nil
	})
	return n.awaitReady(run)
}

// awaitReady asks until the program answers.
func (n *Node) awaitReady(run context.Context) error {
	ctx, cancel := context.WithTimeout(run, startTimeout)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+n.PagesAddr+"/readyz", nil)
		if err != nil {
			return err
		}
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("%s does not answer at %s", n.Name, n.PagesAddr), ctx.Err())
		case <-tick.C:
		}
	}
}
