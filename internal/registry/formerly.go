package registry

import "slices"

// wholeProvinces are the codes of the provinces that the reform of 2025-07-01 left as they were: the others
// were put together from two or three. Source: Resolution 202/2025/QH15 of 2025-06-12, Article 1.
var wholeProvinces = []string{"01", "04", "11", "12", "14", "20", "22", "38", "40", "42", "46"}

// FormerArea returns the code that a place had on the map of March 2025, as schedules name old provinces
// ("gso-2025-03:11"), "" where there is none or where it is not one place: an old province that was joined with
// others is known by its communes only.
func FormerArea(code string) string {
	const system = "gso:"
	if len(code) == len(system)+2 && code[:len(system)] == system && slices.Contains(wholeProvinces, code[len(system):]) {
		return "gso-2025-03:" + code[len(system):]
	}
	return ""
}
