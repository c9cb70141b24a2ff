package notice

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strings"

	"github.com/hajimehoshi/bitmapfont/v3"
	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
)

// The measures of a picture in dots, each of which becomes a square of scale pixels: a line of forty Chinese characters is as wide as a
// telephone, and they are large enough there.
const (
	scale      = 2
	dotsWide   = 540
	margin     = 18
	lineHeight = 20
	baseline   = 16 // of a line
	lineCells  = 84 // half a Chinese character each
)

var (
	paper = color.RGBA{0xff, 0xfd, 0xf5, 0xff}
	ink   = color.RGBA{0x22, 0x22, 0x22, 0xff}
)

// Picture draws a text as a PNG, which any group chat shows. The font is one of dots, so that the program carries it on every machine and
// the same text is the same picture.
func Picture(text string) ([]byte, error) {
	var lines []string
	for line := range strings.Lines(text) {
		lines = append(lines, wrap(strings.TrimRight(line, "\n"))...)
	}
	dots := image.NewPaletted(image.Rect(0, 0, dotsWide, lineHeight*(len(lines)+2)), color.Palette{paper, ink})
	pen := font.Drawer{Dst: dots, Src: image.NewUniform(ink), Face: bitmapfont.FaceSC}
	for i, line := range lines {
		pen.Dot = fixed.P(margin, lineHeight*(i+1)+baseline)
		pen.DrawString(strings.Map(drawn, line))
	}
	var b bytes.Buffer
	err := png.Encode(&b, scaled{dots})
	return b.Bytes(), err
}

// drawn puts a box in the place of a character that the font lacks, a rare one of a name perhaps: none is left out unseen.
func drawn(r rune) rune {
	if _, ok := bitmapfont.FaceSC.GlyphAdvance(r); ok {
		return r
	}
	return '\u25a1'
}

// scaled is a picture of which each dot is a square of pixels.
type scaled struct{ *image.Paletted }

// Bounds are those of the squares.
func (s scaled) Bounds() image.Rectangle {
	return image.Rectangle{Max: s.Paletted.Bounds().Max.Mul(scale)}
}

// At is the color of a pixel.
func (s scaled) At(x, y int) color.Color { return s.Paletted.At(x/scale, y/scale) }

// ColorIndexAt is its place in the palette.
func (s scaled) ColorIndexAt(x, y int) uint8 { return s.Paletted.ColorIndexAt(x/scale, y/scale) }

// wrap breaks a line into such as fit into the picture.
func wrap(line string) (out []string) {
	from, cells := 0, 0
	for i, r := range line {
		wide := 1
		if r >= 0x1100 { // from there on, characters are as wide as they are high
			wide = 2
		}
		if cells+wide > lineCells {
			out = append(out, line[from:i])
			from, cells = i, 0
		}
		cells += wide
	}
	return append(out, line[from:])
}
