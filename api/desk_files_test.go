package api_test

import (
	"bytes"
	"html"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"aixin/ledger"
)

var anyArea = regexp.MustCompile(`<textarea[^>]*name="text"[^>]*>([\s\S]*?)</textarea>`)

// textarea returns what stands in the box of a page.
func textarea(page string) string {
	m := anyArea.FindStringSubmatch(page)
	if m == nil {
		return ""
	}
	return html.UnescapeString(m[1])
}

// upload sends a form of the page with a file.
func (w *worker) upload(path, name, field string, typed url.Values, file []byte) {
	w.t.Helper()
	form := w.form(name)
	maps.Copy(form, typed)
	var b bytes.Buffer
	out := multipart.NewWriter(&b)
	for k, list := range form {
		for _, v := range list {
			if err := out.WriteField(k, v); err != nil {
				w.t.Fatal(err)
			}
		}
	}
	part, err := out.CreateFormFile(field, "roster.csv")
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := part.Write(file); err != nil {
		w.t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		w.t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(w.t.Context(), http.MethodPost, path, &b)
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Accept-Language", "en")
	r.Header.Set("Content-Type", out.FormDataContentType())
	for _, c := range w.cookies {
		r.AddCookie(c)
	}
	rec := httptest.NewRecorder()
	w.h.ServeHTTP(rec, r)
	if rec.Code == http.StatusSeeOther {
		w.open(rec.Header().Get("Location"))
		return
	}
	w.page = said(rec.Body.String())
}

// A file is brought in row by row with a result for each. What was refused stands in the box under its headings, and comes in once it is
// corrected there; sent again, nothing comes in twice, and nothing is kept on a disk.
func TestDeskTakesAFile(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	w := atWork(t, b, "/desk/imports", "U000002")
	file := []byte("volunteer,start,hours\nV0000018,2026-11-22 08:00,1\nV0000019,2026-11-22 10:00,1\n")
	for range 2 {
		w.open("/desk/imports")
		w.upload("/desk/imports", "file", "file", url.Values{"what": {"hours"}, "activity": {"A001"}, "sheet": {"0001"}}, file)
		w.shows("Rows done: 1; left: 1", "check digit")
	}
	if left := textarea(w.page); !strings.Contains(left, "volunteer,start,hours") || !strings.Contains(left, "V0000019") || strings.Contains(left, "V0000018") {
		t.Errorf("got %q, want the headings and the refused row", left)
	}
	declared := func() (n int) {
		for _, line := range b.text {
			if bytes.Contains(line, []byte(`"hours_declared"`)) && bytes.Contains(line, []byte(`"start":"2026-11-22`)) {
				n++
			}
		}
		return n
	}
	if n := declared(); n != 1 {
		t.Errorf("got %d records, want one", n)
	}
	corrected := strings.ReplaceAll(textarea(w.page), "V0000019", "V0000018")
	w.upload("/desk/imports", "file", "file", url.Values{"what": {"hours"}, "activity": {"A001"}, "sheet": {"0001"}, "text": {corrected}}, nil)
	w.shows("Rows done: 1; left: 0")
	if n := declared(); n != 2 {
		t.Errorf("got %d records, want two", n)
	}
	if kept, err := filepath.Glob(filepath.Join(os.TempDir(), "multipart-*")); err != nil || len(kept) > 0 {
		t.Errorf("%v %v: want nothing kept on a disk", kept, err)
	}
}

// A file that cannot be taken as a whole is refused with what is wrong, and nothing is entered; so is one that is too large.
func TestDeskRefusesAFile(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	w := atWork(t, b, "/desk/imports", "U000002")
	before := len(b.text)
	many := "volunteer,start,hours\n" + strings.Repeat("V0000018,2026-11-22 08:00,1\n", 1001)
	tests := []struct{ name, what, file, want string }{
		{"no headings", "hours", "hello\n", "✗"},
		{"a picture", "hours", "\x89PNG....", "✗"},
		{"nothing", "hours", "", "✗"},
		{"not theirs", "items", "item,name\nSKU-0009,x\n", "form"},
		{"too many rows", "hours", many, "takes 1000"},
		{"too large", "hours", strings.Repeat("x", 2<<20), "Too large"},
	}
	for _, tt := range tests {
		w.open("/desk/imports")
		w.upload("/desk/imports", "file", "file", url.Values{"what": {tt.what}, "activity": {"A001"}}, []byte(tt.file))
		if !strings.Contains(w.page, tt.want) {
			t.Errorf("%s: the page lacks %q:\n%s", tt.name, tt.want, w.page)
		}
	}
	if len(b.text) != before {
		t.Errorf("got %d entries, want none", len(b.text)-before)
	}
	w.open("/desk/imports")
	body(t, w.do(http.MethodPost, "/desk", url.Values{"form": {strings.Repeat("x", 20<<10)}}), http.StatusRequestEntityTooLarge)
}

// A keeper sees no list of hours, and whoever has a role in one place only sees what waits there, under numbers where they deal with nobody.
func TestInboxIsOfTheReadersUnits(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.do(t, "U000006", &ledger.AddUnit{Unit: "C02", Kind: ledger.Community, Name: "二社区"})
	for who, scope := range map[ledger.StaffID]string{"U000008": "C01", "U000009": "C02"} {
		b.do(t, "U000001", &ledger.GrantRole{Staff: who, Role: ledger.Reviewer, Scope: scope, From: ledger.DateOf(b.clock)})
	}
	here := atWork(t, b, "/desk", "U000008")
	here.open("/desk")
	here.shows("A001", "V0000018", "王*")
	there := atWork(t, b, "/desk", "U000009")
	there.open("/desk")
	if strings.Contains(there.page, "V0000018") {
		t.Error("a reviewer of another community sees what waits here")
	}
	keeper := atWork(t, b, "/desk", "U000004")
	keeper.open("/desk")
	if strings.Contains(keeper.page, "王*") {
		t.Error("a keeper, who deals with nobody, reads a name")
	}
	keeper.open("/desk/imports")
	if strings.Contains(keeper.page, `value="rows"`) {
		t.Error("a keeper is asked for hours")
	}
}

// Whom somebody looked for stands in no address: the list is a file that the form gives.
func TestPeopleAreListedByTheForm(t *testing.T) {
	t.Parallel()
	w := atWork(t, newBook(t), "/desk/people", "U000006")
	w.open("/desk/people")
	form := w.form("search")
	form.Set("search", "王芳")
	form.Set("do", "csv")
	resp := w.do(http.MethodPost, "/desk/people", form)
	got := body(t, resp, http.StatusOK)
	if !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/csv") || !strings.Contains(got, "V0000018") {
		t.Errorf("got %q, want whom it found as CSV", got)
	}
	w.send("/desk/people", "search", url.Values{"search": {"王芳"}})
	if strings.Contains(w.page, "csv=people") {
		t.Error("a link would give a list of nobody")
	}
}
