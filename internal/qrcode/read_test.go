package qrcode

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"slices"
	"strings"
	"testing"

	draw "github.com/skip2/go-qrcode"
)

const (
	childCode = "0412990181594183"
	cardText  = "036165001786||Trần Thị Hồng|05051965|Nữ|Thôn 3, Mỹ Trung, Mỹ Lộc, Nam Định|08052021"
)

func TestPhotosAreRead(t *testing.T) {
	for name, p := range map[string]photo{
		"as on the screen":       {text: childCode, width: 400, height: 400, side: 380},
		"turned by a quarter":    {text: childCode, width: 1200, height: 900, side: 500, degrees: 90},
		"turned by 33°":          {text: childCode, width: 1200, height: 900, side: 500, degrees: 33},
		"upside down":            {text: childCode, width: 900, height: 1200, side: 500, degrees: 181},
		"mirrored":               {text: childCode, width: 1200, height: 900, side: 500, mirrored: true},
		"at a slant":             {text: childCode, version: 2, width: 1200, height: 900, side: 500, tilt: 0.25, degrees: 10},
		"out of focus":           {text: childCode, width: 1200, height: 900, side: 450, blur: 7},
		"moved":                  {text: childCode, width: 1200, height: 900, side: 450, moved: 17},
		"in a dark room":         {text: childCode, width: 1200, height: 900, side: 400, noise: 40, dark: 20, bright: 90},
		"half in the shadow":     {text: childCode, width: 1200, height: 900, side: 700, shadow: 150, degrees: 5},
		"pale print":             {text: childCode, width: 1200, height: 900, side: 450, dark: 150, bright: 200, noise: 10},
		"small in a large frame": {text: childCode, width: 2800, height: 2100, side: 100, noise: 15, degrees: 7},
		"small and in a corner":  {text: childCode, width: 2000, height: 1500, side: 90, x: 0.85, y: 0.15, noise: 15, degrees: -20},
		"a small photo of it":    {text: childCode, width: 320, height: 240, side: 70},
		"an identity card":       {text: cardText, width: 1400, height: 1050, side: 450, noise: 20, degrees: 4},
		"… and small":            {text: cardText, width: 1600, height: 1200, side: 220, noise: 15, degrees: -8},
		"… and out of focus":     {text: cardText, width: 1600, height: 1200, side: 560, blur: 4, noise: 10},
		"… and at a slant":       {text: cardText, width: 1600, height: 1200, side: 560, tilt: 0.2, degrees: 93, noise: 10},
		"… in a dark room":       {text: cardText, width: 1600, height: 1200, side: 560, noise: 40, dark: 20, bright: 110},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Read(t.Context(), p.jpeg(t))
			if err != nil || got != p.text {
				t.Errorf("read %q, want %q: %v", got, p.text, err)
			}
		})
	}
	p := photo{text: childCode, width: 400, height: 300, side: 200, degrees: 3}
	if got, err := Read(t.Context(), p.png(t)); err != nil || got != childCode {
		t.Errorf("a PNG: %q %v", got, err)
	}
	// Drawn straight, the squares of this code look like a fourth corner of it in some sizes.
	for _, side := range []int{280, 300, 512} {
		code, err := draw.New(cardText, draw.Medium)
		if err != nil {
			t.Fatal(err)
		}
		drawn, err := code.PNG(side)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Read(t.Context(), drawn); err != nil || got != cardText {
			t.Errorf("a drawing of %d pixels: %q %v", side, got, err)
		}
	}
	// A screenshot with colours, in which what is white can be seen through.
	grey := p.take(t)
	seen := image.NewNRGBA(grey.Rect)
	for i, v := range grey.Pix {
		seen.Set(i%400, i/400, color.NRGBA{R: 30, B: 90, A: 255 - v})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, seen); err != nil {
		t.Fatal(err)
	}
	if got, err := Read(t.Context(), b.Bytes()); err != nil || got != childCode {
		t.Errorf("one that can be seen through: %q %v", got, err)
	}
}

func TestCameraMayBeHeldAnyWay(t *testing.T) {
	file := photo{text: childCode, width: 600, height: 450, side: 300, degrees: 90}.jpeg(t)
	// APP1 with an orientation of 6 ("turn by a quarter to the right"; Exif 2.3, 4.6.4) behind the marker that begins the file.
	exif := "\xff\xe1\x00\x22Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00"
	file = slices.Insert(file, 2, []byte(exif)...)
	if got, err := Read(t.Context(), file); err != nil || got != childCode {
		t.Errorf("%q %v", got, err)
	}
}

