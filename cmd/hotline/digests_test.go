package main

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"hotline/configs"
	"hotline/records"
)

// TestDigestWhenItsTimeHasCome: not before the time of day, once afterwards, and made up for when nobody ran on the day.
func TestDigestWhenItsTimeHasCome(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("Asia/Shanghai", 8*3600)
	store, err := records.Open(t.Context(), records.Options{Path: filepath.Join(t.TempDir(), "hotline.db"), Zone: zone, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if _, err := newDigests(configs.Config{Digest: configs.Digest{At: "late"}}, store, zone, slog.Default()); err == nil {
		t.Error("a time of day that is none")
	}
	d, err := newDigests(configs.Config{Digest: configs.Digest{Every: configs.DigestWeek, At: "08:30"}}, store, zone, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	kept := func() int {
		page, err := store.Digests(t.Context(), "", 0)
		if err != nil {
			t.Fatal(err)
		}
		return len(page.Items)
	}
	monday := time.Date(2026, 11, 23, 8, 29, 0, 0, zone)
	for _, step := range []struct {
		now  time.Time
		done bool
		kept int
	}{
		{monday, false, 0},
		{monday.Add(time.Minute), true, 1},
		{monday.Add(time.Hour), true, 1},
		{monday.Add(25 * time.Hour), true, 1},
		{monday.AddDate(0, 0, 9).Add(time.Hour), true, 2}, // nobody ran on the Monday: made on the Wednesday
	} {
		if done := d.due(t.Context(), step.now); done != step.done || kept() != step.kept {
			t.Errorf("%v: done %t, %d kept", step.now, done, kept())
		}
	}
}
