package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAsteriskConfig(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(dir, "secrets", "ari")
	file := write(t, filepath.Join(dir, "hotline.yaml"), fmt.Sprintf(`
switches:
  - {name: east, kind: asterisk, password_file: %q}
  - {name: west, kind: asterisk, password: west-password-123, application: second}
asterisk:
  sip_bind: 127.0.0.9:5080
  trunks: [{name: carrier, addresses: [192.0.2.7]}]
hotlines:
  - {name: one, dids: ["4001"], queue: service}
  - {name: two, dids: ["4002", "4003"], queue: service}
`, secret))
	etc := filepath.Join(dir, "etc")
	read := func(path string) string {
		t.Helper()
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}

	r := hotline(t, nil, "", "--config", file, "asterisk-config", "--out", etc)
	if r.code != exitOK || !strings.Contains(r.out, "ARI's password is in "+secret) {
		t.Fatalf("first run: %+v", r)
	}
	password := strings.TrimSpace(read(secret))
	if info, err := os.Stat(secret); err != nil || info.Mode().Perm() != 0o600 || len(password) < 20 {
		t.Errorf("the secret %q has mode %v, %v", password, info.Mode(), err)
	}
	if ari := read(filepath.Join(etc, "ari.conf")); !strings.Contains(ari, password) {
		t.Errorf("ari.conf does not take the password of %s:\n%s", secret, ari)
	}
	pjsip, dialplan := read(filepath.Join(etc, "pjsip.conf")), read(filepath.Join(etc, "extensions.conf"))
	if !strings.Contains(pjsip, "127.0.0.9:5080") || !strings.Contains(pjsip, "192.0.2.7") || !strings.Contains(pjsip, "trunk-carrier") {
		t.Errorf("pjsip.conf lacks address or trunk:\n%s", pjsip)
	}
	for _, did := range []string{"4001", "4002", "4003"} {
		if !strings.Contains(dialplan, did) {
			t.Errorf("extensions.conf does not know %s", did)
		}
	}

	if r := hotline(t, nil, "", "--config", file, "asterisk-config", "--out", etc); r.code != exitOK || strings.TrimSpace(read(secret)) != password {
		t.Errorf("second run must keep the password: %+v", r)
	}
	west := filepath.Join(dir, "west")
	if r := hotline(t, nil, "", "--config", file, "asterisk-config", "--out", west, "--switch", "west"); r.code != exitOK {
		t.Fatalf("west: %+v", r)
	}
	if ari := read(filepath.Join(west, "ari.conf")); !strings.Contains(ari, "west-password-123") || !strings.Contains(read(filepath.Join(west, "extensions.conf")), "second") {
		t.Errorf("west has not its own password and application:\n%s", ari)
	}
	if r := hotline(t, nil, "", "--config", file, "asterisk-config", "--out", west, "--switch", "north"); r.code != exitFailed || !strings.Contains(r.errors, "east, west") {
		t.Errorf("an unknown switch: %+v", r)
	}
}
