package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"aixin/ledger"
)

// Run asks the server for a command, as Commands says.
func (c *Client) Run(ctx context.Context, call Call) (CommandAnswer, error) {
	command, ok := FindCommand(call.Name)
	switch {
	case !ok:
		return CommandAnswer{}, fmt.Errorf("%s: %w", call.Name, ErrNoPath)
	case command.Reads:
		return c.report(ctx, command, call)
	}
	if call.Name == totpCommand && len(call.Flags) == 0 { // whoever begins with codes shows again who they are
		call.PIN = c.opts.PIN
	}
	query := url.Values{}
	if call.DryRun {
		query.Set("dry_run", "true")
	}
	body, err := json.Marshal(command.members(call))
	if err != nil {
		return CommandAnswer{}, fmt.Errorf("ask %s: %w", c.base, err)
	}
	resp, err := c.post(ctx, command.Path, query, call.Key, body)
	if err != nil {
		return CommandAnswer{}, err
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	if resp.StatusCode >= http.StatusMultipleChoices {
		receipt, err := c.unwritten(resp)
		if receipt.Outcome == "" {
			return CommandAnswer{}, err
		}
		return CommandAnswer{Receipt: &receipt}, err
	}
	answer, err := readCommandAnswer(resp.Body)
	answer.Again = resp.Header.Get(replayedHeader) == "true"
	if answer.Problem == nil && err != nil {
		return answer, fmt.Errorf("%w: %s broke its answer off", ErrUnknown, c.base)
	}
	return answer, err
}

// members are what a command is called with, by the names that a server reads.
func (c Command) members(call Call) map[string]any {
	out := map[string]any{"form": call.Form}
	rest := call.Args
	for _, a := range c.Args {
		switch {
		case len(rest) == 0:
		case a.Many:
			out[a.Name], rest = rest, nil
		default:
			out[a.Name], rest = rest[0], rest[1:]
		}
	}
	for flag, value := range call.Flags {
		out[parameterOf(flag)] = value
	}
	if c.Files {
		out["files"] = call.Files
	}
	if c.PIN && call.PIN != "" {
		out["pin"] = call.PIN
	}
	return out
}

// report asks for what a command reads.
func (c *Client) report(ctx context.Context, command Command, call Call) (CommandAnswer, error) {
	q, path := moment(call.At), command.Path
	for name, value := range command.members(call) {
		word := fmt.Sprint(value)
		if in := "{" + name + "}"; strings.Contains(path, in) {
			path = strings.ReplaceAll(path, in, url.PathEscape(word))
		} else {
			q.Set(name, word)
		}
	}
	body, err := c.open(ctx, path, q)
	if err != nil {
		return CommandAnswer{}, err
	}
	defer body.Close() //nolint:errcheck // it was only read
	answer, err := readCommandAnswer(body)
	if answer.Problem == nil && err != nil {
		return answer, fmt.Errorf("%w: %s", ErrNoServer, c.base)
	}
	return answer, err
}

// readCommandAnswer reads what a command found. Its error is what is wrong with that, or with the answer where no problem says it.
func readCommandAnswer(body io.Reader) (CommandAnswer, error) {
	var wire struct {
		CommandAnswer
		Result json.RawMessage `json:"result"` // as it was written: numbers keep every digit
	}
	err := json.NewDecoder(io.LimitReader(body, maxCommandAnswer)).Decode(&wire)
	answer := wire.CommandAnswer
	if wire.Result != nil {
		answer.Result = wire.Result
	}
	if err == nil && answer.Problem != nil {
		err = answer.Problem.Err()
	}
	return answer, err
}

// maxCommandAnswer bounds the answer of a command: a list of everybody in a county.
const maxCommandAnswer = 256 << 20

// SubmitAll asks the server for many entries of one noun, up to a hundred. Each has its outcome; where the error wraps ErrUnknown nobody knows
// of any, and the same commands with the same keys say what became of each.
func (c *Client) SubmitAll(ctx context.Context, mode BulkMode, commands []ledger.Command) (Bulk, error) {
	return c.many(ctx, mode, commands, nil)
}

// SubmitGroup asks the server for all entries or none, as the store's does.
func (c *Client) SubmitGroup(ctx context.Context, commands []ledger.Command) ([]ledger.Receipt, error) {
	return c.group(ctx, commands, nil)
}

// DryRunGroup asks the server for the entries that the commands would become now.
func (c *Client) DryRunGroup(ctx context.Context, commands []ledger.Command) ([]ledger.Receipt, error) {
	return c.group(ctx, commands, url.Values{"dry_run": {"true"}})
}

// group reads the answers to a group back as receipts.
func (c *Client) group(ctx context.Context, commands []ledger.Command, query url.Values) ([]ledger.Receipt, error) {
	all, err := c.many(ctx, BulkAtomic, commands, query)
	if err != nil {
		return nil, err
	}
	out := make([]ledger.Receipt, len(all.Results))
	for i, answer := range all.Results {
		if answer.Line != "" {
			r, broken := answer.receipt(commands[i])
			if broken != nil {
				return nil, fmt.Errorf("%w: %s: %w", ErrUnknown, c.base, broken)
			}
			out[i] = r
		}
	}
	return out, groupErr(all.Results)
}

// groupErr is what is wrong with a group: of one of its commands, or of all, which are then told the same.
func groupErr(results []Receipt) (err error) {
	codes := map[string]bool{}
	for i, answer := range results {
		p := answer.Problem
		if p == nil {
			codes[""] = true
			continue
		}
		codes[p.Code] = true
		switch {
		case answer.Outcome == Unknown:
			return errors.Join(ErrUnknown, p.Err())
		case p.Code != "held_back" && p.Code != "not_tried" && err == nil:
			err = &ledger.GroupError{At: i, Err: p.Err()}
		}
	}
	if one, ok := errors.AsType[*ledger.GroupError](err); ok && len(codes) == 1 && is(ErrBusy, ErrStopped, ErrDiskFull, ErrClock)(one.Err) {
		return one.Err
	}
	return err
}

// many asks for entries of one noun in one request.
func (c *Client) many(ctx context.Context, mode BulkMode, commands []ledger.Command, query url.Values) (Bulk, error) {
	noun, body, err := c.askingAll(mode, commands)
	if err != nil || noun == "" {
		return Bulk{}, err
	}
	resp, err := c.post(ctx, "v1/bulk/"+noun, query, commands[0].Key, body)
	if err != nil {
		return Bulk{}, err
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	if resp.StatusCode >= http.StatusMultipleChoices {
		_, err := c.unwritten(resp)
		return Bulk{}, err
	}
	var out Bulk
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxBulkAnswer)).Decode(&out); err != nil || len(out.Results) != len(commands) {
		return Bulk{}, fmt.Errorf("%w: %s broke its answer off", ErrUnknown, c.base)
	}
	return out, nil
}

// askingAll finds the one noun and the body of the request for many actions; no noun for none.
func (c *Client) askingAll(mode BulkMode, commands []ledger.Command) (noun string, body []byte, err error) {
	type item struct {
		Key     ledger.Key      `json:"key"`
		Request json.RawMessage `json:"request"`
	}
	var items []item
	for i, cmd := range commands {
		one, body, err := c.asking(cmd.Do)
		if err != nil {
			return "", nil, err
		}
		if i > 0 && one != noun {
			return "", nil, fmt.Errorf("%T beside %s: %w", cmd.Do, noun, ErrNoPath)
		}
		noun, items = one, append(items, item{cmd.Key, body})
	}
	body, err = json.Marshal(map[string]any{"mode": mode, "items": items})
	return noun, body, err
}

// maxBulkAnswer bounds what a hundred writes are answered.
const maxBulkAnswer = 16 << 20
