package vault

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"filippo.io/age"
	"pgregory.net/rapid"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newVault(t testing.TB) *Vault {
	t.Helper()
	dir := t.TempDir()
	v, err := Open(Options{Dir: filepath.Join(dir, "vault"), KeyFile: filepath.Join(dir, "vault.key")})
	must(t, err)
	return v
}

// plain is the plaintext of a secret, copied out.
func plain(t testing.TB, s Secret) string {
	t.Helper()
	var out string
	must(t, s.Use(func(b []byte) error { out = string(b); return nil }))
	return out
}

func TestSealedIsOpenedWhereItWasPut(t *testing.T) {
	v := newVault(t)
	must(t, v.New("s1"))
	must(t, v.New("s2"))
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.String().Draw(rt, "text")
		sealed, err := v.Seal("s1", "e1", NewSecret([]byte(text)))
		must(t, err)
		if len(text) > 3 && bytes.Contains(sealed, []byte(text)) {
			rt.Fatalf("%q stands in what was sealed", text)
		}
		if (len(sealed)-12-16)%block != 0 {
			rt.Fatalf("%d bytes tell the length of %q", len(sealed), text)
		}
		got, err := v.Unseal("s1", "e1", sealed)
		must(t, err)
		if plain(t, got) != text {
			rt.Fatalf("%q came back as %q", text, plain(t, got))
		}
		if _, err := v.Unseal("s1", "e2", sealed); !errors.Is(err, ErrTampered) {
			rt.Fatalf("opened as another entry: %v", err)
		}
		if _, err := v.Unseal("s2", "e1", sealed); !errors.Is(err, ErrTampered) {
			rt.Fatalf("opened in another session: %v", err)
		}
		sealed[rapid.IntRange(0, len(sealed)-1).Draw(rt, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(rt, "bit")
		if _, err := v.Unseal("s1", "e1", sealed); !errors.Is(err, ErrTampered) {
			rt.Fatalf("opened though changed: %v", err)
		}
	})
	if _, err := v.Unseal("s1", "e1", []byte("short")); !errors.Is(err, ErrTampered) {
		t.Errorf("a stump opens: %v", err)
	}
	if _, err := v.Seal("s1", "e1", NewSecret(make([]byte, MaxSecret+1))); !errors.Is(err, ErrTooLong) {
		t.Errorf("no bound: %v", err)
	}
}

func TestDestroyedIsGone(t *testing.T) {
	v := newVault(t)
	must(t, v.New("s1"))
	sealed, err := v.Seal("s1", "e1", NewSecret([]byte("geheim")))
	must(t, err)
	kept, err := os.Open(filepath.Join(v.dir, "s1.key")) // the same inode, after its name is gone
	must(t, err)
	defer kept.Close()
	before, err := os.ReadFile(kept.Name())
	must(t, err)
	must(t, os.WriteFile(kept.Name()+".next", before, 0o600)) // of a rotation that was stopped
	must(t, v.Destroy("s1"))
	must(t, v.Destroy("s1")) // twice is once
	if _, err := os.Stat(kept.Name() + ".next"); err == nil {
		t.Error("a copy of the key is left")
	}
	after := make([]byte, len(before))
	if _, err := kept.ReadAt(after, 0); err != nil {
		t.Fatal(err)
	}
	same := 0
	for i := range before {
		if before[i] == after[i] {
			same++
		}
	}
	if same > len(before)/8 {
		t.Errorf("%d of %d bytes of the key file were not overwritten", same, len(before))
	}
	if _, err := v.Unseal("s1", "e1", sealed); !errors.Is(err, ErrGone) {
		t.Errorf("read after its end: %v", err)
	}
	if _, err := v.Seal("s1", "e1", NewSecret([]byte("x"))); !errors.Is(err, ErrGone) {
		t.Errorf("sealed after its end: %v", err)
	}
	must(t, v.New("s1")) // another key: the name alone opens nothing
	if _, err := v.Unseal("s1", "e1", sealed); !errors.Is(err, ErrTampered) {
		t.Errorf("a new key of the same name opens it: %v", err)
	}
	if err := v.New("s1"); !errors.Is(err, ErrExists) {
		t.Errorf("a key was replaced: %v", err)
	}
}

