package registry

import (
	"slices"
	"strings"

	p "tramy/syncproto"
)

// The drafts of reference data: places, vaccines, users, devices. Each input knows how to clean itself
// and what is wrong with it; EditFields holds a patch against the same rules.

// NewPlace makes the draft of a place, or the Errors in the way.
func NewPlace(in PlaceInput) (Draft, error) { return newReference(KindPlace, &in) }

// NewVaccine makes the draft of a vaccine, or the Errors in the way.
func NewVaccine(in VaccineInput) (Draft, error) { return newReference(KindVaccine, &in) }

// NewUser makes the draft of an account, or the Errors in the way. Password is a hash already.
func NewUser(in UserInput) (Draft, error) { return newReference(KindUser, &in) }

// NewDevice makes the draft of a device, or the Errors in the way.
func NewDevice(in DeviceInput) (Draft, error) { return newReference(KindDevice, &in) }

// Patch returns what has to be written so that old says what in says; see SubjectInput.Patch.
func (in PlaceInput) Patch(old *p.State) Patch { return referencePatch(old, &in) }

// Patch returns what has to be written so that old says what in says; see SubjectInput.Patch.
func (in VaccineInput) Patch(old *p.State) Patch { return referencePatch(old, &in) }

// Patch returns what has to be written so that old says what in says; see SubjectInput.Patch.
func (in UserInput) Patch(old *p.State) Patch { return referencePatch(old, &in) }

// Patch returns what has to be written so that old says what in says; see SubjectInput.Patch.
func (in DeviceInput) Patch(old *p.State) Patch { return referencePatch(old, &in) }

// EditFields edits a place, a vaccine, a user, a device or a link. Only the patch's fields are checked.
// The error is Errors, or a *StaleError if a field has a live value the form had not shown. Subjects and
// doses have rules of their own: EditSubject, AmendImmunization.
func EditFields(old *p.State, patch Patch, saw Saw) (Draft, error) {
	patch, err := cleanPatch(old.Kind, patch)
	if err != nil {
		return Draft{}, err
	}
	if in := referenceFrom(old.Kind, over(old, patch)); in != nil {
		in.clean()
		names := patched(old.Kind, patch, in.fields())
		var c check
		c.texts(old.Kind, in.fields())
		in.check(&c)
		if err := c.err(names); err != nil {
			return Draft{}, err
		}
	}
	return edit(old, patch, saw)
}

// reference is an input of reference data.
type reference interface {
	clean()
	check(*check)
	fields() []fieldData
}

func referenceFrom(kind p.Kind, g getter) reference {
	switch kind {
	case KindPlace:
		in := placeFrom(g)
		return &in
	case KindVaccine:
		in := vaccineFrom(g)
		return &in
	case KindUser:
		in := userFrom(g)
		return &in
	case KindDevice:
		in := deviceFrom(g)
		return &in
	case KindSchedule:
		in := scheduleFrom(g)
		return &in
	}
	return nil
}

func newReference(kind p.Kind, in reference) (Draft, error) {
	in.clean()
	var c check
	c.texts(kind, in.fields())
	in.check(&c)
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return creation(kind, in.fields()), nil
}

func referencePatch(old *p.State, in reference) Patch {
	in.clean()
	return difference(old, in.fields())
}

func (in *PlaceInput) clean() {
	in.Code = strings.TrimSpace(in.Code)
	in.Name, in.NameEN, in.Phone = cleanLine(in.Name), cleanLine(in.NameEN), cleanPhone(in.Phone)
	in.Hamlets = cleanLines(in.Hamlets)
	in.Former = slices.Clone(in.Former)
	for i := range in.Former {
		x := &in.Former[i]
		x.Code, x.Name, x.Type = strings.TrimSpace(x.Code), cleanLine(x.Name), strings.TrimSpace(x.Type)
	}
	in.Lists = cleanLines(in.Lists)
	for i, name := range in.Lists {
		in.Lists[i] = strings.TrimPrefix(strings.ToLower(name), ListSystem)
	}
	slices.Sort(in.Lists)
	in.Lists = slices.Compact(in.Lists)
}

// ListSystem stands before the name of a list of places where a schedule names it beside codes.
const ListSystem = "list:"

