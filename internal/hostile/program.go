package hostile

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"tramy/internal/datadir"
	"tramy/internal/exchange"
	"tramy/internal/testport"
	"tramy/station"
)

// Places of the tree that is attacked, as the programs' commands name them.
const (
	province = "gso:11"
	commune  = "gso:03368"
	facility = "kcb:11001"
)

// startTimeout is how long the hub's program may take to answer.
const startTimeout = time.Minute

// Hub is the hub's own program at work, with a commune below it.
type Hub struct {
	Target
	program, dir string
	cmd          *exec.Cmd
}

// StartHub founds a hub in a folder and starts its program. Call Stop in the end.
func StartHub(ctx context.Context, program, dir string) (*Hub, error) {
	h := &Hub{program: program, dir: filepath.Join(dir, "hub")}
	h.Target.Code, h.Target.Figures = h.code, h.figures
	for _, args := range [][]string{
		{"init"},
		{"place", "add", commune, "--name", "Xã Mường Nhà", "--parent", province, "--level", "commune"},
		{"place", "add", facility, "--name", "Trạm Y tế xã Mường Nhà", "--parent", commune},
	} {
		if _, err := h.command(ctx, args...); err != nil {
			return nil, err
		}
	}
	var err error
	if h.Exchange, err = testport.Free(); err != nil {
		return nil, err
	}
	if h.Pages, err = testport.Free(); err != nil {
		return nil, err
	}
	h.cmd = exec.CommandContext(ctx, program, "serve", "--data", h.dir, "--listen", h.Exchange, "--address", "https://"+h.Exchange, "--pages", h.Pages)
	log, err := os.Create(filepath.Join(dir, "hub.log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	h.cmd.Stderr = log
	if err := h.cmd.Start(); err != nil {
		return nil, err
	}
	if err := h.answers(ctx); err != nil {
		return nil, errors.Join(err, h.Stop())
	}
	return h, nil
}

func (h *Hub) command(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, h.program, append(args, "--data", h.dir)...)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%s %s: %w\n%s", h.program, args[0], err, said.String())
	}
	return string(out), err
}

// answers waits until the program answers.
func (h *Hub) answers(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+h.Pages+"/readyz", nil)
		if err != nil {
			return err
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer: see %s", h.program, filepath.Join(filepath.Dir(h.dir), "hub.log"))
		case <-tick.C:
		}
	}
}

// Stop ends the program.
func (h *Hub) Stop() error {
	stop := h.cmd.Process.Signal
	if runtime.GOOS == "windows" {
		stop = func(os.Signal) error { return h.cmd.Process.Kill() }
	}
	if err := stop(os.Interrupt); err != nil {
		return err
	}
	return h.cmd.Wait()
}

func (h *Hub) code(ctx context.Context) (*exchange.Code, error) {
	text, err := h.command(ctx, "enrol", "--place", facility)
	if err != nil {
		return nil, err
	}
	return exchange.ParseCode(text)
}

// Station enrols an honest station in a folder and lets it exchange once. The caller closes it.
func (h *Hub) Station(ctx context.Context, dir string, open datadir.OpenStore) (*Station, func() error, error) {
	code, err := h.code(ctx)
	if err != nil {
		return nil, nil, err
	}
	if _, err := datadir.Enrol(ctx, dir, code, filepath.Base(dir), "hostile"); err != nil {
		return nil, nil, err
	}
	d, err := datadir.Open(dir, "station")
	if err != nil {
		return nil, nil, err
	}
	st, err := station.Open(ctx, d, station.Options{Open: open, Now: time.Now, Software: "hostile", Delay: time.Hour, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, nil, errors.Join(err, d.Close())
	}
	if _, err = st.Uplink.Client.Sync(ctx); err == nil {
		var s *Station
		if s, err = NewStation(ctx, st); err == nil {
			return s, st.Close, nil
		}
	}
	return nil, nil, errors.Join(err, st.Close())
}

// figures reads what the system says of the program.
func (h *Hub) figures() Figures {
	f := Figures{MemoryBytes: -1, Goroutines: -1, Files: -1}
	of := fmt.Sprintf("/proc/%d/", h.cmd.Process.Pid)
	if status, err := os.Open(of + "status"); err == nil {
		defer status.Close()
		f.MemoryBytes = resident(status)
	}
	if open, err := os.ReadDir(of + "fd"); err == nil {
		f.Files = len(open)
	}
	return f
}

func resident(status io.Reader) int64 {
	for lines := bufio.NewScanner(status); lines.Scan(); {
		var kb int64
		if _, err := fmt.Sscanf(lines.Text(), "VmRSS: %d kB", &kb); err == nil {
			return kb << 10
		}
	}
	return -1
}
