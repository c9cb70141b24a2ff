package ledger

// Every bound has a name and a reason. The store and the API have their own; these are the ledger's.
const (
	// MaxAmount keeps every amount exact in a JSON number (2^53 − 1, RFC 8785) and every sum of a book inside an int64.
	MaxAmount Amount = 1<<53 - 1

	// MaxKey is long enough for a UUID with a prefix and for a row key (person, activity, start).
	MaxKey = 64

	// MaxLines bounds the lines of one redemption, receipt or return: more than a basket holds, few enough that one
	// entry stays a few kilobytes.
	MaxLines = 50

	// MaxPostings bounds the postings of one entry: MaxLines lines that each draw several lots.
	MaxPostings = 1024

	// MaxLots bounds the lots that one entry may open, so that a lot id fits in 64 bits beside its entry's index. No entry has
	// as many postings.
	MaxLots = 1 << 12

	// MaxPieces bounds the pieces of one line: a lorry, not a typing error.
	MaxPieces = 100_000

	// MaxMinutes bounds one service record: a day.
	MaxMinutes = 24 * 60

	// MaxQuantity bounds the quantity of one act: a year of collected bags, not a telephone number.
	MaxQuantity = 100_000

	// MaxName bounds the name of a unit, shop, item or activity, in bytes: sixty Chinese characters.
	MaxName = 180

	// MaxRuleItems bounds each list of a rule.
	MaxRuleItems = 500

	// MaxPrices bounds the dated prices of one item: weekly changes for ten years.
	MaxPrices = 520

	// MaxMoves bounds how often one unit moves: once a year for a century.
	MaxMoves = 100

	// MaxLine bounds one line of the journal, in bytes.
	MaxLine = 1 << 20

	// MaxRounds is how often Needs may ask again before a command counts as unanswerable.
	MaxRounds = 5

	// MaxRefusals is how many refusals one actor may have journaled in an hour before no more is decided (DESIGN §4): a
	// journaled refusal costs a line for ever.
	MaxRefusals = 20

	// MaxGroup bounds the commands that are carried out together or not at all: a paper roster.
	MaxGroup = 100

	// MaxGroupPostings bounds the postings of all of them, so that they fit into one batch.
	MaxGroupPostings = 4 * MaxPostings

	// MaxSessions bounds the service records of one person on one day.
	MaxSessions = 24

	// MaxFacts is how many facts of a family an indexed book keeps in memory, a few hundred bytes each, before it lets go of
	// those that were not asked for since it had as many the time before: everybody's account in a county.
	MaxFacts = 100_000

	// MaxPassing is the same for the families of which nearly every entry makes a new fact that is soon asked for no more: keys,
	// records and days. Small tables are found in the processor's caches.
	MaxPassing = 10_000

	// MaxNames is how many texts an indexed book keeps so that its facts share them.
	MaxNames = 400_000

	// MaxLoaded is how many loaded entries a book keeps before it drops them.
	MaxLoaded = 1_000

	// MaxCountLines bounds the lines of one count: every item that a shop has, so that a shelf is one count.
	MaxCountLines = 200

	// MaxCounted bounds the pieces that are counted of one item: a hundred lorries.
	MaxCounted = 100 * MaxPieces

	// MaxClasses bounds the classes of beneficiaries of one volunteer.
	MaxClasses = 10

	// MaxFen bounds the value of one piece: a million yuan.
	MaxFen = 100_000_000
	// MaxServers bounds who served one request: more than a team that goes out.
	MaxServers = 20

	// MaxCalls is how often somebody calls back before a request is closed as unanswered.
	MaxCalls = 3

	// MaxBudgets bounds the budgets of one unit: one a month for ten years.
	MaxBudgets = 120
	// MaxHolds bounds the open holds of one volunteer: they stand in one fact.
	MaxHolds = 20

	// MaxHoldDays bounds how long a hold may last: a year, as the longest vouchers seen.
	MaxHoldDays = 366

	// MaxStaffRoles bounds the roles of one staff number.
	MaxStaffRoles = 10

	// MaxSigners bounds the signatures of one roster.
	MaxSigners = 4

	// MaxAttending bounds who attends one session, so that its fact stays some tens of kilobytes.
	MaxAttending = 500
)