func (in *PlaceInput) check(c *check) {
	c.failIf(!IsPlaceCode(in.Code), "code", CodePlaceCode)
	c.failIf(in.Name == "", "name", CodeRequired)
	c.name("name", in.Name)
	c.failIf(in.Level == 0, "level", CodeRequired)
	c.choice("level", LevelEnum, int64(in.Level))
	c.failIf(in.From != 0 && in.Until != 0 && in.Until <= in.From, "until", CodePeriodReversed)
	c.failIf(len(in.Successors) > SuccessorsMax, "successors", CodeTooMany, "max", SuccessorsMax)
	c.failIf(slices.ContainsFunc(in.Successors, p.EntityID.IsZero), "successors", CodePlaceRequired)
	c.failIf(len(in.Successors) > 0 && in.Until == 0, "until", CodeRequired)
	c.failIf(len(in.Hamlets) > HamletsMax, "hamlets", CodeTooMany, "max", HamletsMax)
	c.failIf(len(in.Lists) > ListsMax, "lists", CodeTooMany, "max", ListsMax)
	for _, name := range in.Lists {
		c.failIf(!listName(name), "lists", CodeListName, "text", name)
	}
	c.phone("phone", in.Phone)
	in.checkFormer(c)
}

func (in *PlaceInput) checkFormer(c *check) {
	c.failIf(len(in.Former) > FormerMax, "former", CodeTooMany, "max", FormerMax)
	after := in.From
	for i := range in.Former {
		x := &in.Former[i]
		c.failIf(x.Until == 0, "former", CodeRequired)
		c.failIf(after != 0 && x.Until <= after || in.Until != 0 && x.Until >= in.Until, "former", CodePeriodReversed)
		c.failIf(!IsPlaceCode(x.Code), "former", CodePlaceCode)
		c.failIf(x.Name == "", "former", CodeRequired)
		c.name("former", x.Name)
		after = x.Until
	}
}

func IsPlaceCode(text string) bool {
	system, code, _ := strings.Cut(text, ":")
	return system != "" && code != "" && !strings.ContainsAny(text, " \t\n")
}

// listName reports whether a name is one that a schedule can write after "list:": small letters, digits, hyphens.
func listName(name string) bool {
	return name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

func (in *VaccineInput) clean() {
	in.Code = strings.ToUpper(cleanLine(in.Code))
	in.Name, in.NameEN, in.Short = cleanLine(in.Name), cleanLine(in.NameEN), cleanLine(in.Short)
	in.Antigens = cleanLines(in.Antigens)
}

func (in *VaccineInput) check(c *check) {
	c.failIf(in.Code == "", "code", CodeRequired)
	c.failIf(in.Name == "", "name", CodeRequired)
	c.name("name", in.Name)
	c.choice("route", RouteEnum, int64(in.Route))
	c.choice("site", SiteEnum, int64(in.Site))
	c.choice("programme", ProgrammeEnum, int64(in.Programme))
	c.volume(in.Volume)
}

// LoginCharsMax is the longest login name.
const LoginCharsMax = 40

// IsLogin reports whether a text can be a name to log in with.
func IsLogin(s string) bool {
	return s != "" && len(s) <= LoginCharsMax && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789.-_@") == ""
}

func (in *UserInput) clean() {
	in.Login = strings.ToLower(cleanLine(in.Login))
	in.Name, in.Phone = cleanLine(in.Name), cleanPhone(in.Phone)
}

func (in *UserInput) check(c *check) {
	c.failIf(!IsLogin(in.Login), "login", CodeLoginMalformed)
	c.failIf(in.Name == "", "name", CodeRequired)
	c.name("name", in.Name)
	c.failIf(in.Role == 0, "role", CodeRequired)
	c.failIf(in.Place.IsZero(), "place", CodePlaceRequired)
	c.phone("phone", in.Phone)
}

// keyBytes is the length of an Ed25519 and of an X25519 public key.
const keyBytes = 32

func (in *DeviceInput) clean() { in.Name, in.Revoked = cleanLine(in.Name), cleanLine(in.Revoked) }

func (in *DeviceInput) check(c *check) {
	c.failIf(in.Number < 0 || in.Number > DeviceNumberMax, "number", CodeDeviceNumber, "max", DeviceNumberMax)
	c.failIf(in.FirstFree < 0 || in.LastFree > DeviceNumberMax || in.LastFree < in.FirstFree, "numbers", CodeDeviceNumber,
		"max", DeviceNumberMax)
	c.failIf(len(in.Key) != keyBytes, "key", CodeKeyLength)
	c.failIf(len(in.SealKey) != 0 && len(in.SealKey) != keyBytes, "seal_key", CodeKeyLength)
	c.failIf(len(in.Former)%keyBytes != 0 || len(in.Former) > FormerKeysMax*keyBytes, "former_keys", CodeKeyLength)
	c.failIf(len(in.Renew) != 0 && len(in.Renew) != keyBytes, "renew_key", CodeKeyLength)
	c.failIf(in.Role == 0, "role", CodeRequired)
	c.choice("role", NodeRoleEnum, int64(in.Role))
	c.failIf(in.Place.IsZero(), "place", CodePlaceRequired)
}
