// Package leak looks for a text in files, in every form in which software is likely to have written it there. Tests use it to show
// that a secret is nowhere.
package leak

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// Form is one way to write a text.
type Form struct {
	Name  string
	Bytes []byte
}

// Hit is a place where a text was found.
type Hit struct {
	File   string
	Form   string
	Offset int
}

// String says where and how.
func (h Hit) String() string { return fmt.Sprintf("%s at byte %d as %s", h.File, h.Offset, h.Form) }

// Forms are the ways to write text: UTF-8, UTF-16, base64 at each of its three alignments, hexadecimal, percent, JSON and Go escapes, and
// each plain one reversed.
func Forms(text string) []Form {
	forms := []Form{{"UTF-8", []byte(text)}}
	add := func(name string, b []byte) {
		if len(b) >= 4 && !slices.ContainsFunc(forms, func(f Form) bool { return bytes.Equal(f.Bytes, b) }) {
			forms = append(forms, Form{name, b})
		}
	}
	runes := []rune(text)
	slices.Reverse(runes)
	backwards := []byte(text)
	slices.Reverse(backwards)
	add("characters reversed", []byte(string(runes)))
	add("bytes reversed", backwards)
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		var wide []byte
		for _, unit := range utf16.Encode([]rune(text)) {
			wide = order.AppendUint16(wide, unit)
		}
		add(fmt.Sprint("UTF-16 ", order), wide)
		wide = slices.Clone(wide)
		slices.Reverse(wide)
		add(fmt.Sprint("UTF-16 reversed ", order), wide)
	}
	add("hex", []byte(hex.EncodeToString([]byte(text))))
	add("HEX", bytes.ToUpper([]byte(hex.EncodeToString([]byte(text)))))
	add("percent", []byte(url.QueryEscape(text)))
	add("percent of paths", []byte(url.PathEscape(text)))
	add("ASCII", bytes.Trim([]byte(strconv.QuoteToASCII(text)), `"`))
	add("quoted", bytes.Trim([]byte(strconv.Quote(text)), `"`))
	if quoted, err := json.Marshal(text); err == nil {
		add("JSON", bytes.Trim(quoted, `"`))
	}
	for shift := range 3 {
		// Of a longer text, the part of its base64 that depends on ours alone.
		whole := append(make([]byte, shift), text...)
		for name, encoding := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
			b := []byte(encoding.EncodeToString(whole))
			from, to := (shift*8+5)/6, len(whole)*8/6
			add(fmt.Sprintf("%s shifted by %d", name, shift), b[from:to])
		}
	}
	return forms
}

// Search looks through every file under root.
func Search(root string, forms []Form) ([]Hit, error) {
	var hits []Hit
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path) //nolint:gosec // a test's own directory
		if err != nil {
			return err
		}
		hits = append(hits, In(path, content, forms)...)
		return nil
	})
	if err != nil {
		return hits, fmt.Errorf("leak: %w", err)
	}
	return hits, nil
}

// In looks through one text and its name.
func In(name string, content []byte, forms []Form) []Hit {
	var hits []Hit
	for _, f := range forms {
		if at := bytes.Index(content, f.Bytes); at >= 0 {
			hits = append(hits, Hit{File: name, Form: f.Name, Offset: at})
		}
	}
	if strings.Contains(name, string(forms[0].Bytes)) {
		hits = append(hits, Hit{File: name, Form: "name of the file"})
	}
	return hits
}
