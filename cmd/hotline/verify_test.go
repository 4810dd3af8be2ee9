package main

import (
	"database/sql"
	"encoding/json"
	"log/slog"
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
	if r := hotline(t, nil, "", "--data", data, "verify"); r.code != exitOK || r.out != "✓ 8 entries of 2 calls: every chain holds\n" {
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
