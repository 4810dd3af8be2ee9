package agent

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// TestStores puts every Store through the same contract.
func TestStores(t *testing.T) {
	for name, open := range map[string]func(t *testing.T) Store{
		"memory": func(*testing.T) Store { return NewMemoryStore() },
		"miniredis": func(t *testing.T) Store {
			return dial(t, "redis://"+miniredis.RunT(t).Addr())
		},
		"redis-server": func(t *testing.T) Store { return dial(t, startRedis(t).url) },
	} {
		t.Run(name, func(t *testing.T) { storeContract(t, open(t)) })
	}
}

func storeContract(t *testing.T, s Store) {
	ctx := t.Context()
	save := func(epoch, wantNow int64, wantStale []string, copies ...Copy) {
		t.Helper()
		now, stale, err := s.Save(ctx, epoch, copies)
		if err != nil || now != wantNow || !slices.Equal(stale, wantStale) {
			t.Fatalf("Save: %d, %v, %v; want %d, %v", now, stale, err, wantNow, wantStale)
		}
	}
	claim := func(epoch, floor, want int64) {
		t.Helper()
		if now, err := s.Claim(ctx, epoch, floor); err != nil || now != want {
			t.Fatalf("Claim(%d, %d) = %d, %v; want %d", epoch, floor, now, err, want)
		}
	}
	load := func(want ...Copy) {
		t.Helper()
		got, err := s.Load(ctx)
		slices.SortFunc(got, func(a, b Copy) int { return strings.Compare(a.Login, b.Login) })
		if err != nil || len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Fatalf("Load: %+v, %v; want %+v", got, err, want)
		}
	}
	load()
	const floor = 29_000_000 // minutes since 1970
	claim(0, floor, floor)
	claim(floor, 1, floor)
	const high = (floor + 1) << versionBits // beyond 2^51: exact all the way
	at := time.Date(2026, 11, 22, 8, 0, 0, 123456789, time.UTC)
	li := Copy{
		Login: "li", Version: high + 1, State: WrapUp, Since: at, Duty: "away", Reason: "a reason with \x00, 中文, \"quotes\" and spaces",
		Call: "a-1", Queue: "sales", Idle: at, Missed: 1, Answered: 2, Day: 2026326, WrapUpEnd: at, WrapLimit: at,
		Wrapped: true, Active: at, Desk: true, Session: "s",
	}
	wang := Copy{Login: "wang", Version: high, State: Ready, Since: at, Duty: "on"}
	save(floor, floor, nil)
	save(floor, floor, nil, li, wang)
	load(li, wang)
	save(floor, floor, nil, li) // the answer to the first was lost
	older, newer := li, li
	older.Version, older.State = high, Offline
	newer.Version, newer.State = high+2, Ready
	save(floor, floor, []string{"li"}, older, wang)
	load(li, wang)
	save(floor, floor, nil, newer)
	load(newer, wang)
	save(floor, floor, nil, Copy{Login: "wang", Version: high + 1, Gone: true})
	load(newer)

	claim(0, 7, floor+1) // somebody else starts; its clock may be behind
	save(floor, floor+1, nil, Copy{Login: "zhao", Version: high + 9, State: Ready})
	claim(floor, 1, floor+1)
	load(newer)
	claim(floor+5, 1, floor+5) // the store had lost its memory: who knows better restores it
	save(floor+1, floor+5, nil, wang)
}

func TestRedisStoreWithoutRedis(t *testing.T) {
	for _, url := range []string{"http://nonsense", "redis-cluster://h:x", "redis-sentinel://h:x"} {
		if _, err := DialStore(t.Context(), url, "{x}"); err == nil {
			t.Errorf("%q was taken for a Redis", url)
		}
	}
	mini := miniredis.RunT(t)
	s := dial(t, "redis://"+mini.Addr())
	mini.HSet("{hotline}:presence", "li", "12 {broken", "wang", `12 {"state":"paused","duty":"away","reason":"meal"}`)
	copies, err := s.Load(t.Context())
	var unreadable *UnreadableError
	if !errors.As(err, &unreadable) || !slices.Equal(unreadable.Logins, []string{"li"}) || len(copies) != 1 {
		t.Errorf("Load: %+v, %v", copies, err)
	}
	t.Run("the readable are restored, the others written anew", func(t *testing.T) {
		l := live(t, s, nil)
		defer l.stop()
		must(t, l.r.Restore(t.Context()))
		mustState(t, l.r, "wang", Paused)
		ready(t, l.r, "li")
		must(t, l.r.Flush(t.Context()))
		if copies, err := s.Load(t.Context()); err != nil || len(copies) != 2 {
			t.Errorf("Load: %+v, %v", copies, err)
		}
	})
	mini.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if _, err := s.Claim(ctx, 0, 1); err == nil {
		t.Error("claimed from nobody")
	}
	if _, err := s.Load(ctx); err == nil {
		t.Error("loaded from nobody")
	}
	if _, _, err := s.Save(ctx, 1, nil); err == nil {
		t.Error("saved to nobody")
	}
}

func dial(t *testing.T, url string) *RedisStore {
	t.Helper()
	s, err := DialStore(t.Context(), url, "{hotline}")
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	return s
}
