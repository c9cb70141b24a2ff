package journal

import "aixin/ledger"

// Every bound has a name and a reason.
const (
	// DefaultSegmentSize is the size from which a segment is closed: about 150,000 entries, small enough to copy and to hash
	// in a moment, large enough that ten years of a city are some hundred files.
	DefaultSegmentSize = 64 << 20

	// MaxBatch bounds the bytes of one batch and so the memory that reading one takes. The store's own bound, what one
	// transaction of its index can hold, is lower.
	MaxBatch = 16 << 20

	// chunkSize is how much is read at once: large enough that the disk and the kernel stream, small enough that a few of
	// them stay in the processor's cache while they are hashed.
	chunkSize = 1 << 20

	// firstRead is how much is read at first, for those who want one entry and no more; what follows is read in larger parts.
	firstRead = 64 << 10

	// maxHeadLine is room for a head line and its newline.
	maxHeadLine = 160

	// maxOpenSegments bounds the files that LineAt keeps open.
	maxOpenSegments = 64

	// maxLine is the longest line with its newline.
	maxLine = ledger.MaxLine + 1
)
