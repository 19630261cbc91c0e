package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"
)

// xmlScanner goes through the parts of an XLSX file. A register has some million elements, all small, and
// encoding/xml takes several times as long over them; of XML it knows what spreadsheets use: elements, attributes,
// text, CDATA, comments and instructions. Prefixes of names are dropped. A part that ends too early is an error.
type xmlScanner struct {
	r     *bufio.Reader
	name  []byte // of the element
	attrs []byte // the inside of its tag
	text  []byte
	closd bool // an empty element: its end comes next
	depth int
	buf   []byte
}

type xmlToken uint8

const (
	xmlStart xmlToken = iota + 1
	xmlEnd
	xmlText
)

// xmlTokenMax is the longest tag or text that is read.
const xmlTokenMax = 256 << 10

var (
	errXMLLong   = errors.New("a tag or text is too long")
	errXMLSyntax = errors.New("not well-formed XML")
)

func newXMLScanner(r io.Reader) *xmlScanner {
	return &xmlScanner{r: bufio.NewReaderSize(r, xmlTokenMax)}
}

// next returns the next token; io.EOF after the root has ended. What it points to is good until the next call.
func (x *xmlScanner) next() (xmlToken, error) {
	if x.closd {
		x.closd = false
		x.depth--
		return xmlEnd, nil
	}
	for {
		text, err := x.until('<')
		if errors.Is(err, io.EOF) {
			if x.depth != 0 || len(bytes.TrimSpace(text)) > 0 {
				return 0, io.ErrUnexpectedEOF
			}
			return 0, io.EOF
		}
		if err != nil {
			return 0, err
		}
		if text = text[:len(text)-1]; len(text) > 0 && x.depth > 0 {
			x.text = text
			return xmlText, x.r.UnreadByte()
		}
		token, err := x.tag()
		if err != nil || token != 0 {
			return token, err
		}
	}
}

// tag reads what stands behind a '<'; 0 for what is to be skipped.
func (x *xmlScanner) tag() (xmlToken, error) {
	head, err := x.r.Peek(1)
	if err != nil {
		return 0, io.ErrUnexpectedEOF
	}
	switch head[0] {
	case '!':
		return x.special()
	case '?':
		return 0, x.skipTo("?>")
	}
	tag, err := x.tagBytes()
	if err != nil {
		return 0, err
	}
	if len(tag) > 0 && tag[0] == '/' {
		if x.depth--; x.depth < 0 {
			return 0, errXMLSyntax
		}
		x.name = localName(bytes.TrimSpace(tag[1:]))
		return xmlEnd, nil
	}
	if n := len(tag); n > 0 && tag[n-1] == '/' {
		tag, x.closd = tag[:n-1], true
	}
	end := bytes.IndexAny(tag, " \t\r\n")
	if end < 0 {
		end = len(tag)
	}
	x.name, x.attrs = localName(tag[:end]), tag[end:]
	if len(x.name) == 0 {
		return 0, errXMLSyntax
	}
	x.depth++
	return xmlStart, nil
}

func localName(name []byte) []byte {
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		return name[i+1:]
	}
	return name
}

// tagBytes reads up to the '>' that closes a tag; one between quotes does not.
func (x *xmlScanner) tagBytes() ([]byte, error) {
	open := func(part []byte) bool { return bytes.Count(part, []byte{'"'})%2 == 1 }
	tag, err := x.until('>')
	if err == nil && open(tag) {
		// Each byte is looked at once: a tag may hold nothing but '>' between its quotes.
		x.buf = append(x.buf[:0], tag...)
		for quoted := true; quoted; {
			part, err := x.until('>')
			if err != nil {
				return nil, unexpected(err)
			}
			if len(x.buf)+len(part) > xmlTokenMax {
				return nil, errXMLLong
			}
			x.buf = append(x.buf, part...)
			quoted = quoted != open(part)
		}
		tag = x.buf
	}
	if err != nil {
		return nil, unexpected(err)
	}
	return tag[:len(tag)-1], nil
}

