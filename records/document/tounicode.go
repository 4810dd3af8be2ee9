package document

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf16"
)

// gopdf writes the table by which a reader turns glyphs back into text (ToUnicode, ISO 32000-1, 9.10.3) in a way that only some readers
// understand: characters beyond U+FFFF as five digits instead of UTF-16, and more than the hundred entries that a block may have. mend
// writes these tables anew and the cross-reference table after them. It also says in the catalogue in which language the document is, for
// those who have it read to them, and that a window shows its title; everything else stays byte for byte.
func mend(pdf []byte, lang string) ([]byte, error) {
	offsets, xref, trailer, err := crossReference(pdf)
	if err != nil {
		return nil, err
	}
	out := append(make([]byte, 0, len(pdf)+4096), pdf[:offsets[0]]...)
	for i := range offsets {
		end := xref
		if i+1 < len(offsets) {
			end = offsets[i+1]
		}
		object := named(pdf[offsets[i]:end], lang)
		offsets[i] = len(out)
		if object, err = mendTable(i+1, object); err != nil {
			return nil, err
		}
		out = append(out, object...)
	}
	at := len(out)
	out = fmt.Appendf(out, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, offset := range offsets {
		out = fmt.Appendf(out, "%010d 00000 n \n", offset)
	}
	out = append(out, trailer...)
	return fmt.Appendf(out, "startxref\n%d\n%%%%EOF\n", at), nil
}

var errLayout = errors.New("the PDF is not laid out as gopdf does it")

// crossReference reads where the objects begin (in the order of their numbers, which is that of the file), where their table is, and
// what stands between it and the end.
func crossReference(pdf []byte) (offsets []int, xref int, trailer []byte, err error) {
	_, last, found := bytes.Cut(pdf[bytes.LastIndex(pdf, []byte("startxref\n"))+1:], []byte("\n"))
	number, _, ended := bytes.Cut(last, []byte("\n"))
	xref, bad := strconv.Atoi(string(number))
	if !found || !ended || bad != nil || xref < 0 || xref >= len(pdf) {
		return nil, 0, nil, errLayout
	}
	var count int
	table, hasTrailer := pdf[xref:], bytes.LastIndex(pdf, []byte("trailer\n"))
	if _, err := fmt.Sscanf(string(table[:min(len(table), 40)]), "xref\n0 %d\n", &count); err != nil || hasTrailer < xref {
		return nil, 0, nil, errLayout
	}
	_, table, _ = bytes.Cut(table, []byte("f \n"))
	for range count - 1 {
		line, rest, _ := bytes.Cut(table, []byte("\n"))
		offset, bad := strconv.Atoi(string(line[:min(10, len(line))]))
		if bad != nil || offset <= 0 || offset >= xref || len(offsets) > 0 && offset <= offsets[len(offsets)-1] {
			return nil, 0, nil, errLayout
		}
		offsets, table = append(offsets, offset), rest
	}
	if len(offsets) == 0 {
		return nil, 0, nil, errLayout
	}
	return offsets, xref, pdf[hasTrailer:bytes.LastIndex(pdf, []byte("startxref\n"))], nil
}

// named adds language and title bar to the catalogue (ISO 32000-1, 7.7.2).
func named(object []byte, lang string) []byte {
	const catalogue = "/Type /Catalog\n"
	if !bytes.Contains(object, []byte(catalogue)) {
		return object
	}
	tag := "zh-CN"
	if lang == "en" {
		tag = "en"
	}
	return bytes.Replace(object, []byte(catalogue), []byte(catalogue+"/Lang ("+tag+")\n/ViewerPreferences <</DisplayDocTitle true>>\n"), 1)
}

// mendTable writes an object anew when it is such a table.
func mendTable(number int, object []byte) ([]byte, error) {
	start := fmt.Appendf(nil, "%d 0 obj\n<<\n/Length ", number)
	_, content, isStream := bytes.Cut(object, []byte("stream\n"))
	if !isStream || !bytes.HasPrefix(object, start) || !bytes.HasPrefix(content, []byte("/CIDInit /ProcSet")) {
		return object, nil
	}
	head, rest, _ := bytes.Cut(content, []byte("1 begincodespacerange\n"))
	_, rest, _ = bytes.Cut(rest, []byte("beginbfrange\n"))
	entries, _, whole := bytes.Cut(rest, []byte("endbfrange\n"))
	if !whole {
		return nil, errLayout
	}
	var b bytes.Buffer
	b.Write(head)
	b.WriteString("1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n")
	lines := bytes.Split(bytes.TrimSuffix(entries, []byte("\n")), []byte("\n"))
	for len(lines) > 0 && len(lines[0]) > 0 {
		block := lines[:min(100, len(lines))]
		lines = lines[len(block):]
		fmt.Fprintf(&b, "%d beginbfchar\n", len(block))
		for _, line := range block {
			var from, to, r rune
			if _, err := fmt.Sscanf(string(line), "<%X><%X><%X>", &from, &to, &r); err != nil {
				return nil, errLayout
			}
			fmt.Fprintf(&b, "<%04X> <", from)
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, "%04X", unit)
			}
			b.WriteString(">\n")
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap CMapName currentdict /CMap defineresource pop end end\n")
	return fmt.Appendf(nil, "%s%d\n>>\nstream\n%sendstream\nendobj\n\n", start, b.Len(), b.Bytes()), nil
}
