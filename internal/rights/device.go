package rights

import (
	"tramy/internal/registry"
	"tramy/syncproto"
)

// DeviceMay reports whether a device of this role may author changes of this kind, whoever sits in front
// of it. The first hub asks this of each change it receives and holds the log where the answer is no
// (syncproto.HoldRights), so a stolen station cannot make itself an account, a colleague or a place.
//
// A station may write every kind that this version does not know, unless it would go to everybody:
// stations are upgraded before their hubs, and holding their logs for being newer would stop their work.
// A hub may write every kind: it judged its own acts when it wrote them, enrols devices and rescues
// values of any kind. A device without a known role may write nothing.
func DeviceMay(role registry.NodeRole, kind syncproto.Kind) bool {
	switch role {
	case registry.NodeHub:
		return true
	case registry.NodeStation:
		switch kind {
		case registry.KindUser, registry.KindDevice:
			return false
		case registry.KindCampaign, registry.KindTarget: // its own commune's
			return true
		}
		return kind.Audience() != syncproto.AudienceAll
	}
	return false
}
