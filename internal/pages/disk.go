package pages

import (
	"runtime"
	"sync"
	"time"

	"tramy/internal/drive"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/ui"
)

// diskLook is how often the system is asked whether the disk is encrypted: somebody may have switched it on.
const diskLook = 10 * time.Minute

// diskSeen is what the system last said of the disk.
type diskSeen struct {
	mu sync.Mutex
	at time.Time
	is drive.Encryption
}

func (c *Call) encryption() drive.Encryption {
	if c.Encrypted == nil {
		return drive.EncryptionUnknown
	}
	d := &c.disk
	d.mu.Lock()
	defer d.mu.Unlock()
	if age := c.Now.Sub(d.at); d.at.IsZero() || age > diskLook || age < 0 {
		d.is, d.at = c.Encrypted(), c.Now
	}
	return d.is
}

// NoteDisk says to who answers for this machine that its disk is not encrypted, with where it is told how to switch that on.
// Where the system does not say, nothing is said.
func (c *Call) NoteDisk(f *ui.Frame) {
	if !c.answersForMachine() || c.encryption() != drive.NotEncrypted {
		return
	}
	f.Notes = append(f.Notes, ui.Note{
		Tone: ui.ToneAsk, Lead: c.T("say.disk_open"), Text: c.T("say.disk_open_means"), Action: &ui.Action{Label: c.T("say.disk_how"), Href: ui.PathSettings + "#disk"},
	})
}

// answersForMachine reports whether somebody is the head of the station or manages machines.
func (c *Call) answersForMachine() bool {
	return c.Who.Role == rights.Head || c.May(rights.Manage, registry.KindDevice)
}

// aboutDisk is the line of the settings page, and how to switch encryption on, "" where it is on or nobody knows.
func (c *Call) aboutDisk(page *ui.Settings) {
	if c.Encrypted == nil {
		return
	}
	is := c.encryption()
	key := map[drive.Encryption]string{drive.Encrypted: "say.disk_encrypted", drive.NotEncrypted: "say.disk_not_encrypted", drive.EncryptionUnknown: "say.disk_unknown"}[is]
	page.About = append(page.About, ui.Fact{Name: c.T("say.disk"), Value: c.T(key)})
	if is == drive.NotEncrypted && c.answersForMachine() {
		page.Disk = ui.DiskLinux
		if runtime.GOOS == "windows" {
			page.Disk = ui.DiskWindows
		}
	}
}
