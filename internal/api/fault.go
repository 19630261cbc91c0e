package api

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"tramy/internal/locale"
	"tramy/internal/registry"
	"tramy/internal/server"
	p "tramy/syncproto"
)

// Fault is one entry at fault, or (in a list of warnings) one that looks odd.
type Fault struct {
	Field   string         `json:"field"`
	Code    registry.Code  `json:"code"`
	Message string         `json:"message"`
	Params  map[string]any `json:"params,omitempty"`

	raw registry.FieldError // for the message, once the language is known
}

// Names of the members that problem documents have beyond RFC 9457.
const (
	memberErrors     = "errors"
	memberValues     = "values"
	memberCandidates = "candidates"
)

// invalidProblem lists entries at fault; prefix leads to where the object with the fields stands in the
// request. The problem's own field is the first of them.
func invalidProblem(prefix string, errs ...registry.FieldError) *server.Problem {
	faults := faultsOf(prefix, errs)
	pr := server.NewProblem(server.TypeInvalid).Extend(memberErrors, faults)
	if len(faults) > 0 {
		pr.Field = faults[0].Field
	}
	return pr
}

func faultsOf(prefix string, errs []registry.FieldError) []Fault {
	faults := make([]Fault, len(errs))
	for i, e := range errs {
		faults[i] = Fault{Field: prefix + e.Field, Code: e.Code, raw: e, Params: map[string]any{}}
		for name, v := range e.Params {
			if day, ok := v.(registry.Day); ok {
				v = day.ISO()
			}
			faults[i].Params[name] = v
		}
	}
	return faults
}

// warnings are faults that stopped nothing, in words.
func warnings(words *locale.Catalogue, prefix string, errs []registry.FieldError) []Fault {
	faults := faultsOf(prefix, errs)
	for i := range faults {
		faults[i].Message = Sentence(words, faults[i].raw)
	}
	return faults
}

// Sentence says in words what is wrong with an entry.
func Sentence(words *locale.Catalogue, e registry.FieldError) string {
	var args []any
	for name, v := range e.Params {
		args = append(args, name, spoken(words, e.Code, v))
	}
	s := words.T("invalid."+string(e.Code), args...)
	if guess, ok := e.Params["guess"]; ok {
		s += " " + words.T("invalid.guess", "guess", spoken(words, e.Code, guess))
	}
	return s
}

// spoken writes a parameter as a person would: dates as on paper, tenths of a degree with a comma,
// microlitres as millilitres.
func spoken(words *locale.Catalogue, code registry.Code, v any) any {
	switch v := v.(type) {
	case registry.Day:
		return v.String()
	case int:
		switch code {
		case registry.CodeTemperature, registry.WarnFever:
			return words.Decimal(float64(v)/10, 1)
		case registry.CodeVolume:
			return words.Decimal(float64(v)/1000, 2) + " ml"
		case registry.WarnPersonalYear:
			return fmt.Sprint(v) // a year has no thousands
		}
	}
	return v
}

// Live is one of the values a field has now.
type Live struct {
	Dot   string `json:"dot"`
	Value any    `json:"value"`
	At    string `json:"at"`
}

// staleProblem shows the values that stand, so that both can be put before the person.
func staleProblem(e *registry.StaleError) *server.Problem {
	info, known := registry.FieldOf(e.Kind, e.Field)
	if !known {
		info.Name = fmt.Sprint(e.Field)
	}
	return server.NewProblem(server.TypeStale).At(info.Name).Extend(memberValues, liveOf(info, e.Values))
}

func liveOf(info registry.FieldInfo, values []p.Value) []Live {
	out := make([]Live, len(values))
	for i, v := range values {
		out[i] = Live{Dot: v.Dot.String(), Value: value(info, v.Data), At: Moment(v.At.Corrected())}
	}
	return out
}

// isTyped reports whether a param of a fault says what was typed, or which day it may have meant: a name, a telephone number, a birth
// date. The caller has it, and who logs a refusal must not have it.
func isTyped(e registry.FieldError, param string) bool {
	_, day := e.Params[param].(registry.Day)
	return param == "text" || param == "guess" && day
}

// untyped is a fault without what was typed.
func untyped(e registry.FieldError) registry.FieldError {
	e.Params = maps.Clone(e.Params)
	if _, ok := e.Params["text"]; ok {
		e.Params["text"] = "…"
	}
	if isTyped(e, "guess") {
		delete(e.Params, "guess")
	}
	return e
}

// fail answers with the problem that err is, each fault said in the caller's language.
func fail(w http.ResponseWriter, r *http.Request, err error) {
	lang := server.LangOf(r)
	pr := server.ProblemOf(problemOf(err), lang)
	if faults, ok := pr.Extensions[memberErrors].([]Fault); ok {
		words := locale.For(lang)
		faults = slices.Clone(faults)
		var said []string
		for i := range faults {
			faults[i].Message, faults[i].Params = Sentence(words, untyped(faults[i].raw)), maps.Clone(faults[i].Params)
			maps.DeleteFunc(faults[i].Params, func(name string, _ any) bool { return isTyped(faults[i].raw, name) })
			said = append(said, faults[i].Message)
		}
		pr.Extensions[memberErrors] = faults
		if len(said) > 0 {
			pr.Detail = strings.Join(said, " ")
		}
	}
	server.WriteProblem(w, r, pr)
}
