package ui

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"tramy/internal/locale"
)

// The oldest browsers are Chrome and Edge 105, Firefox 121 and Safari 15.4: those with :has(). What follows came later to at least one
// of them (MDN's browser-compat-data), and an older browser would pass over it without a word. What does no harm where it is missing
// stands below with the reason.
var newerStyle = map[string]*regexp.Regexp{
	"nesting (Chrome 120, Safari 17.2)":                       regexp.MustCompile(`&`),
	"container queries (Safari 16)":                           regexp.MustCompile(`@container|container-type`),
	"@scope, @starting-style, @property, anchors, @position":  regexp.MustCompile(`@scope|@starting-style|@property|anchor-name|anchor\(|@position-try|@view-transition`),
	"light-dark() (Chrome 123)":                               regexp.MustCompile(`light-dark\(`),
	"color-mix(), oklch() and the like (Chrome 111)":          regexp.MustCompile(`color-mix\(|oklch\(|oklab\(|lch\(|color\(`),
	"subgrid (Chrome 117, Safari 16)":                         regexp.MustCompile(`subgrid`),
	"text-wrap (Chrome 114)":                                  regexp.MustCompile(`text-wrap\s*:`),
	"field-sizing (Chrome 123)":                               regexp.MustCompile(`field-sizing|interpolate-size|calc-size\(`),
	"dvh and the like (Chrome 108)":                           regexp.MustCompile(`\d(?:[sld]v[hwib]|[sld]vmin|[sld]vmax|lh|rlh|cap|cq[whib])\b`),
	"media ranges (Safari 16.4)":                              regexp.MustCompile(`@media[^{]*[<>]`),
	"round(), mod(), sin() (Chrome 111, 125)":                 regexp.MustCompile(`\b(?:round|mod|rem|sin|cos|tan|pow|sqrt|abs|sign)\(`),
	":user-valid, :popover-open, :open, :state()":             regexp.MustCompile(`:user-(?:in)?valid|:popover-open|:open\b|:state\(|::details-content|::picker`),
	"content-visibility, scrollbar-color (Safari 18)":         regexp.MustCompile(`content-visibility|scrollbar-(?:color|width|gutter)`),
	"overflow: clip (Safari 16)":                              regexp.MustCompile(`overflow[^;{}]*:\s*clip`),
	"hyphens without prefix (Safari 17)":                      regexp.MustCompile(`[^-]hyphens\s*:`),
	"individual transforms and paths (Chrome 104, Safari 16)": regexp.MustCompile(`offset-path|linear\(`),
}

var newerScript = map[string]*regexp.Regexp{
	"requestSubmit (Safari 16)":                     regexp.MustCompile(`\.requestSubmit\(`),
	"look-behind (Safari 16.4)":                     regexp.MustCompile(`\(\?<[=!]`),
	"copies of arrays (Chrome 110, Safari 16)":      regexp.MustCompile(`\.to(?:Sorted|Reversed|Spliced)\(|\.with\(`),
	"groupBy, fromAsync, withResolvers":             regexp.MustCompile(`\.groupBy\(|\.fromAsync\(|\.withResolvers\(|Promise\.try\(`),
	"popovers and the like":                         regexp.MustCompile(`\.(?:showPopover|togglePopover|hidePopover|checkVisibility|startViewTransition|setHTML)\(`),
	"sets of sets (Chrome 122)":                     regexp.MustCompile(`\.(?:intersection|union|difference|isSubsetOf)\(`),
	"URL.canParse, AbortSignal.any (Chrome 116)":    regexp.MustCompile(`URL\.(?:canParse|parse)\(|AbortSignal\.any\(`),
	"well-formed strings (Chrome 111, Safari 16.4)": regexp.MustCompile(`(?:isWellFormed|toWellFormed)\(`),
	"regular expressions with v (Chrome 112)":       regexp.MustCompile(`\)/[gimsuy]*v[gimsuy]*[.,;)]`),
}

var newerPage = map[string]*regexp.Regexp{
	"popovers (Chrome 114)":            regexp.MustCompile(`\spopover(?:target)?[\s=>]`),
	"details of one name (Chrome 120)": regexp.MustCompile(`<details[^>]*\sname=`),
	"inert (Firefox 112, Safari 15.5)": regexp.MustCompile(`\sinert[\s>]`),
	"<search> (Chrome 118)":            regexp.MustCompile(`<search[\s>]`),
	"commands, closedby":               regexp.MustCompile(`\s(?:commandfor|closedby)=`),
}

// doesNoHarm is what may be missing: without it a page looks plainer and says the same.
var doesNoHarm = regexp.MustCompile(`@top-center \{[^}]*\}`) // Chrome 131; the first sheet says in a frame of its own that it is a training machine's

// Pages use nothing newer than the browsers that README, the guides and the log-in page name as the oldest.
func TestNothingNewerThanTheOldestBrowser(t *testing.T) {
	style := doesNoHarm.ReplaceAllString(string(files["tramy.css"].data), "")
	style = regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(style, "")
	for name, re := range newerStyle {
		if m := re.FindString(style); m != "" {
			t.Errorf("tramy.css has %q: %s", m, name)
		}
	}
	if i := strings.Index(style, "print-color-adjust: exact"); i < 0 || !strings.HasPrefix(style[max(0, i-len("-webkit-")):], "-webkit-") {
		t.Error("tramy.css: print-color-adjust wants -webkit- before Chrome 136, or marks are white on paper")
	}
	for _, script := range []string{"tramy.js", "day.js", "paper.js", "copy.js", "htmx.min.js"} {
		for name, re := range newerScript {
			if script == "htmx.min.js" && strings.HasPrefix(name, "popovers") {
				continue // htmx asks whether they are there
			}
			if m := re.FindString(string(files[script].data)); m != "" {
				t.Errorf("%s has %q: %s", script, m, name)
			}
		}
	}
	pages, err := fs.Glob(os.DirFS("."), "*.html")
	if err != nil || len(pages) == 0 {
		t.Fatal(pages, err)
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for name, re := range newerPage {
			if m := re.FindString(string(text)); m != "" {
				t.Errorf("%s has %q: %s", page, m, name)
			}
		}
	}
}

// What is named as the oldest is the same wherever somebody looks for it.
func TestOldestBrowserIsNamedEverywhere(t *testing.T) {
	for _, path := range []string{"../../README.md", "../../docs/guide/nurse.vi.md", "../../docs/guide/operators.md"} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"Chrome", "Edge 105", "Firefox 121", "Safari 15.4"} {
			if !strings.Contains(strings.Join(strings.Fields(string(text)), " "), name) {
				t.Errorf("%s does not name %s", path, name)
			}
		}
	}
	for _, lang := range locale.Languages() {
		if said := locale.For(lang).T("frame.old_browser"); !strings.Contains(said, "Edge 105") || !strings.Contains(said, "Firefox 121") || !strings.Contains(said, "Safari 15.4") {
			t.Errorf("%s: %q", lang, said)
		}
	}
}
