package ledgertest

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"aixin/ledger"
)

// live plays what happens to people and to the organisation, each place on days of its own.
func (y *Year) live() {
	y.minute = 16*60 + 30
	events := yearEvents()
	for _, p := range y.places {
		n := p.people[y.rng.IntN(len(p.people))]
		if k := (int(y.day) + p.number) % (len(events) + 4); k < len(events) {
			events[k](y, p, n)
		}
	}
}

// yearEvents are what may happen to the n-th person in a place. Each happens a dozen times a year in each of them.
func yearEvents() []func(y *Year, p *place, n int) {
	return []func(y *Year, p *place, n int){
		(*Year).joinAgain,
		func(y *Year, p *place, n int) {
			y.do(p.reviewer, &ledger.SetClasses{Volunteer: y.people[n].id, Classes: []ledger.Beneficiary{"hardship"}}, func(ledger.Entry) {
				if len(p.rule.Pairing) > 0 {
					y.later(func() { y.do(p.reviewer, &ledger.GrantGift{Volunteer: y.people[n].id, Points: 300}, nil) })
				}
			})
		},
		(*Year).marry,
		(*Year).loseCard,
		(*Year).replace,
		(*Year).give,
		func(y *Year, p *place, _ int) {
			half := yearFrom().AddMonths(6 * y.rng.IntN(2))
			y.do(p.reviewer, &ledger.SetBudget{Unit: p.unit, From: half, Until: half.AddMonths(6).AddDays(-1), Fen: 1_000_000}, nil)
		},
		(*Year).depart,
		func(y *Year, p *place, _ int) {
			y.do(yearAdmin, &ledger.MoveUnit{Unit: p.grid, Parent: y.places[y.rng.IntN(len(y.places))].unit, From: y.day.AddDays(1)}, nil)
		},
		(*Year).guard,
		func(y *Year, p *place, _ int) {
			y.do(p.keeper, &ledger.OpenCount{Shop: p.shop}, func(e ledger.Entry) {
				y.later(func() { y.do(p.keeper, &ledger.Drop{Entry: e.Index}, nil) })
			})
		},
		(*Year).relieve,
		(*Year).befriend,
		(*Year).powerCut,
		func(y *Year, p *place, _ int) {
			sum := strings.Repeat(fmt.Sprintf("%02x", y.rng.IntN(256)), 32)
			y.do(p.leader, &ledger.ImportFile{Form: "hours", SHA256: sum, Rows: 1}, nil)
		},
		func(y *Year, p *place, n int) {
			y.do(p.leader, &ledger.SetConsent{Volunteer: y.people[n].id, Publish: y.rng.IntN(6) > 0}, nil)
		},
		(*Year).certify,
		(*Year).settle,
		(*Year).unite,
		(*Year).donate,
	}
}

// join enrols one more person, of the household of the n-th.
func (y *Year) join(p *place, like int) int {
	n := len(y.people)
	y.people = append(y.people, person{id: ledger.NewVolunteerID(n + 1), place: p, home: y.household(like)})
	y.do(p.reviewer, &ledger.Enroll{Volunteer: y.people[n].id, Unit: p.unit, Household: y.household(like)}, func(ledger.Entry) {
		p.people = append(p.people, n)
	})
	return n
}

// joinAgain enrols somebody who has a number already, and who serves with the new one.
func (y *Year) joinAgain(p *place, n int) {
	again := y.join(p, n)
	p.doubles = append(p.doubles, [2]int{again, n})
	y.later(func() {
		y.do(p.leader, &ledger.DeclareActs{Volunteer: y.people[again].id, Code: p.acts[0], Quantity: 2, On: y.day}, func(e ledger.Entry) {
			p.declared = append(p.declared, declared{record: e.Index, who: again})
		})
	})
}

// unite makes one number of two, once nothing waits for its outcome.
func (y *Year) unite(p *place, _ int) {
	for _, double := range p.doubles {
		from, into := double[0], double[1]
		y.leavesOut(from)
		if y.people[into].gone {
			continue
		}
		y.do(p.reviewer, &ledger.Merge{From: y.people[from].id, Into: y.people[into].id}, func(e ledger.Entry) {
			p.doubles = slices.DeleteFunc(p.doubles, func(d [2]int) bool { return d == double })
			if body, ok := e.Body.(*ledger.Merger); ok {
				y.lots(into, body.Lots)
			}
			y.later(func() { y.goOn(p, into) })
		})
	}
}

// goOn has somebody declare acts of which it matters what their other number did.
func (y *Year) goOn(p *place, n int) {
	for _, act := range p.rule.Acts {
		if act.Keep == ledger.KeepRest || act.Once == ledger.OnceAYear {
			y.declare(p, n, &ledger.DeclareActs{Volunteer: y.people[n].id, Code: act.Code, Quantity: 1, On: y.day})
		}
	}
}

