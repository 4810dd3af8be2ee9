package linktoken_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hotline/records/linktoken"
)

var now = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func ring(t *testing.T) (*linktoken.Ring, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "links.key")
	return linktoken.File(file), file
}

func sign(t *testing.T, r *linktoken.Ring, purpose string, ends time.Time) string {
	t.Helper()
	token, err := r.Sign(purpose, ends)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// TestToken: what was signed is told, until its time has come.
func TestToken(t *testing.T) {
	r, file := ring(t)
	token := sign(t, r, "confirm", now.Add(time.Hour))
	if len(token) != 48 || strings.Trim(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") != "" {
		t.Errorf("token %q", token)
	}
	if token == sign(t, r, "confirm", now.Add(time.Hour)) {
		t.Error("two links have one token")
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key file: %v, %v", info, err)
	}
	for at, want := range map[time.Time]error{
		now: nil, now.Add(time.Hour - time.Second): nil, now.Add(time.Hour): linktoken.ErrEnded, now.AddDate(1, 0, 0): linktoken.ErrEnded,
	} {
		if err := r.Verify(token, at); !errors.Is(err, want) {
			t.Errorf("at %v: %v, want %v", at, err, want)
		}
	}
	if !r.For(token, "confirm") || r.For(token, "sign") || r.For("", "confirm") {
		t.Error("the token does not keep to its purpose")
	}
	if _, err := r.Sign("everything", now); err == nil {
		t.Error("an unknown purpose was signed")
	}
	if _, err := r.Sign("confirm", time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)); err == nil {
		t.Error("a time that the token cannot hold was signed")
	}
}

// TestForged: no other string passes, whatever is changed in one that does.
func TestForged(t *testing.T) {
	r, _ := ring(t)
	good := sign(t, r, "consent", now.Add(time.Hour))
	rapid.Check(t, func(t *rapid.T) {
		bad := []byte(good)
		for range rapid.IntRange(1, 4).Draw(t, "changes") {
			bad[rapid.IntRange(0, len(bad)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "to")
		}
		if string(bad) != good && !errors.Is(r.Verify(string(bad), now), linktoken.ErrForged) {
			t.Fatalf("%q passes", bad)
		}
	})
	other, _ := ring(t)
	for _, bad := range []string{"", "A", good[:47], good + "A", strings.ToLower(good), good + "\n", good[:24] + "\n" + good[24:], sign(t, other, "consent", now.Add(time.Hour))} {
		if !errors.Is(r.Verify(bad, now), linktoken.ErrForged) {
			t.Errorf("%q passes", bad)
		}
	}
}

// TestRotate: links that are on their way live through one new key, not through two; every process learns of it at once.
func TestRotate(t *testing.T) {
	r, file := ring(t)
	first := sign(t, r, "survey", now.Add(time.Hour))
	if err := linktoken.Rotate(file); err != nil {
		t.Fatal(err)
	}
	second := sign(t, r, "survey", now.Add(time.Hour))
	if r.Verify(first, now) != nil || linktoken.File(file).Verify(second, now) != nil {
		t.Error("a link died by one rotation")
	}
	if err := linktoken.Rotate(file); err != nil {
		t.Fatal(err)
	}
	if r.Verify(second, now) != nil || !errors.Is(r.Verify(first, now), linktoken.ErrForged) {
		t.Error("two keys are accepted, the newest and the one before")
	}
}

// TestKeys: keys from a secret store, and files that are no keys.
func TestKeys(t *testing.T) {
	one, two := strings.Repeat("ab", 32), strings.Repeat("cd", 32)
	old, err := linktoken.Keys(one)
	if err != nil {
		t.Fatal(err)
	}
	both, err := linktoken.Keys(two + "," + one)
	if err != nil {
		t.Fatal(err)
	}
	if err := both.Verify(sign(t, old, "sign", now.Add(time.Hour)), now); err != nil {
		t.Errorf("the key before is not accepted: %v", err)
	}
	if err := old.Verify(sign(t, both, "sign", now.Add(time.Hour)), now); !errors.Is(err, linktoken.ErrForged) {
		t.Errorf("the first key does not sign: %v", err)
	}
	for _, bad := range []string{"", "ab", strings.Repeat("x", 64), one + "," + two + "," + one} {
		if _, err := linktoken.Keys(bad); err == nil {
			t.Errorf("%q is taken for keys", bad)
		}
	}
	file := filepath.Join(t.TempDir(), "links.key")
	if err := os.WriteFile(file, []byte("short\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := linktoken.File(file).Sign("sign", now); !errors.Is(err, linktoken.ErrKey) {
		t.Errorf("signed with a broken key: %v", err)
	}
	if err := linktoken.File(file).Verify(strings.Repeat("A", 48), now); !errors.Is(err, linktoken.ErrKey) {
		t.Errorf("a broken key forges nothing: %v", err)
	}
}
