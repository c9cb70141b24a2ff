package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"strings"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/store/registry"
)

// This file does once under a key what the book does not keep under it, or not all of it: a card, a number and a PIN are drawn each time. The
// registry keeps what was asked for and what a repeat is told, and it is one and the same whether the book lies here or is at a server.

// once is a call under such a key.
type once struct {
	call   api.Call
	told   api.CommandAnswer // what a repeat is told, in each form: nothing that is shown once
	undone bool              // nothing was shown but a refusal, or nothing at all
	idle   bool              // nothing was left to do
}

// afresh reports whether a repeat is carried out again: what it enters has keys of its own.
func (o *once) afresh() bool {
	return o.call.Name == "run" || strings.HasPrefix(o.call.Name, "import ")
}

// newOnce is a call that nothing came of yet.
func newOnce(call api.Call) *once { return &once{call: call, undone: true} }

// digest tells what is asked for by one call from what is asked for by another. In which form the answer is wanted belongs not to it.
func (o *once) digest() ([]byte, error) {
	text, err := json.Marshal([]any{o.call.Name, o.call.Args, o.call.Flags, o.call.Files})
	sum := sha256.Sum256(text)
	return sum[:], err
}

// before returns what a repeat is told, and whether the call was carried out to its end before.
func (o *once) before(ctx context.Context, people *registry.Registry, actor ledger.StaffID, say *catalog.Localizer) (told api.CommandAnswer, done bool, err error) {
	asked, err := o.digest()
	if err != nil {
		return told, false, err
	}
	done, kept, err := people.Ask(ctx, o.call.Key, string(actor), asked)
	if err != nil || !done || kept == nil {
		return told, done, err
	}
	err = json.Unmarshal(kept, &told)
	told.Again = true
	switch o.call.Form {
	case api.FormTable:
		told.Result, told.Text = nil, ""
	case api.FormJSON, api.FormLines:
		told.Table, told.Text = nil, ""
	case api.FormText, api.FormHTML:
		told.Result, told.Table, told.Text = nil, nil, told.Text+say.T("cli.again")+"\n"
	}
	return told, done, err
}

// after keeps what came of a call. What was refused leaves the key free; where something may have been done, whoever asks again under the
// key goes on with it.
func (o *once) after(ctx context.Context, people *registry.Registry, err error) error {
	late := context.WithoutCancel(ctx)
	if err == nil {
		kept, err := json.Marshal(o.told)
		return errors.Join(err, people.Answered(late, o.call.Key, kept))
	}
	if o.undone && api.Tells(err) && !isUnknown(err) {
		return people.Unask(late, o.call.Key)
	}
	return nil
}

// take keeps of what a command shows what a repeat is told.
func (o *once) take(a *app, r result) error {
	if receipt, ok := r.json.(api.Receipt); ok && receipt.Index == nil {
		return nil
	}
	o.undone, o.idle = false, r.idle
	if r.again != nil {
		r = *r.again
	}
	o.told.Result, o.told.Table = r.json, wireTable(r.asTable())
	var b strings.Builder
	if o.call.Form == api.FormHTML {
		err := a.render(&b, r)
		o.told.Text = b.String()
		return err
	}
	if r.text != nil {
		o.told.Text = r.text()
		return nil
	}
	err := r.table.writeText(&b)
	o.told.Text = b.String()
	return err
}

// once lets f write, once under the key of a call that the registry keeps; whoever asks again is told what was done.
func (w *writer) once(ctx context.Context, f func(context.Context, *writer) error) error {
	o := w.app.once
	if o == nil {
		return f(ctx, w)
	}
	told, done, err := o.before(ctx, w.people, w.actor, w.app.say)
	if err != nil {
		return err
	}
	if done && !o.afresh() {
		w.app.once = nil
		w.app.sayAgain(o.call)
		return w.app.showAnswer(o.call, o.call.Args, told, nil)
	}
	if err = f(ctx, w); err == nil {
		if done && o.idle {
			w.app.sayAgain(o.call)
		}
		return o.after(ctx, w.people, nil)
	}
	return errors.Join(err, o.after(ctx, w.people, w.app.tell(err)))
}

// sayAgain says that something was done before under the same key, beside an answer that does not say so itself.
func (a *app) sayAgain(call api.Call) {
	switch {
	case call.Name == "run":
		a.complain("%s\n", a.say.T("cli.run.again"))
	case call.Form != api.FormText && call.Form != api.FormHTML:
		a.complain("%s\n", a.say.T("cli.again"))
	}
}

// under returns the entry that stands under a key, where this actor asked for it.
func (w *writer) under(ctx context.Context, key ledger.Key) (e ledger.Entry, stands bool, err error) {
	err = w.view(ctx, func(v ledger.View) error {
		k, err := v.Key(key)
		if isRejection(ledger.NotFound)(err) {
			return nil
		}
		if err == nil {
			e, err = v.Entry(k.Index)
		}
		stands = err == nil && e.Actor == w.actor
		return err
	})
	return e, stands, err
}
