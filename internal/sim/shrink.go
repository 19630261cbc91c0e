package sim

import (
	"context"
	"slices"
	"strings"
)

// ShrinkTries is how many runs a script is shrunk with, unless somebody asks for another number.
const ShrinkTries = 1000

// Shrink makes a script shorter and plainer as long as it still fails as it did: spans of steps go, halves first, then
// single ones; then choices become 0, the plainest. fails plays a script and returns its first failure, "" if there is
// none. It is asked at most so many times.
func Shrink(s Script, tries int, fails func(Script) string) Script {
	if len(s) == 0 {
		return s
	}
	sh := shrinking{tries: tries, fails: fails}
	sh.want = sh.play(s)
	if sh.want == "" {
		return s
	}
	s = sh.plainer(sh.shorter(s))
	return sh.shorter(s)
}

type shrinking struct {
	tries int
	fails func(Script) string
	want  string
}

// failureWords is how many words of a failure say which one it is. Names and numbers follow.
const failureWords = 4

// play returns which failure a script has.
func (sh *shrinking) play(s Script) string {
	sh.tries--
	words := strings.Fields(sh.fails(s))
	var kept []string
	for _, w := range words {
		if !strings.ContainsAny(w, "0123456789") { // names of machines, dots, counts
			kept = append(kept, w)
		}
	}
	return strings.Join(kept[:min(len(kept), failureWords)], " ")
}

func (sh *shrinking) still(s Script) bool { return sh.tries > 0 && sh.play(s) == sh.want }

// shorter leaves out spans of steps. The first step, which makes the country, stays.
func (sh *shrinking) shorter(s Script) Script {
	for size := (len(s) + 1) / 2; size > 0; size /= 2 {
		for at := len(s) - size; at >= 1 && sh.tries > 0; {
			next := slices.Concat(s[:at], s[at+size:])
			if sh.still(next) {
				s = next
			}
			at = min(at-size, len(s)-size)
		}
	}
	return s
}

// plainer puts 0 in the place of choices: of whole steps first, then of halves of them, then of single ones.
func (sh *shrinking) plainer(s Script) Script {
	for k := len(s) - 1; k >= 0; k-- {
		for size := len(s[k]); size > 0; size /= 2 {
			for at := 0; at < len(s[k]) && sh.tries > 0; at += size {
				end := min(at+size, len(s[k]))
				if !slices.ContainsFunc(s[k][at:end], func(c uint32) bool { return c != 0 }) {
					continue
				}
				next := slices.Clone(s)
				next[k] = slices.Clone(s[k])
				clear(next[k][at:end])
				if sh.still(next) {
					s = next
				}
			}
		}
		end := len(s[k])
		for end > 0 && s[k][end-1] == 0 { // a script that has none chooses 0
			end--
		}
		s[k] = s[k][:end]
	}
	return s
}

// Fails plays scripts as Shrink wants them, with what a run had besides its script.
func (m *Many) Fails(ctx context.Context, opt Options) func(Script) string {
	opt.Log = nil
	return func(s Script) string {
		opt.Script = s
		res, err := m.Play(ctx, opt)
		if err != nil {
			return err.Error()
		}
		if len(res.Failures) > 0 {
			return res.Failures[0]
		}
		return ""
	}
}
