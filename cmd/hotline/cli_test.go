package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// result is what one run of the command line gave.
type result struct {
	code        int
	out, errors string
}

// hotline runs a command line in this process. environ is what the configuration sees of the environment.
func hotline(t *testing.T, environ []string, stdin string, args ...string) result {
	t.Helper()
	return hotlineIn(t.Context(), environ, stdin, args...)
}

func hotlineIn(ctx context.Context, environ []string, stdin string, args ...string) result {
	var out, errors bytes.Buffer
	code := run(ctx, args, surroundings{stdin: strings.NewReader(stdin), stdout: &out, stderr: &errors, environ: environ})
	return result{code, out.String(), errors.String()}
}

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCommandLine(t *testing.T) {
	tests := []struct {
		args        string
		code        int
		out, errors string // regular expressions
	}{
		{"", exitUsage, `^$`, `expected one of .*"check-config".*\n.*--help`},
		{"--help", exitOK, `(?s)within three rings.*check-config.*asterisk-config.*user add.*verify.*doctor`, `^$`},
		{"user add --help", exitOK, `(?s)Roles: agent, engineer.*--ask`, `^$`},
		{"cehck-config", exitUsage, `^$`, `cehck-config`},
		{"user add", exitUsage, `^$`, `expected "<login>"`},
		{"asterisk-config", exitUsage, `^$`, `--out`},
		{"user add x --role king", exitUsage, `^$`, `--role must be one of`},
		{"version", exitOK, `^hotline \S+.* go1\.\d+`, `^$`},
		{"completion zsh", exitOK, `source <\(hotline completion -c zsh\)`, `^$`},
		{"completion -c bash", exitOK, `complete .*hotline`, `^$`},
		{"completion csh", exitUsage, `^$`, `bash`},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			r := hotline(t, nil, "", strings.Fields(tt.args)...)
			if r.code != tt.code || !regexp.MustCompile(tt.out).MatchString(r.out) || !regexp.MustCompile(tt.errors).MatchString(r.errors) {
				t.Errorf("exit code %d, want %d\nstdout: %s\nstderr: %s", r.code, tt.code, r.out, r.errors)
			}
		})
	}
}

func TestTabCompletes(t *testing.T) {
	t.Setenv("COMP_LINE", "hotline user dis")
	if r := hotline(t, nil, ""); r.code != exitOK || strings.TrimSpace(r.out) != "disable" {
		t.Errorf("completion of %q gives %+v", "hotline user dis", r)
	}
}

func TestCheckConfig(t *testing.T) {
	dir := t.TempDir()
	bad := write(t, filepath.Join(dir, "bad.yaml"), "http:\n  lisen: 127.0.0.1:80\nlog:\n  level: loud\n")
	r := hotline(t, nil, "", "check-config", bad)
	want := bad + ":2:3: http.lisen is not a known key\n    → did you mean \"listen\"?\n" +
		bad + ":4:3: log.level \"loud\" is no choice here\n    → choose one of debug, info, warn, error\n2 problems\n"
	if r.code != exitFailed || r.out != want || r.errors != "" {
		t.Errorf("got %+v\nwant %s", r, want)
	}
	if r := hotline(t, nil, "", "check-config", "../../configs/hotline.yaml"); r.code != exitOK || !strings.Contains(r.out, "good: 1 hotline, 1 queue, 1 switch") {
		t.Errorf("the shipped file: %+v", r)
	}
	if r := hotline(t, nil, "", "check-config", filepath.Join(dir, "none.yaml")); r.code != exitFailed || !strings.Contains(r.out, "does not exist") {
		t.Errorf("a missing file: %+v", r)
	}
	if r := hotline(t, []string{"HOTLINE_LOG_LEVELS=x"}, "", "check-config"); r.code != exitFailed || !strings.Contains(r.out, "did you mean HOTLINE_LOG_LEVEL?") {
		t.Errorf("a mistyped variable: %+v", r)
	}
	t.Setenv("HOTLINE_CONFIG", bad)
	if r := hotline(t, nil, "", "check-config"); !strings.HasPrefix(r.out, bad) {
		t.Errorf("HOTLINE_CONFIG is not read: %+v", r)
	}
	// Other commands refuse to work with it and say the same.
	if r := hotline(t, nil, "", "user", "list"); r.code != exitFailed || !strings.Contains(r.errors, bad+":2:3: http.lisen") {
		t.Errorf("user list with a bad configuration: %+v", r)
	}
}
