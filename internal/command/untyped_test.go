package command

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// What stands in the wrong place on a line is not repeated: it may be a password, or somebody's name.
func TestValuesAreNotRepeated(t *testing.T) {
	type grammar struct {
		Add struct {
			Login  string            `arg:""`
			Role   string            `enum:"nurse,head" default:"nurse"`
			Count  int               `env:"TRAMY_TEST_COUNT"`
			JSON   bool              `name:"json"`
			Rename map[string]string `name:"rename"`
		} `cmd:""`
		List struct{} `cmd:""`
	}
	const secret = "Vàng Thị Mẩy"
	for _, c := range []struct {
		env  string
		args []string
		says string
	}{
		{"", []string{"add", "lan", secret}, "unexpected argument what stands 3rd on the line"},
		{"", []string{"list", secret}, "what stands 2nd on the line"},
		{"", []string{secret}, "what stands 1st on the line"},
		{"", []string{"add", "lan", "--role", secret}, `--role must be one of "nurse","head" but got what stands 4th on the line`},
		{"", []string{"add", "lan", "--role=" + secret}, `--role must be one of "nurse","head" but got what stands 3rd on the line`},
		{"", []string{"add", "lan", "--count", secret}, "--count: expected a valid 64 bit int but got what stands 4th on the line"},
		{"", []string{"add", "lan", "--json=" + secret}, "--json: bool value must be true, 1, yes, false, 0 or no but got what stands 3rd on the line"},
		{"", []string{"add", "lan", "--rename", secret}, "what stands 4th on the line"},
		{secret, []string{"add", "lan"}, "what stands in TRAMY_TEST_COUNT"},
		{"", []string{"ad", "lan"}, `did you mean "add"?`},
		{"", []string{"add", "lan", "--rol", "x"}, `unknown flag --rol`},
	} {
		if c.env != "" {
			t.Setenv("TRAMY_TEST_COUNT", c.env)
		}
		var g grammar
		var out, errs bytes.Buffer
		line := Line{Name: "test", Grammar: &g, Args: c.args, Out: &out, Err: &errs, Hint: func(error) string { return "" }}
		if code := line.Run(func(*kong.Context) error { return nil }); code != 2 {
			t.Errorf("%q: exit %d, want 2", c.args, code)
		}
		if said := errs.String(); !strings.Contains(said, c.says) || strings.Contains(said, "Mẩy") {
			t.Errorf("%q: says %q, want %q", c.args, said, c.says)
		}
		if c.env != "" {
			t.Setenv("TRAMY_TEST_COUNT", "1")
		}
	}
}

// A command that panics within a running program, or a part of a program, says where and why, and not whom it was about.
func TestPanicsTellNobody(t *testing.T) {
	const secret = "Vàng Thị Mẩy"
	var g struct {
		List struct{} `cmd:""`
	}
	var out, errs bytes.Buffer
	line := Line{Name: "test", Grammar: &g, Args: []string{"list"}, Out: &out, Err: &errs}
	if code := line.Run(func(*kong.Context) error { panic(secret) }); code != 1 {
		t.Errorf("exit %d, want 1", code)
	}
	if said := errs.String(); !strings.Contains(said, "panic of type string") || !strings.Contains(said, "untyped_test.go") || strings.Contains(said, "Mẩy") {
		t.Errorf("the command says %q", said)
	}
	err := Together(t.Context(), func(context.Context) error { panic(errors.New(secret)) })
	if err == nil || !strings.Contains(err.Error(), "untyped_test.go") || strings.Contains(err.Error(), "Mẩy") {
		t.Errorf("a part that panics: %v", err)
	}
}
