package configs

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestShippedFileIsTheDefault(t *testing.T) {
	cfg, err := Load("hotline.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := Default(); !reflect.DeepEqual(cfg, want) {
		t.Errorf("hotline.yaml differs from Default:\n got %+v\nwant %+v", cfg, want)
	}
}

func TestEmptyFileIsTheDefault(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "\n\n", "queues:\nhttp:\n", "\ufeff# made on another system\r\n"} {
		cfg, err := decode("f.yaml", []byte(text), nil)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if !reflect.DeepEqual(cfg, Default()) {
			t.Errorf("%q changes the default: %+v", text, cfg)
		}
	}
}

// uncommented is hotline.yaml with its examples switched on.
func uncommented(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile("hotline.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(text)) {
		// "# prose" stays a comment; "#  - item" and "#    key:" are examples.
		if strings.HasPrefix(line, "#  ") {
			line = line[1:]
		}
		out = append(out, line)
	}
	return []byte(strings.Join(out, ""))
}

func TestEveryKeyIsDocumented(t *testing.T) {
	text := uncommented(t)
	body, ps := parse("hotline.yaml", text)
	if ps != nil {
		t.Fatal(ps)
	}
	cfg := Default()
	d := decoder{source: "hotline.yaml", at: places{}}
	d.node(body, reflect.ValueOf(&cfg).Elem(), "")
	if d.problems != nil {
		t.Fatal(d.problems)
	}
	if ps := check(cfg); ps != nil {
		t.Errorf("the examples are no valid configuration:\n%v", ps)
	}
	index := regexp.MustCompile(`\[\d+\]`)
	documented := map[string]bool{}
	for key := range d.at {
		documented[index.ReplaceAllString(key, "[]")] = true
	}
	for _, key := range everyKey(reflect.TypeFor[Config](), "") {
		if !documented[key] {
			t.Errorf("%s is not in hotline.yaml", key)
		}
	}
}

// everyKey lists all keys, also inside lists.
func everyKey(typ reflect.Type, key string) []string {
	switch typ.Kind() {
	case reflect.Slice:
		return append([]string{key}, everyKey(typ.Elem(), key+"[]")...)
	case reflect.Struct:
		var keys []string
		for i := range typ.NumField() {
			keys = append(keys, everyKey(typ.Field(i).Type, join(key, typ.Field(i).Tag.Get("yaml")))...)
		}
		return keys
	}
	return []string{key}
}

func TestKeysArePlainWords(t *testing.T) {
	word := regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	for _, key := range everyKey(reflect.TypeFor[Config](), "") {
		for part := range strings.SplitSeq(strings.ReplaceAll(key, "[]", ""), ".") {
			if !word.MatchString(part) {
				t.Errorf("%s: a field has no yaml tag, or an odd one", key)
			}
		}
	}
}

func TestEnvironmentNamesAreUnique(t *testing.T) {
	n := 0
	walk(reflect.ValueOf(new(Config)).Elem(), "", func(string, reflect.Value) { n++ })
	if got := len(Variables()); got != n {
		t.Errorf("%d variables for %d keys: two keys share a name", got, n)
	}
}

func TestFileThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{filepath.Join(dir, "missing.yaml"), dir} {
		_, err := Load(path, nil)
		var ps Problems
		if !errors.As(err, &ps) || len(ps) != 1 || ps[0].Source != path || ps[0].What == "" {
			t.Errorf("Load(%s) = %v", path, err)
		}
	}
	big := filepath.Join(dir, "big.yaml")
	if err := os.WriteFile(big, slices.Repeat([]byte("a: b\n"), maxBytes), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(big, nil); err == nil || !strings.Contains(err.Error(), "at most") {
		t.Errorf("a huge file gives %v", err)
	}
}
