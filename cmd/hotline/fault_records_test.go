package main

import (
	"database/sql"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"hotline/cmd/internal/house"
	"hotline/pbx/pbxtest"
)

// lockedFor is how long the database is locked.
const lockedFor = 10 * time.Second

// TestTheDatabaseIsLocked holds the database's write lock for ten seconds while calls arrive, ring, are answered and end: none
// of them waits for it, the desk hears "owned" only after it, and afterwards nothing is missing.
func TestTheDatabaseIsLocked(t *testing.T) {
	h := openHouse(t, house.Options{})
	agents := h.Crew("a", 2, pbxtest.Behaviour{Answer: true})
	stream := h.Listen(h.Admin, "", "")

	unlock := lock(t, filepath.Join(h.Dir, "data", "hotline.db"))
	until := time.After(lockedFor)
	ended := map[string]bool{}
	var lasting *pbxtest.PhoneCall
	for n := range 6 {
		c := h.Dial("1380013800"+string(rune('0'+n)), house.DIDMain)
		h.Wait("the caller is answered", c.WaitAnswered)
		if waited := c.At(pbxtest.MarkAnswered).Sub(c.At(pbxtest.MarkRinging)); waited > time.Second+raceSlack {
			t.Errorf("with the database locked a caller was answered after %v", waited)
		}
		if lasting == nil {
			lasting = c
			continue
		}
		for id, v := range h.Live() {
			ended[id] = ended[id] || v.Live.State == "talking"
		}
		h.Wait("hanging up", c.HangUp)
		h.Eventually("one talk is left", func() bool { return len(h.Live()) == 1 })
		h.Eventually("an agent is ready", func() bool {
			return h.Presence("a01") == "ready" || h.Presence("a02") == "ready"
		})
	}
	if len(ended) != 6 {
		t.Errorf("%d calls were seen talking, want 6", len(ended))
	}
	h.Eventually("/readyz says that the journal waits", func() bool { return h.Part("journal") == "degraded" })
	if n := len(stream.Events); n == 0 {
		t.Error("no live event while the database was locked")
	}
	for len(stream.Events) > 0 {
		if e := <-stream.Events; matches(string(e.Data), `"kind":"owned"`) {
			t.Errorf("somebody was told to own a case that is not durable: %s", e.Data)
		}
	}
	<-until
	unlock()

	h.Eventually("every call has its case", func() bool {
		calls := h.Calls()
		return len(calls) == 6 && all(byID(calls), func(v house.CallView) bool { return v.Case != "" && v.Rule != "" && v.Answered })
	})
	h.Eventually("/readyz is content", func() bool { return h.Part("journal") == "up" })
	h.Wait("hanging up", lasting.HangUp)
	endedOnce(t, h, keys(ended), "caller")
	cases := map[string]bool{}
	for _, v := range h.Calls() {
		if c := caseOf(h, v.Case); c.Owner != v.Agent {
			t.Errorf("%s answered, the case is %+v", v.Agent, c)
		}
		cases[v.Case] = true
		for _, kind := range []string{"arrived", "answered", "connected", "owned", "ended"} {
			if n := h.Count(v.Call, kind); n != 1 {
				t.Errorf("call %s has %d entries %q", v.Call, n, kind)
			}
		}
	}
	if len(cases) != 6 || len(agents) != 2 {
		t.Errorf("six callers have %d cases", len(cases))
	}
	h.Stop()
	h.Run("verify")
}

// lock takes the database's write lock from another connection, and gives it back when told.
func lock(t *testing.T, path string) (unlock func()) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?_txlock=immediate&_busy_timeout=5000")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
	}
}

func matches(text, pattern string) bool { return regexp.MustCompile(pattern).MatchString(text) }
