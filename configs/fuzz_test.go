package configs

import (
	"errors"
	"os"
	"testing"
)

func FuzzLoad(f *testing.F) {
	shipped, err := os.ReadFile("hotline.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(shipped, "")
	for _, text := range []string{
		"http: {listen: 1}", "a: [", "a: \"", "? a\n: b", "&a [*a]", "<<: {a: b}", "!!int x: 1", "queues:\n- -\n- {}\n-", "a: |\n b", "%YAML 1.2\n---\n", "a: 'b", "{[]: x}", "teams: [[]]",
	} {
		f.Add([]byte(text), "HOTLINE_QUEUES="+text)
	}
	f.Add([]byte("log: {level: x}"), "HOTLINE_LOG_LEVEL=\xff")
	f.Fuzz(func(t *testing.T, text []byte, pair string) {
		if len(text) > 4096 || len(pair) > 512 {
			return // long inputs only slow the search down; the size limit has its own test
		}
		cfg, err := decode("f.yaml", text, []string{pair})
		if err == nil {
			if cfg.Validate() != nil {
				t.Errorf("loaded without a problem, but %v", cfg.Validate())
			}
			return
		}
		var ps Problems
		if !errors.As(err, &ps) || len(ps) == 0 {
			t.Fatalf("the error is no Problems: %T", err)
		}
		for _, p := range ps {
			if p.Source == "" || p.What == "" || p.Source == "f.yaml" && (p.Line < 1 || p.Column < 1) {
				t.Errorf("a problem without position or words: %#v", p)
			}
		}
	})
}