func TestNamesThatCouldLeaveTheDirectory(t *testing.T) {
	v := newVault(t)
	for _, name := range []string{"", "../x", "a/b", "a\x00", ".", "s1.key", strings.Repeat("a", 65), "中"} {
		_, sealing := v.Seal(name, "e", Secret{})
		for what, err := range map[string]error{"new": v.New(name), "seal": sealing, "destroy": v.Destroy(name)} {
			if !errors.Is(err, ErrSession) {
				t.Errorf("%s %q: %v", what, name, err)
			}
		}
	}
}

type entry struct{ S Secret }

func TestSecretsSayNothing(t *testing.T) {
	const word = "pa55word"
	s := NewSecret([]byte(word))
	var said bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%b", "%p", "%T %v"} {
		if verb == "%T %v" {
			fmt.Fprintf(&said, verb, s, s)
			continue
		}
		fmt.Fprintf(&said, verb+verb+"\n", s, &s)
		fmt.Fprintf(&said, verb+"\n", struct{ S Secret }{s})
	}
	for _, h := range []slog.Handler{slog.NewTextHandler(&said, nil), slog.NewJSONHandler(&said, nil)} {
		slog.New(h).Info("a line", "secret", s, "in", struct{ S Secret }{s}, "group", slog.GroupValue(slog.Any("s", s)), "list", []Secret{s})
	}
	for _, encode := range []func(any) ([]byte, error){json.Marshal, xml.Marshal} {
		text, err := encode(entry{s})
		must(t, err)
		said.Write(text)
	}
	fmt.Fprint(&said, fmt.Errorf("a fault with %v", s))
	for _, form := range []string{word, fmt.Sprintf("%x", word), fmt.Sprintf("%X", word), "112 97 53 53"} {
		if strings.Contains(said.String(), form) {
			t.Errorf("%q was said:\n%s", form, &said)
		}
	}
	if !strings.Contains(said.String(), withheld) {
		t.Error("nothing says that something is withheld")
	}
	shared := s
	var seen []byte
	must(t, s.Use(func(b []byte) error { seen = b; return nil }))
	s.Erase()
	if shared.Len() != 0 || !bytes.Equal(seen, make([]byte, len(word))) {
		t.Errorf("after Erase a copy has %d bytes, the memory %q", shared.Len(), seen)
	}
	Secret{}.Erase()
}

func TestMasterKey(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "vault.key")
	v, err := Open(Options{Dir: filepath.Join(dir, "vault"), KeyFile: file})
	must(t, err)
	info, err := os.Stat(file)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the master key has mode %v", info.Mode())
	}
	for _, private := range []string{filepath.Join(dir, "vault")} {
		if info, err := os.Stat(private); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v", private, info.Mode(), err)
		}
	}
	must(t, v.New("s1"))
	sealed, err := v.Seal("s1", "e", NewSecret([]byte("x")))
	must(t, err)

	again, err := Open(Options{Dir: v.dir, KeyFile: file}) // the key is kept, not made anew
	must(t, err)
	if s, err := again.Unseal("s1", "e", sealed); err != nil || plain(t, s) != "x" {
		t.Errorf("after a restart: %v", err)
	}

	must(t, os.Chmod(file, 0o640))
	if _, err := v.Unseal("s1", "e", sealed); !errors.Is(err, ErrMaster) || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a key that others can read is used: %v", err)
	}
	must(t, os.Chmod(file, 0o600))

	classic, err := age.GenerateX25519Identity() // as age-keygen makes them
	must(t, err)
	other, err := Open(Options{Dir: v.dir, Key: classic.String()})
	must(t, err)
	if _, err := other.Unseal("s1", "e", sealed); !errors.Is(err, ErrMaster) {
		t.Errorf("another master key opens it: %v", err)
	}
	must(t, other.New("s2"))
	if _, err := other.Seal("s2", "e", NewSecret([]byte("y"))); err != nil {
		t.Errorf("a key of age-keygen does not serve: %v", err)
	}

	const wrong = "AGE-SECRET-KEY-1WRONG"
	if _, err := Open(Options{Dir: v.dir, Key: wrong}); !errors.Is(err, ErrMaster) || strings.Contains(err.Error(), "WRONG") {
		t.Errorf("a wrong key: %v", err)
	}
	for what, o := range map[string]Options{"no key": {Dir: v.dir}, "no directory": {KeyFile: file}} {
		if _, err := Open(o); err == nil {
			t.Errorf("%s is accepted", what)
		}
	}
}