// leavesOut has nothing more happen to somebody.
func (y *Year) leavesOut(n int) {
	who := &y.people[n]
	who.gone = true
	who.place.people = slices.DeleteFunc(who.place.people, func(k int) bool { return k == n })
}

// lots notes when what went over to somebody lapses.
func (y *Year) lots(n int, lots []ledger.LotExpiry) {
	for _, l := range lots {
		y.people[n].lapse(l.Expires)
	}
}

// marry declares two people relatives, and now and then somebody of whoever stands at the counter, who then is not served there.
func (y *Year) marry(p *place, n int) {
	if y.one(3) {
		if ready := y.readyIn(p); len(ready) > 0 {
			n = ready[y.rng.IntN(len(ready))]
		}
		y.do(p.reviewer, &ledger.DeclareKin{Of: string(p.clerk), Volunteer: y.people[n].id}, func(ledger.Entry) {
			y.later(func() {
				y.do(p.clerk, &ledger.Redeem{
					Volunteer: y.people[n].id, Shop: p.shop, Lines: []ledger.ItemLine{{Item: sku(1), Pieces: 1}}, Presence: ledger.ByCard,
				}, nil)
			})
		})
		return
	}
	other := y.other(n)
	kin := &ledger.DeclareKin{Of: string(y.people[other].id), Volunteer: y.people[n].id}
	y.do(p.reviewer, kin, func(ledger.Entry) {
		if y.one(4) {
			ended := *kin
			ended.Ended = true
			y.later(func() { y.do(p.reviewer, &ended, nil) })
		}
	})
}

// loseCard voids a card and freezes somebody, until a new card is there or for some days.
func (y *Year) loseCard(p *place, n int) {
	who := y.people[n].id
	y.do(p.reviewer, y.card(n), func(ledger.Entry) {
		y.later(func() {
			y.do(p.clerk, &ledger.VoidCard{Volunteer: who, Reason: ledger.LostCard}, nil)
			if freeze := (&ledger.SetStatus{Volunteer: who, Status: ledger.Frozen, Reason: ledger.LostCard}); y.one(2) {
				y.do(p.reviewer, freeze, func(ledger.Entry) { y.later(func() { y.thaw(p.reviewer, n) }) })
			} else {
				freeze.Until = y.day.AddDays(5)
				y.do(p.reviewer, freeze, func(ledger.Entry) { p.frozen = append(p.frozen, declared{who: n, when: freeze.Until}) })
			}
		})
	})
}

func (y *Year) card(n int) *ledger.IssueCard {
	return &ledger.IssueCard{Volunteer: y.people[n].id, Card: sha256.Sum256(fmt.Appendf(nil, "%d/%d", n, y.day))}
}

func (y *Year) thaw(by ledger.StaffID, n int) {
	y.do(by, &ledger.SetStatus{Volunteer: y.people[n].id, Status: ledger.Active, Reason: ledger.Cleared}, nil)
}

// replace has somebody else stand at the counter for some days.
func (y *Year) replace(p *place, _ int) {
	stand := ledger.StaffID(fmt.Sprintf("U%06d", 5000+p.number))
	p.standIn, p.standUntil = "", y.day.AddDays(20)
	y.do(yearAdmin, &ledger.GrantRole{Staff: stand, Role: ledger.Clerk, Scope: string(p.shop), From: y.day, Until: p.standUntil}, func(ledger.Entry) {
		p.standIn = stand
	})
}

// relieve ends that before its time.
func (y *Year) relieve(p *place, _ int) {
	if p.standIn != "" {
		y.do(yearAdmin, &ledger.EndRole{Staff: p.standIn, Role: ledger.Clerk, Scope: string(p.shop), Until: y.day.AddDays(-1)}, nil)
		p.standIn = ""
	}
}

func (y *Year) give(p *place, n int) {
	who := &y.people[n]
	y.do(p.clerk, &ledger.Transfer{From: who.id, To: y.people[y.other(n)].id, Points: min(100, max(1, who.has))}, nil)
}

// donate gives to the community, or to the household, where there are pools; somebody is given a part of it at once.
func (y *Year) donate(p *place, n int) {
	if !p.rule.Donation.Welfare || y.people[n].has == 0 {
		return
	}
	pool, other := ledger.PoolID(p.unit), p.people[int(y.day)%len(p.people)]
	if n%3 == 0 && n < y.size.People {
		pool, other = ledger.PoolID(y.household(n)), n
	}
	points := min(100, y.people[n].has)
	y.do(p.clerk, &ledger.Donate{Volunteer: y.people[n].id, Pool: pool, Points: points}, func(e ledger.Entry) {
		if body, ok := e.Body.(*ledger.PoolGift); ok {
			p.keep(pool, body.Lots)
		}
		y.later(func() {
			y.do(p.reviewer, &ledger.Donate{Volunteer: y.people[other].id, Pool: pool, Points: max(1, points/3), Back: true}, func(e ledger.Entry) {
				if body, ok := e.Body.(*ledger.PoolGift); ok {
					y.lots(other, body.Lots)
				}
			})
		})
	})
}

