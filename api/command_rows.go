package api

import (
	"strings"

	"aixin/ledger"
)

// This file is the table of the commands that a server carries out: what each is called, where under /v1 it is asked for and with what, who
// may ask for it, and its flags. What reads is a GET of its noun, whatever else is a POST. A test of the command line holds it to the commands
// that there are, both ways.

// totpCommand is the command by which somebody begins with one-time codes.
const totpCommand = "staff totp"

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
func reading(name, route, says string, roles []ledger.Role, flags string) Command {
	return Command{Name: name, Says: says, Roles: roles, Flags: strings.Fields(flags), Reads: true}.at(route)
}

// seeking is a command that finds something out about people, keys or files and changes nothing, though a look at somebody is logged. It is a
// POST, since what it is asked with belongs into no address.
func seeking(name, route, says string, roles []ledger.Role, flags string) Command {
	return Command{Name: name, Says: says, Roles: roles, Flags: strings.Fields(flags)}.at(route)
}

// keeping is a command that changes people, keys or codes, or brings in a file whose rows are entries under keys of their own. Under which key
// it was asked for, the registry knows.
func keeping(name, route, says string, roles []ledger.Role, flags string) Command {
	return Command{Name: name, Says: says, Roles: roles, Flags: strings.Fields(flags), Kept: true}.at(route)
}

// entering is a command that makes an entry. Which role it takes, where and on which day, the ledger says.
func entering(name, route, says, flags string) Command {
	return Command{Name: name, Says: says, Roles: askers(), Flags: strings.Fields(flags), Keyed: true}.at(route)
}

// at reads where under /v1 a command is asked for, and what it is called with: what stands in the path and then what stands behind it, in order.
// What ends in ? may lack; of what ends in + there are some, and of what ends in * as many as one likes.
func (c Command) at(route string) Command {
	path, behind, _ := strings.Cut(route, " ")
	c.Path = "v1/" + path
	for part := range strings.SplitSeq(path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			c.Args = append(c.Args, Argument{Name: strings.TrimSuffix(name, "}"), InPath: true})
		}
	}
	for word := range strings.FieldsSeq(behind) {
		name := strings.TrimRight(word, "?+*")
		how := strings.TrimPrefix(word, name)
		c.Args = append(c.Args, Argument{Name: name, Optional: how == "?" || how == "*", Many: how == "+" || how == "*"})
	}
	return c
}

// once says that the registry keeps under the key what a repeat is told: a number or secret is drawn each time, and what has no entry is in no book.
func (c Command) once() Command {
	c.Kept = true
	return c
}

// files says that the arguments of a command may name files, which are sent along.
func (c Command) files() Command {
	c.Files = true
	return c
}

// typed says that somebody may have typed their PIN for a command.
func (c Command) typed() Command {
	c.PIN = true
	return c
}

// AllCommands lists every command that a server carries out.
func AllCommands() []Command {
	var all []Command
	for _, some := range [][]Command{readingCommands(), seekingCommands(), keepingCommands(), enteringCommands(), enteringOfPlaces()} {
		all = append(all, some...)
	}
	return all
}

