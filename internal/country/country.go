package country

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"tramy/hub"
	"tramy/internal/atlas"
	"tramy/internal/datadir"
	"tramy/internal/desk"
	"tramy/internal/exchange"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/store"
	"tramy/internal/synth"
	"tramy/station"
	p "tramy/syncproto"
)

// communes are the demo's own small map.
var communes = synth.DemoCommunes()

// Facilities of the region. What its children were given there before today is entered at the region's hub; Options.Houses gives them
// machines.
const (
	hospitalCode = "kcb:11101"
	clinicCode   = "kcb:11102"
)

var facilities = []struct{ code, name, typ string }{
	{hospitalCode, "Bệnh viện đa khoa khu vực Điện Biên", registry.PlaceHospital},
	{clinicCode, "Phòng tiêm chủng dịch vụ Điện Biên", registry.PlaceClinic},
}

// StationsMax is how many stations the demo's map has room for.
const StationsMax = 8

// Options say what country to make.
type Options struct {
	Dir         string // where the nodes' folders lie
	Stations    int
	Houses      bool // the delivery room and the clinic have machines of their own, and the first commune a second laptop
	OpenHub     datadir.OpenStore
	OpenStation datadir.OpenStore
	Now         func() time.Time
	Delay       time.Duration // from the first unsent change to an exchange
	Schedule    string        // exchanges that happen anyway (cron); "": none
	Log         *slog.Logger
	// Handler serves a running node's pages and API; nil: it has none.
	Handler func(n *Node) (*server.Server, error)
	// PagesFrom is the port of the first node's pages on loopback, the next nodes' follow; 0: any free ones.
	PagesFrom int
	Progress  func(what string, done, total int) // may be nil
}

// Account is somebody who can log in at a node.
type Account struct{ Login, Password, Name, Role string }

// Password is everybody's in training. The banner says so.
const Password = "tap-tiem-chung"

// Node is one machine of the country.
type Node struct {
	Name      string
	Kind      string // centre, province, region, station
	Level     int
	Path      string // its data folder
	Addr      string // where its exchange listens, hubs only
	PagesAddr string // where its pages and API are served
	Program   string // if set, Start runs this program as a process of its own
	Link      *Link  // to the node above, nil at the centre
	Up        *Node
	Device    p.EntityID
	Place     p.EntityID
	PlaceCode string
	Commune   p.EntityID // of a station
	House     bool       // a delivery room or clinic: a station in what it does, but of no commune
	Second    bool       // a further laptop of a commune that has one
	Accounts  []Account
	Hub       *hub.Hub
	Station   *station.Station

	opt     Options
	cancel  context.CancelFunc
	waiting []chan error
}

// Country is all of them, the centre first.
type Country struct {
	Nodes []*Node
	opt   Options
}

// Centre is the root.
func (c *Country) Centre() *Node { return c.Nodes[0] }

// Stations returns the first laptop of each station, in order.
func (c *Country) Stations() []*Node {
	var out []*Node
	for _, n := range c.Nodes {
		if n.Kind == "station" && !n.House && !n.Second {
			out = append(out, n)
		}
	}
	return out
}

// Desk is what people do at the node.
func (n *Node) Desk() *desk.Desk {
	if n.Hub != nil {
		return n.Hub.Desk
	}
	return n.Station.Desk
}

// Uplink speaks to the node above, nil at the centre.
func (n *Node) Uplink() *exchange.Uplink {
	if n.Hub != nil {
		return n.Hub.Uplink
	}
	return n.Station.Uplink
}

func (o *Options) progress(what string, done, total int) {
	if o.Progress != nil {
		o.Progress(what, done, total)
	}
}

