package configs

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// problemsOf reads text and gives what is wrong with it, one line each.
func problemsOf(t *testing.T, text string, environ ...string) []string {
	t.Helper()
	_, err := decode("f.yaml", []byte(text), environ)
	var ps Problems
	if err != nil && !errors.As(err, &ps) {
		t.Fatalf("the error is no Problems: %T", err)
	}
	var out []string
	for _, p := range ps {
		out = append(out, p.Error())
	}
	return out
}

func TestProblemsHaveLineAndRemedy(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"unknown key", "http:\n  lisen: 1", `f.yaml:2:3: http.lisen: is not a known key; did you mean "listen"?`},
		{"unknown key, nothing near", "log:\n  colour_of_the_sky: blue", "f.yaml:2:3: log.colour_of_the_sky: is not a known key; known here: level, format"},
		{"unknown section", "quues: []", `f.yaml:1:1: quues: is not a known key; did you mean "queues"?`},
		{"repeated key", "data:\n  dir: a\n  dir: b", "f.yaml:3:3: data.dir: stands here twice, first in line 2; keep one of the two"},
		{"duration without unit", "desk:\n  timeout: 30", `f.yaml:2:12: desk.timeout: "30" is no duration; write a number with its unit, e.g. 500ms, 20s, 5m, 12h`},
		{"word for a number", "security:\n  login_attempts: many", `f.yaml:2:19: security.login_attempts: "many" is no whole number; write a whole number`},
		{"number too large", "security:\n  login_attempts: 99999999999", `f.yaml:2:19: security.login_attempts: "99999999999" is no whole number; write a whole number`},
		{"list for a value", "data:\n  dir: [a]", "f.yaml:2:8: data.dir: is a list, but one value belongs here; write a text"},
		{"value for a section", "data: here", "f.yaml:1:7: data: is a single value, but a section with keys belongs here; its keys: dir"},
		{"section for a list", "teams:\n  name: a", `f.yaml:2:3: teams: is a section, but a list belongs here; begin each item on its own line with "- "`},
		{"list for the file", "- a", "f.yaml:1:1: is a list, but a section with keys belongs here"},
		{"empty item", "teams:\n  -", "f.yaml:2:3: teams[0]: is empty; fill the item in or remove its dash"},
		{"anchor", "data: &x\n  dir: a", "f.yaml:1:7: data: uses a YAML anchor, alias or tag; write the value out"},
		{"second document", "data:\n---\nhttp:", "f.yaml:2:1: holds a second YAML document; keep one document a file: remove this ---"},
		{"tab", "data:\n\tdir: a", "f.yaml:2:1: is not YAML"},
		{"bracket", "teams: [a", "f.yaml:1:8: is not YAML"},
		{"latin-1", "greeting:\n  zh: \xe4", "f.yaml:2:7: is not UTF-8 text; save the file as UTF-8"},
		{"control character", "data:\n  dir: a\x00b", "f.yaml:2:9: holds a control character; remove it"},
		{"deep", strings.Repeat("[", 1000), "f.yaml:1:65: is nested more than 64 levels deep"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := problemsOf(t, tt.text)
			if len(got) != 1 || !strings.HasPrefix(got[0], tt.want) {
				t.Errorf("got %q\nwant one problem that begins with %q", got, tt.want)
			}
		})
	}
}

func TestAllProblemsAtOnceInOrder(t *testing.T) {
	got := problemsOf(t, "timezone: Mars/Base\nhttp:\n  listen: 0.0.0.0:80\n  lisen: x\nlog:\n  level: verbose\n", "HOTLINE_LOG_FORMAT=xml")
	wants := []string{"f.yaml:1:1: timezone", "f.yaml:3:3: http.listen", "f.yaml:4:3: http.lisen", "f.yaml:6:3: log.level", "HOTLINE_LOG_FORMAT: log.format"}
	if len(got) != len(wants) {
		t.Fatalf("got %q", got)
	}
	for i, want := range wants {
		if !strings.HasPrefix(got[i], want) {
			t.Errorf("problem %d is %q, want %q…", i, got[i], want)
		}
	}
}

