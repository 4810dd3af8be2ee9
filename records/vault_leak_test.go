package records_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"filippo.io/age"

	"hotline/records"
	"hotline/records/vault"
	"hotline/records/vault/leak"
)

// TestVaultLeavesNothing: the login information, and after the end the key to it, is looked for in everything that the hotline writes: database,
// WAL, shared memory, vault, files, log, live copies and VACUUM INTO backups.
func TestVaultLeavesNothing(t *testing.T) {
	ctx, root, c := t.Context(), t.TempDir(), newClock()
	at := func(name string) string { return filepath.Join(root, name) }
	const login, password = "财务管理员", "Tr0ub4dor&3-密码"
	vaulted := func(dir string) *vault.Vault {
		return get[*vault.Vault](t)(vault.Open(vault.Options{Dir: dir, KeyFile: at("vault.key")}))
	}
	logFile := get[*os.File](t)(os.Create(at("hotline.log")))
	defer logFile.Close()
	// Not by openAt: its database must lie where this test looks, and its log be read.
	s := get[*records.Store](t)(records.Open(ctx, records.Options{
		Path: at("hotline.db"), Files: at("files"), Vault: vaulted(at("vault")), Now: c.now, Procedures: shipped(t),
		Log: slog.New(slog.NewTextHandler(logFile, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}))
	staff(t, s)
	engineers(t, s)
	v := vaultFor(t, s, c, "c1")
	e := get[records.VaultEntry](t)(s.KeepInVault(ctx, records.KeepInVault{
		Session: v.ID, Kind: "system", By: "gao", Via: "phone", Secret: vault.NewSecret(fmt.Appendf(nil, "%s\n%s", login, password)),
	}))
	read := get[vault.Secret](t)(s.ReadVault(ctx, records.ReadVault{Session: v.ID, Entry: e.ID, By: "gao", Reason: "log in"}))
	equal(t, "what is read", shown(t, read), login+"\n"+password)
	slog.New(slog.NewTextHandler(logFile, nil)).Info("careless", "secret", read, "error", fmt.Errorf("with %v", read))
	read.Erase()
	get[records.Attachment](t)(s.AddAttachment(ctx, records.NewAttachment{Case: v.Case, By: "gao", Name: "a.txt", Body: bytes.NewReader([]byte("a file"))}))

	// Taken while it is open: a backup of the database, a live copy of its files, and, as only an intruder can, the key file.
	db := get[*sql.DB](t)(sql.Open("sqlite3", "file:"+at("hotline.db")+"?_busy_timeout=5000"))
	defer db.Close()
	get[sql.Result](t)(db.ExecContext(ctx, `VACUUM INTO ?`, at("backup-open.db")))
	for _, ext := range []string{"", "-wal", "-shm"} {
		copyFile(t, at("hotline.db"+ext), at("live-open.db"+ext))
	}
	wrapped := get[[]byte](t)(os.ReadFile(filepath.Join(at("vault"), v.ID+".key")))
	key := unwrapped(t, at("vault.key"), wrapped)
	sealed := sealedIn(t, at("backup-open.db"), e.ID)
	if again, err := vaulted(at("vault")).Unseal(v.ID, e.ID, sealed); err != nil || shown(t, again) != login+"\n"+password {
		t.Fatalf("what is in the backup is not what was sealed: %v", err)
	}
	found := func(when string, texts ...string) {
		t.Helper()
		for _, text := range texts {
			for _, hit := range get[[]leak.Hit](t)(leak.Search(root, leak.Forms(text))) {
				t.Errorf("%s: %v", when, hit)
			}
		}
	}
	found("while open", login, password, string(key))
	if len(get[[]leak.Hit](t)(leak.Search(root, leak.Forms(string(sealed))))) == 0 || len(get[[]leak.Hit](t)(leak.Search(root, leak.Forms(string(wrapped))))) == 0 {
		t.Fatal("the search does not even find what is there")
	}

	get[records.VaultSession](t)(s.EndVaultSession(ctx, records.EndVault{Session: v.ID, By: "gao"}))
	get[sql.Result](t)(db.ExecContext(ctx, `VACUUM INTO ?`, at("backup-closed.db")))
	found("after the end", login, password, string(key), string(wrapped))
	if b := sealedIn(t, at("backup-closed.db"), e.ID); b != nil {
		t.Errorf("%d sealed bytes are in the database after the end", len(b))
	}
	must(t, s.Close())
	found("after the store is closed", login, password, string(key), string(wrapped))

	// Everything there is after the end, the master key included, and what backups held before: it does not open.
	copied := t.TempDir()
	must(t, os.CopyFS(filepath.Join(copied, "all"), os.DirFS(root)))
	must(t, os.Chmod(filepath.Join(copied, "all", "vault.key"), 0o600))
	later := get[*vault.Vault](t)(vault.Open(vault.Options{Dir: filepath.Join(copied, "all", "vault"), KeyFile: filepath.Join(copied, "all", "vault.key")}))
	if _, err := later.Unseal(v.ID, e.ID, sealed); !errors.Is(err, vault.ErrGone) {
		t.Errorf("a copy made after the end, with the same master key: %v", err)
	}
	for _, backup := range []string{"backup-open.db", "live-open.db"} {
		if !bytes.Equal(sealedIn(t, filepath.Join(copied, "all", backup), e.ID), sealed) {
			t.Errorf("%s does not hold what was sealed: the search looked at the wrong thing", backup)
		}
	}
}

func copyFile(t testing.TB, from, to string) {
	t.Helper()
	must(t, os.WriteFile(to, get[[]byte](t)(os.ReadFile(from)), 0o600))
}

// unwrapped is the data key, opened with age alone, as somebody would who holds the master key.
func unwrapped(t testing.TB, masterFile string, wrapped []byte) []byte {
	t.Helper()
	file := get[*os.File](t)(os.Open(masterFile))
	defer file.Close()
	ids := get[[]age.Identity](t)(age.ParseIdentities(file))
	key := get[[]byte](t)(io.ReadAll(get[io.Reader](t)(age.Decrypt(bytes.NewReader(wrapped), ids...))))
	equal(t, "bytes of the data key", len(key), 32)
	return key
}

// sealedIn reads what a copy of the database holds of an entry.
func sealedIn(t testing.TB, path, entry string) []byte {
	t.Helper()
	db := get[*sql.DB](t)(sql.Open("sqlite3", "file:"+path))
	defer db.Close()
	var sealed []byte
	must(t, db.QueryRowContext(t.Context(), `SELECT sealed FROM vault_entries WHERE id = ?`, entry).Scan(&sealed))
	return sealed
}
