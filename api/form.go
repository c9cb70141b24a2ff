package api

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"aixin/ledger"
)

// This file reads what browsers send: forms, and the files that some carry. Anybody may send one, so that no more is held for whoever is
// not signed in than what may be typed.

// parseForm reads a form. A file is hashed while it comes in and held nowhere: in its place stand its hash and size, which a form that is
// shown again brings along. The rows of a spreadsheet alone are held, for somebody who signed in; nothing is written to a disk.
func parseForm(r *http.Request) error {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	read := hashFiles
	switch {
	case err != nil || kind != "multipart/form-data":
		r.Body = http.MaxBytesReader(nil, r.Body, maxBody)
		read = (*http.Request).ParseForm
	case r.URL.Path == importsPath && callerOf(r).staff != "":
		read = func(r *http.Request) error { return r.ParseMultipartForm(maxUpload) } //nolint:gosec // ServeHTTP bounds the body of every request
	}
	if err := read(r); err != nil {
		if tooLarge(err) {
			return err
		}
		return ErrBadForm
	}
	return nil
}

// hashFiles reads a form of many parts as it comes in. What is written above a part is bounded like the headers of a request.
func hashFiles(r *http.Request) error {
	if err := r.ParseForm(); err != nil { // the address
		return err
	}
	in := &io.LimitedReader{R: r.Body}
	r.Body = io.NopCloser(in)
	parts, err := r.MultipartReader()
	if err != nil {
		return err
	}
	for left := int64(maxBody); left >= 0; {
		in.N = maxHeader
		part, err := parts.NextPart()
		switch {
		case err != nil && in.N == 0:
			return &http.MaxBytesError{Limit: maxHeader}
		case err == io.EOF: //nolint:errorlint // one that was cut short wraps it
			return nil
		case err != nil:
			return err
		}
		in.N = maxEvidence
		n, err := takePart(r.PostForm, part, left)
		if err != nil {
			return err
		}
		left -= n
	}
	return &http.MaxBytesError{Limit: maxBody}
}

// takePart adds one part to what was typed, and returns how much of memory that takes.
func takePart(form url.Values, part *multipart.Part, most int64) (int64, error) {
	_, said, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	if err != nil {
		return 0, err
	}
	name, place := said["name"], int64(len(said["name"])+64) // also of a value that is empty
	if _, file := said["filename"]; !file {
		text, err := io.ReadAll(io.LimitReader(part, most+1))
		form.Add(name, string(text))
		return place + int64(len(text)), err
	}
	h := sha256.New()
	n, err := io.Copy(h, part)
	if err == nil && n > 0 { // a browser sends the field also where nothing was chosen
		form.Set(name, hex.EncodeToString(h.Sum(nil))+"/"+strconv.FormatInt(n, 10))
	}
	return place, err
}

// evidence returns the hash and size of a file; none where none was chosen.
func (a *answers) evidence(name string) (ledger.Evidence, error) {
	sum, size, ok := strings.Cut(a.Get(name), "/")
	if !ok {
		return ledger.Evidence{}, nil
	}
	n, err := strconv.ParseInt(size, 10, 64)
	if err != nil {
		return ledger.Evidence{}, ErrBadForm
	}
	return ledger.Evidence{SHA256: sum, Size: n}, nil
}
