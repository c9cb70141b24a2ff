package sheet

import "aixin/ledger"

// noticeFile is the section [notice] of a rule set.
type noticeFile struct {
	Days  int64  `toml:"days"`
	Reply int64  `toml:"reply,omitempty"`
	Mask  string `toml:"mask,omitempty"`

	Effective ledger.Period `toml:"effective,omitempty"`

	PointsBy int64 `toml:"points_by,omitempty"`
	GoodsBy  int64 `toml:"goods_by,omitempty"`
}

func (f *noticeFile) rule() ledger.NoticeRule {
	if f == nil {
		return ledger.NoticeRule{}
	}
	return ledger.NoticeRule(*f)
}

func newNoticeFile(r ledger.NoticeRule) *noticeFile {
	if r == (ledger.NoticeRule{}) {
		return nil
	}
	f := noticeFile(r)
	return &f
}
