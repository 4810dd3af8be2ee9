package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"hotline/configs"
	"hotline/records/vault"
)

func TestVaultRotate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	v, err := openVault(configs.Config{Data: configs.Data{Dir: dir}})
	if err != nil {
		t.Fatal(err)
	}
	if err := v.New("s1"); err != nil {
		t.Fatal(err)
	}
	sealed, err := v.Seal("s1", "e", vault.NewSecret([]byte("x")))
	if err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(filepath.Join(dir, "vault.key"))
	if err != nil {
		t.Fatal(err)
	}
	r := hotline(t, nil, "", "vault", "rotate", "--data", dir)
	after, err := os.ReadFile(filepath.Join(dir, "vault.key"))
	if r.code != exitOK || r.out != "the master key is new; 1 open session wrapped with it\n" || err != nil || bytes.Equal(before, after) {
		t.Errorf("%+v, %v; key replaced: %t", r, err, !bytes.Equal(before, after))
	}
	for _, said := range []string{r.out, r.errors} {
		if strings.Contains(said, "AGE-SECRET-KEY") {
			t.Errorf("a key was printed: %s", said)
		}
	}
	if s, err := v.Unseal("s1", "e", sealed); err != nil || s.Len() != 1 { // the running server reads the new key at its next use
		t.Errorf("an open session after rotation: %v", err)
	}

	fresh, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	environ := []string{"HOTLINE_VAULT_KEY=" + fresh.String() + "," + string(bytes.TrimSpace(after))}
	if r := hotline(t, environ, "", "vault", "rotate", "--data", dir); r.code != exitOK || !strings.Contains(r.out, "1 open session") || !strings.Contains(r.out, "drop every key but the first") {
		t.Errorf("by environment: %+v", r)
	}
	if r := hotline(t, []string{"HOTLINE_VAULT_KEY=nonsense"}, "", "vault", "rotate", "--data", dir); r.code != exitFailed || strings.Contains(r.errors, "nonsense") {
		t.Errorf("a wrong key: %+v", r)
	}
}
