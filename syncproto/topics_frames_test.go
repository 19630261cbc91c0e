package syncproto

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
)

func stream(frames ...Frame) []byte {
	var b bytes.Buffer
	w := NewFrameWriter(&b)
	for _, f := range frames {
		if err := w.Write(f); err != nil {
			panic(err)
		}
	}
	return b.Bytes()
}

func readStream(b []byte) (any, error) {
	r := NewFrameReader(bytes.NewReader(b))
	list := []any{}
	for {
		f, err := r.Read()
		if err != nil {
			if clean := len(list) > 0 && err.Error() == "EOF"; clean {
				return list, nil
			}
			return nil, err
		}
		list = append(list, map[string]any{"type": int(f.FrameType()), "body": describe(f)})
	}
}

func vHello() *Hello {
	return &Hello{
		Incarnation: Incarnation{1}, From: Position{Incarnation{1}, 40}, Receipt: 7, Cursor: Cursor{Incarnation{8}, 300},
		ScopesHash: ScopesHash([]EntityID{vPlace, {}}), Digest: Digest([]ScopeSum{{vPlace, Sum{}.Add(StateHash(vState()))}}),
		PageBytes: 65536, Request: 12, Nonce: vNonce, WallMS: 1795338000123,
	}
}

func vHeads() *Heads {
	h := &Heads{Position: Position{Incarnation{1}, 41}, Receipt: 8, Logs: []LogHead{{
		Log: vLog, Here: 4, Hash: ChainStart(vLog).Short(), In: 4, Root: 3, RootAt: Cursor{Incarnation{9}, 1000},
	}}}
	SignHeads(h, testKey, vNurse, vNonce)
	return h
}

func anew() *Heads {
	h := vHeads()
	h.Anew = true
	SignHeads(h, testKey, vNurse, vNonce)
	return h
}

func acceptedFrames() []example {
	full := vHello()
	full.Intro = &Intro{Versions: []uint8{1}, Software: "tramy-station 0.1.0", Device: vNurse}
	full.Behind = []Behind{{vPlace, Cursor{Incarnation{8}, 3}}}
	full.Sums = []ScopeSum{{EntityID{}, Sum{15: 1}}, {vPlace, Sum{1}}}
	full.Pending = 158
	full.From = Position{Incarnation{2}, 1 << 40}
	known := vHeads()
	known.WantLogs, known.Known = true, []Position{{Incarnation{1}, 40}, {Incarnation{3}, 2}}
	skipped := append(stream(&RequestEnd{}), 3, 200, 1, 2, 3)
	return []example{
		{"Hello with nothing to say", stream(vHello())},
		{"Hello with all there is", stream(full)},
		{"Hello of zeros", stream(&Hello{})},
		{"Segment", stream(&SegmentFrame{Raw: []byte("any")})},
		{"Let", stream(&Let{vLog, 3, HoldRevoked})},
		{"Logs", stream(&Logs{Heads: []LogMark{{vLog, 4, ChainStart(vLog).Short()}}})},
		{"RequestEnd", stream(&RequestEnd{5})},
		{"Heads", stream(vHeads())},
		{"Heads for a position that is not known", stream(known)},
		{"Heads of a hub that was set back", stream(anew())},
		{"Scopes", stream(&Scopes{[]EntityID{{}, vPlace}})},
		{"Page", stream(&Page{Scope: vPlace, After: Cursor{Incarnation{8}, 300}, Count: 1, Payload: []byte{1, 2, 3}})},
		{"Fingerprint", stream(&Fingerprint{vPlace, Cursor{Incarnation{8}, 300}, Sum{9}})},
		{"Range", stream(&Range{Scope: vPlace, From: vHub3(), Count: 2, Sum: Sum{9}})},
		{"Range of a whole scope", stream(&Range{})},
		{"Want", stream(&Want{vPlace, []Mark{{vHub3(), [16]byte{7}}}})},
		{"Part with a count", stream(&Part{Scope: vPlace, To: vHub3(), Count: 900, Sum: Sum{9}})},
		{"Part with a list", stream(&Part{Scope: vPlace, Marks: []Mark{{vHub3(), [16]byte{7}}}})},
		{"Known", stream(&Known{vPlace, []EntityID{vHub3()}})},
		{"RootSum", stream(vRootSum())},
		{"Notice", stream(&Notice{WallMS: 1, ComeBack: 60, Message: "tạm nghỉ", Software: "0.2.0", Above: []EntityID{vPlace}})},
		{"ResponseEnd", stream(&ResponseEnd{More: true, Level: Cursor{Incarnation{8}, 300}})},
		{"Backup a day old", stream(&Backup{Made: true, AgeS: 86400})},
		{"Backup that there is not", stream(&Backup{})},
		{"Returned", stream(&Returned{4, []byte{1, 2, 3}})},
		{"Ends", stream(&Ends{[]LogEnd{{vLog, 7}}})},
		{"Move", stream(vMove())},
		{"Move to a name that public authorities know", stream(&Move{Hub: vHub3(), Number: 1, Addresses: []string{"https://hub.example.vn"}})},
		{"Refusal", stream(&Refusal{Code: RefusedBusy, RetryAfter: 30})},
		{"unknown frame that may be skipped", skipped},
	}
}