func readingCommands() []Command {
	return []Command{
		reading("activity list", "activities", "List activities.", ledger.Roles(), ""),
		reading("activity show", "activities/{activity}", "Show an activity.", ledger.Roles(), ""),
		reading("attendance list", "attendance", "List attendances, the newest first.", fieldReaders(), "before from limit month open to"),
		reading("attendance show", "attendance/{session}", "Show who came and went.", fieldReaders(), ""),
		reading("budget list", "budgets", "List the budgets.", ledger.Roles(), ""),
		reading("calendar show", "calendar", "Show the working days that were set.", ledger.Roles(), ""),
		reading("checkpoint", "checkpoint", "Show the newest signed checkpoint.", ledger.Roles(), "keys"),
		reading("count list", "counts", "List counts.", shelfReaders(), ""),
		reading("count show", "counts/{count}", "Show a count; what the book has only once it is confirmed.", shelfReaders(), ""),
		reading("credit list", "credits volunteer", "List what a volunteer was credited with, the record behind it, and what is left.", accountReaders(), ""),
		reading("donor list", "donors", "List donors.", ledger.Roles(), ""),
		reading("donor show", "donors/{donor}", "Show a donor.", ledger.Roles(), ""),
		reading("explain", "entries/{entry}", "Say what an entry did and why.", accountReaders(), ""),
		reading("express list", "requests", "List the open requests, or the overdue ones.", requestReaders(), "all overdue unit"),
		reading("express show", "requests/{request}", "Show a request and its times.", requestReaders(), ""),
		reading("hold list", "holds volunteer?", "List what is held.", shelfReaders(), "all shop"),
		reading("item list", "items", "List items.", ledger.Roles(), ""),
		reading("item show", "items/{item}", "Show an item with all its prices.", ledger.Roles(), ""),
		reading("notice list", "notices", "List notices, what waits for one, or which are due.", noticeReaders(), "due waiting"),
		reading("notice show", "notices/{notice}", "Show a notice with its lines and objections.", noticeReaders(), "picture text"),
		reading("objection list", "objections volunteer?", "List objections and what was answered, the newest first.", noticeReaders(), "before from limit month open to"),
		reading("people log", "looks", "Say who looked at whose details, when and why.", LogReaders(), "actor after before from limit person until"),
		reading("pool list", "pools", "List the pools that have points.", bookReaders(), ""),
		reading("household show", "households/{household}", "Show who lives in a household, and since when.", accountReaders(), ""),
		reading("pool show", "pools/{pool}", "Show a pool: its lots, and who is of the household.", accountReaders(), ""),
		reading("proxy list", "proxies volunteer", "List the proxies of a volunteer.", bookReaders(), ""),
		reading("redemption list", "redemptions volunteer?", "List what was exchanged, the newest first.", shelfReaders(), "before from limit month shop to"),
		reading("relief list", "reliefs", "List reliefs.", shelfReaders(), ""),
		reading("report activity", "reports/activity", "What was served and done.", bookReaders(), "from to unit"),
		reading("report aging", "reports/aging", "When points lapse and goods pass their date.", shelfReaders(), "unit"),
		reading("report clerks", "reports/clerks", "What each member of the staff did.", bookReaders(), "from hours month to unit"),
		reading("report close", "closes shop", "The report of a closed day at a counter.", shelfReaders(), "number"),
		reading("report deliveries", "donations", "Deliveries, their notes and values.", shelfReaders(), "donor ratio source unit warn"),
		reading("report donor", "donors/{donor}/donations", "What came from a donor, and where it went.", bookReaders(), ""),
		reading("report exceptions", "reports/exceptions", "What an auditor looks at first.", bookReaders(), "from hours month only to unit"),
		reading("report expiring", "reports/expiring", "Points that lapse within 60, 30 and 7 days.", shelfReaders(), "unit"),
		reading("report gaps", "reports/gaps", "Numbers that lack or stand twice.", bookReaders(), "all unit"),
		reading("report liability", "reports/liability", "Points outstanding against goods on the shelves.", bookReaders(), "ratio unit warn"),
		reading("report sample", "reports/sample", "A sample of entries that anybody can draw again.", bookReaders(), "above from kind month seed size to unit"),
		reading("report settlement", "reports/settlement", "What each shop is owed for what it handed out.", bookReaders(), "from month to unit"),
		reading("report stars", "reports/stars", "Star levels by hours served.", bookReaders(), "unit"),
		reading("report stock", "stock", "Goods received, handed out and on the shelves.", shelfReaders(), "from item lots month past shop to unit"),
		reading("report trial-balance", "reports/trial-balance", "The trial balance.", bookReaders(), "classes from month to unit"),
		reading("return list", "returns volunteer?", "List what came back to a counter, the newest first.", shelfReaders(), "before from limit month shop to"),
		reading("reversal list", "reversals volunteer?", "List what was reversed or undone, the newest first.", accountReaders(), "before from limit month shop to"),
		reading("rule diff", "rules/diff rule other", "What differs between two rules, a line each.", ledger.Roles(), ""),
		reading("rule list", "rules", "List all versions of all rules.", ledger.Roles(), ""),
		reading("rule show", "rules/show rule?", "Show a rule, or the one that holds somewhere.", ledger.Roles(), "shop unit"),
		reading("shop list", "shops", "List shops.", ledger.Roles(), ""),
		reading("shop show", "shops/{shop}", "Show a shop.", ledger.Roles(), ""),
		reading("signer list", "signers", "List the keys that sign or signed the book.", ledger.Roles(), ""),
		reading("staff list", "staff", "List staff numbers.", ledger.Roles(), ""),
		reading("staff show", "staff/{staff}", "Show a staff number.", ledger.Roles(), ""),
		reading("trace", "entries/{entry}/trace", "Follow an entry back to where its goods and points come from.", bookReaders(), ""),
		reading("unit list", "units", "List units.", ledger.Roles(), ""),
		reading("unit members", "units/{unit}/members", "List who belongs to a unit on the day.", ledger.Roles(), ""),
		reading("unit show", "units/{unit}", "Show a unit.", ledger.Roles(), ""),
		reading("volunteer list", "volunteers", "List volunteers.", accountReaders(), ""),
		reading("volunteer show", "volunteers/{volunteer}", "Show a volunteer number.", accountReaders(), ""),
		reading("voucher list", "vouchers shop", "Show the books of vouchers of a shop, with the numbers that lack.", shelfReaders(), ""),
		reading("write-off list", "write-offs", "List write-offs.", shelfReaders(), ""),
	}
}

