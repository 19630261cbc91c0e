// Package locale holds every word the program says to a person: a Vietnamese and an English catalogue, and
// how dates, numbers and ages are written in each.
//
// Catalogues are JSON files under words/, one folder a language, one section a page or topic, so that a
// translator can edit them without reading code. A key is "section.name". A text may hold {name} parameters;
// a text that differs by count is an object with "one" and "other", chosen by the parameter n. Vietnamese
// needs only one form.
//
// For code outside package ui there are sections of their own (words.json): "error" holds a sentence for
// each stable error code (and with _do what to do about it), "invalid" one for each registry.Code, "say" what
// handlers compose themselves, "field" the names of registry fields, and each enumeration of registry its
// own section, such as "site.left_thigh". All other sections belong to templates. Tests hold that both languages have the
// same keys with the same parameters; a test of package ui holds that templates use only keys that exist
// and that no key lies unused.
//
// This package imports nothing of ours and keeps no state: a Catalogue is read-only and may be shared.
package locale
