package registry

import "slices"

// FormerMap stands before codes of the map of March 2025, by which schedules name provinces and communes as they
// were before the reform; FormerMapDay is a day of that map.
const FormerMap = "gso-2025-03:"

// FormerMapDay is a day on which the map of FormerMap was in force.
var FormerMapDay = dayOf(2025, 3, 1)

// StatisticsOffice stands before the codes of the General Statistics Office.
const StatisticsOffice = "gso:"

// wholeProvinces are the codes of the provinces that the reform of 2025-07-01 left as they were: the others
// were put together from two or three. Source: Resolution 202/2025/QH15 of 2025-06-12, Article 1.
var wholeProvinces = []string{"01", "04", "11", "12", "14", "20", "22", "38", "40", "42", "46"}

// FormerArea returns the code that a province had on the map of March 2025, "" where it was not one place then. It is
// for registers that hold no history of places; where one does, the atlas knows more.
func FormerArea(code string) string {
	n := len(StatisticsOffice)
	if len(code) == n+2 && code[:n] == StatisticsOffice && slices.Contains(wholeProvinces, code[n:]) {
		return FormerMap + code[n:]
	}
	return ""
}
