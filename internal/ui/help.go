package ui

import (
	"strings"

	"tramy/internal/locale"
)

// Help is what stands at the foot of a page for who asks: what the page is for, what one does there, and its keys.
type Help struct {
	For   string
	Do    []string
	Keys  []HelpKey
	Dates bool // dates are typed here
}

// HelpKey is a key or a combination, with the sentence for what it does.
type HelpKey struct {
	Name string // as it stands on the keyboard
	key  string // of the catalogue
}

// Key is the sentence's key in the catalogue.
func (k HelpKey) Key() string { return k.key }

// The keys that tramy.js knows. A test holds both against each other, and each page's against what stands on it.
var (
	keyFind   = HelpKey{"/", "help.key_find"}
	keyRows   = HelpKey{"↑ ↓ Enter", "help.key_rows"}
	keySave   = HelpKey{"Ctrl Enter", "help.key_save"}
	keyNew    = HelpKey{"F2", "help.key_new"}
	keyBook   = HelpKey{"F8", "help.key_book"}
	keyUndo   = HelpKey{"U", "help.key_undo"}
	keyChoose = HelpKey{"1…9", "help.key_choose"}
	keyEsc    = HelpKey{"Esc", "help.key_esc"}
	keyIn     = HelpKey{"N", "help.key_stock_in"}

	keyLineGive      = HelpKey{"Enter", "help.key_line_give"}
	keyLineAbsent    = HelpKey{"V", "help.key_line_absent"}
	keyLineRefused   = HelpKey{"T", "help.key_line_refused"}
	keyLinePostponed = HelpKey{"H", "help.key_line_postponed"}
)

// keysOn are the keys of each page, in the order in which they are told.
var keysOn = map[string][]HelpKey{
	"today":   {keyFind, keyRows, keyNew, keyBook, keyUndo, keyEsc},
	"due":     {keyRows},
	"search":  {keyFind, keyEsc},
	"places":  {keyFind, keyEsc},
	"child":   {keySave, keyBook, keyUndo},
	"dose":    {keySave, keyUndo},
	"review":  {keyChoose, keyUndo},
	"lock":    {keyChoose},
	"women":   {keyRows},
	"move":    {keyRows, keySave},
	"screen":  {keySave, keyChoose},
	"close":   {keyRows},
	"session": {keyRows},
	"births":  {keySave, keyUndo},
	"tie":     {keyRows},
	"twin":    saves,

	"papersheet": {keyRows, keySave, keyUndo}, "paperday": saves,

	"register": saves, "edit": saves, "elsewhere": saves, "glass": saves, "consent": saves, "requestnew": saves, "request": saves,
	"why": saves, "taking": saves, "import": saves, "export": saves, "users": saves, "enrol": saves, "place_change": saves, "place_preview": saves,
	"fridge": {keySave, keyUndo}, "hamlets": {keyUndo}, "new": {keyRows, keyUndo},
	"campaigns": saves, "campaignline": {keyLineGive, keyLineAbsent, keyLineRefused, keyLinePostponed, keyUndo}, "campaignroll": saves,
	"stockfile": saves, "targets": saves, "recalls": saves, "recall": {keySave, keyUndo},
	"stock": {keyIn, keyUndo}, "stockin": saves, "stockcount": saves, "stocklot": {keyUndo}, "stocksend": saves, "stockask": saves, "stockorder": saves, "stockdelivery": saves, "stockout": saves, "closemonth": saves,
	"sessions": saves, "reaction": saves, "reactionnew": saves, "grown": saves, "pregnancy": saves, "birth": saves, "status": saves, "login": saves, "unlock": saves, "code": saves, "own-password": saves, "second-factor": saves, "phonein": saves,
}

var saves = []HelpKey{keySave}

// datesOn are the pages on which dates are typed.
var datesOn = map[string]bool{
	"register": true, "edit": true, "child": true, "dose": true, "elsewhere": true, "consent": true, "requestnew": true, "export": true,
	"places": true, "place_change": true, "access": true, "sessions": true, "session": true, "reaction": true, "reactionnew": true, "contact": true, "screen": true,
	"births": true, "grown": true, "pregnancy": true, "birth": true, "status": true, "paperday": true, "papersheet": true, "nolot": true,
	"stockin": true, "stockcount": true, "stocksend": true, "recalls": true, "recall": true,
	"reports": true, "fridge": true, "campaigns": true, "campaign": true, "campaignday": true, "campaignline": true,
}

// helpOf reads a page's help from the catalogue: one text, its parts set apart by "|". The first says what the page is for.
func helpOf(words *locale.Catalogue, page string) Help {
	key := "help." + page
	if !words.Has(key) {
		return Help{}
	}
	parts := strings.Split(words.T(key), "|")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return Help{For: parts[0], Do: parts[1:], Keys: keysOn[page], Dates: datesOn[page]}
}
