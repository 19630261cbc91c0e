package registry

// The enumerations of the vaccination day. See enums.go.

// Setting is where and for what a session is held.
type Setting uint8

// Settings.
const (
	SettingStation  Setting = 1
	SettingOutreach Setting = 2 // at another site of the commune
	SettingSchool   Setting = 3
	SettingHome     Setting = 4 // from house to house
)

var settingKeys = []string{1: "station", 2: "outreach", 3: "school", 4: "home"}

// Severity of a reaction. A severe one is to be reported within 24 hours (TT 13/2026/TT-BYT).
type Severity uint8

// Severities.
const (
	SeverityCommon Severity = 1
	SeveritySevere Severity = 2
)

var severityKeys = []string{1: "common", 2: "severe"}

// ReactionEnd is how a reaction ended, by the outcomes of the WHO's core variables for adverse events.
type ReactionEnd uint8

// Ends of a reaction.
const (
	EndRecovered  ReactionEnd = 1
	EndRecovering ReactionEnd = 2
	EndSequelae   ReactionEnd = 3 // recovered, with something left behind
	EndUnresolved ReactionEnd = 4
	EndDied       ReactionEnd = 5
	EndUnknown    ReactionEnd = 6
)

var reactionEndKeys = []string{1: "recovered", 2: "recovering", 3: "sequelae", 4: "unresolved", 5: "died", 6: "unknown"}

// ContactWay is how somebody was tried to be reached.
type ContactWay uint8

// Ways.
const (
	ContactPhone   ContactWay = 1
	ContactVisit   ContactWay = 2 // the station went there
	ContactWorker  ContactWay = 3 // the village health worker went there
	ContactMessage ContactWay = 4
)

var contactWayKeys = []string{1: "phone", 2: "visit", 3: "worker", 4: "message"}

// ContactResult is what came of it.
type ContactResult uint8

// Results.
const (
	ContactComing    ContactResult = 1 // will come
	ContactUnreached ContactResult = 2
	ContactWrong     ContactResult = 3 // the number is somebody else's, or dead
	ContactSick      ContactResult = 4
	ContactAway      ContactResult = 5 // away for a time
	ContactMoved     ContactResult = 6
	ContactRefused   ContactResult = 7
	ContactDone      ContactResult = 8 // had it elsewhere
	ContactOther     ContactResult = 9
	// ContactWelcomed is no attempt: the station knows of somebody who came to it from elsewhere.
	ContactWelcomed ContactResult = 10
)

var contactResultKeys = []string{
	1: "coming", 2: "unreached", 3: "wrong_number", 4: "sick", 5: "away", 6: "moved", 7: "refused", 8: "done_elsewhere", 9: "other",
	10: "welcomed",
}

// String returns the stable key.
func (x Setting) String() string { return key(settingKeys, int64(x)) }

// String returns the stable key.
func (x Severity) String() string { return key(severityKeys, int64(x)) }

// String returns the stable key.
func (x ReactionEnd) String() string { return key(reactionEndKeys, int64(x)) }

// String returns the stable key.
func (x ContactWay) String() string { return key(contactWayKeys, int64(x)) }

// String returns the stable key.
func (x ContactResult) String() string { return key(contactResultKeys, int64(x)) }

// The enumerations, as in enums.go.
var (
	SettingEnum       = &Enum{"setting", settingKeys}
	SeverityEnum      = &Enum{"severity", severityKeys}
	ReactionEndEnum   = &Enum{"reaction_end", reactionEndKeys}
	ContactWayEnum    = &Enum{"contact_way", contactWayKeys}
	ContactResultEnum = &Enum{"contact_result", contactResultKeys}
)
