package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"tramy/hub"
	"tramy/internal/project"
	"tramy/internal/registry"
)

type scheduleCmd struct {
	List   scheduleListCmd   `cmd:"" help:"List the versions of the national schedule."`
	Check  scheduleCheckCmd  `cmd:"" help:"Compare a schedule file with the one in force, over everybody registered here; nothing is written."`
	Import scheduleImportCmd `cmd:"" help:"Bring in a version of the schedule; it goes to every node."`
}

type scheduleListCmd struct {
	JSON bool `help:"Print as JSON." name:"json"`
}

func (c *scheduleListCmd) Run(e *env) error {
	return e.withHub(func(h *hub.Hub) error {
		rows, err := h.Schedules(e.ctx)
		if err != nil {
			return err
		}
		type line struct {
			Code, From, Until, Title string
			InForce                  bool
		}
		var lines []line
		now := h.Node.Advisor().Schedule(h.Today())
		for _, r := range rows {
			l := line{Code: r.Code, From: r.From.ISO(), Title: r.Title, InForce: now != nil && now.ID == r.Code}
			if r.Until != 0 {
				l.Until = r.Until.ISO()
			}
			lines = append(lines, l)
		}
		if c.JSON {
			return json.NewEncoder(e.out).Encode(lines)
		}
		w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "CODE\tFROM\tUNTIL\tSTATE\tTITLE")
		for _, l := range lines {
			state := ""
			if l.InForce {
				state = "in force"
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", l.Code, l.From, l.Until, state, l.Title)
		}
		return w.Flush()
	})
}

// readScheduleFile reads a file as far as one may be large: the rest says that it is too large.
func readScheduleFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, registry.ScheduleFileBytesMax+1))
}

type scheduleImportCmd struct {
	File string `arg:"" help:"The schedule file (YAML; see docs/guide/schedule-file.md)."`
}

func (c *scheduleImportCmd) Run(e *env) error {
	path := e.path(c.File)
	return e.withHub(func(h *hub.Hub) error {
		file, err := readScheduleFile(path)
		if err != nil {
			return err
		}
		done, err := h.ImportSchedule(e.ctx, operator(h), c.File, file)
		if err != nil {
			return err
		}
		fmt.Fprintf(e.out, "%s is in force from %s: %s\n", done.Code, done.From.ISO(), done.Title)
		if done.Replaces {
			fmt.Fprintln(e.out, "It takes the place of the file that had this code.")
		}
		if done.Ends != "" {
			fmt.Fprintf(e.out, "%s ends that day.\n", done.Ends)
		}
		_, err = fmt.Fprintln(e.out, "What is due is being worked out anew here, and at every node as it hears of it.")
		return err
	})
}

type scheduleCheckCmd struct {
	File string `arg:"" help:"The schedule file (YAML; see docs/guide/schedule-file.md)."`
	JSON bool   `help:"Print as JSON." name:"json"`
}

func (c *scheduleCheckCmd) Run(e *env) error {
	path := e.path(c.File)
	return e.withHub(func(h *hub.Hub) error {
		file, err := readScheduleFile(path)
		if err != nil {
			return err
		}
		out, err := h.CheckSchedule(e.ctx, operator(h), c.File, file, nil)
		if err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(e.out).Encode(out)
		}
		fmt.Fprintf(e.out, "On %s, against %s: %d people compared, the advice for %d changes.\n", out.On.ISO(), out.Present, out.People, out.Changed)
		for _, x := range out.Examples {
			fmt.Fprintf(e.out, "\n%s, born %s\n", x.Code, x.Born.ISO())
			for _, d := range x.Items {
				fmt.Fprintf(e.out, "  %-12s %s -> %s\n", d.Vaccine, dueText(d.Before), dueText(d.After))
			}
		}
		return nil
	})
}

// dueText says in a few words what is due.
func dueText(r *project.DueRow) string {
	switch {
	case r == nil:
		return "nothing"
	case r.Status == project.DueMissed:
		return fmt.Sprintf("dose %d missed", r.Dose)
	}
	return fmt.Sprintf("dose %d from %s", r.Dose, r.Recommended.ISO())
}
