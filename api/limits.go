package api

import "time"

// The bounds of what the server takes and gives.
const (
	// maxBody bounds the body of a request: a basket of as many lines as the ledger takes is half of it.
	maxBody = 16 << 10

	// maxBulk bounds a request of many writes: a hundred items, the roster of a big activity, as large as one may mostly be. Each item waits
	// for stable storage by itself.
	maxBulk = 256 << 10

	// maxImport bounds a request that brings a file in: a roster of a county's year in base64, with room.
	maxImport = 16 << 20

	// maxUpload bounds a form that carries a file: a workbook of a thousand rows is a tenth of it. It is held in memory for who signed in.
	maxUpload = 1 << 20

	// maxEvidence bounds a form that carries evidence: a photograph as a phone takes it. It is hashed as it comes in, and not held.
	maxEvidence = 12 << 20

	// maxHeader bounds the headers of a request; browsers send about one kilobyte.
	maxHeader = 16 << 10

	// defaultPage and maxPage bound the lines of a statement page.
	defaultPage = 50
	maxPage     = 200

	// pageLines is how many movements a person sees at once, and latestLines how many beside the balance.
	pageLines   = 20
	latestLines = 3

	// maxCard bounds what may be typed or scanned as a card, in bytes, and maxPIN what may be typed as a PIN.
	maxCard = 64
	maxPIN  = 32

	// sessionIdle ends a session that nobody uses: the phone may be somebody else's. sessionLife ends it in any case.
	sessionIdle = 10 * time.Minute
	sessionLife = 2 * time.Hour

	// staffIdle ends a session of the staff that nobody uses: a counter where nobody has been for so long is left alone. staffLife is
	// one day's work.
	staffIdle = 30 * time.Minute
	staffLife = 12 * time.Hour

	// defaultLock locks a browser of the staff that nobody uses: whoever comes back types their PIN.
	defaultLock = 10 * time.Minute

	// MaxLock is how long that may be at most: later the session has ended anyway.
	MaxLock = staffIdle

	// maxWorkplaces, maxKeptForms and workplaceIdle bound what is kept of what is in the making: the counters and desks of a county, the
	// forms to which somebody goes Back, and one day's work. At the most it is 64 MB, where every form is as large as a request may be.
	maxWorkplaces = 500
	maxKeptForms  = 8
	workplaceIdle = 12 * time.Hour
	maxKept       = maxBody // what carries a file is not kept

	// keptSteps is how many of the forms before the counter knows again, and signInSaid how long the page to sign in says what was wrong.
	keptSteps  = 16
	signInSaid = 10 * time.Minute

	// maxSessions bounds the memory of sessions: more people than ever look at once.
	maxSessions = 10_000

	// ownSessions bounds those of one person: a counter, a phone, and commands that were interrupted before they signed out.
	ownSessions = 16

	// peerWindow and peerFailures slow down whoever tries one PIN on many cards; the registry slows down many PINs on one
	// card. A community centre where everybody shares one address stays below it.
	peerWindow   = 10 * time.Minute
	peerFailures = 60

	// maxPeers bounds the memory of addresses that failed.
	maxPeers = 10_000

	// The time-outs of a connection. A page is small and a phone's network is slow.
	headerTimeout = 5 * time.Second
	readTimeout   = 15 * time.Second
	writeTimeout  = 30 * time.Second
	idleTimeout   = 2 * time.Minute

	// submitTime bounds how long a write waits for its outcome; after it, the outcome is unknown.
	submitTime = 20 * time.Second

	// behindTime is how long a reader waits for an entry that somebody was told of and that is not there yet.
	behindTime = 5 * time.Second

	// maxWait bounds how long a request waits for the book to grow, so that what stands between does not take it for dead.
	maxWait = 20 * time.Second

	// retrySoon is what is said to whoever should ask again later and for whom nothing tells when.
	retrySoon = 30 * time.Second
)
