package registry

import p "tramy/syncproto"

// CloseSession makes the draft that ends a session. One that is closed stays closed as it was: the draft is then empty.
func CloseSession(old *p.State, at Clock, by p.EntityID) Draft {
	d := Draft{Kind: old.Kind, Entity: old.ID}
	if _, closed := old.Get(SessionClosed).Int(); closed {
		return d
	}
	d.Writes = []p.Write{
		writeOver(SessionClosed, clockData(at), old.Values(SessionClosed)),
		writeOver(SessionClosedBy, refData(by), old.Values(SessionClosedBy)),
	}
	return d
}

// OpenSessionAgain makes the draft that takes the end of a session back.
func OpenSessionAgain(old *p.State) Draft {
	d := Draft{Kind: old.Kind, Entity: old.ID}
	if _, closed := old.Get(SessionClosed).Int(); !closed {
		return d
	}
	d.Writes = []p.Write{
		writeOver(SessionClosed, p.Null(), old.Values(SessionClosed)),
		writeOver(SessionClosedBy, p.Null(), old.Values(SessionClosedBy)),
	}
	return d
}

// UnplannedSession makes the draft of a session that nobody had planned, when it ends: people came, and were given doses.
func UnplannedSession(place p.EntityID, day Day, from, until Clock, by p.EntityID) Draft {
	return creation(KindSession, []fieldData{
		{p.FieldPlace, refData(place)},
		{SessionDay, intData(day)},
		{SessionFrom, clockData(from)},
		{SessionUntil, clockData(until)},
		{SessionSetting, intData(SettingStation)},
		{SessionClosed, clockData(until)},
		{SessionClosedBy, refData(by)},
	})
}
