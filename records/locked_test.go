package records_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"hotline/records"
)

// lock holds the write lock of a database from another connection, as a backup or a stuck process would.
func lock(t *testing.T, path string) (release func()) {
	t.Helper()
	db := get[*sql.DB](t)(sql.Open("sqlite3", "file:"+path+"?_txlock=immediate&_busy_timeout=5000"))
	tx := get[*sql.Tx](t)(db.BeginTx(context.Background(), nil))
	return func() {
		must(t, tx.Rollback())
		must(t, db.Close())
	}
}

// TestLockedDatabase: while somebody else holds the lock, appending and reading go on, claims wait; nothing is lost and the
// order is kept. Every write meets the lock many times before it is released, as in 10 s of a real lock.
func TestLockedDatabase(t *testing.T) {
	ctx, path := t.Context(), filepath.Join(t.TempDir(), "records.db")
	const attempts = 5
	busy := make(chan struct{}, attempts)
	s := openAt(t, path, func(o *records.Options) {
		o.OnBusy = func(string, int) {
			select {
			case busy <- struct{}{}:
			default:
			}
		}
	})
	staff(t, s)
	answer(t, s, "before", "li", "13800138000")
	release := lock(t, path)

	var claims sync.WaitGroup
	owned := make([]records.OwnedCase, 20)
	for i := range owned {
		claims.Go(func() {
			var err error
			owned[i], err = s.OwnCall(ctx, records.OwnInput{Call: fmt.Sprint("c", i), Agent: "li"})
			if err != nil {
				t.Error(err)
			}
		})
	}
	start := time.Now()
	for i := range 2000 {
		s.Journal().Append(records.JournalEntry{Call: "c0", Kind: fmt.Sprint(i)})
		s.Journal().AppendVerdict(records.CallRow{Call: fmt.Sprint("v", i), Rule: "r"})
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("appending 4000 entries took %s: it waits for the database", took)
	}
	for range attempts {
		<-busy
	}
	n, age := s.Journal().Backlog()
	if n != 4000 || age <= 0 {
		t.Errorf("backlog %d, %s", n, age)
	}
	equal(t, "reading goes on", len(get[records.Page[records.Case]](t)(s.Cases(ctx, records.CaseFilter{})).Items), 1)
	must(t, s.Ping(ctx))
	equal(t, "nothing slipped in", len(get[[]records.JournalEntry](t)(s.Timeline(ctx, "c0"))), 0)

	release()
	claims.Wait()
	must(t, s.Journal().Flush(ctx))
	for i, e := range get[[]records.JournalEntry](t)(s.Timeline(ctx, "c0")) {
		equal(t, "order", e.Kind, fmt.Sprint(i))
	}
	report := get[records.Report](t)(s.Journal().VerifyChains(ctx))
	must(t, report.Err())
	equal(t, "nothing lost", report.Entries, 2000)
	equal(t, "verdicts", get[records.CallRow](t)(s.Call(ctx, "v1999")).Rule, "r")
	for i, o := range owned {
		equal(t, fmt.Sprint("claim ", i), get[records.Case](t)(s.CaseOfCall(ctx, fmt.Sprint("c", i))).Number, o.Number)
	}
}

// TestLockedTooLong: a method gives up with ErrBusy when its patience or its context ends, and has written nothing.
func TestLockedTooLong(t *testing.T) {
	path := filepath.Join(t.TempDir(), "records.db")
	s := openAt(t, path, func(o *records.Options) { o.BusyWait = 150 * time.Millisecond })
	staff(t, s)
	release := lock(t, path)
	_, err := s.OwnCall(t.Context(), records.OwnInput{Call: "c1", Agent: "li"})
	if !errors.Is(err, records.ErrBusy) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err = s.OwnCall(ctx, records.OwnInput{Call: "c1", Agent: "li"})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	release()
	_, err = s.CaseOfCall(t.Context(), "c1")
	refused(t, err, records.ErrNotFound)
	answer(t, s, "c1", "li", "")
}

// TestCloseWhileLocked: Close does not wait for ever, and says what was not written.
func TestCloseWhileLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "records.db")
	s, err := records.Open(t.Context(), records.Options{Path: path, DrainWait: 50 * time.Millisecond, Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	release := lock(t, path)
	s.Journal().Append(records.JournalEntry{Call: "c1", Kind: "arrived"})
	if err := s.Close(); err == nil {
		t.Error("a lost journal entry was not reported")
	}
	if err := s.Journal().Flush(t.Context()); !errors.Is(err, records.ErrClosed) {
		t.Errorf("flush of what was lost: %v", err)
	}
	release()
}

// TestOpenTogether: several processes may open a new database at the same moment.
func TestOpenTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "records.db")
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			s, err := records.Open(context.Background(), records.Options{Path: path, Log: slog.New(slog.DiscardHandler)})
			if err == nil {
				err = s.Close()
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	s := openAt(t, path)
	staff(t, s)
}

// TestOpenRefused: what cannot be a database is refused with words.
func TestOpenRefused(t *testing.T) {
	for _, path := range []string{"", t.TempDir(), filepath.Join(t.TempDir(), "no", "such", "folder.db")} {
		if s, err := records.Open(t.Context(), records.Options{Path: path}); err == nil {
			t.Errorf("%q was opened", path)
			must(t, s.Close())
		}
	}
}
