package proof

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A QR code holds capitals and digits in fewer squares than other text, and a slip of paper has room for few: so a code carries
// the line and the proof compressed, in base45 (RFC 9285).
const (
	codePrefix = "AIXIN1:"
	base45     = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

	// MaxCode is what the largest QR code holds, of these characters and with the least redundancy (ISO/IEC 18004).
	MaxCode = 4296
)

// Code returns the proof as the text of a QR code; ok is false where none is large enough, as for the entry of a long roster.
func (p Inclusion) Code() (code string, ok bool) {
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		return "", false
	}
	bare := p
	bare.Line = nil
	plain := bare.AppendText(append(bytes.Clone(p.Line), '\n'))
	_, err = w.Write(plain)
	if err := errors.Join(err, w.Close()); err != nil {
		return "", false
	}
	code = codePrefix + encode45(packed.Bytes())
	return code, len(code) <= MaxCode
}

// ParseCode reads what Code writes. It checks the form and proves nothing.
func ParseCode(code string) (Inclusion, error) {
	p, err := parseCode(code)
	if err != nil {
		return Inclusion{}, fmt.Errorf("proof of an entry, from a code: %w: %w", ErrMalformed, err)
	}
	return p, nil
}

func parseCode(code string) (p Inclusion, err error) {
	text, ok := strings.CutPrefix(code, codePrefix)
	if !ok || len(code) > MaxCode {
		return p, fmt.Errorf("it does not begin with %s, or is longer than a code", codePrefix)
	}
	packed, err := decode45(text)
	if err != nil {
		return p, err
	}
	plain, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), MaxText+1))
	if err != nil {
		return p, err
	}
	line, rest, _ := bytes.Cut(plain, newline())
	if p, err = parseInclusion(rest); err != nil {
		return p, err
	}
	if len(line) == 0 || len(p.Line) > 0 {
		return p, errors.New("its line is missing")
	}
	p.Line = line
	return p, nil
}

// encode45 writes two bytes as three characters, and a last single one as two.
func encode45(b []byte) string {
	out := make([]byte, 0, len(b)/2*3+2)
	for ; len(b) > 1; b = b[2:] {
		n := int(b[0])<<8 | int(b[1])
		out = append(out, base45[n%45], base45[n/45%45], base45[n/(45*45)])
	}
	if len(b) == 1 {
		out = append(out, base45[b[0]%45], base45[b[0]/45])
	}
	return string(out)
}

// decode45 reads what encode45 writes.
func decode45(s string) ([]byte, error) {
	if len(s)%3 == 1 {
		return nil, errors.New("base45 that was cut short")
	}
	out := make([]byte, 0, len(s)/3*2+1)
	for ; len(s) > 0; s = s[min(3, len(s)):] {
		n, unit := 0, 1
		for _, c := range []byte(s[:min(3, len(s))]) {
			digit := strings.IndexByte(base45, c)
			if digit < 0 {
				return nil, fmt.Errorf("character %q in base45", c)
			}
			n, unit = n+digit*unit, unit*45
		}
		switch {
		case len(s) > 2 && n < 1<<16:
			out = append(out, byte(n>>8), byte(n))
		case len(s) == 2 && n < 1<<8:
			out = append(out, byte(n))
		default:
			return nil, fmt.Errorf("%q in base45", s[:min(3, len(s))])
		}
	}
	return out, nil
}
