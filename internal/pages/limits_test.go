package pages

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tramy/internal/desk"
	"tramy/internal/server"
	p "tramy/syncproto"
)

// Of more log-ins than are remembered, all begin anew: nobody is thrown out by it.
func TestQuietIsBounded(t *testing.T) {
	var q quiet
	now, user := time.Now(), p.EntityID{1}
	for i := range quietMax {
		q.over(fmt.Sprint(i), user, true, now, 0)
	}
	if len(q.last) != quietMax || !q.over("0", user, false, now.Add(server.DefaultIdle), 0) {
		t.Errorf("at the limit %d are remembered, and who is idle is not found", len(q.last))
	}
	q.over("x", user, true, now, 0) // in the place of "0", which was idle and is gone
	q.over("y", user, true, now, 0)
	if len(q.last) != 1 || q.over("1", user, false, now.Add(server.DefaultIdle), 0) {
		t.Errorf("one beyond it %d are remembered", len(q.last))
	}
}

// A machine knows who works in so many browsers; of more, all give their password once more.
func TestSeatsAreBounded(t *testing.T) {
	var s seats
	a := desk.Account{Who: desk.Who{User: p.EntityID{1}}}
	for i := range seatsMax {
		s.take(fmt.Sprint(i), a, time.Now())
	}
	if _, ok := s.since("0", a); !ok || len(s.open) != seatsMax {
		t.Errorf("at the limit the first of %d is forgotten", len(s.open))
	}
	s.take("x", a, time.Now())
	if _, ok := s.since("0", a); ok || len(s.open) != 1 {
		t.Errorf("one beyond it %d are remembered", len(s.open))
	}
}

func TestTypedFormIsBounded(t *testing.T) {
	name := ""
	for k := range subjectControls {
		name = k
	}
	for size, ok := range map[int]bool{typedBytesMax: true, typedBytesMax + 1: false} {
		text, kept := typedIn(func(k string) string {
			if k == name {
				return strings.Repeat("x", size)
			}
			return " "
		})
		if kept != ok || len(text[name]) != size || len(text) != 1 {
			t.Errorf("%d bytes: kept %v, %d fields", size, kept, len(text))
		}
	}
}

func TestShelfAtItsLimit(t *testing.T) {
	var s shelf[int]
	now, me := time.Now(), p.EntityID{1}
	first := s.put(me, now, 0)
	for i := range shelfMax - 1 {
		s.put(me, now, i)
	}
	if _, ok := s.get(me, now.Add(shelfTime), first); !ok {
		t.Error("at the limit the first is gone")
	}
	s.put(me, now, 0)
	if _, ok := s.get(me, now, first); ok || len(s.items) != shelfMax {
		t.Errorf("one beyond it %d are there", len(s.items))
	}
}

// What a form with files for USB may bring.
func TestUSBFormAtItsLimits(t *testing.T) {
	for _, c := range []struct {
		files, bytes int
		full         bool
	}{{usbFilesMax - 1, 0, false}, {usbFilesMax, 0, true}, {0, usbAnswersBytesMax - 1, false}, {0, usbAnswersBytesMax, true}} {
		if usbFull(c.files, c.bytes) != c.full {
			t.Errorf("after %d files and %d bytes of answers: full %v", c.files, c.bytes, !c.full)
		}
	}
}

// A form's key is ours if it has the size of one: what is longer is no key, and the form acts without.
func TestKeyOfAFormAtItsLimit(t *testing.T) {
	for size, once := range map[int]bool{keyMax: true, keyMax + 1: false} {
		var o onceForms
		acted := 0
		for range 2 {
			r := httptest.NewRequest(http.MethodPost, "/x", strings.NewReader(url.Values{"once": {strings.Repeat("k", size)}}.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			c := &Call{R: r, W: httptest.NewRecorder()}
			if err := o.carryOut(c, func(c *Call) error { acted++; _, err := c.W.Write([]byte("done")); return err }); err != nil {
				t.Fatal(err)
			}
		}
		if want := map[bool]int{true: 1, false: 2}[once]; acted != want {
			t.Errorf("with a key of %d bytes, sent twice, it acted %d times", size, acted)
		}
	}
}

// waits runs fn in a bubble of time, with a form that a first press has begun.
func waits(t *testing.T, fn func(o *onceForms, id server.KeyID)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o, id := &onceForms{}, server.KeyID{Key: "k"}
		if _, err := o.begin(context.Background(), id, [32]byte{}); err != nil {
			t.Fatal(err)
		}
		fn(o, id)
	})
}

// A second press waits for the first, and not for ever.
func TestSecondPressWaitsSoLong(t *testing.T) {
	waits(t, func(o *onceForms, id server.KeyID) {
		start := time.Now()
		go func() {
			time.Sleep(onceMax - oncePoll)
			_ = o.answers.Abandon(context.Background(), id)
		}()
		if _, err := o.begin(context.Background(), id, [32]byte{}); err != nil || time.Since(start) > onceMax {
			t.Errorf("within the time: %v after %v", err, time.Since(start))
		}
	})
	waits(t, func(o *onceForms, id server.KeyID) {
		start := time.Now()
		if _, err := o.begin(context.Background(), id, [32]byte{}); err == nil || time.Since(start) != onceMax {
			t.Errorf("beyond it: %v after %v", err, time.Since(start))
		}
	})
}

// Pictures of codes are held in memory: one more waits until one was read, or until whoever sent it has gone.
func TestPhotosAtOnce(t *testing.T) {
	held := newPhotos().held
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	var leave func()
	for range photosAtOnce {
		var err error
		if leave, err = enter(t.Context(), held); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := enter(gone, held); err == nil {
		t.Error("one beyond photosAtOnce is let in")
	}
	leave()
	if _, err := enter(t.Context(), held); err != nil {
		t.Error(err)
	}
}

func TestWordsOfAPhoto(t *testing.T) {
	for text, want := range map[string]bool{
		"0412990181594183": true, "HN 123": false, "https://example.org/12345": false, "": false, " ": false, "1.234-56\n": true,
		strings.Repeat("1", photoWordsMax): true, strings.Repeat("1", photoWordsMax+1): false,
		"011193001234||Trần Thị Hồng|05051993|Nữ|" + strings.Repeat("Mường Nhà ", 30) + "|08052021": true,
	} {
		if findable(text) != want {
			t.Errorf("%q can be found by: %v", text, !want)
		}
	}
}

// The word that tells the pages of a form apart is as long as that, and no longer; it is a part of a key.
func TestDraftPages(t *testing.T) {
	for page, want := range map[string]bool{strings.Repeat("K", draftPageMax): true, strings.Repeat("K", draftPageMax+1): false, "a|b": false} {
		if draftPageFits(page) != want {
			t.Errorf("%q fits: %v", page, !want)
		}
	}
}
