package crash

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
)

// What strace is asked for. With -D it is the grandchild and the program the child, so that signals reach the
// program itself.
var straceArgs = []string{
	"strace", "-D", "-f", "--seccomp-bpf", "-y", "-xx", "-s", "16777216", "-e", "signal=none", "-e",
	"trace=write,pwrite64,fsync,fdatasync,ftruncate,rename,renameat,renameat2,unlink,unlinkat,open,openat",
}

// call is a system call that succeeded.
type call struct {
	name       string
	fd         int
	path       string // of the file, whole
	to         string // rename: the new name
	data       []byte
	at         int64 // pwrite64: where; ftruncate: how long
	create     bool  // openat
	cut        bool  // openat with O_TRUNC
	begin, end int   // lines of the trace
}

// readTrace reads what strace wrote, in the order in which the calls began.
func readTrace(r io.Reader) ([]*call, error) {
	var calls []*call
	pending := map[string]*struct {
		text string
		line int
	}{}
	in := bufio.NewReaderSize(r, 1<<20)
	for line := 0; ; line++ {
		text, err := in.ReadString('\n')
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		pid, rest, _ := strings.Cut(strings.TrimRight(text, "\n"), " ")
		rest = strings.TrimLeft(rest, " ")
		begin := line
		switch {
		case strings.HasPrefix(rest, "+++"), strings.HasPrefix(rest, "---"):
			continue
		case strings.HasSuffix(rest, "<unfinished ...>"):
			pending[pid] = &struct {
				text string
				line int
			}{strings.TrimSuffix(rest, "<unfinished ...>"), line}
			continue
		case strings.HasPrefix(rest, "<..."):
			_, after, ok := strings.Cut(rest, "resumed>")
			was := pending[pid]
			if !ok || was == nil {
				return nil, fmt.Errorf("line %d of the trace: %.80s", line+1, rest)
			}
			delete(pending, pid)
			rest, begin = was.text+after, was.line
		}
		c, err := parseCall(rest)
		if err != nil {
			return nil, fmt.Errorf("line %d of the trace: %w in %.120s", line+1, err, rest)
		}
		if c != nil {
			c.begin, c.end = begin, line
			calls = append(calls, c)
		}
	}
	return calls, nil
}

// parseCall reads one whole call; nil if it failed or is of no interest.
func parseCall(s string) (*call, error) {
	name, rest, ok := strings.Cut(s, "(")
	i := strings.LastIndex(rest, ") ")
	if !ok || i < 0 {
		return nil, fmt.Errorf("no call")
	}
	args, result := rest[:i], strings.TrimLeft(rest[i+2:], " =")
	if strings.HasPrefix(result, "-1") || strings.HasPrefix(result, "?") {
		return nil, nil
	}
	c := &call{name: name}
	var err error
	switch name {
	case "write", "pwrite64", "fsync", "fdatasync", "ftruncate":
		if c.fd, c.path, rest, err = descriptor(args); err != nil {
			return nil, err
		}
		if c.data, rest, err = quoted(rest); err != nil {
			return nil, err
		}
		if name == "pwrite64" || name == "ftruncate" {
			c.at, err = strconv.ParseInt(strings.TrimSpace(rest[strings.LastIndexByte(rest, ',')+1:]), 10, 64)
		}
		n, nerr := strconv.Atoi(strings.TrimSpace(result))
		if (name == "write" || name == "pwrite64") && nerr == nil && n < len(c.data) {
			c.data = c.data[:n]
		}
		return c, err
	case "open", "openat":
		c.create, c.cut = strings.Contains(args, "O_CREAT"), strings.Contains(args, "O_TRUNC")
		c.fd, c.path, _, err = descriptor(result)
		return c, err
	case "unlink", "unlinkat", "rename", "renameat", "renameat2":
		b, rest, err := quoted(args)
		if err != nil {
			return nil, err
		}
		to, _, err := quoted(rest)
		c.path, c.to = string(b), string(to)
		return c, err
	}
	return nil, fmt.Errorf("unexpected call")
}

// descriptor reads 11<\x2f...>, what -y prints for an open file, and returns what follows.
func descriptor(s string) (fd int, name, rest string, err error) {
	number, after, ok := strings.Cut(s, "<")
	end := strings.IndexByte(after, '>')
	if !ok || end < 0 {
		return 0, "", "", fmt.Errorf("no open file")
	}
	if fd, err = strconv.Atoi(strings.TrimSpace(number)); err != nil {
		return 0, "", "", err
	}
	b, err := unhex(after[:end])
	return fd, string(b), after[end+1:], err
}

// quoted reads the first string in quotes and returns what follows it; none is no error.
func quoted(s string) (b []byte, rest string, err error) {
	_, after, ok := strings.Cut(s, `"`)
	if !ok {
		return nil, s, nil
	}
	text, rest, ok := strings.Cut(after, `"`)
	if !ok || strings.HasPrefix(rest, "...") {
		return nil, "", fmt.Errorf("a string cut short")
	}
	b, err = unhex(text)
	return b, rest, err
}

func unhex(s string) ([]byte, error) {
	return hex.DecodeString(strings.ReplaceAll(s, `\x`, ""))
}

// isAnswer says that a call begins to send an HTTP answer to somebody.
func (c *call) isAnswer() bool {
	return c.name == "write" && strings.HasPrefix(c.path, "socket:") && bytes.HasPrefix(c.data, []byte("HTTP/1.1 "))
}

// within returns the name of the file in a folder, "" if it lies elsewhere; the folder itself is ".".
func within(dir, name string) string {
	if name == dir {
		return "."
	}
	if path.Dir(name) != dir {
		return ""
	}
	return path.Base(name)
}
