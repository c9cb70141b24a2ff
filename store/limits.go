package store

import "time"

// Every bound has a name and a reason.
const (
	// maxQueue is how many requests may wait: a few seconds of work, after which an honest "busy" is better.
	maxQueue = 8192

	// maxBatch bounds the requests of one batch: a sync is spread over many, and the slowest answer stays in milliseconds.
	maxBatch = 2048

	// maxTake bounds how many requests are decided before the batch is offered to the committer: few enough that deciding,
	// syncing and indexing stay abreast when everybody asks at once, instead of one large batch passing through them alone.
	maxTake = 32

	// fairBatch is how many requests a batch has before it is handed over while others are waiting: a batch costs the processor as
	// much as deciding a dozen requests, whatever its size.
	fairBatch = 128

	// maxYields is how often others are let run before a batch goes that is small beside the one before it: enough that those who were
	// just answered ask again in time, few enough that whoever is alone does not notice.
	maxYields = 4

	// maxLag is how many durable batches may wait for the index: enough that a slow flush of Badger's holds up nobody, few enough
	// that whoever reads waits for milliseconds.
	maxLag = 8

	// maxGroup is how many durable batches are written to the index in one transaction, while nobody waits to read and as far as a
	// transaction takes them: more would save little, since a fact that changes in each of thirty is already written once where it was
	// written thirty times. Where balances are read meanwhile it is maxReadGroup, since those are looked for in each batch that the index lacks.
	maxGroup     = 32
	maxReadGroup = 8

	// maxBatchBytes bounds the lines of one batch, so that a batch is read and hashed in one piece.
	maxBatchBytes = 8 << 20

	// memTableSize and numMemTables bound what a crash can lose of the index, and so what is compared and replayed at open;
	// a transaction may take at most 15 % of a memtable.
	memTableSize = 16 << 20
	numMemTables = 3

	// tablesUnmerged is how many flushed memtables lie beside one another before Badger merges them into sorted levels, and
	// tablesStalled when it stops writing until it has: many, so that an exchange day is over before a merge takes a
	// processor, and each merge rewrites less in all.
	tablesUnmerged = 24
	tablesStalled  = 48

	// mergedTableSize is the size of a table of those levels: each costs a file, a sync and a map.
	mergedTableSize = 16 << 20

	// valueLogSize is what Badger sets aside for values that are too large for its tables: there are none.
	valueLogSize = 4 << 20

	// tailBytes is how much of the journal's end is hashed at every open; the scrub hashes the rest.
	tailBytes = 64 << 20

	// frontierEvery is how many entries lie between two stored frontiers: hashing the tail starts at one.
	frontierEvery = 4096

	// minFree is the default floor of free space: more than Badger writes through mmap between two looks at it (its logs,
	// and the tables that they become), since a full disk would then kill the process.
	minFree = 512 << 20

	// maxWaiting bounds the records that are kept by what they wait for and of whom: some hundred million bytes. A book with more is searched.
	maxWaiting = 1 << 20

	// waitingPage is how many of them are taken from their queues at a time.
	waitingPage = 256

	// warmBytes bounds each of the two generations of facts that are kept because views read them: some hundred pages' worth.
	warmBytes = 4 << 20

	// warmOverhead is what a kept fact takes beside its id and its value.
	warmOverhead = 96

	// warmFamily is how many facts a family may have to be kept whole: the units and shops of a county, and not its people.
	warmFamily = 4096

	// openFree is the least free space with which a book is opened: Badger maps its log then, and may write tables. Reading by
	// folding needs none.
	openFree = 64 << 20

	// slowClock and fastClock bound how far the clock may be from the last entry's time before writing stops.
	slowClock = 5 * time.Minute
	fastClock = 35 * 24 * time.Hour

	// checkpointEvery is how long DIR/checkpoint may be older than the journal while entries are written.
	checkpointEvery = 10 * time.Second

	// scrubAfter is how long after opening the first scrub begins, scrubEvery how long after one the next does: the disk may
	// change what nobody reads.
	scrubAfter = time.Minute
	scrubEvery = 24 * time.Hour

	// scrubPause is how long the scrub waits after scrubStride entries: about twenty thousand a second, beside its own work.
	scrubPause  = 100 * time.Millisecond
	scrubStride = 2048
)