// vHub3 is any entity.
func vHub3() EntityID { return Dot{vHub, 3}.Entity() }

func vRootSum() *RootSum {
	s := &RootSum{Scope: vPlace, At: Cursor{Incarnation{9}, 1000}, WallMS: 1795338000123, Sum: Sum{9}}
	SignRootSum(s, testKey)
	return s
}

func vMove() *Move {
	m := &Move{Hub: vHub3(), Number: 1795338000123, Addresses: []string{"https://192.0.2.7:8790", "https://hub.example.vn:8790"}, Pin: [32]byte{7, 8}}
	SignMove(m, testKey)
	return m
}

// badMove is the body of a Move with this content and a signature of zeros.
func badMove(hub EntityID, number uint64, addresses ...string) []byte {
	return append(bytes.Clone(Magic[:]), EncodeFrame(&Move{Hub: hub, Number: number, Addresses: addresses})...)
}

func frameOf(t FrameType, content string) []byte {
	b, err := hex.DecodeString(content)
	if err != nil {
		panic(err)
	}
	return append(appendFrameHead(bytes.Clone(Magic[:]), len(b), t), b...)
}

func refusedFrames() []example {
	end := stream(&RequestEnd{5})
	log := hex.EncodeToString(vLog[:])
	list := []example{
		{"HTML", []byte("<html>log in to Wi-Fi</html>")},
		{"JSON", []byte("{}")},
		{"another version of the framing", append([]byte{0xf4, 'T', 'R', 2}, end[4:]...)},
		{"half the magic", Magic[:2]},
		{"nothing", nil},
		{"length without type", append(bytes.Clone(Magic[:]), 2)},
		{"length in a longer form", append(bytes.Clone(Magic[:]), 0x82, 0, 7, 0x91, 5)},
		{"length beyond 64 bits", append(bytes.Clone(Magic[:]), bytes.Repeat([]byte{0xff}, 11)...)},
		{"1 MiB and a byte announced", append(bytes.Clone(Magic[:]), 0x81, 0x80, 0x40, 18)},
		{"Hello of 256 KiB and a byte announced", append(bytes.Clone(Magic[:]), 0x81, 0x80, 0x10, 1)},
		{"unknown frame that may not be skipped", frameOf(99, "90")},
		{"age of no backup", frameOf(128, "92c205")},
		{"Move of no hub", badMove(EntityID{}, 1, "https://a")},
		{"Move without a number", badMove(vHub3(), 0, "https://a")},
		{"Move without an address", badMove(vHub3(), 1)},
		{"Move to an empty address", badMove(vHub3(), 1, "")},
		{"Move to nine addresses", badMove(vHub3(), 1, strings.Split("abcdefghi", "")...)},
		{"Move to an address of 257 bytes", badMove(vHub3(), 1, strings.Repeat("a", AddressBytesMax+1))},
		{"Move to an address that is no UTF-8", badMove(vHub3(), 1, "https://\xff")},
		{"Move without a signature", frameOf(130, "91"+hex.EncodeToString(vMove().signed()))},
		{"body cut", end[:len(end)-1]},
		{"skipped frame cut", append(bytes.Clone(Magic[:]), 3, 200, 1)},
		{"body with a byte too many", frameOf(7, "910500")},
		{"element too many", frameOf(7, "920501")},
		{"zero not left out", frameOf(7, "9100")},
		{"count beyond 32 bits", frameOf(7, "91cf0000000100000000")},
		{"body a map", frameOf(7, "80")},
		{"Let of log zero", frameOf(3, "92c003")},
		{"Let of a log with its last bits set", frameOf(3, "92c40c"+log[:22]+"3f03")},
		{"reason beyond 8 bits", frameOf(3, "93c40c"+log+"03cd0100")},
		{"zero bytes not as nil", frameOf(1, "92c408000000000000000005")},
		{"versions out of order", frameOf(1, "dc0010"+repeated("c0", 2)+repeated("00", 2)+"c000c0c000c00000009090"+"93c4020201a0c0")},
		{"10001 logs", frameOf(4, "91dc2711"+repeated("90", 10001))},
		{"array longer than the body", frameOf(17, "91dcea60")},
		{"60001 scopes", frameOf(17, "91dcea61"+repeated("c0", 60001))},
		{"scope that is no entity", frameOf(17, "9191c410"+repeated("11", 16))},
		{"message that is not UTF-8", frameOf(23, "930100a1ff")},
		{"bool of another code", frameOf(22, "9101")},
		{"empty segment", frameOf(2, "")},
		{"17 nodes above", frameOf(21, "950000a0a0dc0011"+repeated("c0", 17))},
		{"software of 129 bytes", frameOf(21, "940000a0d981"+repeated("61", 129))},
		{"message of 4097 bytes", frameOf(23, "930100da1001"+repeated("61", 4097))},
		{"5 positions", frameOf(16, "9297c00000c090c395"+repeated("90", 5)+"c440"+repeated("00", 64))},
		{"Heads without signature", frameOf(16, "9190")},
		{"page of 16385 rows", frameOf(18, "94c0c000cd4001")},
		{"Range that ends before it begins", frameOf(5, "93c0"+id("ff")+id("ab"))},
		{"Range of nothing", frameOf(5, "93c0"+id("ab")+id("ab"))},
		{"Want of nothing", frameOf(6, "90")},
		{"Want of an entity twice", frameOf(6, "92c092"+"91"+id("ab")+"91"+id("ab"))},
		{"Want of no entity", frameOf(6, "92c09190")},
		{"4097 wanted", frameOf(6, "92c0dc1001"+repeated("91"+id("ab"), 4097))},
		{"Part with a count and a list", frameOf(20, "96c0c0c001c091"+"91"+id("ab"))},
		{"Part with a sum and no count", frameOf(20, "95c0c0c000c410"+repeated("01", 16))},
		{"Known of nothing", frameOf(27, "90")},
		{"Known out of order", frameOf(27, "92c092"+id("ff")+id("ab"))},
		{"RootSum without signature", frameOf(28, "9190")},
	}
	return list
}

