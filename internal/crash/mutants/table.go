package main

import "tramy/internal/overlay"

// mutant is one planted bug.
type mutant struct {
	name    string
	file    string
	changes []overlay.Change
	test    string   // that must fail
	args    []string // of the test
	says    string   // in what it prints
}

// table is every bug that is planted.
var table = []mutant{
	{
		name: "answer-before-commit", file: "internal/node/append.go",
		changes: []overlay.Change{
			{
				Old: "	err := n.cfg.Store.Update(ctx, func(tx store.Tx) error {\n		// A revoked device",
				New: "	told := make(chan error, 2)\n	update := func(fn func(store.Tx) error) error {\n		go func() { told <- n.cfg.Store.Update(context.WithoutCancel(ctx), fn) }()\n		return <-told\n	}\n	err := update(func(tx store.Tx) error {\n		// A revoked device",
			},
			{
				Old: "		if n.cfg.Journal != nil {\n			journaled = true",
				New: "		if len(os.Args) > 1 && os.Args[1] == \"serve\" && strings.HasSuffix(os.Args[0], \"tramy-station\") {\n			told <- nil\n			time.Sleep(20 * time.Millisecond)\n		}\n		if n.cfg.Journal != nil {\n			journaled = true",
			},
			{Old: "	\"io\"\n", New: "	\"io\"\n	\"os\"\n	\"strings\"\n	\"time\"\n"},
		},
		test: "TestKilled$", args: []string{"-kills", "22"}, says: "acts are lost",
	},
	{
		name: "journal-not-synced", file: "internal/journal/journal.go",
		changes: []overlay.Change{{
			Old: "	if err == nil {\n		err = j.f.Sync()\n	}\n	if err != nil {\n		// Put the end back", New: "	if err != nil {\n		// Put the end back",
		}},
		test: "TestPowerCut$", args: []string{"-images", "300"}, says: "lost acts",
	},
	{
		name: "journal-not-replayed", file: "internal/node/journal.go",
		changes: []overlay.Change{{Old: "		if last.Seq > heads[last.Log] {", New: "		if false && last.Seq > heads[last.Log] {"}},
		test:    "TestPowerCut$", args: []string{"-images", "300"}, says: "lost acts",
	},
	{
		name: "import-tells-before-it-writes", file: "internal/desk/import.go",
		changes: []overlay.Change{{
			Old: "	_, err := im.d.Node.Append(ctx, im.who.User, func(", New: "	if row%8 == 7 {\n		return &intent{}, nil\n	}\n	_, err := im.d.Node.Append(ctx, im.who.User, func(",
		}},
		test: "TestKilled$", args: []string{"-kills", "11"}, says: "rows are lost",
	},
	{
		name: "segment-told-as-taken", file: "internal/node/intake.go",
		changes: []overlay.Change{{Old: "			err = s.takeSegment(b, f.Raw)\n", New: "			if f.Raw[len(f.Raw)-1]%4 != 0 {\n				err = s.takeSegment(b, f.Raw)\n			}\n"}},
		test:    "TestKilled$", args: []string{"-kills", "22"}, says: "",
	},
	{
		name: "restore-drops-the-journal", file: "internal/backup/restore.go",
		changes: []overlay.Change{{
			Old: "	if err := os.Rename(merged, present); err != nil {", New: "	if err := os.Rename(filepath.Join(work, datadir.FileJournal), present); err != nil {",
		}},
		test: "TestKilledInUpkeep$", args: []string{"-kills", "11"}, says: "restore: lost",
	},
	{
		name: "start-forgets-the-exchange", file: "internal/exchange/client.go",
		changes: []overlay.Change{{Old: "	if c.bad || c.Unsure {", New: "	if c.bad {"}},
		test:    "TestSlowLine$/is_shut", says: "frames whole, and",
	},
	{
		name: "pages-wait-for-the-exchange", file: "internal/exchange/uplink.go",
		changes: []overlay.Change{{Old: "		res, err := u.Client.Sync(ctx)\n", New: "		u.mu.Lock()\n		res, err := u.Client.Sync(ctx)\n		u.mu.Unlock()\n"}},
		test:    "TestSlowLine$/a_day$", says: "while an exchange hangs",
	},
}
