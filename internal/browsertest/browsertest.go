// Package browsertest lets tests look at pages in a real Chromium.
package browsertest

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Open opens a tab in a window of this size, in CSS pixels, until the test ends or two minutes have passed. Where there is no
// Chromium the test fails in CI, and is left out elsewhere.
func Open(t *testing.T, width, height int64, options ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	return OpenFor(t, 2*time.Minute, width, height, options...)
}

// OpenFor is Open for a test that looks at many pages.
func OpenFor(t *testing.T, most time.Duration, width, height int64, options ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path(t)), chromedp.NoSandbox,
		chromedp.Flag("disable-quic", true), chromedp.Flag("lang", "vi"), chromedp.WindowSize(int(width), int(height)))
	ctx, cancel := context.WithTimeout(context.Background(), most)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, append(opts, options...)...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, height)); err != nil {
		t.Fatal(err)
	}
	return ctx
}

func path(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			return p
		}
	}
	const how = "this test needs Chromium; on Debian: apt-get install chromium"
	if os.Getenv("CI") != "" {
		t.Fatal(how)
	}
	t.Skip(how)
	return ""
}
