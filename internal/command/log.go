package command

import (
	"io"
	"log/slog"
)

// Log is the flag by which an operator chooses how much a program tells of its work.
type Log struct {
	Log string `help:"How much is told on standard error: debug, info, warn or error. At no level does it name anybody." enum:"debug,info,warn,error" default:"info" env:"TRAMY_LOG"`
}

// To returns the logger that writes to w what the flag asks for.
func (l Log) To(w io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(l.Log)); err != nil { // the flag has an enum
		level = slog.LevelInfo
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}))
}
