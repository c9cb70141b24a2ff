package api

import (
	"aixin/ledger"
)

// This file is what may be asked for over HTTP: one row of writes for each noun, read both ways. The server makes an action of a
// request, the client a request of an action. The tags of a request say its grammar, for the validator and for /openapi.json; their
// codes are those of the ledger's faults, and what is a rule of the ledger stands in no tag.
type (
	// RedemptionRequest asks for goods for points. The volunteer is named by the number or by the card that was shown.
	RedemptionRequest struct {
		Volunteer ledger.VolunteerID `json:"volunteer,omitempty" validate:"required_without=Card,omitempty,volunteer_number"`
		Card      string             `json:"card,omitempty" validate:"omitempty,max=64"` // the text of the card
		PIN       string             `json:"pin,omitempty" validate:"omitempty,max=32"`  // the volunteer's, where they typed it
		Shop      ledger.ShopID      `json:"shop" validate:"shop_code"`
		Lines     []LineRequest      `json:"lines" validate:"min=1,max=50,dive"`
		Presence  ledger.Presence    `json:"presence,omitempty" validate:"omitempty,presence"` // absent: card where a card was shown, else typed
		Proxy     ledger.VolunteerID `json:"proxy,omitempty" validate:"omitempty,volunteer_number"`
		Slip      string             `json:"slip,omitempty" validate:"omitempty,sheet"`
		Voucher   int64              `json:"voucher,omitempty" validate:"omitempty,voucher"`
		Happened  string             `json:"happened,omitempty" validate:"omitempty,date"`
		Checked   []ledger.Check     `json:"checked,omitempty" validate:"max=2,dive,proxy_check"` // of who came for the volunteer
	}

	// LineRequest is a quantity of one item.
	LineRequest struct {
		Item   ledger.Commodity `json:"item" validate:"item_code"`
		Pieces ledger.Amount    `json:"pieces" validate:"pieces"`
	}

	// ReturnRequest brings goods back.
	ReturnRequest struct {
		Redemption ledger.Index  `json:"redemption" validate:"index"`
		Lines      []LineRequest `json:"lines,omitempty" validate:"max=50,dive"` // absent: everything
		Reason     ledger.Reason `json:"reason" validate:"reason"`
	}

	// UndoRequest takes back an exchange that was just made.
	UndoRequest struct {
		Redemption ledger.Index `json:"redemption" validate:"index"`
	}

	// ReversalRequest reverses an entry.
	ReversalRequest struct {
		Entry  ledger.Index  `json:"entry" validate:"index"`
		Reason ledger.Reason `json:"reason" validate:"reason"`
	}

	// HoursRequest declares hours of service.
	HoursRequest struct {
		Volunteer ledger.VolunteerID `json:"volunteer" validate:"volunteer_number"`
		Activity  ledger.ActivityID  `json:"activity" validate:"activity_code"`
		Start     string             `json:"start" validate:"start"` // such as 2026-11-03T08:00
		Minutes   ledger.Amount      `json:"minutes" validate:"minutes"`
		Capture   ledger.Capture     `json:"capture" validate:"capture"`
		Sheet     string             `json:"sheet,omitempty" validate:"omitempty,sheet"`
		Request   ledger.RequestID   `json:"request,omitempty" validate:"omitempty,request_number"`
		Session   ledger.Index       `json:"session,omitempty" validate:"omitempty,index"`
		Evidence  *EvidenceRequest   `json:"evidence,omitempty"`
		Signers   []ledger.Signer    `json:"signed_by,omitempty" validate:"max=4,dive,signer"`
	}

	// ActsRequest declares acts.
	ActsRequest struct {
		Volunteer ledger.VolunteerID `json:"volunteer" validate:"volunteer_number"`
		Code      ledger.Code        `json:"code" validate:"code"`
		Quantity  int64              `json:"quantity" validate:"quantity"`
		On        string             `json:"on" validate:"date"`
		Sheet     string             `json:"sheet,omitempty" validate:"omitempty,sheet"`
		Evidence  *EvidenceRequest   `json:"evidence,omitempty"`
		About     ledger.VolunteerID `json:"about,omitempty" validate:"omitempty,volunteer_number"`
	}

	// EvidenceRequest names a file that stays outside the book.
	EvidenceRequest struct {
		SHA256 string `json:"sha256" validate:"sha256"`
		Size   int64  `json:"size" validate:"positive"`
	}

	// OpeningRequest declares points of the time before the book.
	OpeningRequest struct {
		Volunteer ledger.VolunteerID `json:"volunteer" validate:"volunteer_number"`
		Points    string             `json:"points" validate:"points"`
		Expires   string             `json:"expires,omitempty" validate:"omitempty,date"`
	}

	// ApprovalRequest approves what was declared. Seen says that the reviewer looked at what the record is queried for.
	ApprovalRequest struct {
		Record ledger.Index `json:"record" validate:"index"`
		Seen   bool         `json:"seen,omitempty"`
	}

	// ReturnedRecordRequest sends back what was declared.
	ReturnedRecordRequest struct {
		Record ledger.Index  `json:"record" validate:"index"`
		Reason ledger.Reason `json:"reason" validate:"reason"`
	}

	// HoldRequest sets goods and points aside.
	HoldRequest struct {
		Volunteer ledger.VolunteerID `json:"volunteer" validate:"volunteer_number"`
		Shop      ledger.ShopID      `json:"shop" validate:"shop_code"`
		Lines     []LineRequest      `json:"lines" validate:"min=1,max=50,dive"`
		Until     string             `json:"until,omitempty" validate:"omitempty,date"`
	}

	// ReleaseRequest gives a hold free.
	ReleaseRequest struct {
		Hold   ledger.Index  `json:"hold" validate:"index"`
		Reason ledger.Reason `json:"reason" validate:"reason"`
	}

	// DonationRequest puts goods that came on a shelf.
	DonationRequest struct {
		Shop       ledger.ShopID      `json:"shop" validate:"shop_code"`
		Donor      ledger.DonorID     `json:"donor" validate:"donor_code"`
		Lines      []LineRequest      `json:"lines" validate:"min=1,max=50,dive"`
		BestBefore string             `json:"best_before,omitempty" validate:"omitempty,date"`
		Note       string             `json:"note,omitempty" validate:"omitempty,sheet"`
		Source     ledger.GoodsSource `json:"source,omitempty" validate:"omitempty,source"`
		Only       ledger.Restriction `json:"only,omitempty" validate:"omitempty,restriction"`
		Terms      []TermRequest      `json:"terms,omitempty" validate:"max=50,dive"`
	}

	// TermRequest is what the delivery note says of an item.
	TermRequest struct {
		Item  ledger.Commodity `json:"item" validate:"item_code"`
		Fen   ledger.Amount    `json:"fen,omitempty" validate:"omitempty,fen"`
		Noted ledger.Amount    `json:"noted,omitempty" validate:"omitempty,pieces"`
	}

	// TransferRequest gives points to somebody.
	TransferRequest struct {
		From   ledger.VolunteerID `json:"from" validate:"volunteer_number"`
		To     ledger.VolunteerID `json:"to" validate:"volunteer_number"`
		Points string             `json:"points" validate:"points"`
	}

	// ConsentRequest says whether a volunteer agrees to be named in public.
	ConsentRequest struct {
		Volunteer ledger.VolunteerID `json:"volunteer" validate:"volunteer_number"`
		Publish   bool               `json:"publish"`
	}
)

