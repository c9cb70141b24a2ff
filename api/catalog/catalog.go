// Package catalog holds every sentence that people read, in Chinese and in English, so that code carries ids and no prose.
//
// Each part of the program keeps its sentences in a section of its own: ledger (refusals, faults and the names of kinds, roles
// and reasons), sheet, cli and web. A section is two files beside each other, NAME.zh.toml and NAME.en.toml, which have the
// same ids and the same placeholders; a test holds them together. A family of the ledger, or of commands, may have a section of
// its own (service, goods, …) that goes on with the tables of ledger and cli. An id is a table and a key: reject.overlap. No key
// may be one of the words that go-i18n reserves: id, description, hash, zero, one, two, few, many, other.
package catalog

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"strconv"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/language"

	"aixin/ledger"
)

// The languages. Chinese is the default.
const (
	Chinese = "zh"
	English = "en"
)

// Data fills the placeholders of a sentence by name. A member Count also chooses between the forms for one and for more.
type Data = map[string]any

//go:embed *.toml
var sections embed.FS

// Catalog holds the sentences of all sections in all languages. It never changes after Load.
type Catalog struct {
	bundle *i18n.Bundle
}

// Load reads the embedded sections.
func Load() (*Catalog, error) { return load("*.toml") }

// load reads the sections whose names are like that.
func load(pattern string) (*Catalog, error) {
	bundle := i18n.NewBundle(language.Chinese)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	names, err := fs.Glob(sections, pattern)
	if err != nil {
		return nil, fmt.Errorf("catalogs: %w", err)
	}
	for _, name := range names {
		if _, err := bundle.LoadMessageFileFS(sections, name); err != nil {
			return nil, fmt.Errorf("catalog %s: %w", name, err)
		}
	}
	return &Catalog{bundle}, nil
}

// In returns the sentences in the first of the languages that there is, Chinese where there is none. A language may be a tag
// such as "en" or "zh-CN", or the text of an Accept-Language header.
func (c *Catalog) In(languages ...string) *Localizer {
	return &Localizer{lang: match(languages), in: i18n.NewLocalizer(c.bundle, match(languages))}
}

// match reduces what a person or a browser asks for to one of the languages.
func match(languages []string) string {
	for _, l := range languages {
		tags, _, err := language.ParseAcceptLanguage(l)
		if err != nil {
			continue
		}
		for _, t := range tags {
			base, _ := t.Base()
			if s := base.String(); s == Chinese || s == English {
				return s
			}
		}
	}
	return Chinese
}

// New returns the sentences in one language, for a program that speaks to one person: the others are not read.
func New(lang string) (*Localizer, error) {
	of := match([]string{lang})
	c, err := load("*." + of + ".toml")
	if err != nil {
		return nil, err
	}
	return c.In(of), nil
}

// Localizer says sentences in one language. It may be used by many goroutines.
type Localizer struct {
	lang string
	in   *i18n.Localizer
}

// Lang returns the language, "zh" or "en".
func (l *Localizer) Lang() string { return l.lang }

// T returns the sentence with its placeholders filled. An id that no section has comes back as it is: whoever reads it still
// learns something, and the tests find it.
func (l *Localizer) T(id string, data ...Data) string {
	s, ok := l.find(id, data...)
	if !ok {
		return id
	}
	return s
}

// find reports false where no section has the id.
func (l *Localizer) find(id string, data ...Data) (string, bool) {
	merged := Data{}
	for _, d := range data {
		maps.Copy(merged, d)
	}
	config := &i18n.LocalizeConfig{MessageID: id, TemplateData: merged, TemplateParser: counting}
	if n, counted := merged["Count"]; counted {
		config.PluralCount = n
	}
	s, err := l.in.Localize(config)
	return s, err == nil
}

// counting reads sentences in which {{s .N}} is the s of an English plural: a sentence that counts two things has more forms than one Count chooses
// between.
var counting = parser{&template.TextParser{Funcs: map[string]any{"s": func(n any) string {
	if fmt.Sprint(n) == "1" {
		return ""
	}
	return "s"
}}}}

// parser keeps what it parsed: its functions are always the same.
type parser struct{ *template.TextParser }

// Cacheable reports that a sentence is parsed once.
func (parser) Cacheable() bool { return true }

// Rejection says why a command was refused.
func (l *Localizer) Rejection(r *ledger.Rejection) string {
	if _, err := strconv.ParseUint(r.Subject, 10, 64); err == nil && r.Reason == ledger.NotFound {
		return l.T("lacking.number", l.about(r)) // of an entry that may well be there, and is something else
	}
	return l.T("reject."+string(r.Reason), l.about(r))
}

