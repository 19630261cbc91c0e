package qrcode

import (
	"context"
	"errors"
	"iter"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// looksPixelsMax bounds the work for one picture: the pixels of all the views of it that are searched.
const looksPixelsMax = 60_000_000

// sides are the sizes in which a whole picture is looked at, in the order in which they are likely to do. A code that
// fills the frame is found in the smallest, where the least noise is left.
var sides = []int{1000, 1600, 640, 2400}

var errRead = errors.New("reading a view")

// look tries one view of a picture after another until a code is read.
func look(ctx context.Context, g grey) (string, error) {
	for view := range within(looksPixelsMax, views(g)) {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		if text, err := readView(view); err == nil && text != "" {
			return text, nil
		}
	}
	return "", ErrNoCode
}

// within are views until they have had so many pixels altogether.
func within(pixels int, list iter.Seq[grey]) iter.Seq[grey] {
	return func(yield func(grey) bool) {
		for view := range list {
			if pixels -= len(view.pix); pixels < 0 || !yield(view) {
				return
			}
		}
	}
}

// views are what a picture is turned into, the likeliest first.
func views(g grey) iter.Seq[grey] {
	return func(yield func(grey) bool) {
		before := 0
		for _, side := range sides {
			view := g.smaller(side)
			if len(view.pix) == before { // a small picture has one size
				continue
			}
			before = len(view.pix)
			if !yield(view) {
				return
			}
		}
		if !yield(g.smaller(sides[0]).turned()) {
			return
		}
		// Out of focus, or moved.
		for _, side := range sides[:2] {
			view := g.smaller(side)
			if !yield(view.sharper(3, 4)) || !yield(view.sharper(8, 6)) || !yield(view.smooth(1)) {
				return
			}
		}
		// A small code in a large frame: the middle first, where people aim.
		for _, at := range parts {
			w, h := g.width/2, g.height/2
			if w < 100 || h < 100 {
				break
			}
			part := g.part(at.x*g.width/8, at.y*g.height/8, w, h)
			if !yield(part.smaller(2000)) {
				return
			}
			if part.longest() <= 1000 && !yield(part.twice()) {
				return
			}
		}
		if g.longest() <= 1000 {
			yield(g.twice())
		}
	}
}

// parts are where halves of a picture begin, in eighths of its sides.
var parts = []struct{ x, y int }{{2, 2}, {0, 0}, {4, 0}, {0, 4}, {4, 4}, {2, 0}, {2, 4}, {0, 2}, {4, 2}}

// hints for the decoder: identity cards hold Vietnamese as UTF-8 without saying so, and guessing takes it for Japanese.
var hints = map[gozxing.DecodeHintType]any{
	gozxing.DecodeHintType_TRY_HARDER:    true,
	gozxing.DecodeHintType_CHARACTER_SET: "UTF-8",
}

// readView reads one view, by a threshold for each part of it and then by one for all.
func readView(g grey) (text string, err error) {
	// The decoder follows what a picture suggests to it. Should it run over an edge, this view has no code; others may.
	defer func() {
		if recover() != nil {
			text, err = "", errRead
		}
	}()
	src, err := gozxing.NewPlanarYUVLuminanceSource(g.pix, g.width, g.height, 0, 0, g.width, g.height, false)
	if err != nil {
		return "", err
	}
	for _, binarizer := range []gozxing.Binarizer{gozxing.NewHybridBinarizer(src), gozxing.NewGlobalHistgramBinarizer(src)} {
		bitmap, err := gozxing.NewBinaryBitmap(binarizer)
		if err != nil {
			return "", err
		}
		result, err := qrcode.NewQRCodeReader().Decode(bitmap, hints)
		if err == nil {
			return result.GetText(), nil
		}
	}
	return "", errRead
}