func TestItemsStartFromTheirDefaults(t *testing.T) {
	cfg, err := decode("f.yaml", []byte(`
hotlines:
  - {name: us, dids: [0080012345, "86"], queue: q, region: US, ring: {on: 2s}}
queues:
  - {name: q, title: {zh: 甲, en: A}, skill: s}
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	h, q := cfg.Hotlines[0], cfg.Queues[0]
	if !slices.Equal(h.DIDs, []string{"0080012345", "86"}) {
		t.Errorf("dids = %q: digits must stay as they were written", h.DIDs)
	}
	if h.Ring.Cycle() != 6*time.Second || h.Budget() != 18*time.Second {
		t.Errorf("cycle %v, budget %v", h.Ring.Cycle(), h.Budget())
	}
	if q.Strategy != LongestIdle || len(q.Ladder) != 4 || q.WrapUpLimit != 2*time.Minute {
		t.Errorf("queue = %+v", q)
	}
}

func TestEnvironment(t *testing.T) {
	cfg, err := decode("f.yaml", []byte("redis: {url: redis://file}\nlog: {level: debug}"), []string{
		"PATH=/bin", "HOTLINE_CONFIG=x", "HOTLINE_CACHE=y", "HOTLINE_ASTERISK_ROOT=r", "HOTLINE_TEST_ARI_URL=z",
		"HOTLINE_REDIS_URL=redis://:p#=:[@env/1", "HOTLINE_DESK_TIMEOUT=45s", "HOTLINE_SECURITY_LOGIN_ATTEMPTS=7",
		"HOTLINE_ASTERISK_LOCAL_NETWORKS=10.0.0.0/8, 192.168.0.0/16",
		"HOTLINE_SWITCHES=[{name: one, kind: asterisk, password: secret}, {name: two, kind: asterisk, password_file: f}]",
		"HOTLINE_TEAMS=[]",
	})
	var ps Problems
	if !errors.As(err, &ps) || len(ps) != 1 || ps[0].Source != "HOTLINE_REDIS_URL" || strings.Contains(err.Error(), "p#") {
		t.Fatalf("err = %v: want one about HOTLINE_REDIS_URL that does not tell the password", err)
	}
	if cfg.Log.Level != "debug" || cfg.Desk.Timeout != 45*time.Second || cfg.Security.LoginAttempts != 7 {
		t.Errorf("cfg = %+v", cfg)
	}
	if !slices.Equal(cfg.Asterisk.LocalNetworks, []string{"10.0.0.0/8", "192.168.0.0/16"}) {
		t.Errorf("local networks = %q", cfg.Asterisk.LocalNetworks)
	}
	if len(cfg.Switches) != 2 || cfg.Switches[0].Password != "secret" || cfg.Switches[1].User != "hotline" {
		t.Errorf("switches = %+v", cfg.Switches)
	}
}

func TestEnvironmentProblems(t *testing.T) {
	tests := []struct{ pair, want string }{
		{"HOTLINE_REDIS_ULR=x", "HOTLINE_REDIS_ULR: is not a known environment variable; did you mean HOTLINE_REDIS_URL?"},
		{"HOTLINE_MOONPHASE_CALCULATION_METHOD=x", "HOTLINE_MOONPHASE_CALCULATION_METHOD: is not a known environment variable; unset it"},
		{"HOTLINE_DESK_TIMEOUT=soon", `HOTLINE_DESK_TIMEOUT: desk.timeout: "soon" is no duration`},
		{"HOTLINE_LOG_LEVEL=inf", `HOTLINE_LOG_LEVEL: log.level: "inf" is no choice here; did you mean "info"?`},
		{"HOTLINE_TEAMS=[{nme: a}]", `HOTLINE_TEAMS:1:3: teams[0].nme: is not a known key; did you mean "name"?`},
		{"HOTLINE_TEAMS=", "HOTLINE_TEAMS: teams: is empty"},
		{"HOTLINE_TEAMS=[", "HOTLINE_TEAMS:1:1: is not YAML"},
	}
	for _, tt := range tests {
		got := problemsOf(t, "", tt.pair)
		if !slices.ContainsFunc(got, func(p string) bool { return strings.HasPrefix(p, tt.want) }) {
			t.Errorf("%s gives %q, want %q…", tt.pair, got, tt.want)
		}
	}
}

func TestReadSecrets(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/ari", "s3cret\nsecond line\n")
	write(t, dir+"/empty", "\n")
	cfg := Default()
	cfg.Switches[0].PasswordFile = dir + "/ari"
	if err := cfg.ReadSecrets(); err != nil || cfg.Switches[0].Password != "s3cret" {
		t.Errorf("password %q, err %v", cfg.Switches[0].Password, err)
	}
	cfg.Webhook = Webhook{URL: "https://example.com", SecretFile: dir + "/missing"}
	cfg.Switches[0].PasswordFile = dir + "/empty"
	var ps Problems
	if err := cfg.ReadSecrets(); !errors.As(err, &ps) || len(ps) != 2 || ps[0].Key != "switches[0].password_file" || ps[1].Key != "webhook.secret_file" {
		t.Errorf("ReadSecrets = %v", err)
	}
}
