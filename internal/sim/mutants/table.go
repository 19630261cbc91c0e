package main

// mutant is one planted bug.
type mutant struct {
	name     string
	file     string
	old, new string // old stands once in the file
	kinds    string // of fault that are switched on, as the simulator names them; "": the test of progress finds it
	within   uint64 // seeds in which it must be found
}

// table is every bug that is planted.
var table = []mutant{
	{
		"values-dropped-in-a-conflict", "internal/merge/apply.go",
		"	out := make([]p.Value, 0, len(old)+1)\n	for i := range old {", "	out := make([]p.Value, 0, len(old)+1)\n	for i := range old[:0] {",
		"cut", 20,
	},
	{
		"join-trusts-clocks", "internal/merge/join.go",
		"	out := make([]p.Value, 0, len(va)+len(vb))\n",
		"	if len(va) > 0 && len(vb) > 0 && va[0].At.WallMS > vb[0].At.WallMS {\n		return va\n	}\n	out := make([]p.Value, 0, len(va)+len(vb))\n",
		"clock", 20,
	},
	{
		"gone-hash-not-compared", "internal/merge/apply.go",
		"		if !names(w.Supersedes, &old[i]) {",
		"		if !slices.ContainsFunc(w.Supersedes, func(x p.Superseded) bool { return x.Dot == old[i].Dot }) {",
		"hostile", 40,
	},
	{
		"gone-forgotten", "internal/merge/apply.go",
		"	return mergeGone(s.Gone, namedBy(c), beyond)", "	return nil",
		"hub-restored,root-restored", 60,
	},
	{
		"seen-not-asked", "internal/merge/join.go",
		"	return seenSeq(s.Seen, v.Dot.Log) >= v.Dot.Seq || names(goneOf(s.Gone, f), v)", "	return names(goneOf(s.Gone, f), v)",
		"cut", 20,
	},
	{
		"cursor-moved-with-the-first-part", "internal/node/answer.go",
		"		rows, last, ended, err := s.readRows(scope, after, st.end, perPage)\n			if err != nil {\n				return sent, cut, err\n			}\n",
		"		rows, last, ended, err := s.readRows(scope, after, st.end, perPage)\n			if err != nil {\n				return sent, cut, err\n			}\n			if len(rows) > 1 {\n				rows = rows[1:]\n			}\n",
		"cut", 20,
	},
	{
		"cursor-of-any-incarnation", "internal/node/node.go",
		"		if rows[i].Incarnation == c.Incarnation {\n			if rows[i].Ended {\n				return c.Number <= rows[i].FeedEnd",
		"		if true {\n			if false {\n				return c.Number <= rows[i].FeedEnd",
		"hub-restored", 60,
	},
	{ // a number counts whichever run gave it out, and then nothing is compared
		"position-of-any-incarnation", "internal/node/serve.go",
		"		s.wantLogs = true\n	}\n	s.anew",
		"		s.wantLogs = true\n	}\n	for _, k := range known {\n		if k.Number >= h.From.Number {\n			s.takes, s.wantLogs = true, false\n		}\n	}\n	s.anew",
		"station-restored,rollback,clone,hub-restored", 60,
	},
	{ // whatever a child says it was told counts, and nothing is compared
		"any-position-taken", "internal/node/serve.go",
		"		s.wantLogs = true\n	}\n	s.anew", "		s.wantLogs = true\n	}\n	s.takes, s.wantLogs = true, false\n	s.anew",
		"hub-restored,root-restored,cut,late", 60,
	},
	{ // what arrived is answered for although it could not be written
		"ack-before-durable", "internal/node/intake.go",
		"	if err := s.n.takeIn(in); err != nil {\n		return err\n	}\n", "	if err := s.n.takeIn(in); err != nil && st == nil {\n		return err\n	}\n",
		"full", 40,
	},
	{ // a cut request loses the whole segments that came before the cut: a poor line never gets anything through
		"whole-segments-dropped", "internal/node/serve.go",
		"		if s.hello == nil || s.noted && len(s.pending) == 0 {", "		s.pending = nil\n		if s.hello == nil || s.noted && len(s.pending) == 0 {",
		"", 1,
	},
	{ // a cut answer loses the whole pages that came before the cut
		"cursor-kept-with-the-answer", "internal/node/take.go",
		"				return tx.PutCursor(&c.scopes[i])\n			}\n		}\n		return nil\n	})", "				return nil\n			}\n		}\n		return nil\n	})",
		"", 1,
	},
	{
		"echo-by-author", "internal/node/answer.go",
		"			if spare && r.Echo == s.child && r.EchoInc == s.hello.Incarnation {", "			if _ = spare; r.Echo == s.child {",
		"station-restored", 60,
	},
	{
		"places-of-a-move-not-routed", "internal/node/route.go",
		"			if routed[e.id] || (!full && e.act == 0) {", "			if _ = full; routed[e.id] || e.act == 0 {",
		"cut", 30,
	},
	{
		"left-not-sent", "internal/node/route.go",
		"		if old.Left || slices.Contains(scopes, old.Scope) {", "		if true || old.Left || slices.Contains(scopes, old.Scope) {",
		"cut", 30,
	},
	{
		"link-leaves-with-one-case", "internal/node/route.go",
		"	if len(others) == 0 {\n		return nil\n	}\n	more, err", "	if true {\n		return nil\n	}\n	more, err",
		"unknown", 90,
	},
	{
		"dots-used-again", "internal/node/append.go",
		"			*slot = nil // its dots may be on disk: they are never used again", "			_ = slot",
		"full", 40,
	},
	{
		"journal-not-replayed", "internal/node/journal.go",
		"		if last.Seq > heads[last.Log] {", "		if false && last.Seq > heads[last.Log] {",
		"death,failed-after,station-restored", 40,
	},
	{
		"one-change-left-out", "internal/node/receive.go",
		"			if err := b.change(c); err != nil {\n				return 0, err\n			}\n", "			if c.Dot.Seq%7 != 3 {\n				if err := b.change(c); err != nil {\n					return 0, err\n				}\n			}\n",
		"cut", 10,
	},
	{
		"held-change-applied", "internal/node/receive.go",
		"		if letIn(row) || c.Dot.Seq <= row.In || from > 0", "		if true || letIn(row) || c.Dot.Seq <= row.In || from > 0",
		"foreign", 30,
	},
	{
		"rejected-states-kept", "internal/node/decide.go",
		"		if err := b.tx.PutRefresh(id); err != nil {\n			return err\n		}\n", "		_ = id\n",
		"foreign", 40,
	},
	{
		"root-keeps-rejected", "internal/node/decide.go",
		"		return b.refold(rest)\n", "		return nil\n",
		"foreign", 40,
	},
	{
		"fork-taken-for-known", "internal/node/receive.go",
		"	if mine != have {\n		return nil, n.fork(b, row, seg, h, changes)\n	}\n", "	_, _ = mine, have\n",
		"rollback,clone", 40,
	},
	{
		"set-back-not-noticed", "internal/node/hear.go",
		"		if back, again, err := n.wasSetBack(tx, h); err != nil {", "		if back, again, err := false, false, error(nil); err != nil {",
		"rollback", 40,
	},
	{
		"not-issued-again", "internal/node/hear.go",
		"		return b.reissue(c.forks)", "		return b.finish()",
		"rollback", 60,
	},
	{
		"root-word-kept-after-set-back", "internal/node/hear.go",
		"		if (h.Anew || !before) && bytes.Equal(c.up.Key, n.id.Root) {", "		if !before && bytes.Equal(c.up.Key, n.id.Root) {",
		"root-restored", 60,
	},
	{
		"root-word-of-another-hub-kept", "internal/node/hear.go",
		"		if (h.Anew || !before) && bytes.Equal(c.up.Key, n.id.Root) {", "		if before && h.Anew && bytes.Equal(c.up.Key, n.id.Root) {",
		"hub-lost,database-damage", 60,
	},
	{
		"lost-receipts-counted", "internal/node/serve.go",
		"	if heard && !lost {", "	if true || heard && !lost {",
		"root-restored", 10,
	},
	{
		"lacking-logs-not-told", "internal/node/serve.go",
		"		if row.Via != s.child {\n			s.hears(m.Log)\n		}\n	}\n	if left > 0 {", "	}\n	if left > 0 {",
		"hub-lost", 120,
	},
	{
		"no-rescue", "internal/node/rescue.go",
		"	if len(lacking) == 0 {\n		return nil\n	}\n	n := c.n\n", "	if true {\n		return nil\n	}\n	n := c.n\n",
		"root-restored,hub-restored,station-restored", 120,
	},
	{
		"unknown-kinds-forgotten", "internal/node/batch.go",
		"	next := merge.Apply(e.state, c)\n", "	if c.Kind == 150 {\n		return nil\n	}\n	next := merge.Apply(e.state, c)\n",
		"unknown", 10,
	},
	{
		"receipt-not-renewed", "internal/node/receive.go",
		"	row.Receipt = k + 1\n", "	if row.Receipt == 0 {\n		row.Receipt = k + 1\n	}\n",
		"cut", 10,
	},
	{
		"coverage-not-taken-back", "internal/node/kase.go",
		"			if err := b.tx.AddCoverage(key, -1); err != nil {", "			if err := b.tx.AddCoverage(key, 0); err != nil {",
		"cut", 20,
	},
	{
		"moved-child-counted-twice", "internal/node/kase.go",
		"			if err := b.tx.AddCohort(key, -1); err != nil {", "			if err := b.tx.AddCohort(key, 0); err != nil {",
		"cut", 30,
	},
	{
		"numbers-of-new-doses-alone", "internal/node/kase.go",
		"(doses[e.id] == nil || !series[doses[e.id].Vaccine]) {", "series != nil {",
		"cut", 20,
	},
	{
		"void-by-one-of-two", "internal/registry/read.go",
		"		if !ok || text == \"\" {\n			return \"\", false\n		}\n		reason = text\n", "		if ok && text != \"\" {\n			return text, true\n		}\n		reason = text\n",
		"cut", 480,
	},
	{
		"conflict-left-with-the-old-case", "internal/node/kase.go",
		"b.rebuilding || moved && (", "b.rebuilding || false && moved && (",
		"cut", 60,
	},
	{
		"equal-to-the-centre-unasked", "internal/node/rootsum.go",
		"		if own.Sum == f.Sum {", "		if true || own.Sum == f.Sum {",
		"cut", 20,
	},
	{
		"tick-by-what-was-sent", "internal/node/hear.go",
		"row.UpHere, row.UpHash, row.UpIn, row.UpReason, row.ProofUp = h.Here,", "row.UpHere, row.UpHash, row.UpIn, row.UpReason, row.ProofUp = max(h.Here, sealed),",
		"hub-restored", 30,
	},
	{
		"hub-speaks-for-the-root", "internal/node/answer.go",
		"		if n.id.IsRoot() {\n			h.Root,", "		if true {\n			h.Root,",
		"cut", 10,
	},
	{
		"unknown-fields-forgotten", "internal/node/batch.go",
		"	next := merge.Apply(e.state, c)\n", "	if len(c.Writes) == 1 && c.Writes[0].Field == 900 {\n		return nil\n	}\n	next := merge.Apply(e.state, c)\n",
		"unknown", 10,
	},
	{
		"everything-sent-to-everybody", "internal/project/places.go",
		"	return slices.DeleteFunc(sortedSet(scopes), func", "	scopes = append(scopes, p.EntityID{})\n	return slices.DeleteFunc(sortedSet(scopes), func",
		"cut", 10,
	},
	{
		"damaged-file-taken-for-read", "internal/exchange/courier.go",
		"	if err != nil {\n		return Taken{}, err\n	}\n	out := Taken{", "	if errors.Is(err, bundle.ErrDamaged) {\n		return Taken{}, nil\n	}\n	if err != nil {\n		return Taken{}, err\n	}\n	out := Taken{",
		"bundle", 60,
	},
	{
		"call-by-file-kept-without-its-nonce", "internal/node/bundle.go",
		"	kept := keptCall{Hello: p.EncodeFrame(&c.hello),", "	hello := c.hello\n	hello.Nonce = [16]byte{}\n	kept := keptCall{Hello: p.EncodeFrame(&hello),",
		"bundle", 20,
	},
	{
		"neighbours-segments-not-passed-on", "internal/node/receive.go",
		"	if err := n.keepSegment(b.tx, raw); err != nil {\n",
		"	if n.id.Role == registry.NodeStation {\n		if err := b.tx.PutSegment(&store.SegmentRow{Log: seg.Log, First: seg.First, Count: seg.Count, Raw: raw}); err != nil {\n			return 0, err\n		}\n	} else if err := n.keepSegment(b.tx, raw); err != nil {\n",
		"room", 30,
	},
	{
		"begun-anew-without-the-journal", "internal/node/journal.go",
		"		if last.Seq > heads[last.Log] {", "		if last.Seq > heads[last.Log] && heads[last.Log] > 0 {",
		"database-damage", 30,
	},
	{
		"replaced-values-stand-again", "internal/node/batch.go",
		"		return b.knownBefore(c)\n", "		return nil\n",
		"database-damage", 60,
	},
	{
		"apply-trusts-clocks", "internal/merge/apply.go",
		"	if names(gone, &v) || names(w.Supersedes, &v) {", "	if len(out) > 0 && out[0].At.WallMS > v.At.WallMS {\n		return out\n	}\n	if names(gone, &v) || names(w.Supersedes, &v) {",
		"clock", 60,
	},
	{
		"sum-not-taken-back", "internal/node/route.go",
		"		sum.Sum = sum.Sum.Sub(old.Hash)\n		sum.Count--\n	}\n	if !next.Left {", "		sum.Count--\n	}\n	if !next.Left {",
		"cut", 10,
	},
	{
		"edit-keeps-its-number", "internal/node/route.go",
		"		b.echo(e, old, &next)\n		if err := b.putRoute(old, &next); err != nil {\n			return err\n		}\n	}\n	for i := range rows {",
		"		b.echo(e, old, &next)\n		if old != nil && !old.Left {\n			next.Number = old.Number\n		}\n		if err := b.putRoute(old, &next); err != nil {\n			return err\n		}\n	}\n	for i := range rows {",
		"cut", 10,
	},
}
