package api

import (
	"bytes"
	"sync"
)

// buffers are the memory in which bodies are read and answers written, used again: what lives for one request only is most of what the
// collector has to sweep.
var buffers = sync.Pool{New: func() any { return bytes.NewBuffer(make([]byte, 0, 4<<10)) }}

// largestBuffer is what is kept of them: a request of many writes has more and is rare.
const largestBuffer = 64 << 10

// buffer returns an empty buffer; give it back by free, once nothing points there any more.
func buffer() *bytes.Buffer {
	b, ok := buffers.Get().(*bytes.Buffer)
	if !ok {
		return new(bytes.Buffer)
	}
	b.Reset()
	return b
}

func free(b *bytes.Buffer) {
	if b.Cap() <= largestBuffer {
		buffers.Put(b)
	}
}