// Hint says what a person can do after a refusal.
func (l *Localizer) Hint(r *ledger.Rejection) string {
	return l.T("hint."+string(r.Reason), l.about(r))
}

// PageHint says the same to somebody who has a page before them: it names pages where Hint names commands.
func (l *Localizer) PageHint(r *ledger.Rejection) string {
	if s, ok := l.find("page_hint."+string(r.Reason), l.about(r)); ok {
		return s
	}
	return l.Hint(r)
}

// Either says the first sentence where there is one, and else the second.
func (l *Localizer) Either(first, second string) string {
	if s, ok := l.find(first); ok {
		return s
	}
	return l.T(second)
}

// Find says a sentence where there is one.
func (l *Localizer) Find(id string) (said string, ok bool) { return l.find(id) }

// subjects are the lists in which the subject of a refusal stands, where it is no number of its own.
var subjects = map[ledger.RejectReason]string{
	ledger.NotPermitted:    "role",
	ledger.NotFound:        "lacking",
	ledger.RolesConflict:   "role",
	ledger.StatusUnchanged: "status",
	ledger.RecordClosed:    "record_state",
	ledger.NotReversible:   "kind",
	ledger.WrongState:      "request_state",
	ledger.PresenceNeeded:  "presence",
	ledger.CapReached:      "measure",
	ledger.Incomplete:      "missing",
	ledger.Unseen:          "query",
	ledger.AttendanceBars:  "standing",
}

// about writes a refusal's subject by its name and its amounts in the unit that its reason counts.
func (l *Localizer) about(r *ledger.Rejection) Data {
	subject := r.Subject
	if list := subjects[r.Reason]; list != "" {
		if name, ok := l.find(list + "." + subject); ok {
			subject = name
		}
	}
	if s, err := ledger.ParseStart(subject); err == nil {
		subject = s.Spaced()
	}
	have, want := fmt.Sprint(int64(r.Have)), fmt.Sprint(int64(r.Want))
	if r.InPoints() {
		have, want = ledger.FormatPoints(r.Have), ledger.FormatPoints(r.Want)
	}
	return Data{"Subject": subject, "Have": have, "Want": want}
}

// Fault says what is wrong with one field of a command, and what is wanted there.
func (l *Localizer) Fault(f ledger.Fault) string {
	return l.T("fault.field", Data{"Field": f.Field, "Want": l.T("fault." + f.Code)})
}

// Name returns the word for a value of one of the ledger's closed lists: Name("kind", ledger.Redeemed).
func Name[V ~string](l *Localizer, list string, v V) string {
	return l.T(list + "." + string(v))
}

// Act names what a code of a point standard stands for, without its unit. What a unit made up itself is its own name.
func (l *Localizer) Act(code ledger.Code) string {
	name, ok := l.find("standard." + string(code))
	if !ok {
		return string(code)
	}
	if i := max(strings.LastIndex(name, "\uff0c"), strings.LastIndex(name, ", ")); i > 0 {
		name = name[:i]
	}
	return name
}

// ActWithCode is the same behind its code, for whoever works with codes.
func (l *Localizer) ActWithCode(code ledger.Code) string {
	if name := l.Act(code); name != string(code) {
		return string(code) + " " + name
	}
	return string(code)
}

// Found writes what a finding of an audit says that the book has or ought to have: the codes of the ledger's closed lists by their names, and
// everything else as it is.
func Found(l *Localizer, text string) string {
	words := strings.Split(text, " ")
	if len(words) > 3 {
		return text // the line of a notice
	}
	for i, w := range words {
		if w == "" || w[0] < 'a' || w[0] > 'z' {
			continue // a day, an amount or somebody's number
		}
		class, owner, account := strings.Cut(w, ":")
		if name, ok := l.find("class." + class); ok && account {
			words[i] = name + " " + owner
			continue
		}
		for _, list := range []string{"audit_word", "reason", "kind", "status", "presence", "role", "missing"} {
			if name, ok := l.find(list + "." + w); ok {
				words[i] = name
				break
			}
		}
	}
	return strings.Join(words, " ")
}

// Names names several, with commas between them.
func Names[V ~string](l *Localizer, list string, values []V) string {
	var names []string
	for _, v := range values {
		names = append(names, Name(l, list, v))
	}
	return strings.Join(names, l.T("web.words.comma"))
}