func seekingCommands() []Command {
	return []Command{
		seeking("express details", "requests/details request", "Show who asks and where to go; the look is logged.", requestWorkers(), "why"),
		seeking("key list", "keys/list", "List the keys of systems.", []ledger.Role{ledger.Admin, ledger.Auditor}, ""),
		seeking("notice check", "notices/check file", "Hold the text of a notice against the book.", noticeReaders(), "as-of known-at").files(),
		seeking("people export", "people/export volunteer", "Write everything that is kept of a volunteer, for the volunteer.", DetailsReaders(), "why"),
		seeking("people search", "searches text+", "Find people by name, pinyin, card, phone or its last digits.", PeopleReaders(), ""),
		seeking("people show", "looks person", "Look at somebody's details; who, when and why is logged.", DetailsReaders(), "why"),
	}
}

func keepingCommands() []Command {
	return []Command{
		keeping("card sheet", "cards/sheet", "Issue and print cards for everybody of a unit who has none.", []ledger.Role{ledger.Steward}, "names unit"),
		keeping("express erase", "requests/erase request", "Destroy the details of a request that has ended.", []ledger.Role{ledger.Steward}, ""),
		keeping("key add", "keys staff", "Make a key for a system with a staff number; it is shown once.", []ledger.Role{ledger.Admin}, "scope until"),
		keeping("key revoke", "keys/revoke key", "End a key.", []ledger.Role{ledger.Admin}, ""),
		keeping("people agree", "people/agree person? staff? ask?", "Agree to a look at the details of a minor, or list those asked for with the number of each ask.", []ledger.Role{ledger.Steward, ledger.Supervisor}, ""),
		keeping(totpCommand, "staff/totp", "Begin with one-time codes, confirm that, or take them from somebody who lost them.", TOTPRoles(), "confirm reset").typed(),
		keeping("import hours", "imports/hours file", "Bring in a file of hours.", []ledger.Role{ledger.Leader}, "activity capture mapping sheet start").files(),
		keeping("import acts", "imports/acts file", "Bring in a file of acts.", []ledger.Role{ledger.Leader}, "mapping on sheet").files(),
		keeping("import volunteers", "imports/volunteers file", "Bring in a file of volunteers.", []ledger.Role{ledger.Steward}, "mapping unit").files(),
		keeping("import balances", "imports/balances file", "Bring in a file of balances.", []ledger.Role{ledger.Steward}, "expires mapping").files(),
		keeping("import items", "imports/items file", "Bring in a file of items.", []ledger.Role{ledger.Steward}, "from mapping").files(),
		keeping("import stock", "imports/stock file", "Bring in a file of stock.", []ledger.Role{ledger.Keeper}, "donor mapping shop source").files(),
	}
}

