// Package web writes the pages that people read: plain HTML that works without script, in large letters by default.
//
// It turns views of the book into sentences and tables and knows nothing of HTTP. Every sentence is in the catalog; the
// templates hold only the structure.
package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io"
	"maps"
	"net/url"

	"aixin/api/catalog"
)

//go:embed templates/*.html style.css icon.svg counter.js speak.js
var files embed.FS

// Where the pages expect their files.
const (
	StylePath   = "/style.css"
	IconPath    = "/icon.svg"
	CounterPath = "/counter.js"
	SpeakPath   = "/speak.js"
)

// Pages holds the parsed templates.
type Pages struct {
	templates map[string]*template.Template
	style     file
	icon      file
	counter   file
	speak     file
}

// file is a file that pages load, under an address that changes with its content.
type file struct {
	bytes []byte
	URL   string
}

func readFile(name, path string) (file, error) {
	b, err := files.ReadFile(name)
	sum := sha256.Sum256(b)
	return file{b, path + "?v=" + hex.EncodeToString(sum[:6])}, err
}

// Content is what one kind of page says. Its template is templates/NAME.html.
type Content interface {
	template() string
	title(say *catalog.Localizer) string
}

// contents lists one of every kind of page.
func contents() []Content {
	return []Content{
		Home{}, SignIn{}, Account{}, Own{}, Statement{}, Audit{}, Board{}, Counter{}, ReceiptPage{}, ClerkSignIn{}, Work{}, WorkSignIn{}, Described{}, Trouble{},
	}
}

// New parses the templates.
func New() (*Pages, error) {
	style, err := readFile("style.css", StylePath)
	if err != nil {
		return nil, fmt.Errorf("style sheet: %w", err)
	}
	icon, err := readFile("icon.svg", IconPath)
	if err != nil {
		return nil, fmt.Errorf("icon: %w", err)
	}
	counter, err := readFile("counter.js", CounterPath)
	if err != nil {
		return nil, fmt.Errorf("script of the counter: %w", err)
	}
	speak, err := readFile("speak.js", SpeakPath)
	if err != nil {
		return nil, fmt.Errorf("script: %w", err)
	}
	p := &Pages{templates: map[string]*template.Template{}, style: style, icon: icon, counter: counter, speak: speak}
	for _, c := range contents() {
		t, err := template.New("layout.html").Funcs(template.FuncMap{"whole": whole, "lines": lines}).ParseFS(files, "templates/layout.html", "templates/movements.html", "templates/desk.html", "templates/receipt_text.html", "templates/table.html",
			"templates/"+c.template()+".html")
		if err != nil {
			return nil, fmt.Errorf("page %s: %w", c.template(), err)
		}
		p.templates[c.template()] = t
	}
	return p, nil
}

// Style returns the style sheet.
func (p *Pages) Style() []byte { return p.style.bytes }

// Icon returns the icon.
func (p *Pages) Icon() []byte { return p.icon.bytes }

// Counter returns the script of the counter.
func (p *Pages) Counter() []byte { return p.counter.bytes }

// Speak returns the script that reads a page aloud. It is the only one that a volunteer meets, and every page does without it.
func (p *Pages) Speak() []byte { return p.speak.bytes }

// Frame is what is around the content of every page.
type Frame struct {
	*catalog.Localizer
	Query url.Values // of the address, without what is chosen here: kept when another language or size is chosen
	Large bool       // letters of 30 pixels
	Demo  bool
	Aloud bool // the page offers to be read aloud
}

// Switch returns the address of the same page with another choice.
func (f Frame) Switch(name, value string) string {
	q := url.Values{name: {value}}
	maps.Copy(q, f.Query)
	return "?" + q.Encode()
}

// Write writes a page.
func (p *Pages) Write(w io.Writer, f Frame, c Content) error {
	page := struct {
		Frame
		Style, Icon, CounterScript, Speak file
		Title                             string
		Page                              Content
	}{f, p.style, p.icon, p.counter, p.speak, c.title(f.Localizer), c}
	if err := p.templates[c.template()].ExecuteTemplate(w, "layout.html", page); err != nil {
		return fmt.Errorf("page %s: %w", c.template(), err)
	}
	return nil
}

// Home says who one can be.
type Home struct {
	TryCard, TryPIN string // of a demo
}

func (Home) template() string                    { return "home" }
func (Home) title(say *catalog.Localizer) string { return say.T("web.home.title") }

// Doors lists who one can be, in the order of the page: the ends of the addresses, which name the sentences too.
func (Home) Doors() []string {
	return []string{"volunteer", "clerk", "field", "express", "steward", "notices", "auditor"}
}

// SignIn asks for card and PIN.
type SignIn struct {
	Card            string   // as it was typed
	Wrong           string   // what was wrong with it and what to do
	Path            string   // of the page that asks
	Kept            []Option // names and values of what was typed there before
	TryCard, TryPIN string
}

func (SignIn) template() string                    { return "sign_in" }
func (SignIn) title(say *catalog.Localizer) string { return say.T("web.sign_in.title") }

// Trouble says why a page cannot be shown.
type Trouble struct {
	Title, Detail, Hint string
	Request             string // finds the cause in the server's log
	Again               string // where the page is asked for again, once there is a point in that
}

func (Trouble) template() string                  { return "trouble" }
func (t Trouble) title(*catalog.Localizer) string { return t.Title }
