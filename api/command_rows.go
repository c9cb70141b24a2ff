package api

import (
	"strings"

	"aixin/ledger"
)

// This file is the table of the commands that a server carries out: what each is called, who may ask for it, and its flags. A test of the
// command line holds it to the commands that there are, both ways.

// shelfReaders are the roles that see what stands on the shelves and what was set aside.
func shelfReaders() []ledger.Role { return append(bookReaders(), ledger.Clerk, ledger.Keeper) }

// fieldReaders are the roles that see who came to an activity.
func fieldReaders() []ledger.Role { return append(bookReaders(), ledger.Leader, ledger.Reviewer) }

// requestWorkers are the roles that deal with requests for help, and may look at who asks.
func requestWorkers() []ledger.Role {
	return []ledger.Role{ledger.Leader, ledger.Reviewer, ledger.Publisher, ledger.Clerk, ledger.Steward}
}

// requestReaders are the roles that see requests, which hold no names.
func requestReaders() []ledger.Role {
	return []ledger.Role{ledger.Leader, ledger.Reviewer, ledger.Publisher, ledger.Clerk, ledger.Steward, ledger.Supervisor, ledger.Auditor, ledger.Admin}
}

// noticeReaders are the roles that see notices with their lines and objections.
func noticeReaders() []ledger.Role { return append(bookReaders(), ledger.Publisher, ledger.Reviewer) }

// askers are the roles that may ask for some entry, the second signature included: every one but the auditor.
func askers() []ledger.Role { return append(writers(), ledger.Supervisor) }

// reading is a command that changes nothing.
func reading(name, says string, roles []ledger.Role, flags string) Command {
	return Command{Name: name, Says: says, Roles: roles, Flags: strings.Fields(flags), Reads: true}
}

// seeking is a command about people, keys or files, under no key of its own.
func seeking(name, says string, roles []ledger.Role, flags string) Command {
	return Command{Name: name, Says: says, Roles: roles, Flags: strings.Fields(flags)}
}

// entering is a command that makes an entry. Which role it takes, where and on which day, the ledger says.
func entering(name, says, flags string) Command {
	return Command{Name: name, Says: says, Roles: askers(), Flags: strings.Fields(flags), Keyed: true}
}

// files says that the arguments of a command may name files, which are sent along.
func (c Command) files() Command {
	c.Files = true
	return c
}

// AllCommands lists every command that a server carries out.
func AllCommands() []Command {
	var all []Command
	for _, some := range [][]Command{readingCommands(), seekingCommands(), enteringCommands(), enteringOfPlaces()} {
		all = append(all, some...)
	}
	return all
}

func readingCommands() []Command {
	return []Command{
		reading("activity list", "List activities.", ledger.Roles(), ""),
		reading("activity show", "Show an activity.", ledger.Roles(), ""),
		reading("attendance show", "Show who came and went.", fieldReaders(), ""),
		reading("budget list", "List the budgets.", ledger.Roles(), ""),
		reading("calendar show", "Show the working days that were set.", ledger.Roles(), ""),
		reading("checkpoint", "Show the newest signed checkpoint.", ledger.Roles(), "keys"),
		reading("count list", "List counts.", shelfReaders(), ""),
		reading("count show", "Show a count; what the book has only once it is confirmed.", shelfReaders(), ""),
		reading("donor list", "List donors.", ledger.Roles(), ""),
		reading("donor show", "Show a donor.", ledger.Roles(), ""),
		reading("explain", "Say what an entry did and why.", accountReaders(), ""),
		reading("express list", "List the open requests, or the overdue ones.", requestReaders(), "all overdue unit"),
		reading("express show", "Show a request and its times.", requestReaders(), ""),
		reading("hold list", "List what is held.", shelfReaders(), "all"),
		reading("item list", "List items.", ledger.Roles(), ""),
		reading("item show", "Show an item with all its prices.", ledger.Roles(), ""),
		reading("notice list", "List notices, what waits for one, or which are due.", noticeReaders(), "due waiting"),
		reading("notice show", "Show a notice with its lines and objections.", noticeReaders(), "picture text"),
		reading("pool list", "List the pools that have points.", bookReaders(), ""),
		reading("household show", "Show who lives in a household, and since when.", accountReaders(), ""),
		reading("pool show", "Show a pool: its lots, and who is of the household.", accountReaders(), ""),
		reading("proxy list", "List the proxies of a volunteer.", bookReaders(), ""),
		reading("relief list", "List reliefs.", shelfReaders(), ""),
		reading("report activity", "What was served and done.", bookReaders(), "from to unit"),
		reading("report aging", "When points lapse and goods pass their date.", shelfReaders(), "unit"),
		reading("report clerks", "What each member of the staff did.", bookReaders(), "from hours month to unit"),
		reading("report close", "The report of a closed day at a counter.", shelfReaders(), "number"),
		reading("report deliveries", "Deliveries, their notes and values.", shelfReaders(), "donor ratio source unit warn"),
		reading("report donor", "What came from a donor, and where it went.", bookReaders(), ""),
		reading("report exceptions", "What an auditor looks at first.", bookReaders(), "from hours month only to unit"),
		reading("report expiring", "Points that lapse within 60, 30 and 7 days.", shelfReaders(), "unit"),
		reading("report gaps", "Numbers that lack or stand twice.", bookReaders(), "all unit"),
		reading("report liability", "Points outstanding against goods on the shelves.", bookReaders(), "ratio unit warn"),
		reading("report sample", "A sample of entries that anybody can draw again.", bookReaders(), "above from kind month seed size to unit"),
		reading("report settlement", "What each shop is owed for what it handed out.", bookReaders(), "from month to unit"),
		reading("report stars", "Star levels by hours served.", bookReaders(), "unit"),
		reading("report stock", "Goods received, handed out and on the shelves.", shelfReaders(), "from item lots month past shop to unit"),
		reading("report trial-balance", "The trial balance.", bookReaders(), "classes from month to unit"),
		reading("rule diff", "What differs between two rules, a line each.", ledger.Roles(), ""),
		reading("rule list", "List all versions of all rules.", ledger.Roles(), ""),
		reading("rule show", "Show a rule, or the one that holds somewhere.", ledger.Roles(), "shop unit"),
		reading("shop list", "List shops.", ledger.Roles(), ""),
		reading("shop show", "Show a shop.", ledger.Roles(), ""),
		reading("staff list", "List staff numbers.", ledger.Roles(), ""),
		reading("staff show", "Show a staff number.", ledger.Roles(), ""),
		reading("trace", "Follow an entry back to where its goods and points come from.", bookReaders(), ""),
		reading("unit list", "List units.", ledger.Roles(), ""),
		reading("unit members", "List who belongs to a unit on the day.", ledger.Roles(), ""),
		reading("unit show", "Show a unit.", ledger.Roles(), ""),
		reading("volunteer list", "List volunteers.", accountReaders(), ""),
		reading("volunteer show", "Show a volunteer number.", accountReaders(), ""),
		reading("voucher list", "Show the books of vouchers of a shop, with the numbers that lack.", shelfReaders(), ""),
		reading("write-off list", "List write-offs.", shelfReaders(), ""),
	}
}

