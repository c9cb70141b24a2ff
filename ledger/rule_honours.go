package ledger

import (
	"fmt"
	"maps"
	"slices"
)

// HonourTier is an honour for whoever has given so many points for welfare altogether (B25).
type HonourTier struct {
	Name   string
	Points Amount
}

// MaxHonours bounds the tiers of a rule.
const MaxHonours = 9

// HonourOf returns the highest tier that so many points reach, and the next one; the zero tier where there is none.
func HonourOf(tiers []HonourTier, points Amount) (has, next HonourTier) {
	for _, x := range tiers {
		if points < x.Points {
			return has, x
		}
		has = x
	}
	return has, next
}

// Donation returns what an entry moved for welfare: points of a volunteer to the pool of a unit, negative what one had out of it. What a
// household gets is its own affair.
func (e Entry) Donation() (who VolunteerID, points Amount, ok bool) {
	gift, ok := e.Body.(*PoolGift)
	switch {
	case !ok || !UnitID(gift.Pool).Valid():
		return "", 0, false
	case gift.Back:
		return gift.Volunteer, -gift.Points, true
	}
	return gift.Volunteer, gift.Points, true
}

// Given adds up one person's donations in their order. What comes out of a pool and goes back is nobody's gift, and whoever is helped later
// keeps their honour: Points is the most that they had given by any time, less what they had had by then.
type Given struct{ Points, net Amount }

// Add takes in a donation.
func (g *Given) Add(points Amount) {
	g.net += points
	g.Points = max(g.Points, g.net)
}

// Honours returns the tiers by which the people of a unit are honoured on a day, as its rule has them, of those that were set before an
// entry; 0 for all.
func (v View) Honours(u UnitID, on Date, before Index) ([]HonourTier, error) {
	rules, err := v.Rules()
	if err != nil {
		return nil, err
	}
	rules = rules.Before(before)
	rule, err := v.ruleOf(&rules, u, on)
	return rule.Honours, err
}

// Donated adds up what a person gave for welfare under all of their numbers, without what was reversed.
func (v View) Donated(who Volunteer) (Amount, error) {
	gifts := map[Index]Amount{}
	for _, number := range append([]VolunteerID{who.Volunteer}, who.Merged...) {
		for before := Index(-1); before != 0; {
			page, err := v.pageOf(AccountKey{PointsOf(number), Point}, max(before, 0), MaxCertified)
			if err != nil {
				return 0, err
			}
			before = page.Next
			for _, l := range page.Lines {
				if _, points, ok := l.Entry.Donation(); ok && l.After.Reversed == 0 {
					gifts[l.Entry.Index] = points
				}
			}
		}
	}
	var given Given
	for _, i := range slices.Sorted(maps.Keys(gifts)) {
		given.Add(gifts[i])
	}
	return given.Points, nil
}

func honours(c *codec, v *[]HonourTier) {
	list(c, "honours", v, func(c *codec, x *HonourTier) {
		text(c, "name", &x.Name)
		number(c, "points", &x.Points)
	})
}

func (r *Rule) checkHonours(f *faults) {
	f.want(len(r.Honours) <= MaxHonours, "honours", "too_many")
	f.want(len(r.Honours) == 0 || r.Donation.Welfare, "honours[0].name", "honour_pool")
	var last Amount
	for i, x := range r.Honours {
		at := fmt.Sprintf("honours[%d].", i)
		again := slices.ContainsFunc(r.Honours[:i], func(y HonourTier) bool { return y.Name == x.Name })
		f.want(plainName(x.Name) && !again, at+"name", "honour_name")
		f.want(x.Points > last && x.Points.within(), at+"points", "honour_points")
		last = x.Points
	}
}