// id is an entity id that begins with a byte, as an element of a body.
func id(first string) string { return "c410" + first + "cdef010203804094181c23000002bc" }

func readHeads(b []byte) (any, error) {
	f, err := DecodeFrame(b)
	if err != nil {
		return nil, err
	}
	h, ok := f.(*Heads)
	if !ok {
		return nil, ErrOrder
	}
	return describe(h), h.Verify(testPublic(), vNurse, vNonce)
}

func acceptedHeads() []example {
	quiet := &Heads{Position: Position{Incarnation{1}, 41}}
	SignHeads(quiet, testKey, vNurse, vNonce)
	return []example{{"receipt for one log", EncodeFrame(vHeads())}, {"no news", EncodeFrame(quiet)}}
}

func refusedHeads() []example {
	with := func(change func(h *Heads)) []byte {
		h := vHeads()
		change(h)
		return EncodeFrame(h)
	}
	other := func(child EntityID, nonce [16]byte) []byte {
		return with(func(h *Heads) { SignHeads(h, testKey, child, nonce) })
	}
	return []example{
		{"greater position", with(func(h *Heads) { h.Position.Number++ })},
		{"greater root", with(func(h *Heads) { h.Logs[0].Root = 4 })},
		{"for another child", other(vPlace, vNonce)},
		{"for another nonce", other(vNurse, [16]byte{5})},
		{"a log twice", with(func(h *Heads) { h.Logs = append(h.Logs, h.Logs[0]); SignHeads(h, testKey, vNurse, vNonce) })},
		{"cut", EncodeFrame(vHeads())[:50]},
		{"not a Heads", EncodeFrame(&RequestEnd{5})},
	}
}

// heard collects frame types, as a handler of both directions.
type heard []int

func (h *heard) take(f Frame) error { *h = append(*h, int(f.FrameType())); return nil }

