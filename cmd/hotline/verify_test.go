package main

import (
	"database/sql"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3"

	"hotline/configs"
	"hotline/records"
)

// settingsIn is the default configuration with its data in dir.
func settingsIn(dir string) configs.Config {
	cfg := configs.Default()
	cfg.Data.Dir = dir
	return cfg
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestVerify(t *testing.T) {
	data := t.TempDir()
	cfg := settingsIn(data)
	store, err := openRecords(t.Context(), cfg, quiet())
	if err != nil {
		t.Fatal(err)
	}
	for _, call := range []string{"main-1", "main-2"} {
		for _, kind := range []string{"arrived", "offered", "answered", "ended"} {
			store.Journal().Append(records.JournalEntry{Call: call, Kind: kind, Agent: "anna", Data: json.RawMessage(`{"ring":"1"}`)})
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if r := hotline(t, nil, "", "--data", data, "verify"); r.code != exitOK || r.out != "✓ 8 entries of 2 calls: every chain holds\n✓ 0 pieces of evidence in 0 chains, 0 files: all as they were\n" {
		t.Fatalf("an untouched journal: %+v", r)
	}

	// Somebody with the file in hand makes another agent the one who answered.
	db, err := sql.Open("sqlite3", recordsPath(cfg))
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`DROP TRIGGER journal_no_update`, `UPDATE journal SET agent = 'bob' WHERE call = 'main-2' AND seq = 3`,
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	r := hotline(t, nil, "", "--data", data, "verify")
	if r.code != exitFailed || !strings.HasPrefix(r.out, "✗ first broken entry: call main-2, entry 3: ") || !strings.Contains(r.out, "1 of 2 chains do not hold") {
		t.Errorf("an edited journal: %+v", r)
	}
}

// TestVerifyEvidence: a changed file and an edited piece of evidence are each named.
func TestVerifyEvidence(t *testing.T) {
	data, ctx := t.TempDir(), t.Context()
	cfg := settingsIn(data)
	store, err := openRecords(ctx, cfg, quiet())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.AddUser(ctx, records.NewUser{Login: "sue", Roles: []string{records.RoleSupervisor}}); err != nil {
		t.Fatal(err)
	}
	by := records.Actor{Login: "sue"}
	order, err := store.OpenOrder(ctx, by, records.OpenOrder{Procedure: "visit", Subject: "拜访"})
	if err != nil {
		t.Fatal(err)
	}
	file, err := store.SaveFile(ctx, "sue", "照片.txt", strings.NewReader("as it was"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.AddEvidence(ctx, by, records.EvidenceInput{Order: order.ID, Step: "system", Kind: "file", File: file.ID}); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if r := hotline(t, nil, "", "--data", data, "verify"); r.code != exitOK || !strings.Contains(r.out, "✓ 2 pieces of evidence in 1 chains, 1 files: all as they were") {
		t.Fatalf("untouched: %+v", r)
	}
	if err := os.WriteFile(filepath.Join(data, "files", file.SHA256[:2], file.SHA256), []byte("forged"), 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite3", recordsPath(cfg))
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{`DROP TRIGGER evidence_no_update`, `UPDATE evidence SET actor = 'bob' WHERE seq = 2`} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	r := hotline(t, nil, "", "--data", data, "verify")
	for _, want := range []string{"evidence of " + order.ID + ", link 2: the hash does not fit", "file " + file.SHA256 + ": its bytes were changed"} {
		if r.code != exitFailed || !strings.Contains(r.out, want) {
			t.Errorf("%q is not named: %+v", want, r)
		}
	}
}
