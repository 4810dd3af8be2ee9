package agent

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// counted counts how often the copy is written.
type counted struct {
	*MemoryStore
	saves atomic.Int64
}

func (c *counted) Save(ctx context.Context, epoch int64, copies []Copy) (int64, []string, error) {
	if len(copies) > 0 {
		c.saves.Add(1)
	}
	return c.MemoryStore.Save(ctx, epoch, copies)
}

// TestBehind: the queue hears of a ready agent at once; listeners and the copy follow, in order, and the copy only once.
func TestBehind(t *testing.T) {
	store := &counted{MemoryStore: NewMemoryStore()}
	inHouse(t, func(o *Options) { o.Behind, o.Store = 15*time.Millisecond, store }, func(t *testing.T, r *Roster, h *house) {
		pass(time.Second) // the store is connected
		before := store.saves.Load()
		readyAndListed(t, r, "li")
		told, _, moves := h.heard()
		if !slices.Equal(told, []string{"ready li"}) || len(moves) != 0 || store.saves.Load() != before {
			t.Errorf("at once: the queue heard %q, listeners %q, %d copies", told, moves, store.saves.Load()-before)
		}
		if !r.Offered("li", "a-1") {
			t.Fatal("refused")
		}
		pass(14 * time.Millisecond)
		if _, _, moves := h.heard(); len(moves) != 0 {
			t.Errorf("too early: %q", moves)
		}
		pass(2 * time.Millisecond)
		_, _, moves = h.heard()
		if n := len(moves); n < 2 || !strings.Contains(moves[n-2], ">ready") || !strings.Contains(moves[n-1], "ready>offered") {
			t.Errorf("listeners heard %q", moves)
		}
		if saves := store.saves.Load() - before; saves != 1 {
			t.Errorf("%d copies of two changes, want 1", saves)
		}
	})
}

// TestBehindToTheEnd: what has not been delivered when the server stops is delivered then.
func TestBehindToTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, store := newHouse(), &counted{MemoryStore: NewMemoryStore()}
		o := options(h)
		o.Behind, o.Store = time.Hour, store
		r := newRoster(o, h)
		stop := running(t, r)
		synctest.Wait()
		ready(t, r, "li")
		began := time.Now()
		stop()
		if _, _, moves := h.heard(); len(moves) == 0 || time.Since(began) != 0 {
			t.Errorf("listeners heard %q after %s", moves, time.Since(began))
		}
		if store.saves.Load() == 0 {
			t.Error("no last copy")
		}
	})
}
