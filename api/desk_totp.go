package api

import (
	"errors"
	"slices"

	"aixin/api/catalog"
	"aixin/api/web"
	"aixin/ledger"
	"aixin/ledger/person"
)

const totpPath = "/desk/totp"

// totpPage is where somebody of the staff begins with one-time codes. Whoever has them already moves to another phone here, and types the code of
// the one before behind the PIN.
func totpPage() workPage {
	return workPage{
		name: "totp", path: totpPath, roles: TOTPRoles(), show: (*desk).totp,
		forms: []workForm{
			{name: "totp_begin", fields: func(d *desk) ([]web.Field, error) {
				return []web.Field{{Name: "pin", Kind: "password", Need: true, Label: d.say.T("web.sign_in.pin"), Hint: d.t("pin_hint")}}, nil
			}, run: (*desk).beginTOTP},
			{name: "totp_confirm", fields: func(d *desk) ([]web.Field, error) {
				return []web.Field{{Name: "totp_code", Kind: "text", Need: true, Hint: d.t("totp_code_hint")}}, nil
			}, run: (*desk).confirmTOTP},
		},
	}
}

func (d *desk) totp() error {
	has, err := d.People.HasTOTP(d.r.Context(), string(d.staff.Staff))
	if err != nil {
		return err
	}
	said := "totp_off"
	if has {
		said = "totp_on"
	}
	d.page.Sections = append([]web.WorkSection{{Text: []string{d.t(said)}}}, d.page.Sections...)
	shown := slices.ContainsFunc(d.page.Sections, func(s web.WorkSection) bool { return s.Code != nil })
	if !shown && d.posted != "totp_confirm" {
		return d.form("totp_begin") // there is nothing to confirm
	}
	return firstError(d.form("totp_confirm"), d.form("totp_begin"))
}

// beginTOTP shows a new secret, once: as a code to be scanned and as a text to be typed. Nothing of it counts before it is confirmed.
func (d *desk) beginTOTP(a *answers) error {
	id := string(d.staff.Staff)
	err := d.checkPIN(d.r, a.Get("pin"), func() (string, error) { return id, nil })
	if errors.Is(err, person.ErrWrongPIN) {
		err = &ledger.Invalid{Fields: []ledger.Fault{{Field: "pin", Code: "own_pin"}}}
	}
	if err != nil {
		return err
	}
	secret, address, err := d.People.NewTOTP(d.r.Context(), d.Book.Origin, id)
	if err != nil {
		return err
	}
	code, err := web.NewCode(address)
	if err != nil {
		return err
	}
	d.stay = true
	d.page.Sections = append(d.page.Sections, web.WorkSection{
		Heading: d.t("totp_shown"), Text: []string{d.t("totp_scan"), d.t("totp_type", catalog.Data{"Staff": id})}, Code: &code, Short: secret,
	})
	return nil
}

// confirmTOTP asks for codes from now on. Their other sessions end.
func (d *desk) confirmTOTP(a *answers) error {
	err := d.People.ConfirmTOTP(d.r.Context(), string(d.staff.Staff), tidy(a.Get("totp_code"), maxPIN))
	if as[*ledger.Invalid](err) {
		err = &ledger.Invalid{Fields: []ledger.Fault{{Field: "totp_code", Code: person.BadTOTP}}}
	}
	if err != nil {
		return err
	}
	if c, err := d.r.Cookie(clerkCookie); err == nil {
		d.sessions.endOthers(caller{staff: d.staff.Staff}, c.Value)
	}
	d.stay = true
	return nil
}
