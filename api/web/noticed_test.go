package web_test

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aixin/api/web"
	"aixin/ledger"
	"aixin/ledger/ledgertest"
)

// What is on notice of each person is what a reading of all notices finds, at many moments of random books, of people who were merged and
// of what is disputed too. A notice that was taken down after its end lets its lines be credited: they are still on their way.
func TestNoticedIsWhatAllNoticesSay(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation(ledgertest.Zone)
	if err != nil {
		t.Fatal(err)
	}
	var found, disputed atomic.Int64 // of all streams: one of them has more or less of it
	t.Run("streams", func(t *testing.T) { noticedStreams(t, zone, &found, &disputed) })
	if found.Load() < 200 || disputed.Load() == 0 {
		t.Errorf("got %d lines, %d of them disputed, which shows nothing", found.Load(), disputed.Load())
	}
}

func noticedStreams(t *testing.T, zone *time.Location, found, disputed *atomic.Int64) {
	t.Helper()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			m, g := ledgertest.NewMemory(zone), ledgertest.New(seed+40)
			send := func(at ledgertest.Timed) {
				if r, err := m.Submit(at.Command, at.At); err == nil && !r.Replayed {
					g.Saw(r.Entry)
				}
			}
			for _, at := range g.Setup() {
				send(at)
			}
			n := 0
			for at := range g.Commands(3000) {
				send(at)
				if n++; n%75 != 0 {
					continue
				}
				v := m.View(ledger.DateOf(at.At.In(zone)))
				for who, err := range v.Volunteers() {
					if err != nil {
						t.Fatal(err)
					}
					got, err := web.NoticedOf(v, who)
					if err != nil {
						t.Fatal(err)
					}
					want := allNotices(t, v, who)
					if diff := cmp.Diff(want, got); diff != "" {
						t.Fatalf("%s at %d (-all notices +noticed):\n%s", who.Volunteer, v.Head().Size, diff)
					}
					found.Add(int64(len(got)))
					for _, rec := range got {
						if rec.State == ledger.Disputed {
							disputed.Add(1)
						}
					}
				}
			}
		})
	}
}

// allNotices reads every notice for what is of a person, the newest first.
func allNotices(t *testing.T, v ledger.View, who ledger.Volunteer) (list []ledger.Record) {
	t.Helper()
	var hung []ledger.Notice
	for n, err := range v.Notices() {
		if err != nil {
			t.Fatal(err)
		}
		hung = append(hung, n)
	}
	for _, n := range slices.Backward(hung) {
		for _, i := range n.Records {
			rec, err := v.Record(i)
			if err != nil {
				t.Fatal(err)
			}
			if rec.Posted == n.Index && (rec.State == ledger.OnNotice || rec.State == ledger.Disputed) && slices.Contains(web.Numbers(who), rec.Volunteer) {
				list = append(list, rec)
			}
		}
	}
	return list
}