// keep notes when what went into a pool lapses.
func (p *place) keep(pool ledger.PoolID, lots []ledger.LotExpiry) {
	for _, l := range lots {
		if at := (pooled{pool, l.Expires}); l.Expires != 0 && !slices.Contains(p.pools, at) {
			p.pools = append(p.pools, at)
		}
	}
}

// depart says that somebody leaves or died; every fourth stays after all.
func (y *Year) depart(p *place, n int) {
	if len(p.people) < 50 || slices.ContainsFunc(p.doubles, func(d [2]int) bool { return d[0] == n || d[1] == n }) {
		return
	}
	who, heir := y.people[n].id, y.other(n)
	y.do(p.reviewer, &ledger.DeclareKin{Of: string(y.people[heir].id), Volunteer: who}, nil)
	why := pick3(y, ledger.Moved, ledger.Died, ledger.OwnRequest)
	y.do(p.reviewer, &ledger.DeclareLeave{Volunteer: who, Reason: why}, func(ledger.Entry) {
		if y.one(4) && why != ledger.Died {
			y.later(func() { y.do(p.reviewer, &ledger.DeclareLeave{Volunteer: who, Reason: ledger.Cleared}, nil) })
			return
		}
		y.leavesOut(n)
		p.leaving = append(p.leaving, [2]int{n, heir})
	})
}

// settle closes the accounts of those who leave, once nothing waits for its outcome. A relative takes over every other one, and
// the pool of the community, where it has one, the rest.
func (y *Year) settle(p *place, _ int) {
	for _, pair := range p.leaving {
		do := &ledger.Leave{Volunteer: y.people[pair[0]].id}
		if pair[0]%2 == 0 && !y.people[pair[1]].gone {
			do.To = y.people[pair[1]].id
		} else if p.rule.Donation.Welfare {
			do.Pool = ledger.PoolID(p.unit)
		}
		y.do(p.reviewer, do, func(e ledger.Entry) {
			p.leaving = slices.DeleteFunc(p.leaving, func(q [2]int) bool { return q == pair })
			switch body, ok := e.Body.(*ledger.Leaving); {
			case !ok:
			case body.To != "":
				y.lots(pair[1], body.Lots)
			case body.Pool != "":
				p.keep(body.Pool, body.Lots)
			}
			y.later(func() { y.do(p.reviewer, &ledger.Erase{Volunteer: do.Volunteer}, nil) })
		})
	}
}

// guard has somebody served through another only, until the end of a month.
func (y *Year) guard(p *place, n int) {
	other := y.other(n)
	_, until := ledger.Monthly.Around(y.day.AddDays(40))
	y.do(p.reviewer, &ledger.SetGuardian{Volunteer: y.people[n].id, Guardian: y.people[other].id, Until: until}, func(ledger.Entry) {
		y.people[n].fetches = y.people[other].id
	})
}

// befriend lets somebody fetch for another, and now and then no more.
func (y *Year) befriend(p *place, n int) {
	proxy := &ledger.SetProxy{Volunteer: y.people[n].id, Proxy: y.people[y.other(n)].id, Relation: ledger.Neighbour}
	y.do(p.reviewer, proxy, func(ledger.Entry) {
		if y.one(5) {
			ended := *proxy
			ended.Ended = true
			y.later(func() { y.do(p.reviewer, &ended, nil) })
		} else if y.people[n].fetches == "" {
			y.people[n].fetches = proxy.Proxy
		}
	})
}

// certify states the hours of somebody who served.
func (y *Year) certify(p *place, _ int) {
	for _, n := range p.people {
		if records := y.people[n].records; len(records) > 2 {
			slices.Sort(records)
			y.do(p.reviewer, &ledger.Certify{Volunteer: y.people[n].id, From: yearFrom(), Until: y.day, Records: records}, nil)
			y.people[n].records = nil
			return
		}
	}
}

// other draws somebody else of the same place.
func (y *Year) other(n int) int {
	list := y.people[n].place.people
	k := y.rng.IntN(len(list))
	if list[k] == n {
		k = (k + 1) % len(list)
	}
	return list[k]
}

func pick3[T any](y *Year, a, b, c T) T { return [3]T{a, b, c}[y.rng.IntN(3)] }
