package registry

import (
	"strings"
)

// GS1 is what the code on a box says: GS1 General Specifications, application identifiers (01) article number, (17) date of expiry as
// yymmdd and (10) batch or lot.
type GS1 struct {
	GTIN    string // 14 digits
	Lot     string
	Expires Day // 0: it says none
}

// gs1Fixed are the lengths of what has no end sign, by identifier: production date, best before, packaging date, serial variant.
var gs1Fixed = map[string]int{"00": 18, "01": 14, "02": 14, "11": 6, "12": 6, "13": 6, "15": 6, "16": 6, "17": 6, "20": 2}

// ParseGS1 reads the text of a GS1 DataMatrix as a scanner types it: with brackets around the identifiers, or without them and a
// separator (ASCII 29, which many scanners type as another sign or leave out) behind what has no fixed length. False if it is none.
func ParseGS1(text string) (GS1, bool) {
	text = strings.TrimSpace(text)
	for _, prefix := range []string{"]d2", "]C1", "]Q3"} { // symbology identifiers that some scanners put in front
		text = strings.TrimPrefix(text, prefix)
	}
	if strings.HasPrefix(text, "(") {
		return bracketed(text)
	}
	var out GS1
	seen := false
	text = strings.TrimLeft(text, gs1Separators)
	for len(text) >= 2 {
		ai, rest := text[:2], text[2:]
		n, fixed := gs1Fixed[ai]
		switch {
		case fixed && len(rest) < n:
			return GS1{}, false
		case fixed:
			if !out.set(ai, rest[:n]) {
				return GS1{}, false
			}
			text = strings.TrimLeft(rest[n:], gs1Separators)
		case ai == "10" || ai == "21" || ai == "30" || ai == "37":
			end := strings.IndexAny(rest, gs1Separators)
			if end < 0 {
				end = len(rest)
			}
			if !out.set(ai, rest[:end]) {
				return GS1{}, false
			}
			text = strings.TrimLeft(rest[end:], gs1Separators)
		default:
			return out, seen && out.GTIN != "" // what comes behind is not needed
		}
		seen = true
	}
	return out, seen && out.GTIN != "" && text == ""
}

// gs1Separators end what has no fixed length: the sign itself, and what keyboards make of it.
const gs1Separators = "\x1d\x1e|^"

func bracketed(text string) (GS1, bool) {
	var out GS1
	for text != "" {
		ai, rest, ok := strings.Cut(strings.TrimPrefix(text, "("), ")")
		if !ok || !strings.HasPrefix(text, "(") {
			return GS1{}, false
		}
		value := rest
		text = ""
		if at := strings.IndexByte(rest, '('); at >= 0 {
			value, text = rest[:at], rest[at:]
		}
		if n, fixed := gs1Fixed[ai]; fixed && len(strings.TrimSpace(value)) != n || !out.set(ai, strings.TrimSpace(value)) {
			return GS1{}, false
		}
	}
	return out, out.GTIN != ""
}

// set takes one element; false if it cannot be what it says.
func (g *GS1) set(ai, value string) bool {
	switch ai {
	case "01":
		if !gtinChecks(value) {
			return false
		}
		g.GTIN = value
	case "10":
		if value == "" || len(value) > 20 { // the longest batch number of the specification
			return false
		}
		g.Lot = CleanLot(value)
	case "17":
		day, ok := gs1Date(value)
		if !ok {
			return false
		}
		g.Expires = day
	}
	return true
}

// gs1Date reads yymmdd; day 00 is the last of the month. Years are of this century.
func gs1Date(text string) (Day, bool) {
	if len(text) != 6 || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	if text[4:] == "00" {
		first, err := ParseISO("20" + text[:2] + "-" + text[2:4] + "-01")
		if err != nil {
			return 0, false
		}
		return first.Month().Last(), true
	}
	day, err := ParseISO("20" + text[:2] + "-" + text[2:4] + "-" + text[4:])
	return day, err == nil
}

// gtinChecks reports whether the check digit of an article number of 14 digits is right (GS1, modulo 10, weights 3 and 1).
func gtinChecks(text string) bool {
	if len(text) != 14 || strings.Trim(text, "0123456789") != "" {
		return false
	}
	sum := 0
	for i, r := range text[:13] {
		n := int(r - '0')
		if i%2 == 0 {
			n *= 3
		}
		sum += n
	}
	return (10-sum%10)%10 == int(text[13]-'0')
}
