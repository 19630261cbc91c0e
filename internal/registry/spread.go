package registry

import "slices"

// SlotMinutes is how far apart the times are that people are called at: as much of an hour as somebody from a far hamlet can keep.
const SlotMinutes = 15

// Spread gives groups of people who come together, a household each, times in a session, in their order: each the earliest at which
// there is room for all of them, so that no hour has more people than the session has time for. taken are the times given already. A
// group for which there is no room gets none. Places that families may book themselves are left free.
func (s *SessionInput) Spread(taken []Clock, groups []int) []Clock {
	var room []int // by slot
	for from := 0; from < s.Minutes(); from += SlotMinutes {
		until := min(from+SlotMinutes, s.Minutes())
		room = append(room, s.Capacity*until/60-s.Capacity*from/60)
	}
	left := s.Places() - s.Online - len(taken)
	for _, at := range taken {
		if k := (int(at) - int(s.From)) / SlotMinutes; s.During(at) && k < len(room) {
			use(room, k, 1)
		}
	}
	out := make([]Clock, len(groups))
	for i, n := range groups {
		if n > left {
			continue
		}
		k := slices.IndexFunc(room, func(free int) bool { return free >= n })
		if k < 0 { // larger than what is free in any slot: the slots behind it give theirs
			k = slices.IndexFunc(room, func(free int) bool { return free > 0 })
			if k < 0 || total(room[k:]) < n {
				continue
			}
		}
		use(room, k, n)
		left -= n
		out[i] = s.From + Clock(k*SlotMinutes)
	}
	return out
}

// use takes room from a slot, and what it lacks from those behind it.
func use(room []int, k, n int) {
	for ; k < len(room) && n > 0; k++ {
		take := min(n, max(0, room[k]))
		room[k] -= take
		n -= take
	}
}

func total(list []int) (sum int) {
	for _, n := range list {
		sum += max(0, n)
	}
	return sum
}
