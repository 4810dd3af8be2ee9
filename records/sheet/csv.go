package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// readCSV reads RFC 4180 with any of the separators , ; and tab.
func readCSV(data []byte, limits Limits, progress func(done, total int)) (Table, error) {
	text, name, err := decode(data)
	if err != nil {
		return Table{}, err
	}
	t := Table{Format: "csv", Encoding: name, Separator: separator(text)}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = rune(t.Separator[0])
	r.FieldsPerRecord = -1
	for n := 0; ; n++ {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if wrong, ok := errors.AsType[*csv.ParseError](err); ok {
			return Table{}, &Fault{Code: "quote", Line: wrong.Line}
		}
		if err != nil {
			return Table{}, &Fault{Code: "broken"}
		}
		line, _ := r.FieldPos(0)
		for i, c := range cells {
			cells[i] = Alive(c)
		}
		if err := t.add(line, cells, limits); err != nil {
			return Table{}, err
		}
		if n%1000 == 0 {
			progress(int(r.InputOffset()), len(text))
		}
	}
	return t, t.whole()
}

// decode finds the encoding: by its mark; UTF-8 if it is that throughout; else GB18030, which contains GBK and GB 2312, if it is that.
func decode(data []byte) (text, name string, err error) {
	with := func(e encoding.Encoding, name string) (string, string, error) {
		out, err := e.NewDecoder().Bytes(data)
		if err != nil || bytes.ContainsRune(out, utf8.RuneError) || bytes.IndexByte(out, 0) >= 0 {
			return "", "", &Fault{Code: "encoding"}
		}
		return string(out), name, nil
	}
	switch {
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}), bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		return with(unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM), "UTF-16")
	case bytes.IndexByte(data, 0) >= 0:
		return "", "", &Fault{Code: "encoding"} // no text
	case utf8.Valid(data):
		return strings.TrimPrefix(string(data), "\ufeff"), "UTF-8", nil
	}
	return with(simplifiedchinese.GB18030, "GB18030")
}

// separator is what stands most often in the first line that is not empty, outside quotes.
func separator(text string) string {
	counts, quoted, seen := map[rune]int{}, false, false
	for _, r := range text {
		if r == '"' {
			quoted = !quoted
		}
		if !quoted && (r == '\n' || r == '\r') {
			if seen {
				break
			}
			continue
		}
		seen = true
		if !quoted {
			counts[r]++
		}
	}
	best := ","
	for _, s := range []string{";", "\t"} {
		if counts[rune(s[0])] > counts[rune(best[0])] {
			best = s
		}
	}
	return best
}
