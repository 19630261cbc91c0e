package registry

import (
	"strings"

	p "tramy/syncproto"
)

// NewPlace makes the draft of a place, or the Errors in the way.
func NewPlace(in PlaceInput) (Draft, error) {
	in.Code = strings.TrimSpace(in.Code)
	in.Name, in.NameEN, in.Phone = cleanLine(in.Name), cleanLine(in.NameEN), cleanPhone(in.Phone)
	in.Hamlets = cleanLines(in.Hamlets)
	var c check
	c.texts(in.fields(), func(f fieldData) string { return fieldName(KindPlace, f.field) })
	system, code, _ := strings.Cut(in.Code, ":")
	c.failIf(system == "" || code == "" || strings.ContainsAny(in.Code, " \t"), "code", CodePlaceCode)
	c.failIf(in.Name == "", "name", CodeRequired)
	c.failIf(in.Level == 0, "level", CodeRequired)
	c.choice("level", LevelEnum, int64(in.Level))
	c.failIf(in.From != 0 && in.Until != 0 && in.Until <= in.From, "until", CodePeriodReversed)
	c.phone("phone", in.Phone)
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return creation(KindPlace, in.fields()), nil
}

// NewVaccine makes the draft of a vaccine, or the Errors in the way.
func NewVaccine(in VaccineInput) (Draft, error) {
	in.Code = strings.ToUpper(cleanLine(in.Code))
	in.Name, in.NameEN, in.Short = cleanLine(in.Name), cleanLine(in.NameEN), cleanLine(in.Short)
	in.Antigens = cleanLines(in.Antigens)
	var c check
	c.texts(in.fields(), func(f fieldData) string { return fieldName(KindVaccine, f.field) })
	c.failIf(in.Code == "", "code", CodeRequired)
	c.failIf(in.Name == "", "name", CodeRequired)
	c.choice("route", RouteEnum, int64(in.Route))
	c.choice("site", SiteEnum, int64(in.Site))
	c.choice("programme", ProgrammeEnum, int64(in.Programme))
	c.failIf(in.Volume != 0 && (in.Volume < VolumeMin || in.Volume > VolumeMax), "volume", CodeVolume,
		"min", VolumeMin, "max", VolumeMax)
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return creation(KindVaccine, in.fields()), nil
}

// LoginCharsMax is the longest login name.
const LoginCharsMax = 40

// NewUser makes the draft of an account, or the Errors in the way. Password is a hash already.
func NewUser(in UserInput) (Draft, error) {
	in.Login = strings.ToLower(cleanLine(in.Login))
	in.Name, in.Phone = cleanLine(in.Name), cleanPhone(in.Phone)
	var c check
	c.texts(in.fields(), func(f fieldData) string { return fieldName(KindUser, f.field) })
	c.failIf(in.Login == "" || len(in.Login) > LoginCharsMax ||
		strings.Trim(in.Login, "abcdefghijklmnopqrstuvwxyz0123456789.-_@") != "", "login", CodeLoginMalformed)
	c.failIf(in.Name == "", "name", CodeRequired)
	c.name("name", in.Name)
	c.failIf(in.Role == 0, "role", CodeRequired)
	c.failIf(in.Place.IsZero(), "place", CodePlaceRequired)
	c.phone("phone", in.Phone)
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return creation(KindUser, in.fields()), nil
}

// keyBytes is the length of an Ed25519 and of an X25519 public key.
const keyBytes = 32

// NewDevice makes the draft of a device, or the Errors in the way.
func NewDevice(in DeviceInput) (Draft, error) {
	in.Name = cleanLine(in.Name)
	var c check
	c.texts(in.fields(), func(f fieldData) string { return fieldName(KindDevice, f.field) })
	c.failIf(in.Number < 0 || in.Number > DeviceNumberMax, "number", CodeDeviceNumber, "max", DeviceNumberMax)
	c.failIf(in.FirstFree < 0 || in.LastFree > DeviceNumberMax || in.LastFree < in.FirstFree, "numbers", CodeDeviceNumber,
		"max", DeviceNumberMax)
	c.failIf(len(in.Key) != keyBytes, "key", CodeKeyLength)
	c.failIf(len(in.SealKey) != 0 && len(in.SealKey) != keyBytes, "seal_key", CodeKeyLength)
	c.failIf(in.Role == 0, "role", CodeRequired)
	c.choice("role", NodeRoleEnum, int64(in.Role))
	c.failIf(in.Place.IsZero(), "place", CodePlaceRequired)
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return creation(KindDevice, in.fields()), nil
}

// Access is one entry of the access log: who looked at what and why; the actor of its change is who.
type Access struct {
	ID      p.EntityID
	Place   p.EntityID // where
	Act     string     // view, search, export, print, login
	Subject p.EntityID
	Reason  string
}

// AccessOf reads an access record from its state.
func AccessOf(s *p.State) Access {
	g := getter(s.Get)
	return Access{ID: s.ID, Place: g.ref(p.FieldPlace), Act: g.text(AccessAct), Subject: g.ref(AccessSubject), Reason: g.text(AccessReason)}
}

// NewAccess makes the draft of an access record.
func NewAccess(in Access) Draft {
	return creation(KindAccess, []fieldData{{p.FieldPlace, refData(in.Place)}, {AccessAct, textData(in.Act)},
		{AccessSubject, refData(in.Subject)}, {AccessReason, textData(cleanLine(in.Reason))}})
}