func (h *heard) Hello(f *Hello) error             { return h.take(f) }
func (h *heard) Segment(f *SegmentFrame) error    { return h.take(f) }
func (h *heard) Let(f *Let) error                 { return h.take(f) }
func (h *heard) Logs(f *Logs) error               { return h.take(f) }
func (h *heard) Range(f *Range) error             { return h.take(f) }
func (h *heard) Want(f *Want) error               { return h.take(f) }
func (h *heard) Part(f *Part) error               { return h.take(f) }
func (h *heard) Known(f *Known) error             { return h.take(f) }
func (h *heard) RootSum(f *RootSum) error         { return h.take(f) }
func (h *heard) Backup(f *Backup) error           { return h.take(f) }
func (h *heard) Ends(f *Ends) error               { return h.take(f) }
func (h *heard) Returned(f *Returned) error       { return h.take(f) }
func (h *heard) Move(f *Move) error               { return h.take(f) }
func (h *heard) RequestEnd(f *RequestEnd) error   { return h.take(f) }
func (h *heard) Refusal(f *Refusal) error         { return h.take(f) }
func (h *heard) Heads(f *Heads) error             { return h.take(f) }
func (h *heard) Scopes(f *Scopes) error           { return h.take(f) }
func (h *heard) Page(f *Page) error               { return h.take(f) }
func (h *heard) Fingerprint(f *Fingerprint) error { return h.take(f) }
func (h *heard) Notice(f *Notice) error           { return h.take(f) }
func (h *heard) ResponseEnd(f *ResponseEnd) error { return h.take(f) }

func readRequest(b []byte) (any, error) {
	h := heard{}
	err := ReadRequest(bytes.NewReader(b), &h)
	return []int(h), err
}

func readResponse(b []byte) (any, error) {
	h := heard{}
	err := ReadResponse(bytes.NewReader(b), &h)
	return []int(h), err
}

func vWant() *Want { return &Want{Marks: []Mark{{Entity: vHub3()}}} }

func acceptedRequests() []example {
	seg, let := &SegmentFrame{Raw: []byte{1}}, &Let{vLog, 3, HoldRights}
	return []example{
		{"nothing to say", stream(&Hello{}, &RequestEnd{})},
		{"segments and lets", stream(&Hello{}, seg, let, seg, &RequestEnd{3})},
		{"logs", stream(&Hello{}, &Logs{}, &Logs{}, seg, &RequestEnd{1})},
		{"ranges and wants", stream(&Hello{}, &Range{}, vWant(), &RequestEnd{})},
		{"skipped frame", append(stream(&Hello{}), append([]byte{1, 200, 0}, EncodeFrame(&RequestEnd{})...)...)},
		{"age of the newest backup", stream(&Hello{}, &Backup{Made: true, AgeS: 86400}, seg, &RequestEnd{1})},
		{"a later move than the hub knows", stream(&Hello{}, vMove(), &RequestEnd{})},
		{"no backup", stream(&Hello{}, &Backup{}, &RequestEnd{})},
		{"ends before the segments", stream(&Hello{}, &Ends{[]LogEnd{{vLog, 7}}}, seg, &RequestEnd{1})},
	}
}

func refusedRequests() []example {
	seg := &SegmentFrame{Raw: []byte{1}}
	return []example{
		{"no Hello", stream(seg, &RequestEnd{1})},
		{"ends before Hello", stream(&Ends{[]LogEnd{{vLog, 7}}}, &Hello{}, &RequestEnd{})},
		{"move before Hello", stream(vMove(), &Hello{}, &RequestEnd{})},
		{"backup before Hello", stream(&Backup{}, &Hello{}, &RequestEnd{})},
		{"Hello twice", stream(&Hello{}, &Hello{}, &RequestEnd{})},
		{"no end", stream(&Hello{}, seg)},
		{"wrong number", stream(&Hello{}, seg, &RequestEnd{2})},
		{"frame behind the end", stream(&Hello{}, &RequestEnd{}, seg)},
		{"frame of an answer", stream(&Hello{}, &Notice{}, &RequestEnd{})},
		{"ranges counted with the segments", stream(&Hello{}, &Range{}, &RequestEnd{1})},
		{"an answer", stream(vHeads(), &ResponseEnd{})},
		{"cut in a frame", stream(&Hello{}, seg)[:6]},
		{"not the protocol", []byte("HTTP/1.1 302")},
	}
}

