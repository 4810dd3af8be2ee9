package records_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hotline/records"
)

// act is one thing that somebody does, on some node, to some call.
type act struct {
	Do   string
	Node int
	Call int
	Who  int
	Whom int
}

var (
	people = []string{"li", "wang", "zhao", "chen"} // chen is the service manager
	deeds  = []string{
		"answer", "answer", "answer", "offer", "accept", "return", "override", "solve", "escalate", "callback", "refer",
		"split", "help", "take over", "dispatch", "sweep", "time-out", "crash",
	}
)

func drawAct(t *rapid.T) act {
	return act{
		Do: rapid.SampledFrom(deeds).Draw(t, "do"), Node: rapid.IntRange(0, 1).Draw(t, "node"), Call: rapid.IntRange(0, 5).Draw(t, "call"),
		Who: rapid.IntRange(0, 3).Draw(t, "who"), Whom: rapid.IntRange(0, 3).Draw(t, "whom"),
	}
}

// world is two nodes on one database and a clock that runs ahead.
type world struct {
	path  string
	clock *clock
	mu    sync.RWMutex // a crash takes a node away from everybody
	nodes [2]*records.Store
}

func newWorld(t *rapid.T, template string) *world {
	dir, err := os.MkdirTemp("", "records")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	w := &world{path: filepath.Join(dir, "records.db"), clock: newClock()}
	src, err := os.Open(template)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	dst, err := os.Create(w.path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(dst, src); err != nil {
		t.Fatal(err)
	}
	if err := dst.Close(); err != nil {
		t.Fatal(err)
	}
	for i := range w.nodes {
		w.nodes[i] = w.start(t)
	}
	t.Cleanup(func() {
		for _, n := range w.nodes {
			if err := n.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	return w
}

func (w *world) start(t fataler) *records.Store {
	s, err := records.Open(context.Background(), records.Options{
		Path: w.path, Now: w.clock.now, Zone: time.UTC, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatalf("%v", err)
	}
	return s
}

type fataler interface {
	Errorf(string, ...any)
	Fatalf(string, ...any)
}

// perform does one act. Every refusal must be a *Problem; anything else is a fault of ours.
func (w *world) perform(t fataler, a act) {
	if a.Do == "crash" {
		w.mu.Lock()
		defer w.mu.Unlock()
		if err := w.nodes[a.Node].Close(); err != nil {
			t.Errorf("%v", err)
		}
		w.nodes[a.Node] = w.start(t)
		return
	}
	w.mu.RLock()
	defer w.mu.RUnlock()
	s := w.nodes[a.Node]
	w.clock.advance(time.Second)
	s.Journal().Append(records.JournalEntry{Call: fmt.Sprint("c", a.Call), Kind: a.Do, Agent: people[a.Who]})
	err := w.deed(s, a)
	var p *records.Problem
	if err != nil && !errors.As(err, &p) {
		t.Errorf("%+v: %v", a, err)
	}
}

func (w *world) deed(s *records.Store, a act) error {
	ctx := context.Background()
	call, who, whom := fmt.Sprint("c", a.Call), people[a.Who], people[a.Whom]
	kase, noCase := s.CaseOfCall(ctx, call)
	var err error
	switch a.Do {
	case "answer": // three numbers for six calls: cases are continued
		_, err = s.OwnCall(ctx, records.OwnInput{Call: call, Agent: who, Number: fmt.Sprint("1380013800", a.Call%3)})
	case "help":
		_, err = s.HelpOnCall(ctx, call, who, time.Time{})
	case "take over":
		_, err = s.TakeOverCall(ctx, records.CallTakeOver{Call: call, From: who, To: whom})
	case "split":
		_, err = s.SplitCall(ctx, call, who)
	case "time-out":
		err = s.WrapUpTimedOut(ctx, call, who)
	case "sweep":
		w.clock.advance(time.Duration(a.Whom) * time.Hour)
		_, err = s.SweepOverdue(ctx, w.clock.now())
	case "solve":
		_, err = s.WrapUp(ctx, solved(call, who))
	case "escalate":
		_, err = s.WrapUp(ctx, escalated(call, who, []string{records.OutcomeRemote, records.OutcomeOnsite}[a.Whom%2], w.clock.now()))
	case "callback":
		_, err = s.WrapUp(ctx, records.WrapUpInput{Call: call, By: who, Outcome: records.OutcomeCallback, Callback: &records.CallbackFacts{
			At: w.clock.now().Add(24 * time.Hour),
		}})
	case "refer":
		_, err = s.WrapUp(ctx, records.WrapUpInput{Call: call, By: who, Outcome: records.OutcomeReferred, Referral: &records.ReferralFacts{
			Department: "accounts", AcceptedBy: "钱", AcceptedAt: w.clock.now(),
		}})
	default:
		if noCase != nil {
			return noCase
		}
		err = w.onCase(ctx, s, a.Do, kase, who, whom)
	}
	return err
}

func (w *world) onCase(ctx context.Context, s *records.Store, do string, c records.Case, who, whom string) (err error) {
	switch do {
	case "offer": // whoever tries: only the owner succeeds
		_, err = s.OfferHandOver(ctx, records.HandOverOffer{
			Case: c.Number, From: who, To: records.Target{Kind: records.ToAgent, Name: whom}, Expires: w.clock.now().Add(30 * time.Minute),
		})
	case "accept":
		_, err = s.AcceptHandOver(ctx, c.HandOver, who)
	case "return":
		_, err = s.ReturnHandOver(ctx, c.HandOver, who, records.HandOverDeclined)
	case "override":
		_, err = s.OverrideOwner(ctx, records.OwnerOverride{Case: c.Number, To: whom, By: who, Reason: "decided", Version: c.Version})
	case "dispatch":
		page, failed := s.Escalations(ctx, records.EscalationFilter{Case: c.Number, Active: true})
		if failed != nil || len(page.Items) == 0 {
			return failed
		}
		e := page.Items[0]
		switch who {
		case "li":
			_, err = s.AcceptEscalation(ctx, e.ID, who, e.Version)
		case "wang":
			_, err = s.DeclineEscalation(ctx, e.ID, who, "not ours", e.Version)
		default:
			_, err = s.FinishEscalation(ctx, e.ID, who, "mended", e.Version)
		}
	}
	return err
}

// template is an empty, migrated database with the staff, copied for every run.
func template(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "template.db")
	s, err := records.Open(context.Background(), records.Options{Path: path, Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	staff(t, s)
	must(t, s.Close()) // leaves one file without a log beside it
	return path
}

// TestInterleavings: several people act at once on two nodes of one database, and nodes go away and come back; I1 to I5 hold.
func TestInterleavings(t *testing.T) {
	empty := template(t)
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, empty)
		lists := rapid.SliceOfN(rapid.SliceOfN(rapid.Custom(drawAct), 1, 15), 1, 4).Draw(t, "acts")
		var wait sync.WaitGroup
		faults := &shared{}
		for _, list := range lists {
			wait.Go(func() {
				for _, a := range list {
					w.perform(faults, a)
				}
			})
		}
		wait.Wait()
		for _, n := range w.nodes {
			if err := n.Journal().Flush(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		invariants(faults, w.nodes[0], w.path)
		for _, f := range faults.seen {
			t.Error(f)
		}
	})
}

// shared collects faults of several goroutines.
type shared struct {
	mu   sync.Mutex
	seen []string
}

func (s *shared) Errorf(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, fmt.Sprintf(format, args...))
}

func (s *shared) Fatalf(format string, args ...any) { s.Errorf(format, args...) }

// TestOwnerAgainstOracle: acts one after the other, compared with a plain model of who must own what.
func TestOwnerAgainstOracle(t *testing.T) {
	empty := template(t)
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, empty)
		owner, receiver := map[string]string{}, map[string]string{} // by case; open offers only
		for _, a := range rapid.SliceOfN(rapid.Custom(drawAct), 1, 30).Draw(t, "acts") {
			ctx, s, call := context.Background(), w.nodes[a.Node], fmt.Sprint("c", a.Call)
			before, missing := s.CaseOfCall(ctx, call)
			var fault error
			if a.Do == "crash" {
				w.perform(t, a)
				s = w.nodes[a.Node]
			} else {
				w.clock.advance(time.Second)
				fault = w.deed(s, a)
			}
			after, err := s.CaseOfCall(ctx, call)
			if err != nil {
				if missing == nil || !errors.Is(err, records.ErrNotFound) {
					t.Fatalf("the case of %s was lost: %v", call, err)
				}
				continue
			}
			n, who, whom := after.Number, people[a.Who], people[a.Whom]
			switch {
			case owner[n] == "": // a new case: by an answer, or by a split in favour of who answered first
				if a.Do != "answer" && a.Do != "split" || a.Do == "answer" && after.Owner != who {
					t.Fatalf("%+v made %s owner of a new case", a, after.Owner)
				}
				owner[n] = after.Owner
			case fault != nil:
			case a.Do == "offer":
				if owner[n] != who {
					t.Fatalf("%s offered a case of %s", who, owner[n])
				}
				receiver[n] = whom
			case a.Do == "accept" && before.HandOver != "":
				if receiver[n] != who {
					t.Fatalf("%s accepted what was offered to %q", who, receiver[n])
				}
				owner[n] = who
			case a.Do == "take over" && owner[n] == who && before.ClosedAt.IsZero():
				owner[n] = whom
			case a.Do == "override":
				if who != "chen" {
					t.Fatalf("%s overrode", who)
				}
				owner[n] = whom
			}
			if after.HandOver == "" {
				delete(receiver, n)
			}
			if after.Owner != owner[n] {
				t.Fatalf("%+v: %s owns %s, must be %s", a, after.Owner, n, owner[n])
			}
		}
		invariants(t, w.nodes[0], w.path)
	})
}
