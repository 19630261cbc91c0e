package desk

import (
	"tramy/internal/registry"
	"tramy/internal/sheet"
	p "tramy/syncproto"
)

// Why it is not known where a person of a file lives, at a hospital or a clinic, which is no commune.
const (
	CodeHomeNeeded  registry.Code = "home_needed"
	CodeHomeUnknown registry.Code = "home_unknown" // text: as it stands in the file
	CodeHomeSeveral registry.Code = "home_several" // text, n: so many communes are called so
)

// livesIn says where a person of a file lives: in the commune whose register this is, and elsewhere in the commune that the row names, by
// its code if there is one. Nobody is put into a commune that the file does not say.
func (im *Import) livesIn(in *Newcomer) *registry.FieldError {
	if !in.Subject.Place.IsZero() {
		return nil
	}
	if !im.commune.IsZero() {
		in.Subject.Place = im.commune
		return nil
	}
	text := in.CommuneCode
	if text == "" {
		text = in.Commune
	}
	if text == "" {
		return &registry.FieldError{Field: "commune", Code: CodeHomeNeeded}
	}
	var found []p.EntityID
	if row, known := im.d.Node.Atlas().ByCode("gso:"+in.CommuneCode, im.today); in.CommuneCode != "" && known && row.Level == registry.LevelCommune {
		found = append(found, row.ID)
	} else if in.CommuneCode == "" {
		found = im.communes()[sheet.FoldCommune(text)]
	}
	switch len(found) {
	case 0:
		return &registry.FieldError{Field: "commune", Code: CodeHomeUnknown, Params: map[string]any{"text": text}}
	case 1:
		in.Subject.Place = found[0]
		return nil
	}
	return &registry.FieldError{Field: "commune", Code: CodeHomeSeveral, Params: map[string]any{"text": text, "n": len(found)}}
}

// communes are today's, by their folded names.
func (im *Import) communes() map[string][]p.EntityID {
	if im.byName == nil {
		im.byName = map[string][]p.EntityID{}
		for _, row := range im.d.Map().Rows() {
			if row.Level == registry.LevelCommune {
				name := sheet.FoldCommune(row.Name)
				im.byName[name] = append(im.byName[name], row.ID)
			}
		}
	}
	return im.byName
}
