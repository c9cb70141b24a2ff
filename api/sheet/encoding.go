package sheet

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// Encoding is how the bytes of a text file stand for characters. It is decided once per file and said in the report.
type Encoding string

// The encodings.
const (
	UTF8    Encoding = "UTF-8"
	UTF8BOM Encoding = "UTF-8 BOM"
	UTF16   Encoding = "UTF-16"
	GB18030 Encoding = "GB18030"
)

var (
	bomUTF8    = []byte{0xEF, 0xBB, 0xBF}
	bomUTF16LE = []byte{0xFF, 0xFE}
	bomUTF16BE = []byte{0xFE, 0xFF}
)

// decodeText finds the encoding of a text file and returns its text: a byte order mark decides; else valid UTF-8 is UTF-8; else
// it is GB18030 if every character decodes; else it is refused, with the first line that is no text.
func decodeText(b []byte) (string, Encoding, error) {
	switch {
	case bytes.HasPrefix(b, bomUTF8):
		rest := b[len(bomUTF8):]
		if !utf8.Valid(rest) {
			return "", "", badText(rest)
		}
		return plainText(string(rest), UTF8BOM)
	case bytes.HasPrefix(b, bomUTF16LE), bytes.HasPrefix(b, bomUTF16BE):
		// The decoder never fails; what it cannot read becomes U+FFFD.
		s, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(b)
		if err != nil || bytes.ContainsRune(s, utf8.RuneError) {
			return "", "", badText(s)
		}
		return plainText(string(s), UTF16)
	case utf8.Valid(b):
		return plainText(string(b), UTF8)
	}
	s, err := simplifiedchinese.GB18030.NewDecoder().Bytes(b)
	if err != nil || bytes.ContainsRune(s, utf8.RuneError) {
		return "", "", badText(s)
	}
	return plainText(string(s), GB18030)
}

// badText names the line of the first character that does not decode.
func badText(s []byte) error {
	at := bytes.IndexRune(s, utf8.RuneError) // also finds the first byte that is no UTF-8
	line := 1 + bytes.Count(s[:max(at, 0)], []byte("\n"))
	return &FileError{Code: "encoding", Data: map[string]any{"Line": line}}
}

// plainText refuses control characters that no table has: the file is something else under a table's name.
func plainText(s string, e Encoding) (string, Encoding, error) {
	for i, r := range s {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' {
			line := 1 + bytes.Count([]byte(s[:i]), []byte("\n"))
			return "", "", &FileError{Code: "control_characters", Data: map[string]any{"Line": line}}
		}
	}
	return s, e, nil
}
