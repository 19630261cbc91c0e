package web_test

import (
	"net/http"
	"testing"

	"tramy/internal/drive"
	"tramy/internal/nodetest"
)

// Whether the disk is encrypted is told to the head, with how to switch it on; a nurse with a queue is not troubled with it, and
// where the system does not say, nobody is told that it is safe.
func TestDiskThatIsNotEncrypted(t *testing.T) {
	tree := nodetest.New(t)
	const open, how = "Ổ đĩa máy này chưa mã hóa.", "Mã hóa ổ đĩa"
	for disk, c := range map[drive.Encryption]struct {
		fact  string
		noted bool
	}{
		drive.NotEncrypted: {"chưa mã hóa", true}, drive.Encrypted: {"đã mã hóa", false}, drive.EncryptionUnknown: {"chưa rõ", false},
	} {
		b := serveOn(t, tree, "", disk)
		b.as(nodetest.NurseLogin).get("/").want(http.StatusOK).silent(open)
		b.get("/settings").says("Ổ đĩa", c.fact).silent(how)
		b.as(nodetest.HeadLogin)
		if c.noted {
			b.get("/").says(open, "Xem cách bật")
			b.get("/settings").says(c.fact, how)
		} else {
			b.get("/").silent(open)
			b.get("/settings").says(c.fact).silent(how)
		}
	}
}

// The head gives this machine new keys from the settings page; a nurse does not see the button.
func TestHeadChangesTheKeys(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree)
	b.as(nodetest.NurseLogin).get("/settings").silent("Đổi khóa máy này")
	b.post("/settings/keys", nil).want(http.StatusForbidden)
	b.as(nodetest.HeadLogin).get("/settings").says("Đổi khóa máy này")
	tree.Cut()
	b.post("/settings/keys", nil).says("Chưa gọi được tuyến trên, khóa chưa đổi.")
	tree.ReopenHub(t, func(string) {})
	b.post("/settings/keys", nil).want(http.StatusOK).says("Máy này có khóa mới")
}
