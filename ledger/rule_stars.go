package ledger

import "fmt"

// Star is a level of recognition and the minutes of credited service that it takes (B40).
type Star struct {
	Level   int64
	Minutes Amount
}

// MaxStars bounds the levels of a rule.
const MaxStars = 9

// DefaultStars is the table of levels that is used where a rule has none of its own, from the lowest.
func DefaultStars() []Star {
	return []Star{{1, 100 * 60}, {2, 300 * 60}, {3, 600 * 60}, {4, 1000 * 60}, {5, 1500 * 60}}
}

// Reached returns the level that so many minutes reach in a table, lowest level first; 0 for none.
func Reached(table []Star, minutes Amount) (level int64) {
	for _, s := range table {
		if minutes >= s.Minutes {
			level = s.Level
		}
	}
	return level
}

// StarsOf returns the table of levels by which the people of a unit are recognised, on the view's day.
func (v View) StarsOf(u UnitID) ([]Star, error) {
	rules, err := v.Rules()
	if err != nil {
		return nil, err
	}
	var rule Rule
	if u == "" {
		rule, _ = rules.For(nil, "", v.on)
	} else if rule, err = v.ruleOf(&rules, u, v.on); err != nil {
		return nil, err
	}
	if len(rule.Stars) == 0 {
		return DefaultStars(), nil
	}
	return rule.Stars, nil
}

func stars(c *codec, v *[]Star) {
	list(c, "stars", v, func(c *codec, s *Star) {
		number(c, "level", &s.Level)
		number(c, "minutes", &s.Minutes)
	})
}

func checkStars(f *faults, table []Star) {
	f.want(len(table) <= MaxStars, "stars", "too_many")
	var last Star
	for i, s := range table {
		at := fmt.Sprintf("stars[%d].", i)
		f.want(s.Level > last.Level && s.Level <= MaxStars, at+"level", "star_level")
		f.want(s.Minutes > last.Minutes && s.Minutes.within() && s.Minutes%60 == 0, at+"hours", "star_hours")
		last = s
	}
}
