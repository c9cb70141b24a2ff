package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"html/template"
	"io"
	"maps"
	"strings"

	"github.com/spf13/cobra"

	"aixin/api/catalog"
	"aixin/api/web"
	"aixin/ledger"
	"aixin/ledger/report"
	"aixin/store/registry"
)

// This file makes cards. The text of a card is shown and printed once: the book has its hash, the registry a keyed one.

func (a *app) cardCmd() *cobra.Command {
	return a.parent("card", "card", a.cardIssueCmd(), a.cardVoidCmd(), a.cardSheetCmd())
}

func (a *app) cardIssueCmd() *cobra.Command {
	return a.writes(a.command("card_issue", "issue VOLUNTEER", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error {
			row, err := w.issueCard(ctx, ledger.VolunteerID(args[0]), w.key())
			if err != nil {
				return errors.Join(w.app.printReceipt(*row.Receipt, err), err)
			}
			return w.app.printVolunteer(row)
		})
	}))
}

// issueCard gives a volunteer a card, first in the book: a card that is only there was never printed, and the next one voids it.
func (w *writer) issueCard(ctx context.Context, id ledger.VolunteerID, key ledger.Key) (volunteerRow, error) {
	text := registry.NewCardText()
	c := ledger.Command{Key: key, Actor: w.actor, Do: &ledger.IssueCard{Volunteer: id, Card: cardHash(text)}}
	row := volunteerRow{Volunteer: id}
	before, stands, err := w.under(ctx, key)
	if err != nil {
		row.Receipt = new(w.app.unwritten(c, err))
		return row, err
	}
	if issued, ok := before.Body.(*ledger.IssueCard); ok && stands && issued.Volunteer == id {
		c.Do, text = issued, "" // it was cut off behind its entry: nobody can print that card any more
		w.app.complain("%s\n", w.app.say.T("cli.again"))
	}
	answer, err := w.do(ctx, c)
	row.Receipt = &answer
	if err != nil || w.app.opts.dryRun {
		return row, err
	}
	if text != "" {
		if err := w.people.SetCard(ctx, string(id), text); err != nil {
			return row, err
		}
		row.Card = text
	}
	return row, w.view(ctx, func(v ledger.View) error {
		now, err := v.Volunteer(id)
		row.Unit, row.Household, row.Status, row.Since = now.Unit, now.Household, now.Status, now.Since
		return err
	})
}

// cardOf returns whose a card is. A card that the book knows is good until the book says otherwise; one of before the book knew
// cards, until its owner has another.
func (w *writer) cardOf(ctx context.Context, text string) (id ledger.VolunteerID, err error) {
	err = w.view(ctx, func(v ledger.View) error {
		id, err = v.HolderOf(cardHash(text), func() (ledger.VolunteerID, error) {
			found, err := w.people.FindByCard(ctx, text)
			return ledger.VolunteerID(found), err
		})
		return err
	})
	if isRejection(ledger.NotFound)(err) {
		err = registry.ErrNotFound
	}
	return id, err
}

// today is the day of the book as it stands.
func (w *writer) today(ctx context.Context) (on ledger.Date, err error) {
	err = w.view(ctx, func(v ledger.View) error {
		on = v.On()
		return nil
	})
	return on, err
}

// cardHash is what the book keeps of a card.
func cardHash(text string) ledger.Hash { return sha256.Sum256([]byte(strings.ToUpper(text))) }

func (a *app) cardVoidCmd() *cobra.Command {
	reason := string(ledger.LostCard)
	cmd := a.writes(a.command("card_void", "void VOLUNTEER [--reason REASON]", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error {
			id := ledger.VolunteerID(args[0])
			err := w.submit(ctx, &ledger.VoidCard{Volunteer: id, Reason: ledger.Reason(reason)})
			if err != nil || w.app.opts.dryRun {
				return err
			}
			var now ledger.Volunteer
			if err := w.view(ctx, func(v ledger.View) (err error) { now, err = v.Volunteer(id); return err }); err != nil {
				return err
			}
			if now.Card != (ledger.Hash{}) {
				return nil // it was voided before, and there is a new one since
			}
			return w.people.SetCard(ctx, args[0], registry.NewCardText()) // nobody signs in with it either
		})
	}))
	cmd.Flags().StringVar(&reason, "reason", reason, a.reasonHelp())
	return cmd
}