// special reads a comment, which is skipped, or CDATA, which is text.
func (x *xmlScanner) special() (xmlToken, error) {
	if head, _ := x.r.Peek(8); string(head) == "![CDATA[" {
		x.r.Discard(8) //nolint:errcheck // just peeked at
		x.buf = x.buf[:0]
		for !bytes.HasSuffix(x.buf, []byte("]]>")) {
			part, err := x.until('>')
			if err != nil {
				return 0, unexpected(err)
			}
			if x.buf = append(x.buf, part...); len(x.buf) > xmlTokenMax {
				return 0, errXMLLong
			}
		}
		x.text = bytes.ReplaceAll(x.buf[:len(x.buf)-3], []byte("&"), []byte("&amp;"))
		return xmlText, nil
	}
	if head, _ := x.r.Peek(3); string(head) == "!--" {
		return 0, x.skipTo("-->")
	}
	// A DOCTYPE could define entities; no spreadsheet has one.
	return 0, errXMLSyntax
}

func (x *xmlScanner) skipTo(end string) error {
	var last []byte
	for {
		part, err := x.until('>')
		if err != nil {
			return unexpected(err)
		}
		last = append(last[:0], part[max(0, len(part)-len(end)):]...)
		if string(last) == end {
			return nil
		}
	}
}

func (x *xmlScanner) until(delim byte) ([]byte, error) {
	part, err := x.r.ReadSlice(delim)
	if errors.Is(err, bufio.ErrBufferFull) {
		return part, errXMLLong
	}
	return part, err
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// attr returns an attribute of the element, whatever its prefix.
func (x *xmlScanner) attr(name string) string {
	rest := x.attrs
	for {
		eq := bytes.IndexByte(rest, '=')
		if eq < 0 {
			return ""
		}
		key := localName(bytes.TrimSpace(rest[:eq]))
		rest = bytes.TrimLeft(rest[eq+1:], " \t\r\n")
		if len(rest) == 0 {
			return ""
		}
		quote := rest[0]
		end := bytes.IndexByte(rest[1:], quote)
		if quote != '"' && quote != '\'' || end < 0 {
			return ""
		}
		if string(key) == name {
			return unescape(rest[1 : 1+end])
		}
		rest = rest[end+2:]
	}
}

// is reports whether the element has this name.
func (x *xmlScanner) is(name string) bool { return string(x.name) == name }

// unescape resolves the entities of XML; what is none stays as it is.
func unescape(b []byte) string {
	i := bytes.IndexByte(b, '&')
	if i < 0 {
		return string(b)
	}
	out := make([]byte, 0, len(b))
	for i >= 0 {
		out = append(out, b[:i]...)
		b = b[i:]
		end := bytes.IndexByte(b, ';')
		if r, ok := entity(b, end); ok {
			out = utf8.AppendRune(out, r)
			b = b[end+1:]
		} else {
			out = append(out, '&')
			b = b[1:]
		}
		i = bytes.IndexByte(b, '&')
	}
	return string(append(out, b...))
}

func entity(b []byte, end int) (rune, bool) {
	if end < 2 || end > 12 {
		return 0, false
	}
	switch name := string(b[1:end]); {
	case name == "amp":
		return '&', true
	case name == "lt":
		return '<', true
	case name == "gt":
		return '>', true
	case name == "quot":
		return '"', true
	case name == "apos":
		return '\'', true
	case name[0] == '#' && len(name) > 2 && name[1] == 'x':
		n, err := strconv.ParseUint(name[2:], 16, 32)
		return rune(n), err == nil && n <= utf8.MaxRune
	case name[0] == '#':
		n, err := strconv.ParseUint(name[1:], 10, 32)
		return rune(n), err == nil && n <= utf8.MaxRune
	}
	return 0, false
}
