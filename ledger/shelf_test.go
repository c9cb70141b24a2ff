package ledger_test

import (
	"slices"
	"strings"

	"aixin/ledger"
	"aixin/ledger/ledgertest"
)

func (t *table) shelf(verb string, w words) ledger.Action {
	t.Helper()
	switch verb {
	case "count-open":
		return &ledger.OpenCount{Shop: ledger.ShopID(w.arg(0)), Items: commodities(w.from(1))}
	case "count":
		return &ledger.EnterCount{Count: ledger.Index(t.int(w.arg(0))), Lines: t.items(w.from(1))}
	case "count-confirm":
		return &ledger.ConfirmCount{Count: ledger.Index(t.int(w.arg(0))), Lines: t.items(w.from(1))}
	case "count-finalise":
		return &ledger.FinaliseCount{Count: ledger.Index(t.int(w.arg(0))), Reason: ledger.ShelfReason(w.arg(1))}
	case "drop":
		return &ledger.Drop{Entry: ledger.Index(t.int(w.arg(0)))}
	case "write-off":
		return &ledger.DeclareWriteOff{Shop: ledger.ShopID(w.arg(0)), Reason: ledger.ShelfReason(w.arg(1)), Lines: t.items(w.from(2))}
	case "write-off-confirm":
		return &ledger.ConfirmWriteOff{Paper: ledger.Index(t.int(w.arg(0)))}
	case "relief": // relief S01 V… application notice items, or relief S01 case:NUMBER[:class] …
		a := &ledger.DeclareRelief{Shop: ledger.ShopID(w.arg(0)), Application: w.arg(2), Notice: w.arg(3), Lines: t.items(w.from(4))}
		if number, ok := strings.CutPrefix(w.arg(1), "case:"); ok {
			number, class, _ := strings.Cut(number, ":")
			a.Case, a.Class = number, ledger.Beneficiary(class)
		} else {
			a.Volunteer = w.volunteer(1)
		}
		return a
	case "relief-give":
		return &ledger.GiveRelief{Paper: ledger.Index(t.int(w.arg(0)))}
	case "classes":
		a := &ledger.SetClasses{Volunteer: w.volunteer(0)}
		for _, c := range w.from(1) {
			a.Classes = append(a.Classes, ledger.Beneficiary(c))
		}
		return a
	case "receive-note": // receive-note S01 D001 best-before note source only items, and terms as ~SKU-0001=fen:noted
		return t.receiveNote(w)
	}
	return nil
}

func (t *table) receiveNote(w words) ledger.Action {
	t.Helper()
	a := &ledger.Receive{Shop: ledger.ShopID(w.arg(0)), Donor: ledger.DonorID(w.arg(1)), BestBefore: t.date(w.arg(2))}
	a.Note, a.Source, a.Only = w.arg(3), ledger.GoodsSource(w.arg(4)), ledger.Restriction(w.arg(5))
	for _, s := range w.from(6) {
		term, ok := strings.CutPrefix(s, "~")
		if !ok {
			a.Lines = append(a.Lines, t.items([]string{s})...)
			continue
		}
		item, said, _ := strings.Cut(term, "=")
		fen, noted, _ := strings.Cut(said, ":")
		a.Terms = append(a.Terms, ledger.ReceiptTerm{
			Item: ledger.Commodity(item), Fen: ledger.Amount(t.int(fen)), Noted: ledger.Amount(t.int(noted)),
		})
	}
	return a
}

func commodities(w words) (items []ledger.Commodity) {
	for _, s := range w {
		items = append(items, ledger.Commodity(s))
	}
	return items
}

// counter returns who entered a count.
func (f *forger) counter(count ledger.Index) ledger.StaffID {
	n, err := f.book.View(0).Count(count)
	if err != nil {
		panic(err)
	}
	return n.Counter
}

// declarer returns who declared a paper.
func (f *forger) declarer(paper ledger.Index) ledger.StaffID {
	p, err := f.book.View(0).Paper(paper)
	if err != nil {
		panic(err)
	}
	return p.Declarer
}

// ofEveryone reports whether Everyone is that volunteer, or of their household, and known to be.
func (f *forger) ofEveryone(v ledger.VolunteerID) bool {
	staff, err := f.book.View(0).Staff(ledgertest.Everyone)
	mine := []ledger.VolunteerID{ledger.NewVolunteerID(1), ledger.NewVolunteerID(2)}
	if err != nil || staff.Volunteer == "" || !slices.Contains(mine, v) {
		return false
	}
	own, err := f.book.View(0).Volunteer(staff.Volunteer)
	return err == nil && own.Into == "" // merged into a number of another household, they are of that
}