func TestRotation(t *testing.T) {
	v := newVault(t)
	must(t, v.New("s1"))
	sealed, err := v.Seal("s1", "e", NewSecret([]byte("x")))
	must(t, err)
	old, err := os.ReadFile(v.master.file)
	must(t, err)
	n, err := v.Rotate()
	must(t, err)
	fresh, err := os.ReadFile(v.master.file)
	must(t, err)
	if n != 1 || bytes.Contains(fresh, bytes.TrimSpace(old)) || bytes.Count(fresh, []byte("\n")) != 1 {
		t.Errorf("%d sessions; the new file has %d lines, the old key stays: %t", n, bytes.Count(fresh, []byte("\n")), bytes.Contains(fresh, bytes.TrimSpace(old)))
	}
	if s, err := v.Unseal("s1", "e", sealed); err != nil || plain(t, s) != "x" {
		t.Errorf("after rotation: %v", err)
	}
	before, err := Open(Options{Dir: v.dir, Key: string(bytes.TrimSpace(old))})
	must(t, err)
	if _, err := before.Unseal("s1", "e", sealed); !errors.Is(err, ErrMaster) {
		t.Errorf("the old master key still opens: %v", err)
	}

	// Stopped after the new key was added: both are there, everything opens, and rotating again ends it.
	must(t, v.addMasterKey())
	if s, err := v.Unseal("s1", "e", sealed); err != nil || plain(t, s) != "x" {
		t.Errorf("half rotated: %v", err)
	}
	if _, err := v.Rotate(); err != nil {
		t.Error(err)
	}
	if s, err := v.Unseal("s1", "e", sealed); err != nil || plain(t, s) != "x" {
		t.Errorf("after the second: %v", err)
	}

	// By environment: "new,old", rotate, "new".
	a, b := func() string { k, err := newMasterKey(); must(t, err); return k }(), func() string { k, err := newMasterKey(); must(t, err); return k }()
	env, err := Open(Options{Dir: t.TempDir(), Key: a})
	must(t, err)
	must(t, env.New("s"))
	sealed, err = env.Seal("s", "e", NewSecret([]byte("y")))
	must(t, err)
	both, err := Open(Options{Dir: env.dir, Key: b + "," + a})
	must(t, err)
	if _, err := both.Rotate(); err != nil {
		t.Fatal(err)
	}
	only, err := Open(Options{Dir: env.dir, Key: b})
	must(t, err)
	if s, err := only.Unseal("s", "e", sealed); err != nil || plain(t, s) != "y" {
		t.Errorf("after rotation by environment: %v", err)
	}
}

// TestReadersDestroyersAndRotation: whoever reads while a key is destroyed or the master replaced gets the whole secret or
// ErrGone; what was destroyed never comes back.
func TestReadersDestroyersAndRotation(t *testing.T) {
	v := newVault(t)
	const sessions = 4
	var sealed [sessions][]byte
	for i := range sealed {
		must(t, v.New(fmt.Sprint("s", i)))
		var err error
		sealed[i], err = v.Seal(fmt.Sprint("s", i), "e", NewSecret([]byte("x")))
		must(t, err)
	}
	var wait sync.WaitGroup
	wait.Go(func() {
		for range 5 {
			if _, err := v.Rotate(); err != nil {
				t.Error(err)
			}
		}
	})
	for i := range sessions {
		wait.Go(func() {
			for {
				s, err := v.Unseal(fmt.Sprint("s", i), "e", sealed[i])
				if errors.Is(err, ErrGone) {
					return
				}
				if err != nil || plain(t, s) != "x" {
					t.Errorf("session %d: %v", i, err)
					return
				}
			}
		})
		wait.Go(func() {
			if err := v.Destroy(fmt.Sprint("s", i)); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	left, err := v.Sessions()
	if err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	entries, err := os.ReadDir(v.dir)
	must(t, err)
	for _, e := range entries {
		if e.Name() != tagFile && e.Name() != lockFile {
			t.Errorf("left in the directory: %s", e.Name())
		}
	}
}
