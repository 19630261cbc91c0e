package command

// Oldest is what the programs run on, said at the start by one that finds itself on something older, in README and in the nurse's guide.
// Go 1.26 asks for Windows 10 or Server 2016 (https://go.dev/wiki/MinimumRequirements, read 2026-11-27), which both call
// themselves version 10.0.
const (
	oldestWindowsMajor = 10
	oldestLinuxMajor   = 3
	oldestLinuxMinor   = 2 // go.dev/wiki/MinimumRequirements: Linux 3.2
)

// TooOld is what a program says at its start on a system older than it was made for, in both languages; "" where it is not.
func TooOld() string { return tooOld(system()) }

// tooOld decides by the name of the system and its version; a version of zeros is not known, and nothing is said of it.
func tooOld(name string, major, minor uint32) string {
	switch {
	case major == 0:
		return ""
	case name == "windows" && major < oldestWindowsMajor:
		return "Máy này chạy Windows quá cũ: sổ tiêm chủng cần Windows 10 hoặc Server 2016 trở lên. Có thể vẫn chạy, nhưng không ai bảo đảm; xin đổi máy hoặc nâng Windows.\n" +
			"This Windows is too old: the register needs Windows 10 or Server 2016, or later. It may run all the same, and nobody vouches for it; please upgrade."
	case name == "linux" && (major < oldestLinuxMajor || major == oldestLinuxMajor && minor < oldestLinuxMinor):
		return "Máy này chạy Linux quá cũ: sổ tiêm chủng cần nhân Linux 3.2 trở lên.\nThis Linux is too old: the register needs kernel 3.2 or later."
	}
	return ""
}