// New makes the country: folders, keys, places, accounts; each machine is enrolled with a one-time code
// over its socket, as a real one is. The nodes run when it returns.
func New(ctx context.Context, opt Options) (*Country, error) {
	if opt.Stations < 1 || opt.Stations > StationsMax {
		return nil, fmt.Errorf("stations: %d, want 1 to %d", opt.Stations, StationsMax)
	}
	c := &Country{opt: opt}
	total := opt.Stations + 3
	opt.progress("nodes", 0, total)
	root := &Node{Name: "Trung ương", Kind: "centre", PlaceCode: "own:VN", Path: filepath.Join(opt.Dir, "centre"), opt: opt}
	if _, err := hub.InitTraining(ctx, root.Path, root.PlaceCode, "Việt Nam", Password, opt.OpenHub, opt.Now); err != nil {
		return nil, err
	}
	root.PagesAddr = c.pagesAddr()
	if err := root.Start(ctx); err != nil {
		return nil, err
	}
	c.Nodes = append(c.Nodes, root)
	root.Place, root.Device = root.Hub.Node.Identity().Place, root.Hub.Node.Identity().Device
	root.Accounts = append(root.Accounts, Account{hub.AdminLogin, Password, "Quản trị", "admin"})

	if err := c.drawMap(ctx, root); err != nil {
		return nil, err
	}
	if err := root.account(ctx, "trunguong", "Phạm Minh Đức", rights.Central, root.PlaceCode); err != nil {
		return nil, err
	}
	province, err := c.enrol(ctx, root, &Node{Name: "CDC tỉnh Điện Biên", Kind: "province", Level: 1, PlaceCode: "gso:11"}, registry.NodeHub)
	if err != nil {
		return nil, err
	}
	opt.progress("nodes", 2, total)
	if err := root.account(ctx, "tinh", "Nguyễn Thu Hà", rights.Province, "gso:11"); err != nil {
		return nil, err
	}
	region, err := c.enrol(ctx, province, &Node{Name: "TTYT khu vực Điện Biên", Kind: "region", Level: 2, PlaceCode: "own:KV-DIENBIEN"}, registry.NodeHub)
	if err != nil {
		return nil, err
	}
	opt.progress("nodes", 3, total)
	if err := province.account(ctx, "khuvuc", "Phạm Thu Nga", rights.Region, "own:KV-DIENBIEN"); err != nil {
		return nil, err
	}
	people := []string{"Cà Thị Diên", "Lường Văn Hặc", "Quàng Thị Lả", "Tòng Văn Inh", "Phạm Thu Hằng", "Lò Văn Pánh", "Vừ A Chá", "Giàng A Páo"}
	for i := range opt.Stations {
		com := communes[i]
		if err := region.account(ctx, fmt.Sprintf("tram%d", i+1), people[i], rights.Nurse, "gso:"+com.Code); err != nil {
			return nil, err
		}
		if err := region.account(ctx, fmt.Sprintf("truong%d", i+1), "Trưởng trạm "+com.Name, rights.Head, "gso:"+com.Code); err != nil {
			return nil, err
		}
		n, err := c.enrol(ctx, region, &Node{Name: "Trạm Y tế " + lower(com.Name), Kind: "station", Level: 3, PlaceCode: stationCode(i)}, registry.NodeStation)
		if err != nil {
			return nil, err
		}
		n.Accounts = []Account{
			{fmt.Sprintf("tram%d", i+1), Password, people[i], "nurse"},
			{fmt.Sprintf("truong%d", i+1), Password, "Trưởng trạm", "head"},
		}
		opt.progress("nodes", 4+i, total)
	}
	if opt.Houses {
		if err := c.enrolHouses(ctx, region); err != nil {
			return nil, err
		}
		if err := c.enrolSecond(ctx, region); err != nil {
			return nil, err
		}
	}
	region.Accounts = append(region.Accounts, Account{"khuvuc", Password, "Phạm Thu Nga", "region"})
	province.Accounts = append(province.Accounts, Account{"tinh", Password, "Nguyễn Thu Hà", "province"})
	return c, nil
}

// pagesAddr is where the next node's pages are served, "" for anywhere.
func (c *Country) pagesAddr() string {
	if c.opt.PagesFrom == 0 {
		return ""
	}
	return fmt.Sprintf("127.0.0.1:%d", c.opt.PagesFrom+len(c.Nodes))
}

func lower(name string) string {
	r := []rune(name)
	if r[0] == 'X' {
		r[0] = 'x'
	}
	if r[0] == 'P' {
		r[0] = 'p'
	}
	return string(r)
}

func stationCode(i int) string { return fmt.Sprintf("kcb:110%02d", i+1) }