func shelfForgeries() []forgery {
	lines := func(l []ledger.ItemLine) bool { l[0].Pieces++; return true }
	return []forgery{
		{"a count beside another", "I8", func(f *forger, e *ledger.Entry) bool {
			for _, x := range slices.Backward(f.earlier) {
				if r, ok := x.Body.(*ledger.OpenCount); ok {
					n, err := f.book.View(0).Count(x.Index)
					e.Kind, e.Body, e.Postings, e.Rule = ledger.CountOpened, r, nil, ""
					return err == nil && n.State == ledger.ShelfOpen
				}
			}
			return false
		}},
		bodyOf("what the book had", "I8", func(r *ledger.CountSheet) bool { r.Lines[0].Book++; return true }),
		bodyOf("what was handed out beyond the book", "I8", func(r *ledger.CountSheet) bool { r.Lines[0].Short--; return true }),
		bodyOf("a count that nobody opened", "I8", func(r *ledger.CountSheet) bool { r.Count = 1; return true }),
		{"whoever counted confirms", "I13", func(f *forger, e *ledger.Entry) bool {
			r, ok := e.Body.(*ledger.ConfirmCount)
			if ok {
				e.Actor = f.counter(r.Count)
			}
			return ok
		}},
		{"a second person who counted otherwise", "I8", func(f *forger, e *ledger.Entry) bool {
			r, ok := e.Body.(*ledger.ConfirmCount)
			if ok && len(r.Lines) > 0 {
				r.Lines[0].Pieces++
			}
			return ok && len(r.Lines) > 0
		}},
		{"whoever counted posts", "I13", func(f *forger, e *ledger.Entry) bool {
			r, ok := e.Body.(*ledger.CountResult)
			if ok {
				e.Actor = f.counter(r.Count)
			}
			return ok
		}},
		bodyOf("a difference", "I8", func(r *ledger.CountResult) bool {
			if len(r.Lines) > 0 {
				r.Lines[0].Pieces++
			}
			return len(r.Lines) > 0
		}),
		bodyOf("a difference without a reason", "I8", func(r *ledger.CountResult) bool { r.Reason = ""; return len(r.Lines) > 0 }),
		bodyOf("the shop of a count", "I8", func(r *ledger.CountResult) bool { r.Shop = "S03"; return true }),
		bodyOf("more than the shelf has is written off", "I8", func(r *ledger.DeclareWriteOff) bool { r.Lines[0].Pieces += 9000; return true }),
		bodyOf("more than was declared is written off", "I8", func(r *ledger.GoodsScrapped) bool { return lines(r.Lines) }),
		bodyOf("another reason for a write-off", "I8", func(r *ledger.GoodsScrapped) bool {
			r.Reason = ledger.GoodsRecalled
			return true
		}),
		{"whoever declared a paper sees to it", "I13", func(f *forger, e *ledger.Entry) bool {
			switch r := e.Body.(type) {
			case *ledger.GoodsScrapped:
				e.Actor = f.declarer(r.Paper)
			case *ledger.GoodsRelieved:
				e.Actor = f.declarer(r.Paper)
			default:
				return false
			}
			return true
		}},
		bodyOf("relief for another case", "I8", func(r *ledger.GoodsRelieved) bool { r.Case += "1"; return r.Volunteer == "" }),
		bodyOf("more relief than was declared", "I8", func(r *ledger.GoodsRelieved) bool { return lines(r.Lines) }),
		bodyOf("a name for a case", "I8", func(r *ledger.DeclareRelief) bool { r.Case = "li si"; return r.Volunteer == "" }),
		{"a paper once more", "I3 I8", func(f *forger, e *ledger.Entry) bool {
			return (e.Kind == ledger.WrittenOff || e.Kind == ledger.ReliefGiven || e.Kind == ledger.Dropped || e.Kind == ledger.CountFinalised) && f.again(e)
		}},
		{"somebody of the household is given goods or a class", "I13", func(f *forger, e *ledger.Entry) bool {
			var of ledger.VolunteerID
			switch r := e.Body.(type) {
			case *ledger.SetClasses:
				of = r.Volunteer
			case *ledger.DeclareRelief:
				of = r.Volunteer
			case *ledger.GoodsRelieved:
				of = r.Volunteer
			}
			e.Actor = ledgertest.Everyone
			return of != "" && f.ofEveryone(of)
		}},
		bodyOf("goods for another class", policy, func(r *ledger.Receive) bool { r.Only = "veterans"; return true }),
		bodyOf("a restriction that is none", "I8", func(r *ledger.Receive) bool { r.Only = "Li Si"; return true }),
	}
}
