package main

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"hotline/queue"
	"hotline/records"
	"hotline/web"
)

// TestTheBookForgetsACallThatHasEnded: ownership that became durable only after the call (a locked database) leaves nothing
// behind in memory.
func TestTheBookForgetsACallThatHasEnded(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	store, err := records.Open(t.Context(), records.Options{Path: filepath.Join(t.TempDir(), "hotline.db"), Log: log})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	b := &book{store: store, hub: web.NewHub(0), errands: newErrands(log), log: log, rows: map[string]records.CallRow{}}
	now := time.Now()
	for _, kind := range []string{queue.EventArrived, queue.EventQueued, queue.EventEnded, queue.EventOwned} {
		b.Write(queue.Event{Kind: kind, At: now, Call: "bj1-1.0", Queue: "main", Data: map[string]string{"did": "4001", "end": "caller"}})
	}
	if len(b.rows) != 0 {
		t.Errorf("the book still keeps %v", b.rows)
	}
	if err := store.Journal().Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if row, err := store.Call(t.Context(), "bj1-1.0"); err != nil || row.DID != "4001" || row.End != "caller" {
		t.Errorf("the record says %+v, %v", row, err)
	}
}
