// Package command is what the programs' command lines share: parsing, exit codes, errors with a hint, and
// running several things until one of them ends.
package command

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/alecthomas/kong"

	"tramy/internal/panics"
)

// exitNow carries an exit code through callbacks that cannot return one, so that a command can also run
// inside a running program.
type exitNow int

// Exit ends the command that is running with a code.
func Exit(code int) { panic(exitNow(code)) }

// Line is one command line.
type Line struct {
	Name        string
	Description string
	Grammar     any // a struct for kong
	Vars        kong.Vars
	Args        []string
	Out, Err    io.Writer
	Hint        func(error) string // what to do next; "" for nothing
}

// Run parses the line and gives it to do: 0 done, 1 failed, 2 used wrongly.
func (l *Line) Run(do func(k *kong.Context) error) (code int) {
	defer func() {
		if r := recover(); r != nil {
			x, ok := r.(exitNow)
			if !ok {
				// Not panicked on: the runtime, or the server of a running program, would print the value.
				fmt.Fprintf(l.Err, "%s: %v\n%s", l.Name, panics.Cause(r), debug.Stack())
				code = 1
				return
			}
			code = int(x)
		}
	}()
	parser, err := kong.New(l.Grammar, kong.Name(l.Name), kong.Description(l.Description), kong.Writers(l.Out, l.Err),
		kong.Exit(Exit), l.Vars, kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		fmt.Fprintln(l.Err, err)
		return 1
	}
	k, err := parser.Parse(l.Args)
	if err != nil {
		fmt.Fprintf(l.Err, "%s: %s\nTry %s --help.\n", l.Name, withoutValues(err.Error(), l.Args), l.Name)
		return 2
	}
	if err := do(k); err != nil {
		fmt.Fprintf(l.Err, "%s: %v\n", l.Name, err)
		if hint := l.Hint(err); hint != "" {
			fmt.Fprintln(l.Err, hint)
		}
		return 1
	}
	return 0
}

// Together runs parts of a program side by side. When one ends, with or without an error, the others are
// told to; the first error is returned once all have ended.
func Together(ctx context.Context, parts ...func(ctx context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	errs := make(chan error, len(parts))
	for _, part := range parts {
		go func() { errs <- guarded(ctx, part) }()
	}
	var first error
	for range parts {
		if err := <-errs; err != nil && first == nil {
			first = err
		}
		cancel()
	}
	return first
}

// guarded runs a part; a panic in it ends the program by an error that says where and why, and not whom it was about.
func guarded(ctx context.Context, part func(ctx context.Context) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%w\n%s", panics.Cause(v), debug.Stack())
		}
	}()
	return part(ctx)
}
