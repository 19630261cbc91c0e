package main

import (
	"cmp"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"tramy/internal/country"
)

// What a page may weigh on the wire, heads of HTTP included: the first with everything it needs, the following ones as a browser asks for
// them that keeps what it has. The day's list has thirty rows.
const (
	firstPageBytesMax = 100 << 10
	nextPageBytesMax  = 15 << 10
)

// counted counts what comes from a server, as it comes.
type counted struct {
	net.Conn
	n *atomic.Int64
}

func (c counted) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.n.Add(int64(n))
	return n, err
}

var assetIn = regexp.MustCompile(`(?:href|src)="(/static/[^"]+)"`)

// unpacked reads an answer as a browser shows it.
func unpacked(t *testing.T, resp *http.Response) string {
	t.Helper()
	r := io.Reader(resp.Body)
	if resp.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		r = z
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// A browser's first page and those after it stay small: on a phone's line they are what somebody waits for.
func TestPagesStaySmall(t *testing.T) {
	nation, _ := smallCountry(t)
	station := nation.Stations()[0]
	book := ""
	for i := range 20 { // beside those of the country
		book = "/child/" + newborn(t, station, fmt.Sprintf("Cà Thị Hoa %d", i)).String()
	}
	var got atomic.Int64
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar, Transport: &http.Transport{
		DisableCompression: true,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := (&net.Dialer{}).DialContext(ctx, network, addr)
			return counted{c, &got}, err
		},
	}}
	base := "http://" + station.PagesAddr
	fetch := func(method, path string, form url.Values) (body string, bytes int64) {
		t.Helper()
		before := got.Load()
		r, err := http.NewRequestWithContext(t.Context(), method, base+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		if form != nil {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		r.Header.Set("Accept", "text/html,*/*")
		r.Header.Set("Accept-Encoding", "gzip, deflate, br, zstd")
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body = unpacked(t, resp)
		if resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %s", path, resp.StatusCode, body)
		}
		return body, got.Load() - before
	}
	first, bytes := fetch(http.MethodPost, "/login", url.Values{"user": {station.Accounts[0].Login}, "password": {country.Password}})
	rows := strings.Count(first, `class="row`)
	if rows < 30 {
		t.Fatalf("the day's list has %d rows", rows)
	}
	plain, firstPage := len(first), bytes
	assets := map[string]bool{}
	for _, m := range assetIn.FindAllStringSubmatch(first, -1) {
		if !assets[m[1]] {
			assets[m[1]] = true
			file, n := fetch(http.MethodGet, m[1], nil)
			bytes, plain = bytes+n, plain+len(file)
		}
	}
	t.Logf("first page, %d rows, with %d files: %d bytes (%d before compressing)", rows, len(assets), bytes, plain)
	if bytes > firstPageBytesMax {
		t.Errorf("the first page has %d bytes", bytes)
	}
	files := bytes - firstPage
	if _, n := fetch(http.MethodGet, book, nil); n > nextPageBytesMax {
		t.Errorf("the page of a child has %d bytes", n)
	}
	// Every page of the station, in the middle of a vaccination day: alone, and as the first one a browser opens.
	fill := ids(t, nation)
	if err := nation.OpenDay(t.Context(), station, 1); err != nil {
		t.Fatal(err)
	}
	who := station.Accounts[0].Login
	var table strings.Builder
	for _, route := range slices.Sorted(maps.Keys(stationVisits)) {
		v := stationVisits[route]
		if v.out || v.form != nil {
			continue
		}
		if as := cmp.Or(v.who, station.Accounts[0].Login); as != who {
			who = as
			fetch(http.MethodPost, "/login", url.Values{"user": {who}, "password": {country.Password}})
		}
		body, n := fetch(http.MethodGet, fill.Replace(v.path), nil)
		fmt.Fprintf(&table, "\n| %s | %.1f | %.1f | %.0f |", strings.TrimPrefix(route, "GET "), float64(n+files)/1000, float64(n)/1000, float64(len(body))/1000)
		if n > nextPageBytesMax || n+files > firstPageBytesMax {
			t.Errorf("%s has %d bytes, and %d with its files", route, n, n+files)
		}
	}
	t.Logf("kB on the wire\n| page | first | after | before compressing |\n|---|---:|---:|---:|%s", table.String())
}
