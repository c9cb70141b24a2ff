package ledger

// NoticeRule says how an approved record becomes public before it is credited (B19, B20). The zero value is no notice: the
// approval carries the credit.
type NoticeRule struct {
	Days  int64  // whole days on notice, the day of posting not counted; the credit follows the last of them
	Reply int64  // days in which an objection is answered; 0 for no term
	Mask  string // B48: "" for masked names, or "numbers" for numbers without a name
}

// MaskNumbers is the masking of a notice that names nobody.
const MaskNumbers = "numbers"

func (n *NoticeRule) fields(c *codec) {
	number(c, "days", &n.Days)
	number(c, "reply", &n.Reply)
	text(c, "mask", &n.Mask)
}

func (n *NoticeRule) check(f *faults) {
	f.want(n.Days >= 0 && n.Days <= MaxNoticeDays, "notice.days", "notice_days")
	f.want(n.Reply >= 0 && n.Reply <= MaxNoticeDays && (n.Reply == 0 || n.Days > 0), "notice.reply", "notice_days")
	f.want(n.Mask == "" || n.Mask == MaskNumbers, "notice.mask", "mask")
}

// MaxNoticeDays bounds a notice: what is not credited within a season is forgotten.
const MaxNoticeDays = 92