func enteringCommands() []Command {
	return []Command{
		entering("activity add", "activities activity", "Add an activity.", "code name unit"),
		entering("attendance close", "attendance/close session", "Close an attendance and declare what was scanned.", ""),
		entering("attendance confirm", "attendance/confirm session volunteer", "Say when a volunteer left who forgot to check out.", "out"),
		entering("attendance in", "attendance/in session volunteer", "Check a volunteer in.", "by"),
		entering("attendance open", "attendance activity", "Open the attendance of an activity.", ""),
		entering("attendance out", "attendance/out session volunteer", "Check a volunteer out.", ""),
		entering("budget set", "budgets", "Set the budget of a unit for a period; 0 takes it back.", "from unit until yuan"),
		entering("calendar set", "calendar year", "Set the working days of a year.", "").files(),
		entering("card issue", "cards volunteer", "Issue a card; the one before is void.", "").once(),
		entering("card void", "cards/void volunteer", "Void a card, as when it is lost.", "reason"),
		entering("certify", "volunteers/certify volunteer?", "State hours under a number, or add a statement up again.", "from until verify"),
		entering("close", "closes shop", "Close the day at a counter, with its report.", ""),
		entering("count confirm", "counts/confirm count items*", "Confirm a count as the second person, or count blind once more.", ""),
		entering("count drop", "counts/drop count", "Give a count up.", ""),
		entering("count enter", "counts/enter count items+", "Enter what was counted; what the book has is not shown.", ""),
		entering("count finalise", "counts/finalise count", "Post the differences of a count with a reason.", "reason"),
		entering("count open", "counts shop", "Begin a count.", "items"),
		entering("donate", "pools/donate giver taker points", "Give points to the pool of a household or unit, or out of it.", ""),
		entering("donor add", "donors donor", "Add a donor.", "name person phone"),
		entering("express assign", "requests/assign request unit", "Give a request to a grid, a grid unit or a team.", ""),
		entering("express call", "requests/call request result", "Call back on a request, by somebody who neither took nor served it.", ""),
		entering("express close", "requests/close request", "Close a request that was not done.", "reason"),
		entering("express done", "requests/done request volunteers+", "Say who served a request, and when.", "minutes start"),
		entering("express sort", "requests/sort request class", "Say how soon a request is to be done, or leave it to the rule.", ""),
		entering("express take", "requests", "Take a request; who asks stays in the registry.", "address channel name need phone unit"),
		entering("freeze", "volunteers/freeze volunteer", "Freeze an account.", "reason until"),
		entering("gift", "gifts volunteer points", "Give gift points, which pay a part of a price.", ""),
		entering("household join", "households/join household volunteer", "Say from which day somebody lives in a household.", "from head"),
		entering("household leave", "households/leave volunteer", "Say from which day somebody lives in no household.", "from"),
		entering("item add", "items item", "Add an item with its first price.", "from label name points"),
		entering("item set", "items/set item", "Set the price of an item from a day on.", "from points"),
		entering("leave", "volunteers/leave volunteer", "Say that somebody leaves, and settle the account.", "pool reason settle to"),
		entering("merge", "volunteers/merge number into", "Join two numbers of one person.", ""),
		entering("notice answer", "objections/answer objection", "Answer an objection.", "reason result"),
		entering("notice object", "objections record", "Write down an objection to a line.", "by reason"),
		entering("notice post", "notices", "Put what was approved on notice.", "unit until picture"),
		entering("notice publish", "notices/publish what", "Publish a month's points, a quarter's goods, or an honour list.", "month quarter unit until picture"),
		entering("notice withdraw", "notices/withdraw notice", "Take a notice down; before its end its records wait for another.", "reason"),
		entering("open", "shops/open shop", "Open the day at a counter; the first exchange does so too.", ""),
		entering("people erase", "people/erase volunteer", "Destroy what is known of somebody whose account is closed.", ""),
		entering("proxy set", "proxies volunteer proxy", "Declare a proxy, or end it.", "ended relation"),
		entering("relief declare", "reliefs shop items+", "Declare a relief, with the numbers of its application and notice.", "application case class notice volunteer"),
		entering("relief drop", "reliefs/drop relief", "Give a relief up.", ""),
		entering("relief give", "reliefs/give relief", "Hand a relief over as the second person.", ""),
		entering("rule add", "rules rule", "Set a version of a rule: a shipped name or a TOML file.", "").files(),
		entering("rule set", "rules/set rule", "Set a version of a rule: a shipped name or a TOML file.", "").files(),
		entering("run", "run", "Do all work that is due: notices that ended, points that lapsed.", "until").once(),
		entering("settle", "holds/settle hold items*", "Hand out what was held, in part or whole.", "by card checked proxy slip").typed(),
	}
}

