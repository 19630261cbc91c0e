package qrcode

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"testing"

	draw "github.com/skip2/go-qrcode"
)

// photo is a picture of a card with a code as somebody might take it.
type photo struct {
	text          string
	version       int     // of the code; 0: the smallest that does
	width, height int     // of the frame
	side          int     // of the code, in pixels
	x, y          float64 // the code's middle, as parts of the frame; 0: the middle
	degrees       float64 // turned by
	tilt          float64 // how much farther away its upper edge is, as a part of its side
	blur          int     // radius; out of focus
	moved         int     // pixels that the hand moved while it was taken
	noise         int     // greatest deviation of a pixel
	shadow        int     // how much darker the left edge of the frame is
	dark, bright  int     // what black and white look like; 0, 0: 20 and 235
	mirrored      bool
}

// take renders the photograph.
func (p photo) take(t *testing.T) *image.Gray {
	t.Helper()
	code, err := draw.New(p.text, draw.Medium)
	if p.version > 0 {
		code, err = draw.NewWithForcedVersion(p.text, p.version, draw.Highest)
	}
	if err != nil {
		t.Fatal(err)
	}
	squares := code.Bitmap() // with its quiet zone of four
	n := len(squares)
	if p.bright == 0 {
		p.dark, p.bright = 20, 235
	}
	if p.x == 0 {
		p.x, p.y = 0.5, 0.5
	}
	random := rand.New(rand.NewPCG(1, uint64(p.width*31+p.side)))
	m := image.NewGray(image.Rect(0, 0, p.width, p.height))
	sin, cos := math.Sincos(p.degrees * math.Pi / 180)
	scale := float64(n) / float64(p.side)
	for y := range p.height {
		for x := range p.width {
			dx, dy := float64(x)-p.x*float64(p.width), float64(y)-p.y*float64(p.height)
			u, v := dx*cos+dy*sin, -dx*sin+dy*cos
			// Seen at a slant, what is farther away is narrower and lower.
			depth := 1 - p.tilt*v/float64(p.side)
			u, v = u*depth, v*depth
			if p.mirrored {
				u = -u
			}
			i, j := int(math.Floor(u*scale+float64(n)/2)), int(math.Floor(v*scale+float64(n)/2))
			value := 0.0
			switch {
			case i >= 0 && j >= 0 && i < n && j < n:
				value = float64(p.bright)
				if squares[j][i] {
					value = float64(p.dark)
				}
			case i >= -n && j >= -n/2 && i < 2*n && j < n+n/2: // the card
				value = float64(p.bright) - 15
				if j > n && (i+n)%9 < 6 && j%4 < 2 {
					value = float64(p.dark) + 30 // something printed
				}
			default: // a chequered table-cloth
				value = 70 + 50*float64((x/90+y/70)%2)
			}
			m.Pix[y*m.Stride+x] = byte(max(0, min(255, value-float64(p.shadow)*(1-float64(x)/float64(p.width)))))
		}
	}
	g := greyOf(m)
	if p.blur > 0 {
		g = g.smooth(p.blur).smooth(p.blur)
	}
	if p.moved > 0 {
		rows := grey{width: g.width, height: g.height, pix: make([]byte, len(g.pix))}
		for y := range g.height {
			line(g.pix[y*g.width:], rows.pix[y*g.width:], g.width, 1, p.moved/2)
		}
		g = rows
	}
	for i, v := range g.pix {
		if p.noise > 0 {
			v = byte(max(0, min(255, int(v)+random.IntN(2*p.noise+1)-p.noise)))
		}
		m.Pix[i] = v
	}
	return m
}

func (p photo) jpeg(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	grey := p.take(t)
	// Phones take colours: three planes, the last two at half their size.
	m := image.NewYCbCr(grey.Rect, image.YCbCrSubsampleRatio420)
	copy(m.Y, grey.Pix)
	for i := range m.Cb {
		m.Cb[i], m.Cr[i] = 120, 134
	}
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 75}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (p photo) png(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, p.take(t)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// claiming is the beginning of a PNG file that says of itself that it has so many pixels, of 8 bits of grey or of 64 bits of colours.
func claiming(width, height uint32, colours bool) []byte {
	header := binary.BigEndian.AppendUint32([]byte("IHDR"), width)
	header = binary.BigEndian.AppendUint32(header, height)
	if colours {
		header = append(header, 16, 6, 0, 0, 0)
	} else {
		header = append(header, 8, 0, 0, 0, 0)
	}
	file := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), header...)
	return binary.BigEndian.AppendUint32(file, crc32.ChecksumIEEE(header))
}