// writeRow is one noun under /v1 that is written to.
type writeRow struct {
	noun    string
	says    string                             // in one sentence
	fresh   func() any                         // an empty request
	action  func(request any) ledger.Action    // what a request asks for
	request func(do ledger.Action) (any, bool) // the request that asks for an action; false where the row is about another
	own     bool                               // volunteers ask for it, too
}

// byVolunteers lets volunteers ask for what a row is about.
func (row writeRow) byVolunteers() writeRow {
	row.own = true
	return row
}

// who is the audience of a row.
func (row writeRow) who() who {
	if row.own {
		return own(writers()...)
	}
	return staff(writers()...)
}

// write makes a row of the two ways of reading it.
func write[Q any, A ledger.Action](noun, says string, action func(*Q) A, request func(A) *Q) writeRow {
	return writeRow{
		noun: noun, says: says, fresh: func() any { return new(Q) },
		action: func(request any) ledger.Action {
			q, ok := request.(*Q)
			if !ok {
				return nil
			}
			return action(q)
		},
		request: func(do ledger.Action) (any, bool) {
			a, ok := do.(A)
			if !ok {
				return nil, false
			}
			return request(a), true
		},
	}
}

// writeRows is everything that can be written over HTTP.
func writeRows() []writeRow {
	return []writeRow{
		write("redemptions", "Hand out goods for points.", (*RedemptionRequest).action, newRedemptionRequest),
		write("returns", "Take goods back.", func(q *ReturnRequest) *ledger.Return {
			return &ledger.Return{Redemption: q.Redemption, Lines: itemLines(q.Lines), Reason: q.Reason}
		}, func(a *ledger.Return) *ReturnRequest {
			return &ReturnRequest{a.Redemption, lineRequests(a.Lines), a.Reason}
		}),
		write("undos", "Take back an exchange that was just made.", func(q *UndoRequest) *ledger.Undo { return &ledger.Undo{Redemption: q.Redemption} },
			func(a *ledger.Undo) *UndoRequest { return &UndoRequest{a.Redemption} }),
		write("reversals", "Reverse an entry.", func(q *ReversalRequest) *ledger.Reverse {
			return &ledger.Reverse{Entry: q.Entry, Reason: q.Reason}
		}, func(a *ledger.Reverse) *ReversalRequest { return &ReversalRequest{a.Entry, a.Reason} }),
		write("records/hours", "Declare hours of service.", (*HoursRequest).action, newHoursRequest),
		write("records/acts", "Declare acts.", (*ActsRequest).action, newActsRequest),
		write("records/openings", "Declare points of the time before the book.", func(q *OpeningRequest) *ledger.DeclareOpening {
			return &ledger.DeclareOpening{Volunteer: q.Volunteer, Points: pointsOf(q.Points), Expires: dayOf(q.Expires)}
		}, func(a *ledger.DeclareOpening) *OpeningRequest {
			return &OpeningRequest{a.Volunteer, ledger.FormatPoints(a.Points), a.Expires.String()}
		}),
		write("approvals", "Approve what was declared.", func(q *ApprovalRequest) *ledger.Approve { return &ledger.Approve{Record: q.Record, Seen: q.Seen} },
			func(a *ledger.Approve) *ApprovalRequest { return &ApprovalRequest{a.Record, a.Seen} }),
		write("returned-records", "Send back what was declared.", func(q *ReturnedRecordRequest) *ledger.ReturnRecord {
			return &ledger.ReturnRecord{Record: q.Record, Reason: q.Reason}
		}, func(a *ledger.ReturnRecord) *ReturnedRecordRequest { return &ReturnedRecordRequest{a.Record, a.Reason} }),
		write("holds", "Set goods and points aside.", func(q *HoldRequest) *ledger.Hold {
			return &ledger.Hold{Volunteer: q.Volunteer, Shop: q.Shop, Lines: itemLines(q.Lines), Until: dayOf(q.Until)}
		}, func(a *ledger.Hold) *HoldRequest {
			return &HoldRequest{a.Volunteer, a.Shop, lineRequests(a.Lines), a.Until.String()}
		}),
		write("releases", "Give a hold free.", func(q *ReleaseRequest) *ledger.Release { return &ledger.Release{Hold: q.Hold, Reason: q.Reason} },
			func(a *ledger.Release) *ReleaseRequest { return &ReleaseRequest{a.Hold, a.Reason} }),
		write("donations", "Receive goods.", (*DonationRequest).action, newDonationRequest),
		write("transfers", "Give points to somebody.", func(q *TransferRequest) *ledger.Transfer {
			return &ledger.Transfer{From: q.From, To: q.To, Points: pointsOf(q.Points)}
		}, func(a *ledger.Transfer) *TransferRequest {
			return &TransferRequest{a.From, a.To, ledger.FormatPoints(a.Points)}
		}),
		write("consents", "Keep whether a volunteer agrees to be named in public; they say it themselves, or their guardian does.",
			func(q *ConsentRequest) *ledger.SetConsent {
				return &ledger.SetConsent{Volunteer: q.Volunteer, Publish: q.Publish}
			},
			func(a *ledger.SetConsent) *ConsentRequest { return &ConsentRequest{a.Volunteer, a.Publish} }).byVolunteers(),
	}
}

