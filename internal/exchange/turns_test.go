package exchange

import (
	"testing"
	"testing/synctest"
	"time"

	p "tramy/syncproto"
)

func TestOneExchangeOfADeviceAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var turns turns
		a, b := p.EntityID{1}, p.EntityID{2}
		cuts := 0
		first, ok := turns.take(a, func() { cuts++ })
		if !ok || cuts != 0 {
			t.Fatal("the first was not let in")
		}
		other, ok := turns.take(b, func() { t.Error("another device's was cut") })
		if !ok {
			t.Fatal("another device was not let in")
		}
		second := make(chan func(), 1)
		go func() {
			over, ok := turns.take(a, func() { cuts += 10 })
			if !ok {
				t.Error("the second was not let in")
			}
			second <- over
		}()
		time.Sleep(turnPatience - time.Nanosecond)
		synctest.Wait()
		if cuts != 0 || len(second) != 0 {
			t.Errorf("within the patience the first was cut %d times", cuts)
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if cuts != 1 || len(second) != 0 {
			t.Errorf("the first was cut %d times, and the second is at work: %v", cuts, len(second) == 1)
		}
		if _, ok := turns.take(a, nil); ok {
			t.Error("a third was let in while one waits")
		}
		first()
		over := <-second
		// One that cannot be ended keeps its place, and who waited is sent away.
		began := time.Now()
		if _, ok := turns.take(a, nil); ok || time.Since(began) != turnPatience+turnWait || cuts != 11 {
			t.Errorf("let in %v after %v, %d", ok, time.Since(began), cuts)
		}
		// One that ends by itself is not cut.
		third := make(chan bool, 1)
		go func() {
			last, ok := turns.take(a, nil)
			if ok {
				last()
			}
			third <- ok
		}()
		synctest.Wait()
		over()
		if ok := <-third; !ok || cuts != 11 {
			t.Errorf("after one that ended by itself: let in %v, %d", ok, cuts)
		}
		other()
		if len(turns.of) != 0 {
			t.Errorf("%d are remembered", len(turns.of))
		}
		last, ok := turns.take(a, nil)
		if !ok {
			t.Fatal("nobody is at work, and it was not let in")
		}
		last()
	})
}