// drawMap enters the region, its communes and their stations at the centre.
func (c *Country) drawMap(ctx context.Context, root *Node) error {
	who := root.operator()
	province, err := root.placeID(ctx, "gso:11")
	if err != nil {
		return err
	}
	region, err := root.Hub.AddPlace(ctx, who, registry.PlaceInput{Parent: province, Code: "own:KV-DIENBIEN", Name: "TTYT khu vực Điện Biên", NameEN: "Dien Bien regional health centre", Level: registry.LevelRegion})
	if err != nil {
		return err
	}
	for i := range c.opt.Stations {
		com := communes[i]
		id, err := root.Hub.AddPlace(ctx, who, registry.PlaceInput{Parent: region, Code: "gso:" + com.Code, Name: com.Name, Level: registry.LevelCommune, Type: com.Type})
		if err != nil {
			return err
		}
		if _, err := root.Hub.AddPlace(ctx, who, registry.PlaceInput{Parent: id, Code: stationCode(i), Name: "Trạm Y tế " + lower(com.Name), Level: registry.LevelFacility, Type: registry.PlaceStation}); err != nil {
			return err
		}
	}
	for _, facility := range facilities {
		if _, err := root.Hub.AddPlace(ctx, who, registry.PlaceInput{Parent: region, Code: facility.code, Name: facility.name, Level: registry.LevelFacility, Type: facility.typ}); err != nil {
			return err
		}
	}
	return nil
}

func (n *Node) operator() desk.Who {
	return desk.Who{Name: "operator", Role: rights.Admin, Place: n.Desk().Node.Identity().Place}
}

func (n *Node) placeID(ctx context.Context, code string) (p.EntityID, error) {
	var id p.EntityID
	err := n.Desk().Node.Store().View(ctx, func(tx store.Tx) error {
		rows, err := tx.PlacesByCode(code)
		row, ok := atlas.Pick(rows, code, registry.Today(n.Desk().Node.Now(), registry.VietnamOffset))
		if err == nil && !ok {
			err = fmt.Errorf("place %s: %w", code, desk.ErrNotFound)
		}
		id = row.ID
		return err
	})
	return id, err
}

func (n *Node) account(ctx context.Context, login, name string, role rights.Role, placeCode string) error {
	place, err := n.placeID(ctx, placeCode)
	if err != nil {
		return err
	}
	_, err = n.Hub.AddUser(ctx, n.operator(), desk.NewUser{Login: login, Name: name, Role: role, Place: place, Password: Password})
	if err == nil && n.Kind == "centre" {
		n.Accounts = append(n.Accounts, Account{login, Password, name, role.String()})
	}
	return err
}

// enrol makes a machine a device of the hub above, through a link of its own.
func (c *Country) enrol(ctx context.Context, up *Node, n *Node, role registry.NodeRole) (*Node, error) {
	var err error
	n.opt, n.Up = c.opt, up
	n.Path = filepath.Join(c.opt.Dir, fmt.Sprintf("%s-%d", n.Kind, len(c.Nodes)))
	if n.Place, err = up.placeID(ctx, n.PlaceCode); err != nil {
		return nil, err
	}
	if n.Link, err = NewLink(n.Name, up.Addr); err != nil {
		return nil, err
	}
	code, err := up.Hub.NewCode(ctx, up.operator(), n.Place, role)
	if err != nil {
		return nil, err
	}
	code.Addresses = []string{"https://" + n.Link.Addr()}
	info, err := datadir.Enrol(ctx, n.Path, code, n.Name, "tramy-demo")
	if err != nil {
		return nil, err
	}
	n.Device, n.PagesAddr = info.Device, c.pagesAddr()
	if err := n.Start(ctx); err != nil {
		return nil, err
	}
	c.Nodes = append(c.Nodes, n)
	if _, err := n.Uplink().Now(ctx); err != nil {
		return nil, fmt.Errorf("first exchange of %s: %w", n.Name, err)
	}
	if n.Station != nil {
		err = n.Desk().Node.Store().View(ctx, func(tx store.Tx) error {
			row, err := tx.Place(n.Place)
			if err == nil && row != nil {
				n.Commune = row.Parent
			}
			return err
		})
	}
	return n, err
}

// Close stops every node, the leaves first, and its links.
func (c *Country) Close() error {
	var err error
	for i := len(c.Nodes) - 1; i >= 0; i-- {
		err = errors.Join(err, c.Nodes[i].Stop())
		if c.Nodes[i].Link != nil {
			c.Nodes[i].Link.Close()
		}
	}
	return err
}

// Quiet exchanges from the leaves up until every node is level with the one above it.
func (c *Country) Quiet(ctx context.Context) error {
	for range 30 {
		level := true
		for i := len(c.Nodes) - 1; i > 0; i-- {
			res, err := c.Nodes[i].Uplink().Now(ctx)
			if err != nil {
				return fmt.Errorf("%s: %w", c.Nodes[i].Name, err)
			}
			level = level && res.Level && res.Sent == 0 && res.Received == 0 && res.Receipts == 0
		}
		if level {
			return nil
		}
	}
	return errors.New("the country does not come to rest")
}