func TestPicturesWithoutACode(t *testing.T) {
	var noCode, aGIF bytes.Buffer
	m := image.NewGray(image.Rect(0, 0, 300, 200))
	if err := errors.Join(png.Encode(&noCode, m), gif.Encode(&aGIF, m, nil)); err != nil {
		t.Fatal(err)
	}
	whole := photo{text: childCode, width: 300, height: 300, side: 250}.jpeg(t)
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"no code":             {noCode.Bytes(), ErrNoCode},
		"code cut in half":    {photo{text: childCode, width: 300, height: 300, side: 250, x: 0.99, y: 0.5}.jpeg(t), ErrNoCode},
		"nothing":             {nil, ErrNoPicture},
		"words":               {[]byte("no picture"), ErrNoPicture},
		"another kind":        {aGIF.Bytes(), ErrNoPicture},
		"of an iPhone (HEIC)": {[]byte("\x00\x00\x00\x24ftypheic\x00\x00\x00\x00mif1heic"), ErrHEIC},
		"of a phone (mif1)":   {[]byte("\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00heic"), ErrHEIC},
		"a film":              {[]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00isom"), ErrNoPicture},
		"cut off":             {whole[:len(whole)/2], ErrNoPicture},
		"without any size":    {claiming(0, 10, false), ErrNoPicture},
	} {
		if got, err := Read(t.Context(), c.file); !errors.Is(err, c.want) || got != "" {
			t.Errorf("%s: %q %v, want %v", name, got, err, c.want)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Read(ended, whole); !errors.Is(err, context.Canceled) {
		t.Errorf("whoever asked has gone: %v", err)
	}
}

func TestLimitsOfPictures(t *testing.T) {
	file := photo{text: childCode, width: 300, height: 300, side: 250}.jpeg(t)
	file = append(file, make([]byte, FileBytesMax-len(file))...)
	if got, err := Read(t.Context(), file); err != nil || got != childCode {
		t.Errorf("a file of FileBytesMax: %q %v", got, err)
	}
	if _, err := Read(t.Context(), append(file, 0)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a byte more: %v", err)
	}
	// A file of 33 bytes that claims the greatest size is unpacked, and found to have nothing in it; beyond, it is not touched.
	const side = 5000
	if side*side != pixelsMax {
		t.Fatal("not at the limit")
	}
	if _, err := Read(t.Context(), claiming(side, side, false)); !errors.Is(err, ErrNoPicture) {
		t.Errorf("pixelsMax: %v", err)
	}
	for _, beyond := range [][]byte{claiming(side, side+1, false), claiming(1<<16, 1<<16, true)} {
		if _, err := Read(t.Context(), beyond); !errors.Is(err, ErrTooLarge) {
			t.Errorf("beyond pixelsMax: %v", err)
		}
	}
	const deep = unpackedBytesMax / 8 / 4096
	if _, err := Read(t.Context(), claiming(4096, deep, true)); !errors.Is(err, ErrNoPicture) {
		t.Errorf("unpackedBytesMax: %v", err)
	}
	if _, err := Read(t.Context(), claiming(4096, deep+1, true)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("beyond unpackedBytesMax: %v", err)
	}
}

func TestWhatJPEGsNeed(t *testing.T) {
	small := photo{text: childCode, width: 200, height: 200, side: 150}.jpeg(t)
	if progressive(small) {
		t.Error("a plain one is taken for a progressive one")
	}
	at := bytes.Index(small, []byte("\xff\xc0"))
	small[at+1] = 0xC2
	if !progressive(small) {
		t.Error("a progressive one is not seen")
	}
	if !progressive([]byte("\xff\xd8\xff")) || !progressive([]byte("\xff\xd8\xff\xe0\xff\xff")) {
		t.Error("what cannot be followed is trusted")
	}
}

func TestWorkForOnePictureIsBounded(t *testing.T) {
	count := func(sizes ...int) (seen int) {
		list := func(yield func(grey) bool) {
			for _, n := range sizes {
				if !yield(grey{pix: make([]byte, n), width: n, height: 1}) {
					return
				}
			}
		}
		for range within(looksPixelsMax, list) {
			seen++
		}
		return seen
	}
	if n := count(looksPixelsMax-7, 7); n != 2 {
		t.Errorf("%d views at the limit", n)
	}
	if n := count(looksPixelsMax-7, 8, 1); n != 1 {
		t.Errorf("%d views beyond it", n)
	}
	// The first sizes and the middle are reached in the largest picture.
	most := 0
	for range within(looksPixelsMax, views(grey{pix: make([]byte, pixelsMax), width: 5000, height: 5000})) {
		most++
	}
	if most < len(sides)+7+4 {
		t.Errorf("only %d views of the largest picture", most)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(photo{text: childCode, width: 120, height: 120, side: 100}.png(&testing.T{}))
	f.Add([]byte(strings.Repeat("\xff\xd8", 40)))
	f.Fuzz(func(t *testing.T, file []byte) {
		if len(file) > 1<<16 {
			return
		}
		if text, err := Read(t.Context(), file); (err == nil) == (text == "") {
			t.Errorf("%q %v", text, err)
		}
	})
}
