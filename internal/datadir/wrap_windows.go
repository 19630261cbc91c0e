package datadir

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// systemStore is DPAPI with the machine's secret, not a person's: the program may be started by another account, or as a service.
var systemStore = &wrapper{
	name: "dpapi-machine",
	wrap: func(b []byte) ([]byte, error) {
		var out windows.DataBlob
		err := windows.CryptProtectData(blob(b), nil, blob([]byte(dpapiPurpose)), 0, nil, windows.CRYPTPROTECT_LOCAL_MACHINE|windows.CRYPTPROTECT_UI_FORBIDDEN, &out)
		return taken(&out, err)
	},
	unwrap: func(b []byte) ([]byte, error) {
		var out windows.DataBlob
		err := windows.CryptUnprotectData(blob(b), nil, blob([]byte(dpapiPurpose)), 0, nil, windows.CRYPTPROTECT_UI_FORBIDDEN, &out)
		return taken(&out, err)
	},
}

// dpapiPurpose is mixed in, so that nothing else that this machine wrapped can be taken for keys.
const dpapiPurpose = "tramy device.key 1"

func blob(b []byte) *windows.DataBlob {
	if len(b) == 0 {
		return &windows.DataBlob{}
	}
	return &windows.DataBlob{Size: uint32(len(b)), Data: &b[0]}
}

// taken copies what the system answered and gives its memory back.
func taken(out *windows.DataBlob, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	b := append([]byte(nil), unsafe.Slice(out.Data, out.Size)...)
	_, err = windows.LocalFree(windows.Handle(unsafe.Pointer(out.Data)))
	return b, err
}