func acceptedResponses() []example {
	return []example{
		{"no news", stream(vHeads(), &ResponseEnd{})},
		{"refusal", stream(&Refusal{Code: RefusedToken})},
		{"everything", stream(vHeads(), &Scopes{}, &Page{}, &Page{}, &Fingerprint{}, &Part{}, &Known{vPlace, []EntityID{vHub3()}}, vRootSum(), &Notice{}, &Returned{4, []byte{1}}, vMove(), &ResponseEnd{More: true})},
	}
}

func refusedResponses() []example {
	return []example{
		{"no Heads", stream(&Page{}, &ResponseEnd{})},
		{"refusal after Heads", stream(vHeads(), &Refusal{Code: RefusedBusy})},
		{"frame behind a refusal", stream(&Refusal{Code: RefusedBusy}, &ResponseEnd{})},
		{"no end", stream(vHeads(), &Page{})},
		{"frame behind the end", stream(vHeads(), &ResponseEnd{}, &Notice{})},
		{"Heads twice", stream(vHeads(), vHeads(), &ResponseEnd{})},
		{"frame of a request", stream(vHeads(), &Hello{}, &ResponseEnd{})},
		{"Want in an answer", stream(vHeads(), vWant(), &ResponseEnd{})},
		{"captive portal", []byte("<!doctype html>")},
	}
}

// readLookups reads a request of a look-up, or else an answer to one.
func readLookups(b []byte) (any, error) {
	f, err := ReadLookup(bytes.NewReader(b))
	if err == nil {
		return describe(f), nil
	}
	if !errors.Is(err, ErrOrder) {
		return nil, err
	}
	a, err := ReadLookupAnswer(bytes.NewReader(b), testPublic(), vNurse, vNonce)
	if err != nil {
		return nil, err
	}
	return describe(a), nil
}

func vLookup() *Lookup {
	return &Lookup{Nonce: vNonce, Actor: vNurse, Terms: []Term{{11, Text("Lò Gia Bảo")}, {12, Int(20700)}, {18, Text("Lò Thị Mai")}}, WaitMS: 20_000}
}

func answer(frames ...Frame) []byte {
	var b bytes.Buffer
	if err := WriteLookupAnswer(&b, testKey, vNurse, vNonce, frames...); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func vCandidates() *Candidates {
	return &Candidates{Partial: true, List: []Candidate{{Ticket(vNonce, vPlace), []Term{{11, Text("L. G. Bảo")}, {12, Text("2026")}}}}, More: true}
}

func acceptedLookups() []example {
	return []example{
		{"question", stream(vLookup())},
		{"question of who does not say how long", stream(&Lookup{Nonce: vNonce, Actor: vNurse, Terms: []Term{{10, Text("0412720000001769")}}})},
		{"choice", stream(&Choose{vNonce, vNurse, Ticket(vNonce, vPlace), 16_000})},
		{"candidates", answer(vCandidates())},
		{"nobody", answer(&Candidates{})},
		{"a hub above was asked too often", answer(&Candidates{Partial: true, RetryAfter: 60})},
		{"a case", answer(vPage(vRows()))},
		{"nothing of a case", answer()},
		{"refusal", stream(&Refusal{Code: RefusedTooMany, RetryAfter: 60})},
	}
}

func refusedLookups() []example {
	whole := answer(vCandidates())
	return []example{
		{"question twice", stream(vLookup(), vLookup())},
		{"question of nothing", frameOf(8, "91"+"c410"+repeated("05", 16))},
		{"terms out of order", frameOf(8, "93c0c092920ba161920ba161")},
		{"term of field 0", frameOf(8, "93c0c0919200a161")},
		{"a whole answer of which a part was refused", frameOf(24, "94c290c23c")},
		{"question with five elements", frameOf(8, "95"+"c410"+repeated("05", 16)+"c0"+"91920aa161"+"01"+"01")},
		{"candidates twice", answer(vCandidates(), vCandidates())},
		{"a page behind candidates", answer(vCandidates(), vPage(nil))},
		{"refusal behind candidates", append(stream(vCandidates()), EncodeFrame(&Refusal{Code: RefusedBusy})...)},
		{"end without signature", stream(&LookupEnd{})},
		{"signed for another answer", append(stream(&Candidates{}), whole[len(whole)-len(EncodeFrame(&LookupEnd{Signature: [64]byte{1}})):]...)},
		{"no end", stream(vCandidates())},
		{"frame behind the end", append(answer(), EncodeFrame(&LookupEnd{})...)},
		{"frame of an exchange", stream(&Hello{})},
		{"HTML", []byte("<html>")},
		{"nothing at all", nil},
	}
}
