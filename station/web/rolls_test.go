package web

import (
	"testing"

	p "tramy/syncproto"
)

// As many lists as RollsMax are kept; of one more the one touched longest ago is forgotten.
func TestRollsOnTheirWay(t *testing.T) {
	var kept rolls
	who := func(i int) p.EntityID { return p.EntityID{byte(i + 1)} }
	for i := range RollsMax {
		kept.put(who(i), p.EntityID{9}, &roll{who: who(i), campaign: p.EntityID{9}})
	}
	for i := range RollsMax {
		if kept.get(who(i), p.EntityID{9}) == nil {
			t.Errorf("list %d of %d is forgotten", i+1, RollsMax)
		}
	}
	kept.get(who(0), p.EntityID{9})
	kept.put(who(RollsMax), p.EntityID{9}, &roll{who: who(RollsMax), campaign: p.EntityID{9}})
	if kept.get(who(1), p.EntityID{9}) != nil || kept.get(who(0), p.EntityID{9}) == nil || len(kept.list) != RollsMax {
		t.Error("not the one touched longest ago is forgotten")
	}
	kept.put(who(0), p.EntityID{9}, nil)
	if kept.get(who(0), p.EntityID{9}) != nil {
		t.Error("a list that was closed is still there")
	}
}
