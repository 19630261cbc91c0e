package drive

import (
	"path/filepath"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

var (
	shell32                         = windows.NewLazySystemDLL("shell32.dll")
	propsys                         = windows.NewLazySystemDLL("propsys.dll")
	procSHCreateItemFromParsingName = shell32.NewProc("SHCreateItemFromParsingName")
	procPSGetPropertyKeyFromName    = propsys.NewProc("PSGetPropertyKeyFromName")
)

// iidShellItem2 names the interface that tells properties of a drive.
var iidShellItem2 = windows.GUID{Data1: 0x7e9fb0d3, Data2: 0x919f, Data3: 0x4307, Data4: [8]byte{0xab, 0x2e, 0x9b, 0x18, 0x60, 0x31, 0x0c, 0x93}}

// propertyKey is Windows' PROPERTYKEY.
type propertyKey struct {
	format windows.GUID
	id     uint32
}

// Entries of IShellItem2's table of methods.
const (
	methodRelease  = 2
	methodGetInt32 = 16
	methods        = 19
)

type shellItem struct{ table *[methods]uintptr }

// EncryptionOf says whether a folder's volume is under BitLocker or device encryption, as the Explorer shows it: no rights of an
// administrator are needed for that.
func EncryptionOf(folder string) Encryption {
	full, err := filepath.Abs(folder)
	if err != nil {
		return EncryptionUnknown
	}
	is := make(chan Encryption)
	go func() { is <- protection(filepath.VolumeName(full) + `\`) }() // a thread of its own: COM is set up for one
	return <-is
}

func protection(volume string) Encryption {
	runtime.LockOSThread() // the thread ends with this goroutine
	if err := windows.CoInitializeEx(0, windows.COINIT_APARTMENTTHREADED); err != nil && err != syscall.Errno(windows.S_FALSE) {
		return EncryptionUnknown
	}
	defer windows.CoUninitialize()
	name, err := windows.UTF16PtrFromString("System.Volume.BitLockerProtection")
	if err != nil || procPSGetPropertyKeyFromName.Find() != nil || procSHCreateItemFromParsingName.Find() != nil {
		return EncryptionUnknown
	}
	var key propertyKey
	if hr, _, _ := procPSGetPropertyKeyFromName.Call(uintptr(unsafe.Pointer(name)), uintptr(unsafe.Pointer(&key))); int32(hr) < 0 {
		return EncryptionUnknown
	}
	path, err := windows.UTF16PtrFromString(volume)
	if err != nil {
		return EncryptionUnknown
	}
	var item *shellItem
	hr, _, _ := procSHCreateItemFromParsingName.Call(uintptr(unsafe.Pointer(path)), 0, uintptr(unsafe.Pointer(&iidShellItem2)), uintptr(unsafe.Pointer(&item)))
	if int32(hr) < 0 || item == nil {
		return EncryptionUnknown
	}
	defer func() { _, _, _ = syscall.SyscallN(item.table[methodRelease], uintptr(unsafe.Pointer(item))) }()
	var value int32
	if hr, _, _ := syscall.SyscallN(item.table[methodGetInt32], uintptr(unsafe.Pointer(item)), uintptr(unsafe.Pointer(&key)), uintptr(unsafe.Pointer(&value))); int32(hr) < 0 {
		return EncryptionUnknown
	}
	return protectionOf(value)
}

// protectionOf reads System.Volume.BitLockerProtection. Only what is protected now counts: while it is being encrypted, or
// protection is suspended, the key lies on the disk beside the data.
func protectionOf(value int32) Encryption {
	switch value {
	case 1, 6: // on; locked
		return Encrypted
	case 2, 3, 4, 5, 8: // off, encrypting, decrypting, suspended, waiting for activation
		return NotEncrypted
	}
	return EncryptionUnknown
}
