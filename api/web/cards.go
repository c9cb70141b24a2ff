package web

// NewCode draws a text as a code for a scanner, for paper that is printed elsewhere.
func NewCode(text string) (Code, error) { return newCode(text) }
