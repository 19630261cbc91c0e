package pages

import (
	"tramy/internal/registry"
	"tramy/internal/ui"
)

// adminControls are the controls of what the national minimum data set asks beside what a station uses, folded away in the forms.
var adminControls = []string{"address", "addr_birth", "addr_register", "addr_native", "passport", "paper", "travel_paper", "blood", "missing"}

// Admin is that part of a form; it is open where one of its controls was filled or is wrong.
func (f *SubjectForm) Admin(c *Call) ui.Admin {
	out := ui.Admin{
		Address: f.Field("address"), AddrBirth: f.Field("addr_birth"), AddrRegister: f.Field("addr_register"), AddrNative: f.Field("addr_native"),
		Passport: f.Field("passport"), TravelPaper: f.Field("travel_paper"), Missing: f.Field("missing"),
		Paper: c.choices(registry.PaperKindEnum, 0, true), Blood: c.choices(registry.BloodGroupEnum, 0, true),
	}
	out.Paper.Value, out.Paper.Error = f.Text["paper"], f.Errs["paper"]
	out.Blood.Value, out.Blood.Error = f.Text["blood"], f.Errs["blood"]
	for _, name := range adminControls {
		out.Filled = out.Filled || f.Text[name] != ""
		out.Wrong = out.Wrong || f.Errs[name] != ""
	}
	return out
}

// parseAdmin reads the controls into an input.
func (f *SubjectForm) parseAdmin(c *Call, in *registry.SubjectInput) {
	t := f.Text
	in.AddrBirth, in.AddrRegister, in.AddrNative = t["addr_birth"], t["addr_register"], t["addr_native"]
	in.Passport, in.TravelPaper, in.MissingSince = t["passport"], t["travel_paper"], 0
	if t["missing"] != "" {
		var err error
		if in.MissingSince, err = registry.ParseDay(t["missing"], c.Today); err != nil {
			f.Errs["missing"] = c.dateError(err)
		}
	}
	paper, ok := chosen(registry.PaperKindEnum, t["paper"])
	if in.PaperKind = registry.PaperKind(paper); !ok {
		f.Errs["paper"] = c.T("invalid.choice_unknown")
	}
	blood, ok := chosen(registry.BloodGroupEnum, t["blood"])
	if in.BloodGroup = registry.BloodGroup(blood); !ok {
		f.Errs["blood"] = c.T("invalid.choice_unknown")
	}
}