func seekingCommands() []Command {
	return []Command{
		seeking("card sheet", "Issue and print cards for everybody of a unit who has none.", []ledger.Role{ledger.Steward}, "names unit"),
		seeking("express details", "Show who asks and where to go; the look is logged.", requestWorkers(), "why"),
		seeking("express erase", "Destroy the details of a request that has ended.", []ledger.Role{ledger.Steward}, ""),
		seeking("key add", "Make a key for a system with a staff number; it is shown once.", []ledger.Role{ledger.Admin}, "scope until"),
		seeking("key list", "List the keys of systems.", []ledger.Role{ledger.Admin, ledger.Auditor}, ""),
		seeking("key revoke", "End a key.", []ledger.Role{ledger.Admin}, ""),
		seeking("notice check", "Hold the text of a notice against the book.", noticeReaders(), "as-of known-at").files(),
		seeking("people agree", "Agree to a look at the details of a minor, or list those asked for.", []ledger.Role{ledger.Steward, ledger.Supervisor}, ""),
		seeking("people export", "Write everything that is kept of a volunteer, for the volunteer.", DetailsReaders(), "why"),
		seeking("people log", "Say who looked at whose details, when and why.", LogReaders(), "actor from person until"),
		seeking("people search", "Find people by name, pinyin, card, phone or its last digits.", PeopleReaders(), ""),
		seeking("people show", "Look at somebody's details; who, when and why is logged.", DetailsReaders(), "why"),
		seeking("import hours", "Bring in a file of hours.", []ledger.Role{ledger.Leader}, "activity capture mapping sheet start").files(),
		seeking("import acts", "Bring in a file of acts.", []ledger.Role{ledger.Leader}, "mapping on sheet").files(),
		seeking("import volunteers", "Bring in a file of volunteers.", []ledger.Role{ledger.Steward}, "mapping unit").files(),
		seeking("import balances", "Bring in a file of balances.", []ledger.Role{ledger.Steward}, "expires mapping").files(),
		seeking("import items", "Bring in a file of items.", []ledger.Role{ledger.Steward}, "from mapping").files(),
		seeking("import stock", "Bring in a file of stock.", []ledger.Role{ledger.Keeper}, "donor mapping shop source").files(),
	}
}

