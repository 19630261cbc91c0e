package ui

import (
	"fmt"
	"strings"
)

// Field is one control of a form: what stands in it, the sentence under it after an error, and one that
// only asks to look again: a warning never stands in the way of saving.
type Field struct {
	Value string
	Error string
	Warn  string
}

// Select is a choice from a list: radio buttons where there are few options, a select where many.
type Select struct {
	Value   string
	Error   string
	Options []Option
}

// Option is one thing to choose.
type Option struct{ Value, Text string }

// Chosen is the text of what is chosen, "" if that is nothing.
func (s Select) Chosen() string {
	if s.Value == "" {
		return ""
	}
	return s.word()
}

// word is the text of what is chosen.
func (s Select) word() string {
	for _, o := range s.Options {
		if o.Value == s.Value {
			return o.Text
		}
	}
	return ""
}

// input is a text control as the template "input" draws it.
type input struct {
	ID, Name, Label         string
	Value, Error, Warn      string
	Type, Mode, Auto        string
	Hint, Placeholder, List string
	Focus, Required, Date   bool
	Full                    bool
	Options                 []Option
	Form                    string
}

// newInput makes an input in a template: input "phone" (t "register.phone") .Phone "type" "tel". After the
// field come pairs: id, type, mode (inputmode), auto (autocomplete), hint, placeholder, list (id of a
// datalist), form, and the switches focus, required, date and full, whose value is yes.
func newInput(name, label string, f Field, pairs ...string) (input, error) {
	in := input{ID: "f-" + name, Name: name, Label: label, Value: f.Value, Error: f.Error, Warn: f.Warn, Type: "text", Auto: "off"}
	return in, in.set(pairs)
}

// newChoose makes a choice in a template, with the same pairs as newInput.
func newChoose(name, label string, s Select, pairs ...string) (input, error) {
	in := input{ID: "f-" + name, Name: name, Label: label, Value: s.Value, Error: s.Error, Options: s.Options}
	return in, in.set(pairs)
}

func (in *input) set(pairs []string) error {
	if len(pairs)%2 != 0 {
		return fmt.Errorf("field %s: %d settings do not make pairs", in.Name, len(pairs))
	}
	for i := 0; i < len(pairs); i += 2 {
		value := pairs[i+1]
		switch pairs[i] {
		case "id":
			in.ID = value
		case "type":
			in.Type = value
		case "mode":
			in.Mode = value
		case "auto":
			in.Auto = value
		case "hint":
			in.Hint = value
		case "placeholder":
			in.Placeholder = value
		case "list":
			in.List = value
		case "form":
			in.Form = value
		case "focus":
			in.Focus = value != ""
		case "required":
			in.Required = value != ""
		case "date":
			in.Date = value != ""
		case "full":
			in.Full = value != ""
		default:
			return fmt.Errorf("field %s: there is no setting %q", in.Name, pairs[i])
		}
	}
	return nil
}

// Describe lists the ids of what stands under the control, for aria-describedby.
func (in input) Describe() string {
	var ids []string
	for _, part := range []struct{ text, end string }{{in.Hint, "-h"}, {in.Error, "-e"}, {in.Warn, "-w"}} {
		if part.text != "" {
			ids = append(ids, in.ID+part.end)
		}
	}
	return strings.Join(ids, " ")
}
