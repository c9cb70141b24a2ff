package main

import (
	"context"
	"fmt"
	"iter"

	"aixin/api/catalog"
	"aixin/api/notice"
	"aixin/ledger"
	"aixin/store"
)

// demoHangs is how long the notices of the demo hang: a demo book is looked at for weeks.
const demoHangs = 60

// publish hangs out one notice of each kind on the last evening, so that the board has something to look at: the points of the month
// before, and the goods and the honours of the quarter before. Some volunteers agreed to be named.
func (s *simulation) publish(ctx context.Context) error {
	on := s.today.AddDays(-1)
	s.at(on, 20, 30)
	if _, err := s.ask(ctx, firstAdmin, &ledger.Appoint{Staff: demoHanger, Roles: []ledger.Role{ledger.Publisher}}); err != nil {
		return err
	}
	for i, id := range s.rest {
		if i%2 == 0 {
			if _, err := s.ask(ctx, demoSteward, &ledger.SetConsent{Volunteer: id, Publish: true}); err != nil {
				return err
			}
		}
	}
	y, m, _ := on.Time().Date()
	month, quarter := ledger.NewDate(y, m, 1).AddDays(-1), (int(m)-1)/3
	if quarter == 0 {
		y, quarter = y-1, 4
	}
	quarters := fmt.Sprintf("%d-Q%d", y, quarter)
	for _, n := range []ledger.Notice{
		{What: ledger.PublishPoints, Period: month.String()[:len("2006-01")]},
		{What: ledger.PublishGoods, Period: quarters},
		{What: ledger.PublishHonours, Period: month.String()[:len("2006-01")]},
	} {
		n.Unit, n.From, n.Until = s.scheme.Units[0].Unit, on, on.AddDays(demoHangs)
		if err := s.hangOut(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// hangOut makes the text of a notice, and hangs it out.
func (s *simulation) hangOut(ctx context.Context, n ledger.Notice) error {
	say, err := catalog.New(catalog.Chinese)
	if err != nil {
		return err
	}
	err = s.view(ctx, func(v ledger.View) error {
		board, err := v.Board(n.Unit)
		if err != nil {
			return err
		}
		n.Number = board.Notices + 1
		p := notice.Printer{
			View: v, Mark: say.T("cli.demo_mark") + "\n", Names: s.people.Masked,
			Entries: func() iter.Seq2[ledger.Entry, error] { return store.Entries(ctx, s.app.opts.book, 0) },
		}
		text, err := p.Text(ctx, say, n)
		n.SHA256, n.Size = notice.Hash(text), int64(len(text))
		return err
	})
	if err != nil {
		return err
	}
	_, err = s.ask(ctx, demoHanger, hanging(n))
	return err
}
