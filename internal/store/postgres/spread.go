package postgres

// How Citus would lay the tables out over machines (https://docs.citusdata.com/en/stable/develop/reference_ddl.html). Nothing is spread
// yet: spread_test.go holds these rules against the tables, so that they still can be on the day when one machine is too small.

// spread says where the rows of a table lie.
type spread struct {
	table string
	// by is the column whose value decides on which machine a row lies; "" is everywhere (a reference table), for what is
	// small and read with everything else.
	by string
	// with names the tables whose rows of one value lie together, so that a join on the column stays on one machine.
	with string
}

// Groups of tables whose rows of one value lie together.
const (
	withPerson = "person" // a case: the subject that leads it, and all that is known of it
	withEntity = "entity"
	withLog    = "log"
	withPlace  = "place" // aggregates, by residence, and stock, by place
)

var spreads = []spread{
	{"subject", "id", withPerson},
	{"immunization", "case_id", withPerson},
	{"link", "subject", withPerson},
	{"due", "case_id", withPerson},
	{"due_case", "case_id", withPerson},
	{"member", "subject", withPerson},
	{"consent", "subject", withPerson},
	{"request", "subject", withPerson},
	{"access_named", "subject", withPerson},
	{"unpaired", "id", withPerson},
	{"pair", "a", withPerson},

	{"entity", "id", withEntity},
	{"edit", "entity", withEntity},
	{"conflict", "entity", withEntity},
	{"record", "id", withEntity},
	{"access", "id", withEntity},

	{"log", "id", withLog},
	{"segment", "log", withLog},
	{"outbox", "log", withLog},
	{"tail", "log", withLog},
	{"parked", "log", withLog},

	{"route", "scope", ""},

	{"coverage", "residence", withPlace},
	{"figure", "residence", withPlace},
	{"registered", "residence", withPlace},
	{"stock", "place", withPlace},
	{"movement", "place", withPlace},

	{"holder", "", ""},
	{"meta", "", ""},
	{"counter", "", ""},
	{"tally", "", ""},
	{"local", "", ""},
	{"scope_sum", "", ""},
	{"root_sum", "", ""},
	{"refresh", "", ""},
	{"cursor", "", ""},
	{"incarnation", "", ""},
	{"child_position", "", ""},
	{"child", "", ""},
	{"proof", "", ""},
	{"exchange", "", ""},
	{"alarm", "", ""},
	{"place", "", ""},
	{"place_former", "", ""},
	{"account", "", ""},
	{"device", "", ""},
	{"vaccine", "", ""},
	{"schedule", "", ""},
	{"rejection", "", ""},
	{"rescue", "", ""},
	{"campaign_stamp", "", ""},
}

// join is a place in this package's statements where rows of two tables meet.
type join struct {
	text    string // in the source
	crosses string // why it may have to ask several machines; "" if the column by which both lie is compared, or one lies everywhere
}

var joins = []join{
	{"FROM outbox o LEFT JOIN segment s ON o.first > 0 AND s.log = o.log", ""},
	{"FROM immunization i LEFT JOIN subject s ON s.id = i.case_id", ""},
	{"NOT EXISTS (SELECT 1 FROM subject WHERE id = $1 AND birth_date = $2", ""},
	{"FROM device d LEFT JOIN child c", ""},
	{"FROM subject s LEFT JOIN unpaired u ON u.id = s.id", ""},
	{"FROM due d WHERE d.case_id = f.case_id", ""},
	{"EXISTS (SELECT 1 FROM link l WHERE l.subject = p.a", ""},
	{"IN (SELECT place FROM place_former", ""},
	{"IN (SELECT id FROM unpaired WHERE sweep", "the same table, and by no key: a sweep looks at all of them anyhow"},
	{"FROM pair p JOIN subject x ON x.id = p.a JOIN subject y ON y.id = p.b", "the second of two lies anywhere: a page of pairs asks for some dozens of them"},
	{"NOT EXISTS (SELECT 1 FROM subject o WHERE o.case_id = s.case_id", "the linked lie apart: only people entered from a card are asked about, some hundreds in a nation"},
	{"NOT EXISTS (SELECT 1 FROM subject o WHERE o.id = s.case_id", "as above"},
	{"SELECT subject FROM immunization WHERE place = $2 GROUP BY subject", "who came to a place lies anywhere: asked once a station and evening"},
	{"UNION SELECT subject FROM immunization WHERE place = $1", "as above: asked where a place is founded or moved"},
	{"NOT EXISTS (SELECT 1 FROM edit WHERE entity = $1", ""},
}