func (q *RedemptionRequest) action() *ledger.Redeem {
	return &ledger.Redeem{
		Volunteer: q.Volunteer, Shop: q.Shop, Lines: itemLines(q.Lines), Presence: q.Presence, Proxy: q.Proxy, PIN: q.PIN != "", Slip: q.Slip,
		Voucher: q.Voucher, Happened: dayOf(q.Happened), Checked: q.Checked,
	}
}

func newRedemptionRequest(a *ledger.Redeem) *RedemptionRequest {
	return &RedemptionRequest{
		Volunteer: a.Volunteer, Shop: a.Shop, Lines: lineRequests(a.Lines), Presence: a.Presence, Proxy: a.Proxy, Slip: a.Slip,
		Voucher: a.Voucher, Happened: a.Happened.String(), Checked: a.Checked,
	}
}

func (q *HoursRequest) action() *ledger.DeclareHours {
	return &ledger.DeclareHours{
		Volunteer: q.Volunteer, Activity: q.Activity, Start: startOf(q.Start), Minutes: q.Minutes, Capture: q.Capture, Sheet: q.Sheet,
		Request: q.Request, Session: q.Session, Evidence: q.Evidence.evidence(), Signers: q.Signers,
	}
}

func newHoursRequest(a *ledger.DeclareHours) *HoursRequest {
	q := &HoursRequest{
		Volunteer: a.Volunteer, Activity: a.Activity, Minutes: a.Minutes, Capture: a.Capture, Sheet: a.Sheet,
		Request: a.Request, Session: a.Session, Evidence: newEvidenceRequest(a.Evidence), Signers: a.Signers,
	}
	if a.Start != 0 {
		q.Start = a.Start.String()
	}
	return q
}

