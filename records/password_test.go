package records

import (
	"encoding/base64"
	"strings"
	"testing"
)

// TestPasswordsAreArgon2id: what is kept of a password is argon2id with OWASP's parameters and a salt of its own; another password, and a
// hash that was tampered with, do not match; a hash of weaker parameters is known as one to be made anew.
func TestPasswordsAreArgon2id(t *testing.T) {
	const password = "correct horse battery staple"
	s := &Store{hashing: make(chan struct{}, 1)}
	first, err := s.hashPassword(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	second, err := s.hashPassword(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(first, "$argon2id$v=19$m=19456,t=2,p=1$") || first == second || strings.Contains(first, password) {
		t.Errorf("kept as %s and %s", first, second)
	}
	for _, tt := range []struct {
		phc, password  string
		matches, fresh bool
	}{
		{first, password, true, true},
		{second, password, true, true},
		{first, password + "r", false, true},
		{first[:strings.LastIndex(first, "$")] + second[strings.LastIndex(second, "$"):], password, false, true},
	} {
		matches, fresh, err := s.passwordMatches(t.Context(), tt.phc, tt.password)
		if err != nil || matches != tt.matches || fresh != tt.fresh {
			t.Errorf("%s: %v %v %v", tt.phc, matches, fresh, err)
		}
	}
	weak, err := s.argon(t.Context(), password, []byte("0123456789abcdef"), 1, 8*1024, 1, argonKey)
	if err != nil {
		t.Fatal(err)
	}
	phc := "$argon2id$v=19$m=8192,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$" + base64.RawStdEncoding.EncodeToString(weak)
	if matches, fresh, err := s.passwordMatches(t.Context(), phc, password); err != nil || !matches || fresh {
		t.Errorf("a weaker hash: %v %v %v", matches, fresh, err)
	}
}