// cardFace is a card on paper.
type cardFace struct {
	Volunteer ledger.VolunteerID `json:"volunteer"`
	Name      string             `json:"name,omitempty"`
	Card      string             `json:"card,omitempty"`
	Code      web.Code           `json:"-"`
}

func (a *app) cardSheetCmd() *cobra.Command {
	var unit string
	var names bool
	cmd := a.imports(a.command("card_sheet", "sheet --unit UNIT [--names] -o cards.html", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		if err := required(cmd, "unit"); err != nil {
			return err
		}
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error { return w.cardSheet(ctx, ledger.UnitID(unit), names) })
	}))
	cmd.Flags().StringVar(&unit, "unit", "", a.say.T("cli.flag.unit"))
	cmd.Flags().BoolVar(&names, "names", false, a.say.T("cli.flag.full_names"))
	return cmd
}

// cardSheet issues a card to everybody of a unit, and of those below it, who has none, and prints them all: after that no one can. What
// was issued before a fault is printed too.
func (w *writer) cardSheet(ctx context.Context, unit ledger.UnitID, names bool) error {
	without, err := w.cardless(ctx, unit)
	if err != nil {
		return err
	}
	none := func() string { return w.app.say.T("cli.card.none") + "\n" }
	page := w.app.opts.format == "html" // one without a card is not worth a file, at a server either
	if len(without) == 0 && page {
		w.app.complain("%s", none())
		return nil
	}
	if len(without) == 0 {
		return w.app.show(result{json: []cardFace{}, table: w.app.table("volunteer", "name", "card"), text: none})
	}
	if err := w.app.reserve(); err != nil {
		return err
	}
	full := names && !w.app.opts.dryRun
	faces, failed := w.issueCards(ctx, without, names)
	failed = errors.Join(failed, w.nameCards(context.WithoutCancel(ctx), faces, full))
	if len(faces) == 0 && (failed != nil || page) {
		return errors.Join(failed, w.app.unreserve())
	}
	t := w.app.table("volunteer", "name", "card")
	again := result{text: func() string { return "" }}
	given := make([]cardFace, 0, len(faces))
	for _, f := range faces {
		t.add(string(f.Volunteer), f.Name, f.Card)
		given = append(given, cardFace{Volunteer: f.Volunteer})
	}
	again.json = given
	return errors.Join(failed, w.app.show(result{
		json: faces, table: t, html: func(to io.Writer) error { return cardPage(to, w.app.say, w.app.mark(), faces) }, again: &again,
	}))
}

// cardless lists who of a unit, and of those below it, has no card.
func (w *writer) cardless(ctx context.Context, unit ledger.UnitID) (without []ledger.VolunteerID, err error) {
	err = w.view(ctx, func(v ledger.View) error {
		scope, err := report.ScopeOf(v, unit)
		if err != nil {
			return err
		}
		for who, err := range v.Volunteers() {
			if err != nil {
				return err
			}
			if scope.Has(who.Unit) && who.Status == ledger.Active && who.Card == (ledger.Hash{}) {
				without = append(without, who.Volunteer)
			}
		}
		return nil
	})
	return without, err
}

// issueCards gives each a card. One that was issued comes back whatever else failed: it is to be on the sheet.
func (w *writer) issueCards(ctx context.Context, ids []ledger.VolunteerID, names bool) ([]cardFace, error) {
	young := "cli.card.young"
	if w.app.opts.dryRun { // nobody was asked
		young = "cli.card.young_tried"
	}
	faces := []cardFace{}
	for _, id := range ids {
		face := cardFace{Volunteer: id}
		if names {
			name, waits, err := w.youngName(ctx, id)
			if err != nil {
				return faces, err
			}
			if waits {
				w.app.complain("%s\n", w.app.say.T(young, catalog.Data{"Volunteer": string(id), "Actor": string(w.actor)}))
				continue
			}
			face.Name = name
		}
		row, err := w.issueCard(ctx, id, newKey())
		if isRejection(ledger.SelfService)(err) {
			w.app.complain("%s: %s\n", id, row.Receipt.Problem.Title)
			continue // somebody else gives the steward theirs
		}
		if err != nil {
			return faces, err
		}
		if face.Card = row.Card; row.Card != "" {
			face.Code, err = web.NewCode(row.Card)
		}
		faces = append(faces, face)
		if err != nil {
			return faces, err
		}
	}
	return faces, nil
}

