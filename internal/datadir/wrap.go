package datadir

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"tramy/internal/drive"
)

// Where the system has a store that keeps a secret for this machine (Windows: DPAPI), device.key is wrapped by it: a copy of the
// folder is then no second machine. It is done only once a recovery key was printed, for without one a machine that is broken
// could never be put together again out of a copy of its folder. The old form stays readable.

// wrapper is the system's store.
type wrapper struct {
	name         string
	wrap, unwrap func([]byte) ([]byte, error)
}

// wrapped is device.key as the store wrapped it.
type wrapped struct {
	Store string `json:"store"`
	Data  []byte `json:"data"`
}

// ErrWrapped says that device.key is wrapped for another machine.
var ErrWrapped = errors.New("these keys are wrapped for the machine they were made on: restore a backup with the printed recovery key, or enrol this machine anew")

// saveKeys writes device.key, wrapped where that is possible and there is a recovery key for the day when the machine is gone.
func (d *Dir) saveKeys(k *Keys) error {
	b, err := plainKeys(k)
	if err != nil {
		return err
	}
	if systemStore != nil && len(d.Copies().Recovery) > 0 {
		data, err := systemStore.wrap(b)
		if err == nil {
			var back []byte
			if back, err = systemStore.unwrap(data); err == nil && !bytes.Equal(back, b) {
				err = errors.New("what the system's store gave back is not what it took")
			}
		}
		if err == nil {
			return WriteJSON(filepath.Join(d.Path, FileKeys), wrapped{systemStore.name, data})
		}
		// A store that does not work must not keep the machine from its keys: the file is as it is elsewhere.
	}
	return drive.Write(filepath.Join(d.Path, FileKeys), func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
}

// plainKeys is device.key as it is where nothing wraps it.
func plainKeys(k *Keys) ([]byte, error) {
	b, err := json.MarshalIndent(k, "", "  ")
	return append(b, '\n'), err
}

// PlainKeys are the keys in the folder as a copy for the recovery key has them: readable on another machine.
func (d *Dir) PlainKeys() ([]byte, error) {
	b, _, err := d.keysText()
	return b, err
}

// keysText reads device.key, and whether it was wrapped.
func (d *Dir) keysText() (text []byte, is bool, err error) {
	b, err := os.ReadFile(filepath.Join(d.Path, FileKeys))
	if err != nil {
		return nil, false, err
	}
	var w wrapped
	if err := json.Unmarshal(b, &w); err != nil || w.Store == "" {
		return b, false, nil
	}
	if systemStore == nil || systemStore.name != w.Store {
		return nil, true, fmt.Errorf("%w (%s)", ErrWrapped, w.Store)
	}
	if text, err = systemStore.unwrap(w.Data); err != nil {
		err = fmt.Errorf("%w (%w)", ErrWrapped, err)
	}
	return text, true, err
}

// wrapKeys wraps keys that are not, once they may be.
func (d *Dir) wrapKeys() error {
	if systemStore == nil || len(d.Copies().Recovery) == 0 {
		return nil
	}
	if _, is, err := d.keysText(); err != nil || is {
		return err
	}
	return d.saveKeys(&d.Keys)
}
