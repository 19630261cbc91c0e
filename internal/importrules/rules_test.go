package importrules

// The layers, bottom up, as lists to put rows together from.
const (
	wire = "syncproto"
	pure = "merge registry rights forecast forecast/cdsi forecast/national project atlas reform sheet thermometer synth synth/faulty pairs " + wire // no disk, no network: see pureForbids
	base = "atlas node store report rights registry project " + wire
	page = "desk ui locale server fhir " + base // what answers a person or a program
)

// mayImport names, for each package of ours, the packages of ours that its code may import; "internal/"
// is left out, and a package and its tests may always import itself. A package without a row fails the
// test, so that a new one is thought about once.
var mayImport = map[string]string{
	// The language of the exchange knows nothing of us, so that somebody else can implement it.
	"syncproto": "",
	"locale":    "",

	"merge":       wire,
	"registry":    wire,
	"bundle":      "envelope " + wire,                          // an exchange as files
	"envelope":    "",                                          // encrypted files; knows not what is in them
	"drive":       "",                                          // what the system says of disks, and files that are whole
	"stick":       "drive",                                     // removable drives; knows neither
	"check":       "atlas node project registry store " + wire, // a node held against itself; without merge
	"sqlfile":     "",                                          // damaged database files, page by page; knows not what the rows mean
	"rights":      "registry " + wire,
	"forecast":    "registry " + wire,
	"sheet":       "registry " + wire,
	"thermometer": "registry " + wire, // what temperature loggers write
	"synth":       "registry " + wire, // made-up registers, from a seed
	// Files that are wrong on purpose share no code with what reads them.
	"synth/faulty": "synth registry " + wire,

	// The loaders of schedules are as pure as the engine; a folder is handed to them.
	"forecast/cdsi":     "forecast registry " + wire,
	"forecast/national": "forecast registry " + wire,
	"forecast/cases":    "forecast forecast/cdsi forecast/national registry " + wire, // behind a command: picks the loader, opens files
	"reasons":           "forecast registry locale",                                  // the schedule's reasons, in words
	"project":           "registry forecast forecast/national " + wire,               // due doses are rows like others
	"atlas":             "project registry " + wire,                                  // what was where on which day
	"reform":            "project registry locale " + wire,                           // what a change of the map does to the tree, with its sentences
	"fhir":              "registry forecast " + wire,
	"pairs":             "registry " + wire, // which subjects to compare; a sweep hands them to it

	"store":           "project registry " + wire, // its rows are project's
	"store/sqlite":    "store sqlfile project registry " + wire,
	"store/postgres":  "store project registry " + wire,
	"store/memory":    "store project registry " + wire,
	"store/storetest": "store project registry " + wire,

	// A node merges, projects, holds and stores; it does not know how bytes travel.
	"node":    "atlas merge project rights registry store " + wire,
	"journal": "drive envelope node store " + wire,
	"report":  "atlas store registry project " + wire,

	// The one place for the HTTP framework. It checks rights and speaks languages, and opens no store.
	"panics": "", // what may be told of a panic
	"server": "panics rights registry locale " + wire,
	"ui":     "locale",
	"paper":  "ui locale", // the pages' structs once more, as PDF

	// Which device a machine becomes; knows neither codes nor tokens.
	"enrol": "project registry store " + wire,

	// What carries an exchange: HTTP on one side, the node on the other.
	"exchange": "enrol node server store registry project bundle envelope stick " + wire,
	// A data folder puts a node, its journal and its way up together; the engine is handed to it.
	"datadir": "check drive enrol envelope exchange journal node server store registry " + wire,
	"upkeep":  "backup check datadir node store", // check, rebuild, salvage: what both programs' commands do
	// Copies of a data folder, and a folder out of a copy; the engine is handed to it.
	"backup": "datadir drive envelope journal node store registry " + wire,
	// Laptops in one room: a node's segments over the local network.
	"room":      "datadir node server " + wire,
	"lan":       "drive server", // phones in one room; knows neither page nor record
	"desk":      "fhir forecast pairs sheet thermometer " + base,
	"command":   "panics", // parsing, exit codes, running side by side
	"testclock": "",       // a clock that is wrong on purpose
	"testport":  "",       // addresses for programs that start again
	"control":   "",       // words between a command and the program that runs; knows neither

	// What both programs answer alike, to programs and to people; they know neither station nor hub.
	"api":    "exchange forecast reasons sheet " + page,
	"qrcode": "", // pictures of codes; knows not what they mean
	"pages":  "paper qrcode backup drive journal bundle stick exchange forecast reasons room sheet " + page,

	// A station answers people in station/web and station/api only, and never knows a hub.
	"station":     "fhir backup desk control datadir exchange journal bundle forecast merge room sheet " + base,
	"station/web": "drive lan backup room station pages datadir exchange forecast sheet thermometer " + page,
	"station/api": "station api datadir exchange forecast sheet " + page,

	// A hub answers other nodes itself (exchange, enrolment), people in hub/web and hub/api.
	"hub":        "backup enrol envelope reform server desk control datadir exchange journal bundle forecast forecast/national merge sheet " + base,
	"hub/web":    "drive backup reform hub pages datadir exchange forecast sheet " + page,
	"hub/api":    "enrol hub api datadir exchange forecast sheet " + page,
	"hub/family": "hub pages datadir exchange forecast " + page,

	// A country in one process in which all goes wrong; both engines are driven, the real line and the real node.
	"sim": "bundle check enrol envelope exchange node registry rights store store/memory store/sqlite sim/proof " + wire,
	// What it is held against shares no code with merge or node.
	"sim/proof":   "store " + wire,
	"sim/mutants": "overlay", // builds the simulator with planted bugs; knows only files
	"overlay":     "",        // a file changed for one build
	"badline":     "",        // time as a slow line takes it

	// A small country for newcomers, training and load: real stations and hubs, made-up people.
	// Its checker compares without merge.
	"country": "synth station hub desk datadir exchange server journal forecast testport " + base,
	// What the demo measures, on real nodes over real sockets.
	"bench": "badline reform station hub desk datadir exchange server journal country merge pairs sheet synth ui " + base,
	// Attacks on a hub, while others go on; what befalls it is measured.
	"hostile": "datadir exchange server station registry store testport " + wire,

	"version": "datadir forecast/national " + wire, // prints what these speak
	// Small trees of real nodes for the tests of what stands on them.
	"nodetest": "station hub desk datadir server store/sqlite store/postgres pgtest " + base,
	"pgtest":   "", // throw-away PostgreSQL servers for tests

	"browsertest": "", // a real browser for tests of pages

	// What each version left, held against this one: nothing but tests.
	"released": "",
	// What goes out beside the programs; in none of them.
	"release": "",

	"crash":         "",        // its tests run the programs, and look into their folders
	"crash/mutants": "overlay", // runs those tests on programs with planted bugs
	"importrules":   "",

	// Commands wire everything together, and pick the engine.
	"cmd/tramy-station": anything,
	"cmd/tramy-hub":     anything,
	"cmd/tramy-demo":    anything,
}