// youngName is the full name of a minor who is to be given a card, and reports whether another person has to agree to that first, which it asks for.
// A card is issued once: printed before with the masked name, it would bear that for good. Who may not issue the card asks for nothing, and who
// only tries it neither, and sees no name.
func (w *writer) youngName(ctx context.Context, id ledger.VolunteerID) (name string, waits bool, err error) {
	young := false
	err = w.view(ctx, func(v ledger.View) error {
		who, err := v.Volunteer(id)
		young = who.Young(v.On())
		return err
	})
	if err != nil || !young {
		return "", false, err
	}
	c := ledger.Command{Key: newKey(), Actor: w.actor, Do: &ledger.IssueCard{Volunteer: id, Card: cardHash(registry.NewCardText())}}
	if _, refused := w.ledger.DryRun(ctx, c); refused != nil {
		return "", false, nil //nolint:nilerr // issuing it says so
	}
	if w.app.opts.dryRun {
		agreed, err := w.people.Agreed(ctx, w.cardLook(), string(id))
		return "", !agreed, err
	}
	p, err := w.people.GetYoungAmong(ctx, w.cardLook(), string(id))
	if is(registry.ErrSecondPerson)(err) {
		return "", true, nil
	}
	return p.Name, false, err
}

// cardLook is why names are looked up in full.
func (w *writer) cardLook() registry.Purpose {
	return registry.Purpose{Actor: string(w.actor), Reason: "cards are printed"}
}

// nameCards writes the masked names on cards; the full ones are looked up with who and why, of those alone who were given a card.
func (w *writer) nameCards(ctx context.Context, faces []cardFace, full bool) error {
	var ids []string
	for _, f := range faces {
		if f.Name == "" { // a minor's was looked up before the card
			ids = append(ids, string(f.Volunteer))
		}
	}
	masked, err := w.people.Masked(ctx, ids...)
	names := map[string]string{}
	for id, m := range masked {
		names[id] = m.Name
	}
	if err == nil && full && len(ids) > 0 {
		var called map[string]string
		called, err = w.fullNames(ctx, w.cardLook(), ids...)
		maps.Copy(names, called)
	}
	for i, f := range faces {
		if f.Name == "" {
			faces[i].Name = names[string(f.Volunteer)]
		}
	}
	return err
}

// cardPage is a sheet of A4 with ten cards of the size of a bank card on a page. Those of a demo book say so, each: they are cut apart.
func cardPage(w io.Writer, say *catalog.Localizer, mark string, faces []cardFace) error {
	return cardTemplate.Execute(w, map[string]any{
		"Lang": say.Lang(), "Title": say.T("cli.card.title"), "Lost": say.T("cli.card.lost"), "Mark": strings.TrimSpace(mark), "Faces": faces,
	})
}

var cardTemplate = template.Must(template.New("cards").Parse(`<!doctype html>
<html lang="{{.Lang}}"><meta charset="utf-8"><title>{{.Title}}</title>
<style>
@page { size: A4; margin: 10mm }
body { margin: 0; font: 4mm sans-serif }
.card { box-sizing: border-box; display: inline-block; width: 85.6mm; height: 54mm; margin: 0 2mm 1mm 0; padding: 3mm;
  border: .2mm dashed #888; vertical-align: top; break-inside: avoid }
.card svg { float: right; width: 34mm; height: 34mm }
.card b { display: block; font-size: 5mm; margin: 2mm 0 }
.card small { display: block; clear: both; font-size: 2.6mm }
</style>
{{range .Faces}}<div class="card"><svg viewBox="0 0 {{.Code.Side}} {{.Code.Side}}" role="img" shape-rendering="crispEdges"><path d="{{.Code.Path}}"/></svg>
{{$.Title}}{{with $.Mark}} {{.}}{{end}}<b>{{.Name}}</b>{{.Volunteer}}<small>{{$.Lost}}</small></div>
{{end}}</html>
`))
