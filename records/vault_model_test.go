package records_test

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hotline/records"
	"hotline/records/vault"
)

// TestVaultModel walks one order's vault at random, over crashes and lost keys, beside a model: who may read reads, everybody else does
// not, and after a sweep exactly the open session has a key.
func TestVaultModel(t *testing.T) {
	ctx, c, root := t.Context(), newClock(), t.TempDir()
	v := get[*vault.Vault](t)(vault.Open(vault.Options{Dir: filepath.Join(root, "vault"), KeyFile: filepath.Join(root, "vault.key")}))
	start := func() *records.Store {
		return get[*records.Store](t)(records.Open(ctx, records.Options{
			Path: filepath.Join(root, "r.db"), Vault: v, Now: c.now, Procedures: shipped(t), Files: root, Log: slog.New(slog.DiscardHandler),
		}))
	}
	s := start()
	defer func() { must(t, s.Close()) }()
	staff(t, s)
	engineers(t, s)
	walks := 0
	rapid.Check(t, func(rt *rapid.T) {
		walks++
		o := remoteOrder(t, s, c, fmt.Sprint("c", walks))
		var session, entry string
		var open bool // in the model
		var ends time.Time
		kept, reads := 0, 0
		live := func() bool { return open && c.now().Before(ends) }
		for range rapid.IntRange(1, 25).Draw(rt, "acts") {
			switch act := rapid.SampledFrom([]string{"open", "keep", "read", "read", "extend", "end", "cancel", "pass", "sweep", "crash", "lose"}).Draw(rt, "act"); act {
			case "open":
				if open && !live() {
					continue // opening gives the one that the next sweep ends; the sweep below decides
				}
				got := get[records.VaultSession](t)(s.OpenVaultSession(ctx, records.OpenVault{Order: o.ID, By: "gao"}))
				if open && got.ID != session {
					rt.Fatal("a second session is open")
				}
				if !open {
					session, entry, open, ends = got.ID, "", true, got.ExpiresAt
				}
			case "keep":
				e, err := s.KeepInVault(ctx, records.KeepInVault{Session: session, Kind: "system", Secret: login("geheim"), By: "gao", Via: "phone"})
				if (err == nil) != live() {
					rt.Fatalf("keep: %v, live %t", err, live())
				}
				if err == nil {
					entry = e.ID
					kept++
				} else if open {
					open = false
				}
			case "read":
				by := rapid.SampledFrom([]string{"gao", "he", "chen"}).Draw(rt, "by")
				got, err := s.ReadVault(ctx, records.ReadVault{Session: session, Entry: entry, By: by, Reason: "log in"})
				if may := live() && by == "gao" && entry != ""; (err == nil) != may {
					rt.Fatalf("%s reads: %v, may %t", by, err, may)
				}
				if err == nil {
					reads++
					if shown(t, got) != "geheim" {
						rt.Fatal("something else is read")
					}
				}
				if open && !live() && errors.Is(err, records.ErrExpired) {
					open = false
				}
			case "extend":
				to := ends.Add(time.Hour)
				_, err := s.ExtendVaultSession(ctx, records.ExtendVault{Session: session, By: "chen", Until: to, Reason: "longer"})
				if err == nil {
					if !live() {
						rt.Fatal("an ended session is extended")
					}
					ends = to
				} else if open && !live() {
					open = false
				}
			case "end", "cancel":
				if _, err := s.EndVaultSession(ctx, records.EndVault{Session: session, By: "gao", Cancel: act == "cancel"}); err == nil {
					open = false
				}
			case "pass":
				c.advance(time.Duration(rapid.IntRange(1, 300).Draw(rt, "minutes")) * time.Minute)
			case "crash":
				must(t, s.Close())
				s = start()
			case "lose":
				if open {
					must(t, v.Destroy(session))
					open = false
					get[int](t)(s.SweepVault(ctx))
				}
			case "sweep":
				get[int](t)(s.SweepVault(ctx))
				open = live()
				if keys := get[[]string](t)(v.Sessions()); slices.Contains(keys, session) != open {
					rt.Fatalf("keys %v, %s open %t", keys, session, open)
				}
			}
		}
		total, entries := 0, 0
		for _, x := range get[[]records.VaultSession](t)(s.VaultSessions(ctx, o.ID)) {
			total += x.Readings()
			entries += len(x.Entries)
		}
		if total != reads || entries != kept {
			rt.Fatalf("on record are %d readings and %d entries, there were %d and %d", total, entries, reads, kept)
		}
	})
}
