package browsertest

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/chromedp/chromedp"
)

// axe is axe-core as published; see testdata/axe-core/VENDORED.md.
//
//go:embed testdata/axe-core/axe.min.js
var axe string

// wcag are the tags of the rules: WCAG 2.0, 2.1 and 2.2, levels A and AA. The size of targets is asked for by name, since axe-core
// leaves it out otherwise.
const wcag = `{runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}, rules: {"target-size": {enabled: true}},
	resultTypes: ["violations"], elementRef: false}`

// Violations returns what axe-core finds wrong on the page that is open, a line a rule and place.
func Violations(ctx context.Context) ([]string, error) {
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](axe+"\n;"+`axe.run(document, `+wcag+`).then((r) => JSON.stringify(
		r.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.html.slice(0, 160) + " | " + n.failureSummary.replace(/\s+/g, " ")))))`,
		chromedp.EvalAwaitPromise))
	if err != nil {
		return nil, fmt.Errorf("axe-core: %w", err)
	}
	var found []string
	if err := json.Unmarshal([]byte(text), &found); err != nil {
		return nil, fmt.Errorf("axe-core said %q: %w", text, err)
	}
	return found, nil
}

// thumb finds what a thumb cannot work with on a narrow screen: a page that must be pushed sideways, and controls less than 44 CSS px
// high. A link within a sentence is as high as its line, as WCAG allows; so is what is not shown.
const thumb = `(() => {
	const found = [];
	const width = document.documentElement.scrollWidth;
	if (width > innerWidth) {
		const past = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + .5 && !e.closest(".vh, .skip"));
		const last = past.filter((e) => !past.some((o) => o !== e && e.contains(o)))[0];
		found.push("the page is " + width + " px wide" + (last ? ": " + last.outerHTML.slice(0, 120) : ""));
	}
	const inText = (e) => getComputedStyle(e).display === "inline" && [...e.parentElement.childNodes].some((n) => n !== e && n.textContent.trim());
	for (const e of document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden])")) {
		if (e.closest(".skip, .vh") || e.getClientRects().length === 0) continue;
		let box = e.getBoundingClientRect();
		if (e.matches("[type=checkbox], [type=radio]")) {
			const label = e.closest("label") || [...(e.labels || [])][0];
			if (label) box = { height: Math.max(label.getBoundingClientRect().height, box.height) };
			if (!e.closest("label") && label) continue; // its label is a target too
		}
		if (box.height >= 43.5 || e.matches("a") && inText(e)) continue;
		found.push("a control " + Math.round(box.height) + " px high: " + e.outerHTML.slice(0, 120));
	}
	return JSON.stringify(found);
})()`

// ForAThumb returns what is wrong with the page that is open on a narrow screen.
func ForAThumb(ctx context.Context) ([]string, error) {
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](thumb))
	if err != nil {
		return nil, err
	}
	var found []string
	if err := json.NewDecoder(strings.NewReader(text)).Decode(&found); err != nil {
		return nil, err
	}
	return found, nil
}
