package country

import (
	"context"
	"fmt"

	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/rights"
)

// Houses returns the machines of the delivery room and of the clinic, if the country has them.
func (c *Country) Houses() []*Node {
	var out []*Node
	for _, n := range c.Nodes {
		if n.House {
			out = append(out, n)
		}
	}
	return out
}

// houseStaff are who works there.
var houseStaff = []struct{ login, nurse, head string }{
	{"vien", "Hoàng Thị Mai", "Vũ Văn Lâm"},
	{"phong", "Trần Thị Hòa", "Đỗ Minh Quân"},
}

// enrolHouses gives the facilities of the region machines of their own.
func (c *Country) enrolHouses(ctx context.Context, region *Node) error {
	for i, f := range facilities {
		staff := houseStaff[i]
		nurse, head := staff.login+"1", staff.login+"truong1"
		if err := region.account(ctx, nurse, staff.nurse, rights.Nurse, f.code); err != nil {
			return err
		}
		if err := region.account(ctx, head, staff.head, rights.Head, f.code); err != nil {
			return err
		}
		n, err := c.enrol(ctx, region, &Node{Name: f.name, Kind: "station", House: true, Level: 3, PlaceCode: f.code}, registry.NodeStation)
		if err != nil {
			return err
		}
		n.Accounts = []Account{{nurse, Password, staff.nurse, "nurse"}, {head, Password, staff.head, "head"}}
	}
	return nil
}

// newborns fills the shift that is on in the delivery room: some with both doses, some with one, some who wait, and twins.
func (c *Country) newborns(ctx context.Context, m *Maker) error {
	const births = 6
	for _, n := range c.Houses() {
		d := n.Desk()
		if d.Facility() != registry.PlaceHospital {
			continue
		}
		now := d.Clock()
		who := desk.Who{Name: "demo", Role: rights.Nurse, Place: n.Place}
		for i := range births {
			home := c.Stations()[i%len(c.Stations())]
			in := m.Child(home.Commune, d.Today(), 2)
			minute, _ := now.Minute()
			// Within the last hours of this day: nothing was born after now, nor before midnight.
			born := max(minute-40*(births-i), 0)
			in.BirthDate, in.BirthPrec, in.BirthClock, in.NextDate = d.Today(), registry.PrecisionMinute, registry.NewClock(born/60, born%60), 0
			in.Name, in.Code = "", ""
			babies := []desk.Delivered{{Subject: in}}
			if i == 2 {
				second := in
				second.Sex = registry.SexMale
				babies = append(babies, desk.Delivered{Subject: second})
			}
			if i < births/2 {
				babies[0].Doses = c.birthDoses(d.Today(), registry.NewClock(min(born+30, minute)/60, min(born+30, minute)%60), i > 0)
			}
			if _, _, err := d.RecordDelivery(ctx, who, desk.Delivery{Babies: babies}, true); err != nil {
				return fmt.Errorf("newborns of %s: %w", n.Name, err)
			}
		}
	}
	return nil
}

func (c *Country) birthDoses(day registry.Day, at registry.Clock, both bool) []registry.ImmunizationInput {
	var out []registry.ImmunizationInput
	for _, code := range desk.BirthDoses {
		v := vaccines[code]
		out = append(out, registry.ImmunizationInput{
			Vaccine: code, GivenOn: day, GivenClock: at, Lot: lotOf(code, day), Expires: day + 400, Programme: v.Programme, Route: v.Route, Site: v.Site,
			Screening: registry.ScreeningEligible,
		})
		if !both {
			break
		}
	}
	return out
}
