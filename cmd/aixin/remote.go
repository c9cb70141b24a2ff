package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/proof"
	"aixin/store/registry"
)

// This file is the book at the other end of a network: --book names a server instead of a directory.

// servedToo marks a command that works at a server too.
const servedToo = "served"

// overURL lets --book of a command be the address of a server.
func (a *app) overURL(cmd *cobra.Command) *cobra.Command {
	cmd.Annotations = map[string]string{servedToo: ""}
	return cmd
}

// address reports whether --book is the address of a server.
func address(book string) bool { return strings.Contains(book, "://") }

// atServer reports whether the book is at a server.
func (a *app) atServer() bool { return address(a.opts.book) }

// dial signs the actor in at the server.
func (a *app) dial(ctx context.Context, actor ledger.StaffID, pin string) (*api.Client, error) {
	o := api.ClientOptions{Number: string(actor), PIN: pin, Lang: a.opts.lang}
	if actor == "" {
		o.Key = a.env("AIXIN_SYSTEM_KEY")
	}
	client, err := api.NewClient(a.opts.book, o)
	if err != nil {
		return nil, err
	}
	info, err := client.Book(ctx)
	if err != nil {
		return nil, err
	}
	a.demo = info.Demo
	return client, client.SignIn(ctx)
}

// hangUp ends the session. Where it cannot, it ends by itself: nobody has to know.
func (a *app) hangUp(ctx context.Context, client *api.Client) {
	if err := client.SignOut(context.WithoutCancel(ctx)); err != nil {
		a.log().Debug("cannot sign out", slog.Any("error", err))
	}
}

// writeServer signs the actor in and lets f write.
func (a *app) writeServer(ctx context.Context, f func(context.Context, *writer) error) error {
	client, err := a.signedIn(ctx)
	if err != nil {
		return err
	}
	defer a.hangUp(ctx, client)
	return f(ctx, &writer{app: a, book: client, server: client, actor: ledger.StaffID(a.opts.actor)})
}

// readServer signs the actor in, lets f find something out, and prints it.
func (a *app) readServer(ctx context.Context, f func(context.Context, *api.Client) (result, error)) error {
	client, err := a.signedIn(ctx)
	if err != nil {
		return err
	}
	defer a.hangUp(ctx, client)
	r, err := f(ctx, client)
	if err != nil {
		return err
	}
	if r.basis, err = a.serverBasis(ctx, client, r.upTo); err != nil {
		return err
	}
	return a.show(r)
}

// serverBasis says above the table of a page of which book it is, up to which entry where the answer says that, and what the server has
// signed: its head comes some seconds after its entries.
func (a *app) serverBasis(ctx context.Context, client *api.Client, upTo ledger.Index) (string, error) {
	if a.opts.format != "html" {
		return "", nil
	}
	info, err := client.Book(ctx)
	if err != nil {
		return "", err
	}
	keys, err := proof.ParseKeys(strings.Join(info.PublicKeys, "\n"))
	if err != nil {
		return "", err
	}
	note, err := client.Checkpoint(ctx)
	if err != nil {
		return "", err
	}
	head, err := proof.OpenCheckpoint(note, info.Origin, keys)
	if err != nil {
		return "", err
	}
	return strings.TrimLeft(strings.TrimSpace(a.mark())+" ", " ") + a.say.T("cli.page.served", catalog.Data{
		"Origin": info.Origin, "Server": a.opts.book, "At": a.clock().UTC().Format(time.RFC3339), "Index": int64(head.Size - 1), "Root": head.Root.String(),
		"On": a.moment().On.String(), "UpTo": int64(max(0, upTo)),
	}), nil
}

// moment is the moment that --as-of and --known-at name.
func (a *app) moment() ledger.AsOf {
	at := ledger.AsOf{On: a.opts.asOf}
	if a.opts.knownAt.set {
		at.Size = a.opts.knownAt.index + 1
	}
	return at
}

// redeemAtServer carries out a redemption and prints its receipt. The server knows who was there by what they showed.
func (w *writer) redeemAtServer(ctx context.Context, do *ledger.Redeem, who string, came came) error {
	shown := api.Shown{PIN: w.app.env("AIXIN_CARD_PIN")}
	if registry.IsCard(strings.ToUpper(who)) {
		shown.Card, do.Presence = who, ledger.ByCard
	} else if id, by, err := w.volunteer(ctx, who); err == nil {
		do.Volunteer, do.Presence = id, by
	} else {
		return err
	}
	do.Presence, do.PIN = came.presence(do.Presence), shown.PIN != ""
	w.book = w.server.Showing(shown)
	answer, err := w.do(ctx, ledger.Command{Key: w.key(), Actor: w.actor, Do: do})
	if err != nil || answer.Index == nil || do.Voucher != 0 {
		return errors.Join(w.app.printReceipt(answer, err), err)
	}
	holder := do.Volunteer
	if e, err := ledger.ParseLine([]byte(answer.Line)); err == nil { // of a card that the server alone knows
		if sold, ok := e.Sold(); ok {
			holder = sold.Volunteer
		}
	}
	next := ""
	// The goods are out: that the next day of expiry cannot be told is no error of theirs.
	if b, err := w.server.Balance(ctx, holder, ledger.AsOf{}); err == nil {
		next = w.app.nextExpiry(b)
	}
	return w.app.show(result{
		json: answer, table: w.app.receiptTable(answer), text: func() string { return w.app.receiptText(answer) + next },
	})
}

// nextExpiry says on which day the next points lapse.
func (a *app) nextExpiry(b api.Balance) string {
	if b.Next == nil {
		return ""
	}
	return a.say.T("cli.receipt.next_expiry", catalog.Data{"Points": b.Next.Points.String(), "Date": b.Next.Expires.String()}) + "\n"
}
