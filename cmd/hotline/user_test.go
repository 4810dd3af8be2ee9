package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hotline/records"
)

var shownOnce = regexp.MustCompile(`shown this once: ([A-Z2-7]{26})\n`)

func TestUserLife(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	do := func(stdin string, args ...string) result {
		t.Helper()
		r := hotline(t, nil, stdin, append([]string{"--data", data, "user"}, args...)...)
		if r.code != exitOK {
			t.Fatalf("hotline user %v: %+v", args, r)
		}
		return r
	}
	added := do("", "add", "anna", "--name", "安娜", "--team", "north", "--role", "agent,supervisor", "--skill", "service=1,printing=3")
	secrets := shownOnce.FindAllStringSubmatch(added.out, -1)
	if len(secrets) != 2 || secrets[0][1] == secrets[1][1] {
		t.Fatalf("a password and a phone secret must be printed: %s", added.out)
	}
	if r := do("correct horse battery\n", "add", "bob", "--role", "administrator", "--ask"); strings.Contains(r.out, "shown") {
		t.Errorf("no secret was generated, yet one is shown: %s", r.out)
	}
	if info, err := os.Stat(filepath.Join(data, "hotline.db")); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("the database must be private: %v %v", info.Mode(), err)
	}

	var users []records.User
	if err := json.Unmarshal([]byte(do("", "list", "--json").out), &users); err != nil || len(users) != 2 || users[0].Skills["printing"] != 3 {
		t.Fatalf("users = %+v, %v", users, err)
	}
	if table := do("", "list").out; !regexp.MustCompile(`(?m)^anna +安娜 +north +agent,supervisor +printing=3,service=1 +SIP +active +never$`).MatchString(table) {
		t.Errorf("list:\n%s", table)
	}

	authenticate := func(login, password string) error {
		t.Helper()
		cfg := settingsIn(data)
		store, err := openRecords(t.Context(), cfg, quiet())
		if err != nil {
			t.Fatal(err)
		}
		_, err = store.Authenticate(t.Context(), login, password)
		if closed := store.Close(); closed != nil {
			t.Fatal(closed)
		}
		return err
	}
	if err := authenticate("anna", secrets[0][1]); err != nil {
		t.Errorf("the printed password is refused: %v", err)
	}
	if err := authenticate("bob", "correct horse battery"); err != nil {
		t.Errorf("the given password is refused: %v", err)
	}
	renewed := shownOnce.FindStringSubmatch(do("", "password", "anna").out)
	if authenticate("anna", secrets[0][1]) == nil || authenticate("anna", renewed[1]) != nil {
		t.Error("a new password must replace the old one")
	}
	if again := shownOnce.FindStringSubmatch(do("", "phone", "anna").out); len(again) != 2 || again[1] == secrets[1][1] {
		t.Error("user phone must make another secret")
	}
	do("", "disable", "anna")
	if authenticate("anna", renewed[1]) == nil {
		t.Error("a disabled user can log in")
	}
	do("", "enable", "anna")
	if err := authenticate("anna", renewed[1]); err != nil {
		t.Errorf("an enabled user cannot log in: %v", err)
	}
}

func TestUserMistakes(t *testing.T) {
	data := t.TempDir()
	tests := []struct {
		stdin string
		args  []string
		want  string
	}{
		{"", []string{"add", "500&PJSIP/trunk/00"}, "cannot be a login"},
		{"", []string{"add", "trunk1"}, "cannot be a login"},
		{"short\n", []string{"add", "carl", "--ask"}, "at least"},
		{"", []string{"add", "carl", "--ask"}, "no password on standard input"},
		{"", []string{"add", "carl", "--skill", "service=12"}, "from 1 (best) to 9"},
		{"", []string{"disable", "nobody"}, `no user "nobody"`},
	}
	for _, tt := range tests {
		r := hotline(t, nil, tt.stdin, append([]string{"--data", data, "user"}, tt.args...)...)
		if r.code != exitFailed || !strings.Contains(r.errors, tt.want) || r.out != "" {
			t.Errorf("hotline user %v: %+v, want %q", tt.args, r, tt.want)
		}
		if tt.args[0] == "add" && strings.Contains(r.errors, "carl") && strings.Contains(r.errors, "short\n") {
			t.Errorf("the password is told: %s", r.errors)
		}
	}
	empty := t.TempDir()
	if r := hotline(t, nil, "", "--data", empty, "user", "list"); r.code != exitFailed || !strings.Contains(r.errors, "no records at") {
		t.Errorf("list without records: %+v", r)
	}
	if entries, err := os.ReadDir(empty); err != nil || len(entries) != 0 {
		t.Errorf("looking has made files: %v, %v", entries, err)
	}
}