func enteringCommands() []Command {
	return []Command{
		entering("activity add", "Add an activity.", "code name unit"),
		entering("attendance close", "Close an attendance and declare what was scanned.", ""),
		entering("attendance confirm", "Say when a volunteer left who forgot to check out.", "out"),
		entering("attendance in", "Check a volunteer in.", "by"),
		entering("attendance open", "Open the attendance of an activity.", ""),
		entering("attendance out", "Check a volunteer out.", ""),
		entering("budget set", "Set the budget of a unit for a period; 0 takes it back.", "from unit until yuan"),
		entering("calendar set", "Set the working days of a year.", "").files(),
		entering("card issue", "Issue a card; the one before is void.", ""),
		entering("card void", "Void a card, as when it is lost.", "reason"),
		entering("certify", "State hours under a number, or add a statement up again.", "from until verify"),
		entering("close", "Close the day at a counter, with its report.", ""),
		entering("count confirm", "Confirm a count as the second person, or count blind once more.", ""),
		entering("count drop", "Give a count up.", ""),
		entering("count enter", "Enter what was counted; what the book has is not shown.", ""),
		entering("count finalise", "Post the differences of a count with a reason.", "reason"),
		entering("count open", "Begin a count.", "items"),
		entering("donate", "Give points to the pool of a household or unit, or out of it.", ""),
		entering("donor add", "Add a donor.", "name person phone"),
		entering("express assign", "Give a request to a grid, a grid unit or a team.", ""),
		entering("express call", "Call back on a request, by somebody who neither took nor served it.", ""),
		entering("express close", "Close a request that was not done.", "reason"),
		entering("express done", "Say who served a request, and when.", "minutes start"),
		entering("express sort", "Say how soon a request is to be done, or leave it to the rule.", ""),
		entering("express take", "Take a request; who asks stays in the registry.", "address channel name need phone unit"),
		entering("freeze", "Freeze an account.", "reason until"),
		entering("gift", "Give gift points, which pay a part of a price.", ""),
		entering("household join", "Say from which day somebody lives in a household.", "from head"),
		entering("household leave", "Say from which day somebody lives in no household.", "from"),
		entering("item add", "Add an item with its first price.", "from label name points"),
		entering("item set", "Set the price of an item from a day on.", "from points"),
		entering("leave", "Say that somebody leaves, and settle the account.", "pool reason settle to"),
		entering("merge", "Join two numbers of one person.", ""),
		entering("notice answer", "Answer an objection.", "reason result"),
		entering("notice object", "Write down an objection to a line.", "by reason"),
		entering("notice post", "Put what was approved on notice.", "unit until picture"),
		entering("notice publish", "Publish a month's points, a quarter's goods, or an honour list.", "month quarter unit until picture"),
		entering("notice withdraw", "Take a notice down; before its end its records wait for another.", "reason"),
		entering("open", "Open the day at a counter; the first exchange does so too.", ""),
		entering("people erase", "Destroy what is known of somebody whose account is closed.", ""),
		entering("proxy set", "Declare a proxy, or end it.", "ended relation"),
		entering("relief declare", "Declare a relief, with the numbers of its application and notice.", "application case class notice volunteer"),
		entering("relief drop", "Give a relief up.", ""),
		entering("relief give", "Hand a relief over as the second person.", ""),
		entering("rule add", "Set a version of a rule: a shipped name or a TOML file.", "").files(),
		entering("rule set", "Set a version of a rule: a shipped name or a TOML file.", "").files(),
		entering("run", "Do all work that is due: notices that ended, points that lapsed.", "until"),
		entering("settle", "Hand out what was held, in part or whole.", "by card checked proxy slip"),
	}
}

// enteringOfPlaces goes on where enteringCommands ends: shops, staff, units, volunteers and vouchers.
func enteringOfPlaces() []Command {
	return []Command{
		entering("shop add", "Add a shop.", "name unit"),
		entering("signer set", "Let another key sign the book, by two persons.", ""),
		entering("staff add", "Add a staff number; its PIN is shown once.", "name phone role volunteer"),
		entering("staff end", "End a role that was given for a time and a place.", "role shop unit until"),
		entering("staff grant", "Give a role for a time and a place.", "from name phone role shop unit until"),
		entering("staff set", "Change the roles or the PIN of a staff number.", "new-pin role volunteer"),
		entering("unfreeze", "End a freeze.", ""),
		entering("unit add", "Add a unit.", "kind name parent rule"),
		entering("unit join", "Make a volunteer a member of a unit beside their own, or end that.", "ended from until"),
		entering("unit set", "Put a unit under another one from a day on.", "from parent"),
		entering("upgrade", "Raise the format of an older book, for ever.", ""),
		entering("volunteer add", "Register a volunteer and open the accounts.", "household id-number name phone unit"),
		entering("volunteer class", "Set a volunteer's classes, for goods given for them.", ""),
		entering("volunteer consent", "Keep consent to be named in public, as on an honour list.", "withdrawn"),
		entering("volunteer guardian", "Name who alone is served for a minor.", "until"),
		entering("volunteer kin", "Declare near relatives: nobody serves their own.", "ended"),
		entering("volunteer move", "Say from which day somebody belongs to another unit.", "from unit"),
		entering("volunteer set", "Change the standing, PIN or card of a volunteer.", "new-card new-pin reason status"),
		entering("voucher book", "Give a shop a book of numbered vouchers.", ""),
		entering("voucher void", "Say that a voucher was spoiled or lost.", "reason"),
		entering("write-off confirm", "Confirm a write-off as the second person.", ""),
		entering("write-off drop", "Give a write-off up.", ""),
	}
}
