package sheet

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"aixin/ledger"
)

// CheckRule reads a rule and lets the ledger say whether its numbers make sense, without a book. The error is a *FileError, or a
// *ledger.Invalid whose fields begin with the line of the file.
func CheckRule(r io.Reader) (ledger.Rule, error) {
	b, err := io.ReadAll(io.LimitReader(r, MaxConfig+1))
	if err != nil {
		return ledger.Rule{}, fmt.Errorf("rule: read: %w", err)
	}
	rule, err := ReadRule(bytes.NewReader(b))
	if err != nil {
		return rule, err
	}
	faults := rule.Faults()
	if len(faults) == 0 {
		return rule, nil
	}
	for i, f := range faults {
		if line := lineOf(string(b), f.Field); line > 0 {
			faults[i].Field = fmt.Sprintf("%d: %s", line, f.Field)
		}
	}
	return rule, &ledger.Invalid{Fields: faults}
}

// lineOf returns the line of a TOML text where a member such as "rates[1].points" or "terms.until" stands, or else that of its
// table; 0 where it does not stand there, since it is missing. The text is TOML that was read.
func lineOf(text, member string) int {
	member = regexp.MustCompile(`\.([a-z_]+)\[[0-9]+\]$|^([a-z_]+)\[[0-9]+\]$`).ReplaceAllString(member, ".$1$2") // an element stands on its list's line
	member = strings.TrimPrefix(member, ".")
	header := regexp.MustCompile(`^\s*(\[\[?)\s*([a-z_.]+)\s*\]\]?`)
	key := regexp.MustCompile(`^\s*([a-z_]+)\s*=`)
	table, nearest, n := "", 0, 0
	count := map[string]int{}
	for line := range strings.Lines(text) {
		n++
		if m := header.FindStringSubmatch(line); m != nil {
			table = m[2] + "."
			if m[1] == "[[" {
				table = m[2] + "[" + strconv.Itoa(count[m[2]]) + "]."
				count[m[2]]++
			}
			if strings.HasPrefix(member, table) {
				nearest = n
			}
		} else if m := key.FindStringSubmatch(line); m != nil {
			switch {
			case table+m[1] == member:
				return n
			case strings.HasPrefix(member, table+m[1]+"."):
				nearest = n // a table that is written in one line
			}
		}
	}
	return nearest
}

// RuleChange is one member that two rules have otherwise. What is not there is empty.
type RuleChange struct {
	Member string `json:"member"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// DiffRules lists what differs between two rules, in the order of the members' names. Elements of a list of tables are named by
// their code, so that another order is no difference.
func DiffRules(before, after ledger.Rule) ([]RuleChange, error) {
	was, err := members(before)
	if err != nil {
		return nil, err
	}
	is, err := members(after)
	if err != nil {
		return nil, err
	}
	all := maps.Clone(was)
	maps.Copy(all, is)
	changes := []RuleChange{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if was[name] != is[name] {
			changes = append(changes, RuleChange{name, was[name], is[name]})
		}
	}
	return changes, nil
}

// members returns every member of a rule by its name, as its file writes it.
func members(rule ledger.Rule) (map[string]string, error) {
	var b bytes.Buffer
	if err := WriteRule(&b, rule); err != nil {
		return nil, err
	}
	var tree map[string]any
	if err := toml.Unmarshal(b.Bytes(), &tree); err != nil {
		return nil, fmt.Errorf("rule %s: %w", rule.Name(), err)
	}
	out := map[string]string{}
	flatten(out, "", tree)
	return out, nil
}

// elementName names an element of a list by what tells it from the others, else by its place.
func elementName(table map[string]any, i int) string {
	var name []string
	for _, member := range []string{"code", "activity", "of", "per", "by"} {
		if s, ok := table[member].(string); ok {
			name = append(name, s)
		}
	}
	if len(name) == 0 {
		return strconv.Itoa(i)
	}
	return strings.Join(name, " ")
}

func flatten(out map[string]string, at string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for k, member := range v {
			flatten(out, strings.TrimPrefix(at+"."+k, "."), member)
		}
	case []any:
		var plain []string
		for i, element := range v {
			table, ok := element.(map[string]any)
			if !ok {
				plain = append(plain, fmt.Sprint(element))
				continue
			}
			flatten(out, at+"["+elementName(table, i)+"]", table)
		}
		if len(plain) > 0 {
			out[at] = strings.Join(plain, " ")
		}
	default:
		out[at] = fmt.Sprint(v)
	}
}
