package command

import "golang.org/x/sys/windows"

// system asks for the true version: GetVersionEx tells programs without a manifest that they run on Windows 8.
func system() (name string, major, minor uint32) {
	v := windows.RtlGetVersion()
	return "windows", v.MajorVersion, v.MinorVersion
}