// enteringOfPlaces goes on where enteringCommands ends: shops, staff, units, volunteers and vouchers.
func enteringOfPlaces() []Command {
	return []Command{
		entering("shop add", "shops shop", "Add a shop.", "name unit"),
		entering("signer set", "signers key", "Let another key sign the book, by two persons.", ""),
		entering("staff add", "staff staff?", "Add a staff number; its PIN is shown once.", "name phone role volunteer").once(),
		entering("staff end", "staff/end staff", "End a role that was given for a time and a place.", "role shop unit until"),
		entering("staff grant", "staff/grant staff", "Give a role for a time and a place.", "from name phone role shop unit until"),
		entering("staff set", "staff/set staff", "Change the roles or the PIN of a staff number.", "new-pin role volunteer").once(),
		entering("unfreeze", "volunteers/unfreeze volunteer", "End a freeze.", ""),
		entering("unit add", "units unit", "Add a unit.", "kind name parent rule"),
		entering("unit join", "units/join unit volunteer", "Make a volunteer a member of a unit beside their own, or end that.", "ended from until"),
		entering("unit set", "units/set unit", "Put a unit under another one from a day on.", "from parent"),
		entering("upgrade", "upgrade", "Raise the format of an older book, for ever.", ""),
		entering("volunteer add", "volunteers", "Register a volunteer and open the accounts.", "household id-number name phone unit"),
		entering("volunteer class", "volunteers/class volunteer classes*", "Set a volunteer's classes, for goods given for them.", ""),
		entering("volunteer consent", "volunteers/consent volunteer", "Keep consent to be named in public, as on an honour list.", "withdrawn"),
		entering("volunteer guardian", "volunteers/guardian volunteer guardian?", "Name who alone is served for a minor.", "until"),
		entering("volunteer kin", "volunteers/kin volunteer relative", "Declare near relatives: nobody serves their own.", "ended"),
		entering("volunteer move", "volunteers/move volunteer", "Say from which day somebody belongs to another unit.", "from unit"),
		entering("volunteer set", "volunteers/set volunteer", "Change the standing, PIN or card of a volunteer.", "new-card new-pin reason status").once(),
		entering("voucher book", "vouchers shop first last", "Give a shop a book of numbered vouchers.", ""),
		entering("voucher void", "vouchers/void shop number", "Say that a voucher was spoiled or lost.", "reason"),
		entering("write-off", "write-offs shop items+", "Declare a write-off: what is past its date, damaged or missing.", "reason"),
		entering("write-off confirm", "write-offs/confirm write_off", "Confirm a write-off as the second person.", ""),
		entering("write-off drop", "write-offs/drop write_off", "Give a write-off up.", ""),
	}
}