func (q *ActsRequest) action() *ledger.DeclareActs {
	return &ledger.DeclareActs{
		Volunteer: q.Volunteer, Code: q.Code, Quantity: q.Quantity, On: dayOf(q.On), Sheet: q.Sheet, Evidence: q.Evidence.evidence(), About: q.About,
	}
}

func newActsRequest(a *ledger.DeclareActs) *ActsRequest {
	return &ActsRequest{a.Volunteer, a.Code, a.Quantity, a.On.String(), a.Sheet, newEvidenceRequest(a.Evidence), a.About}
}

func (q *EvidenceRequest) evidence() ledger.Evidence {
	if q == nil {
		return ledger.Evidence{}
	}
	return ledger.Evidence(*q)
}

func newEvidenceRequest(e ledger.Evidence) *EvidenceRequest {
	if e == (ledger.Evidence{}) {
		return nil
	}
	return &EvidenceRequest{e.SHA256, e.Size}
}

func (q *DonationRequest) action() *ledger.Receive {
	do := &ledger.Receive{
		Shop: q.Shop, Donor: q.Donor, Lines: itemLines(q.Lines), BestBefore: dayOf(q.BestBefore),
		ReceiptTerms: ledger.ReceiptTerms{Note: q.Note, Source: q.Source, Only: q.Only},
	}
	for _, t := range q.Terms {
		do.Terms = append(do.Terms, ledger.ReceiptTerm(t))
	}
	return do
}

func newDonationRequest(a *ledger.Receive) *DonationRequest {
	q := &DonationRequest{
		Shop: a.Shop, Donor: a.Donor, Lines: lineRequests(a.Lines), BestBefore: a.BestBefore.String(), Note: a.Note, Source: a.Source, Only: a.Only,
	}
	for _, t := range a.Terms {
		q.Terms = append(q.Terms, TermRequest(t))
	}
	return q
}

func itemLines(lines []LineRequest) []ledger.ItemLine {
	var out []ledger.ItemLine
	for _, l := range lines {
		out = append(out, ledger.ItemLine(l))
	}
	return out
}

func lineRequests(lines []ledger.ItemLine) []LineRequest {
	var out []LineRequest
	for _, l := range lines {
		out = append(out, LineRequest(l))
	}
	return out
}

// dayOf, startOf and pointsOf read what the validator let through; nothing is zero.
func dayOf(s string) ledger.Date {
	d, err := ledger.ParseDate(s)
	if err != nil {
		return 0
	}
	return d
}

func startOf(s string) ledger.Start {
	v, err := ledger.ParseStart(s)
	if err != nil {
		return 0
	}
	return v
}

func pointsOf(s string) ledger.Amount {
	a, err := ledger.ParsePoints(s)
	if err != nil {
		return 0
	}
	return a
}
