package records

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestSearchable(t *testing.T) {
	for in, want := range map[string]string{
		"ＥＲＰ　系统－Ｕ８！": "erp 系统 u8", "": "", "\x00\xff": "", "①Error: 0x80": "1error 0x80", "Ünïcode": "ünïcode", "a\u0301b": "áb",
	} {
		if got := searchable(in); got != want {
			t.Errorf("%q gives %q, want %q", in, got, want)
		}
	}
	var got []string
	for _, r := range runs("erp系统u8 结账") {
		got = append(got, string(r))
	}
	if strings.Join(got, "|") != "erp|系统|u8|结账" {
		t.Errorf("runs %q", got)
	}
}

// FuzzGrams: whatever the text, its own words are found in it: by their grams, and by the check of the text.
func FuzzGrams(f *testing.F) {
	for _, s := range []string{"打印机卡纸 U8", "0x80070005", "ＡＢＣ１２３", "a", "系", "ー", "é e\u0301", "x系y统z", "\U0001F600 ok", "İstanbul", "ſ K"} {
		f.Add(s, 0, 3)
	}
	f.Fuzz(func(t *testing.T, s string, from, length int) {
		text := searchable(s)
		if !utf8.ValidString(text) || searchable(text) != text && searchable(searchable(text)) != searchable(text) {
			t.Fatalf("not settled: %q", text)
		}
		all := indexGrams(text)
		if !slices.IsSorted(all) {
			t.Fatal("not sorted")
		}
		for _, g := range all {
			if g <= 0 {
				t.Fatalf("gram %d of %q", g, s)
			}
		}
		for _, g := range queryGrams(text) {
			if _, ok := slices.BinarySearch(all, g); !ok {
				t.Fatalf("%q is not found by its own grams", text)
			}
		}
		if !contains(text, text) {
			t.Fatalf("%q does not contain itself", text)
		}
		// Any part of a run is found as well, where parts are searchable at all.
		for _, run := range runs(text) {
			if len(run) == 0 {
				t.Fatal("an empty run")
			}
			i := ((from % len(run)) + len(run)) % len(run)
			part := run[i:min(len(run), i+max(1, length%8))]
			if !ideographic(part[0]) && len(part) < 3 && i > 0 {
				continue // one or two letters count at the beginning of a word only
			}
			for _, g := range queryGrams(string(part)) {
				if _, ok := slices.BinarySearch(all, g); !ok {
					t.Fatalf("%q is not found in %q", string(part), text)
				}
			}
			if !contains(text, string(part)) {
				t.Fatalf("%q is not contained in %q", string(part), text)
			}
		}
	})
}

// TestContainsIsWhatGramsSuspect: what contains a query has all its grams, so that nothing right is missed.
func TestContainsIsWhatGramsSuspect(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"打印", "印机", "卡", "纸", "erp", "er", "u8", "x", "0x80", " ", "-", "机卡"}), 1, 8)
		text := searchable(strings.Join(words.Draw(t, "text"), ""))
		query := searchable(strings.Join(words.Draw(t, "query"), ""))
		if !contains(text, query) {
			return
		}
		all := indexGrams(text)
		for _, g := range queryGrams(query) {
			if !slices.Contains(all, g) {
				t.Fatalf("%q contains %q, but lacks a gram of it", text, query)
			}
		}
	})
}
