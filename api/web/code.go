package web

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// Code is a QR code as one path of squares of side one.
type Code struct {
	Side int // with the quiet zone around it
	Path string
}

const (
	quiet = 4 // modules around a QR code (ISO/IEC 18004)

	// shortText is what a code carries that is printed small and handled much, such as a card's number.
	shortText = 200
)

// NewCode draws a text. A long one, such as a proof, gets the least redundancy: its squares must stay large enough to be printed.
func NewCode(text string) (Code, error) {
	level := qr.M
	if len(text) > shortText {
		level = qr.L
	}
	c, err := qr.Encode(text, level)
	if err != nil {
		return Code{}, fmt.Errorf("code of %d bytes: %w", len(text), err) // a card's text is a secret
	}
	var path strings.Builder
	for y := range c.Size {
		for x := 0; x < c.Size; x++ {
			from := x
			for x < c.Size && c.Black(x, y) {
				x++
			}
			if x > from {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", from+quiet, y+quiet, x-from, x-from)
			}
		}
	}
	return Code{c.Size + 2*quiet, path.String()}, nil
}
