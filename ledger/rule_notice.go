package ledger

import (
	"cmp"
	"fmt"
)

// NoticeRule says how an approved record becomes public before it is credited (B19, B20). The zero value is no notice: the
// approval carries the credit.
type NoticeRule struct {
	Days  int64  // whole days on notice, the day of posting not counted; the credit follows the last of them
	Reply int64  // days in which an objection is answered; 0 for no term
	Mask  string // B48: "" for masked names, or "numbers" for numbers without a name

	// Effective is the period at whose beginning the credit is posted: the first that begins after the approval, or after the last day
	// on notice. Without it the credit follows at once.
	Effective Period

	// B44: until which day of the month after it a month's points, or a quarter's goods, are published; 0 for PublishDay.
	PointsBy int64
	GoodsBy  int64
}

// PublishDay is until which day of the next month is published what a rule says no day of.
const PublishDay = 15

// PublishBy returns the last day to publish the points or goods of a period that ended on a day.
func (n *NoticeRule) PublishBy(what string, last Date) Date {
	day := n.PointsBy
	if what == PublishGoods {
		day = n.GoodsBy
	}
	return last.AddDays(int(cmp.Or(day, PublishDay)))
}

// PublicationPeriod returns the month of points, or the quarter of goods, that a day lies in.
func PublicationPeriod(what string, on Date) string {
	t := on.Time()
	if what == PublishGoods {
		return fmt.Sprintf("%04d-Q%d", t.Year(), (int(t.Month())+2)/3)
	}
	return t.Format("2006-01")
}

// MaskNumbers is the masking of a notice that names nobody.
const MaskNumbers = "numbers"

func (n *NoticeRule) fields(c *codec) {
	number(c, "days", &n.Days)
	number(c, "reply", &n.Reply)
	text(c, "mask", &n.Mask)
	text(c, "effective", &n.Effective)
	number(c, "points_by", &n.PointsBy)
	number(c, "goods_by", &n.GoodsBy)
}

func (n *NoticeRule) check(f *faults) {
	f.want(n.Days >= 0 && n.Days <= MaxNoticeDays, "notice.days", "notice_days")
	f.want(n.Reply >= 0 && n.Reply <= MaxNoticeDays && (n.Reply == 0 || n.Days > 0), "notice.reply", "notice_days")
	f.want(n.Mask == "" || n.Mask == MaskNumbers, "notice.mask", "mask")
	f.want(n.Effective == "" || n.Effective.valid(), "notice.effective", "calendar_period")
	f.want(n.PointsBy >= 0 && n.PointsBy <= 28, "notice.points_by", "month_day")
	f.want(n.GoodsBy >= 0 && n.GoodsBy <= 28, "notice.goods_by", "month_day")
}

// waits returns the last day on which a credit waits that could else follow a day.
func (n *NoticeRule) waits(day Date) Date {
	if n.Effective == "" {
		return day
	}
	_, last := n.Effective.Around(day)
	return last
}

// starts returns the day on which an approval without a notice is credited; none where it carries the credit.
func (n *NoticeRule) starts(on Date) Date {
	if n.Days > 0 || n.Effective == "" {
		return 0
	}
	return n.waits(on) + 1
}

// MaxNoticeDays bounds a notice: what is not credited within a season is forgotten.
const MaxNoticeDays = 92
