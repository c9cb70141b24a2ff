package sheet

import "aixin/ledger"

// starFile is a level of recognition and the hours of service that it takes; a rule without any has the usual table:
//
//	[[stars]]
//	level = 1
//	hours = 50
//	times = 10   # services
//	years = 2    # one after another with service
//	clean = true # no complaint that was true
type starFile struct {
	Level int64 `toml:"level"`
	Hours int64 `toml:"hours"`
	Times int64 `toml:"times,omitempty"`
	Years int64 `toml:"years,omitempty"`
	Clean bool  `toml:"clean,omitempty"`
}

func readStars(list []starFile) (stars []ledger.Star) {
	for _, f := range list {
		minutes := ledger.Amount(-1) // more than anybody serves: the ledger refuses it
		if f.Hours > 0 && f.Hours <= int64(ledger.MaxAmount/60) {
			minutes = ledger.Amount(f.Hours) * 60
		}
		stars = append(stars, ledger.Star{Level: f.Level, Minutes: minutes, Times: f.Times, Years: f.Years, Clean: f.Clean})
	}
	return stars
}

func writeStars(stars []ledger.Star) (list []starFile) {
	for _, s := range stars {
		list = append(list, starFile{s.Level, int64(s.Minutes / 60), s.Times, s.Years, s.Clean})
	}
	return list
}