// testsMayImport adds to a row what only the package's tests use.
var testsMayImport = map[string]string{
	// The engine is held against published cases, which one of the loaders reads.
	"forecast":     "forecast/cases forecast/cdsi forecast/national",
	"synth":        "forecast forecast/national", // doses are held against the schedule
	"synth/faulty": "sheet",                      // what is turned down is held against what was planted
	"sim/proof":    "registry",                   // its own copy of numbers is held against the field table

	"enrol":       "store/memory",
	"hostile":     "nodetest hub hub/web hub/api api pages",
	"sim":         "merge",         // clocks are permuted, and changes merged again
	"check":       "nodetest desk", // a tree in which people worked
	"sheet":       "locale",        // each code has its sentence
	"thermometer": "sheet",
	"desk":        "nodetest synth", // what people do is tried at a real station
	// Both schemas are held against each other.
	"store/postgres": "pgtest store/sqlite",
	"node":           "journal nodetest pgtest store/postgres", // restarts after a crash are told with the real journal
	"fhir":           "locale",                                 // the same
	"paper":          "qrcode",                                 // codes are read off what was printed
	// What carries an exchange, and what stands on it, is tried between real nodes.
	"exchange": "nodetest station hub datadir desk",
	"datadir":  "nodetest hub station desk",
	"room":     "nodetest station hub desk store registry rights",
	"backup":   "nodetest station hub desk store/sqlite",
	"station":  "check nodetest hub forecast/national",
	"hub":      "check nodetest station report",
	"bench":    "forecast/national",
	"report":   "nodetest hub station desk rights node synth",
	// The real programs are driven from outside; only what they leave on the disk is opened.
	"crash": "overlay badline datadir server store registry testclock testport syncproto",
	// Pages are asked over real HTTP, at real nodes.
	"pages":       "nodetest station hub station/web hub/web station/api hub/api api", // every route of both programs
	"api":         "nodetest station/api hub/api station hub",                         // held against both programs
	"hub/api":     "nodetest",
	"station/api": "nodetest",
	"station/web": "nodetest browsertest bundle journal",
	"hub/web":     "nodetest station",
	"released":    "nodetest station hub desk datadir exchange journal node synth project registry store store/sqlite " + wire,
}

// anything in a row allows every package of ours but those of onlyIn.
const anything = "*"

// onlyIn names, for packages that must not spread, everywhere they may be imported: of ours by the names
// above, of others by the beginning of their path.
var onlyIn = map[string]string{
	// No code but a command depends on an engine; tests may open one.
	"store/sqlite":   "cmd/tramy-station cmd/tramy-hub cmd/tramy-demo nodetest sim tests",
	"store/postgres": "cmd/tramy-hub cmd/tramy-demo nodetest tests",
	"store/memory":   "sim tests", // what it holds ends with the process
	"nodetest":       "tests",
	"browsertest":    "tests",
	"pgtest":         "tests nodetest",
	// The suite is for the tests of engines.
	"store/storetest": "tests",

	"modernc.org/sqlite":       "store/sqlite",
	"go.yaml.in/yaml":          "forecast/national report", // one format for people to write in: schedules, and what a form asks
	"github.com/jackc/pgx":     "store/postgres",
	"github.com/labstack/echo": "server", // the move to its next version stays in one package

	"codeberg.org/go-pdf": "paper", // one writer of PDF
	"github.com/go-fonts": "paper",

	"github.com/makiuchi-d/gozxing": "qrcode", // what follows pictures from anywhere is in one package

	"github.com/google/fhir":   "tests",                // another program's hands: our own resources are in fhir
	"github.com/xuri/excelize": "tests cmd/tramy-demo", // another program's hands: our own reader and writer are in sheet
	// Drivers of browsers, checkers of descriptions and generators of cases are for tests.
	"github.com/chromedp":   "tests browsertest",
	"github.com/getkin":     "tests",
	"pgregory.net/rapid":    "tests store/storetest",
	"testing":               "tests store/storetest nodetest browsertest pgtest",
	"net/http/httptest":     "tests nodetest",
	"math/rand":             "tests sim country bench hostile synth testport cmd/tramy-demo exchange", // ids and keys come from crypto/rand; exchange spreads its back-off
	"github.com/pkg/errors": "",
}

// pureForbids are what a pure package's code does not import: it is given bytes, days and randomness.
var pureForbids = []string{"os", "net", "net/http", "database/sql", "os/exec", "crypto/rand", "log", "log/slog"}
