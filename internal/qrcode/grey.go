package qrcode

import (
	"image"
	"image/color"
)

// grey is a picture in shades from 0, black, to 255, row by row.
type grey struct {
	pix           []byte
	width, height int
}

// greyOf takes the light of a picture. What can be seen through is on white, as it is shown.
func greyOf(m image.Image) grey {
	b := m.Bounds()
	g := grey{width: b.Dx(), height: b.Dy()}
	switch m := m.(type) {
	case *image.YCbCr: // the plane of light is there already
		if m.YStride == g.width {
			g.pix = m.Y[:g.width*g.height]
			return g
		}
		g.pix = make([]byte, 0, g.width*g.height)
		for y := range g.height {
			g.pix = append(g.pix, m.Y[y*m.YStride:y*m.YStride+g.width]...)
		}
	case *image.Gray:
		g.pix = make([]byte, 0, g.width*g.height)
		for y := range g.height {
			g.pix = append(g.pix, m.Pix[y*m.Stride:y*m.Stride+g.width]...)
		}
	default:
		g.pix = make([]byte, g.width*g.height)
		for y := range g.height {
			for x := range g.width {
				g.pix[y*g.width+x] = light(m.At(b.Min.X+x, b.Min.Y+y))
			}
		}
	}
	return g
}

func light(c color.Color) byte {
	r, gr, b, a := c.RGBA() // multiplied by a already
	return byte((299*r + 587*gr + 114*b + 1000*(0xFFFF-a)) / 1000 >> 8)
}

// longest is the longer side in pixels.
func (g grey) longest() int { return max(g.width, g.height) }

// smaller returns the picture with its longer side so many pixels long, each the mean of those it stands for: that also takes
// out the noise of a dark room. A picture that is small already is returned as it is.
func (g grey) smaller(side int) grey {
	if g.longest() <= side {
		return g
	}
	out := grey{width: max(1, g.width*side/g.longest()), height: max(1, g.height*side/g.longest())}
	out.pix = make([]byte, out.width*out.height)
	sums, counts := make([]uint32, out.width), make([]uint32, out.width)
	column := make([]int32, g.width)
	for x := range column {
		column[x] = int32(x * out.width / g.width)
	}
	from := 0
	for y := range out.height {
		to := (y + 1) * g.height / out.height
		clear(sums)
		clear(counts)
		for ; from < to; from++ {
			row := g.pix[from*g.width : (from+1)*g.width]
			for x, v := range row {
				sums[column[x]] += uint32(v)
				counts[column[x]]++
			}
		}
		for x := range sums {
			out.pix[y*out.width+x] = byte(sums[x] / counts[x])
		}
	}
	return out
}

// turned returns the picture turned by some twelve degrees about its middle, on white. Squares that lie along the rows of a picture
// now and then look like a corner of the code to the finder, and no longer do then.
func (g grey) turned() grey {
	const sin, cos = 5, 24 // of 24.5: 11.8°, and 2% smaller
	out := grey{width: g.width * 5 / 4, height: g.height * 5 / 4}
	out.pix = make([]byte, out.width*out.height)
	for y := range out.height {
		dy := y - out.height/2
		for x := range out.width {
			dx := x - out.width/2
			// In sixteenths of a pixel, between four of them.
			u, v := (dx*cos+dy*sin)*16/24+g.width*8, (dy*cos-dx*sin)*16/24+g.height*8
			i, j := u>>4, v>>4
			if i < 0 || j < 0 || i+1 >= g.width || j+1 >= g.height {
				out.pix[y*out.width+x] = 255
				continue
			}
			fu, fv, at := u&15, v&15, j*g.width+i
			above := int(g.pix[at])*(16-fu) + int(g.pix[at+1])*fu
			below := int(g.pix[at+g.width])*(16-fu) + int(g.pix[at+g.width+1])*fu
			out.pix[y*out.width+x] = byte((above*(16-fv) + below*fv) >> 8)
		}
	}
	return out
}

// part returns a rectangle of the picture.
func (g grey) part(left, top, width, height int) grey {
	out := grey{width: width, height: height, pix: make([]byte, 0, width*height)}
	for y := top; y < top+height; y++ {
		out.pix = append(out.pix, g.pix[y*g.width+left:y*g.width+left+width]...)
	}
	return out
}

// twice returns the picture twice as large, smoothly: the finder wants some pixels for each square of the code.
func (g grey) twice() grey {
	out := grey{width: 2 * g.width, height: 2 * g.height}
	out.pix = make([]byte, out.width*out.height)
	for y := range out.height {
		y0 := y / 2
		y1 := min(max(0, y0+2*(y%2)-1), g.height-1)
		for x := range out.width {
			x0 := x / 2
			x1 := min(max(0, x0+2*(x%2)-1), g.width-1)
			a, b := int(g.pix[y0*g.width+x0]), int(g.pix[y0*g.width+x1])
			c, d := int(g.pix[y1*g.width+x0]), int(g.pix[y1*g.width+x1])
			out.pix[y*out.width+x] = byte((9*a + 3*b + 3*c + d) / 16)
		}
	}
	return out
}

// sharper returns the picture with its edges drawn out, for one that is out of focus or was moved: each pixel is pushed away from
// the mean around it.
func (g grey) sharper(radius, strength int) grey {
	mean := g.smooth(radius)
	out := grey{width: g.width, height: g.height, pix: mean.pix}
	for i, m := range mean.pix {
		out.pix[i] = byte(min(255, max(0, int(g.pix[i])+strength*(int(g.pix[i])-int(m))/2)))
	}
	return out
}

// smooth returns the picture with each pixel the mean of the square around it.
func (g grey) smooth(radius int) grey {
	rows := grey{width: g.width, height: g.height, pix: make([]byte, len(g.pix))}
	for y := range g.height {
		line(g.pix[y*g.width:], rows.pix[y*g.width:], g.width, 1, radius)
	}
	out := grey{width: g.width, height: g.height, pix: make([]byte, len(g.pix))}
	for x := range g.width {
		line(rows.pix[x:], out.pix[x:], g.height, g.width, radius)
	}
	return out
}

// line writes the means of a run along one row or column.
func line(from, to []byte, n, step, radius int) {
	sum, have := 0, 0
	for i := range min(radius, n) {
		sum += int(from[i*step])
		have++
	}
	for i := range n {
		if in := i + radius; in < n {
			sum += int(from[in*step])
			have++
		}
		if gone := i - radius - 1; gone >= 0 {
			sum -= int(from[gone*step])
			have--
		}
		to[i*step] = byte(sum / have)
	}
}
