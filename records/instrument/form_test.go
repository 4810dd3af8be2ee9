package instrument_test

import (
	"os"
	"strings"
	"testing"

	"hotline/records/instrument"
)

func shipped(t testing.TB) []byte {
	t.Helper()
	source, err := os.ReadFile("../../configs/surveys/satisfaction.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return source
}

func TestShippedForm(t *testing.T) {
	f, err := instrument.Parse("satisfaction.yaml", shipped(t))
	if err != nil || len(f.Questions) != 3 || len(f.Digest) != 64 {
		t.Fatalf("%+v, %v", f, err)
	}
	if f.Name.In("en") == f.Name.In("zh-Hans") {
		t.Error("one language only")
	}
}

func TestParseRefuses(t *testing.T) {
	good := string(shipped(t))
	for name, c := range map[string][2]string{
		"unknown key":      {"version: 1", "version: 1\ncolour: red"},
		"no version":       {"version: 1", "version: 0"},
		"code twice":       {"code: quality", "code: speed"},
		"kind":             {"kind: written", "kind: essay"},
		"no Chinese":       {"zh: 很满意, en", "en"},
		"keys for text":    {"kind: written", "kind: written\n    prompt: comment"},
		"no speed":         {"code: speed\n", "code: haste\n"},
		"code of a script": {"code: comment", "code: <b>"},
	} {
		if _, err := instrument.Parse("x.yaml", []byte(strings.Replace(good, c[0], c[1], 1))); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestCheck(t *testing.T) {
	f, err := instrument.Parse("satisfaction.yaml", shipped(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		answers map[string]string
		partial bool
		faults  int
	}{
		"whole":     {map[string]string{"speed": "5", "quality": "1", "comment": "好"}, false, 0},
		"nothing":   {nil, false, 2},
		"partial":   {map[string]string{"speed": "3"}, true, 0},
		"range":     {map[string]string{"speed": "6", "quality": "0"}, true, 2},
		"letters":   {map[string]string{"speed": "five", "quality": "4.5"}, false, 2},
		"unknown":   {map[string]string{"speed": "5", "quality": "5", "mood": "5"}, false, 1},
		"long text": {map[string]string{"speed": "5", "quality": "5", "comment": strings.Repeat("长", 2001)}, false, 1},
	} {
		if faults := f.Check(c.answers, c.partial); len(faults) != c.faults {
			t.Errorf("%s: %v", name, faults)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(shipped(f))
	f.Fuzz(func(t *testing.T, source []byte) {
		if form, err := instrument.Parse("f", source); err == nil && len(form.Questions) < 2 {
			t.Error("a form without its two ratings")
		}
	})
}
