package document_test

import (
	"bytes"
	"fmt"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"hotline/records/document"
)

// fatal is what testing.TB and rapid.T have in common here.
type fatal interface {
	Helper()
	Fatalf(format string, args ...any)
}

// extract reads a PDF's text in the order in which it is drawn, page by page, without any kind of space: spaces at line ends are left out
// by design, and a line end is none in Chinese.
func extract(t fatal, r document.Report, o document.Options) []string {
	t.Helper()
	pdf, _, err := r.Bytes(o)
	if err != nil {
		t.Fatalf("typeset: %v", err)
	}
	cmd := exec.Command("pdftotext", "-raw", "-enc", "UTF-8", "-", "-") //nolint:gosec,noctx // a fixed command; it ends with its input
	cmd.Stdin = bytes.NewReader(pdf)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("pdftotext (from poppler-utils): %v", err)
	}
	pages := strings.Split(strings.TrimSuffix(string(out), "\f"), "\f")
	for i, page := range pages {
		foot := fmt.Sprintf("%s%s内容校验%s·服务热线%s第%d页/共%d页", o.Company, r.Number, r.Hash()[:16], o.Hotline, i+1, len(pages))
		body, ok := strings.CutSuffix(bare(page), bare(plain(t, foot)))
		if !ok {
			t.Fatalf("page %d does not end with its head and foot %q:\n%s", i+1, foot, page)
		}
		pages[i] = body
	}
	return pages
}

func plain(t fatal, text string) string {
	t.Helper()
	p, err := document.Plain(text, nil)
	if err != nil {
		t.Fatalf("plain: %v", err)
	}
	return p
}

func bare(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}

// anyText draws what people type and what machines send: Chinese with its punctuation, Latin, digits, emoji, rare characters, control
// characters, long runs without any place to break, and whatever else is a character.
func anyText() *rapid.Generator[string] {
	piece := rapid.OneOf(
		rapid.StringMatching(`[\x{4e00}-\x{9fa5}，。；：？！、“”‘’（）《》—…]{1,60}`),
		rapid.StringMatching(`[A-Za-z][A-Za-z0-9_./:@%-]{0,30} ?`),
		rapid.StringMatching(`[0-9]{1,3}(,[0-9]{3}){0,3}(\.[0-9]{1,2})? ?(千克|%|元|GB)?`),
		rapid.SampledFrom([]string{"\n", "\r\n", "\t", " ", "　", "\u00a0", "\u200b", "\u202e", "\x00", "👍🏽", "😀", "𠮷", "㐂", "龘", "䶮", "⼀", "Å", "µ", "ﬁ", "é", "a\u0301", "①", "㎡", "☑", "ا", "한", "\ufffd", "\xff"}),
		rapid.StringMatching(`[A-Za-z0-9]{60,300}`),
		rapid.String(),
	)
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(piece, 0, 12).Draw(t, "pieces"), "")
	})
}

// TestTextIsWhole compares the text of random documents with the data, character by character, in order.
func TestTextIsWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := options()
		o.Verify = ""
		r := document.Report{Title: "报告", Number: "R-1", Issued: time.Unix(1e9, 0)}
		want := "报告"
		for range rapid.IntRange(1, 8).Draw(t, "blocks") {
			text := anyText().Draw(t, "text")
			switch rapid.IntRange(0, 2).Draw(t, "kind") {
			case 0:
				r.Blocks = append(r.Blocks, document.Paragraph{Text: text})
				want += plain(t, text)
			case 1:
				r.Blocks = append(r.Blocks, document.Section{Title: text})
				want += plain(t, text)
			case 2:
				value := text[:min(len(text), 400)]
				r.Blocks = append(r.Blocks, document.Facts{Facts: []document.Fact{{Label: "标签", Value: value}}})
				want += "标签" + plain(t, value)
			}
		}
		got := strings.Join(extract(t, r, o), "")
		if exact := bare(want); got != exact {
			t.Fatalf("got  %+q\nwant %+q", got, exact)
		}
	})
}

// TestTablesAreWhole compares the characters of random tables, whose rows may be divided between pages, with the data.
func TestTablesAreWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := options()
		o.Verify = ""
		table := document.Table{Head: []string{"甲", "乙", "丙"}, Shares: []float64{1, 2, 3}}
		want := "报告"
		for range rapid.IntRange(0, 12).Draw(t, "rows") {
			row := rapid.SliceOfN(anyText(), 0, 3).Draw(t, "row")
			table.Rows = append(table.Rows, row)
			for _, cell := range row {
				want += plain(t, cell) // each by itself: an accent that begins a cell does not belong to the letter that ends the one before
			}
		}
		pages := extract(t, document.Report{Title: "报告", Number: "R-2", Blocks: []document.Block{table}}, o)
		// The head is repeated on each page that has a part of the table: take it off once a page.
		got := ""
		for i, page := range pages {
			if i == 0 {
				page = strings.TrimPrefix(page, "报告")
				got += "报告"
			}
			rest, ok := strings.CutPrefix(page, "甲乙丙")
			if !ok {
				t.Fatalf("page %d has no table head: %+q", i+1, page)
			}
			got += rest
		}
		if a, b := sorted(got), sorted(bare(want)); a != b {
			t.Fatalf("got  %+q\nwant %+q", a, b)
		}
	})
}

func sorted(text string) string {
	runes := []rune(text)
	slices.Sort(runes)
	return string(runes)
}

// TestEveryValueIsPrinted reads every text of every kind of document back from the PDF.
func TestEveryValueIsPrinted(t *testing.T) {
	for name, r := range samples(t, options()) {
		t.Run(name, func(t *testing.T) {
			all := strings.Join(extract(t, r, options()), "")
			for _, text := range texts(reflect.ValueOf(r)) {
				for line := range strings.Lines(text) {
					if want := bare(plain(t, line)); !strings.Contains(all, want) {
						t.Errorf("%q is not in the PDF", want)
					}
				}
			}
		})
	}
}

// texts collects every string of a value.
func texts(v reflect.Value) []string {
	switch v.Kind() {
	case reflect.String:
		if s := v.String(); len(s) == 64 { // a hash, set in two lines
			return []string{s[:32], s[32:]}
		}
		return []string{v.String()}
	case reflect.Struct:
		var all []string
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; v.Type() == reflect.TypeFor[document.Report]() && name == "Number" || name == "Empty" && v.FieldByName("Rows").Len() > 0 {
				continue // in the head of the page, which was compared and taken off; and what was not needed
			}
			all = append(all, texts(v.Field(i))...)
		}
		return all
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return nil
		}
		var all []string
		for i := range v.Len() {
			all = append(all, texts(v.Index(i))...)
		}
		return all
	case reflect.Interface:
		return texts(v.Elem())
	default:
		return nil
	}
}
