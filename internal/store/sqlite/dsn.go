package sqlite

import (
	"net/url"
	"path/filepath"
	"runtime"
	"strings"
)

// pragmas in the order in which a new connection runs them.
var (
	// EXCLUSIVE before WAL: no shared-memory file is made, and no second program gets in.
	stationPragmas = []string{
		"busy_timeout(200)", "locking_mode(EXCLUSIVE)", "journal_mode(WAL)", "synchronous(FULL)",
		"journal_size_limit(1048576)", "wal_autocheckpoint(256)", "cache_size(-8192)", "temp_store(MEMORY)",
	}
	writerPragmas = []string{
		"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)",
		"journal_size_limit(67108864)", "cache_size(-65536)", "temp_store(MEMORY)",
	}
	readerPragmas = []string{
		"busy_timeout(5000)", "query_only(1)", "cache_size(-16384)", "temp_store(MEMORY)",
	}
	// An exclusive transaction on an empty database that is never written: a lock that ends with the program.
	lockPragmas   = []string{"busy_timeout(200)", "journal_mode(MEMORY)"}
	backupPragmas = []string{"busy_timeout(5000)"}
	// A copy is synced once it is whole; half a one is thrown away.
	partPragmas = []string{"journal_mode(OFF)", "synchronous(OFF)", "cache_size(-1024)"}
	copyPragmas = []string{"busy_timeout(200)", "query_only(1)"}
)

// dsn names a database file and the pragmas of each of its connections.
func dsn(path string, pragmas []string) string {
	q := url.Values{"_dqs": {"0"}}
	for _, p := range pragmas {
		q.Add("_pragma", p)
	}
	return fileURL(path, runtime.GOOS == "windows") + "?" + q.Encode()
}

// fileURL escapes a path as SQLite wants it: "file:" first, or options behind it are dropped without a
// word; a slash before a drive letter; percent signs and question marks in names escaped.
func fileURL(path string, windows bool) string {
	if windows {
		path = strings.ReplaceAll(path, `\`, "/")
		if len(path) > 1 && path[1] == ':' {
			path = "/" + path
		}
	}
	u := url.URL{Scheme: "file", Path: path}
	if !strings.HasPrefix(path, "/") {
		return "file:" + (&url.URL{Path: "./" + path}).EscapedPath()
	}
	return u.String()
}

func absolute(path string) (string, error) { return filepath.Abs(path) }
