package records_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"hotline/records"
)

func testJournal(t *testing.T, open opener) {
	ctx, c, db := t.Context(), newClock(), open(t)
	func() {
		s := db.open(t, c.set)
		j := s.Journal()
		for i := range 1000 { // several batches, two chains in turns
			j.Append(records.JournalEntry{Call: fmt.Sprint("c", i%2), Kind: "offered", Agent: "li", Data: json.RawMessage(fmt.Sprintf(`{"n":%d}`, i))})
		}
		must(t, j.Flush(ctx))
		n, age := j.Backlog()
		equal(t, "backlog", n, 0)
		equal(t, "age", age, 0)
		j.Append(records.JournalEntry{Call: "c0", Kind: "last", At: c.now().Add(time.Second)})
		must(t, s.Close()) // drains
		must(t, s.Close())
	}()
	s := db.open(t)
	s.Journal().Append(records.JournalEntry{Call: "c0", Kind: "after restart"})
	must(t, s.Journal().Flush(ctx))
	line := get[[]records.JournalEntry](t)(s.Timeline(ctx, "c0"))
	equal(t, "entries", len(line), 502)
	for i, e := range line[:500] {
		equal(t, "sequence", e.Seq, int64(i+1))
		equal(t, "order", string(e.Data), fmt.Sprintf(`{"n":%d}`, 2*i))
		if i > 0 {
			equal(t, "chained", e.Prev, line[i-1].Hash)
		}
	}
	equal(t, "drained", line[500].Kind+line[500].At.String(), "last"+c.now().Add(time.Second).String())
	equal(t, "the chain goes on", line[501].Prev, line[500].Hash)
	report := get[records.Report](t)(s.Journal().VerifyChains(ctx))
	must(t, report.Err())
	equal(t, "checked", fmt.Sprint(report.Chains, report.Entries), "2 1002")
	equal(t, "unknown call", len(get[[]records.JournalEntry](t)(s.Timeline(ctx, "c9"))), 0)
}

// testJournalOfTwoNodes: a call that is adopted by another node keeps one chain.
func testJournalOfTwoNodes(t *testing.T, open opener) {
	ctx, db := t.Context(), open(t)
	nodes := []*records.Store{db.open(t), db.open(t)}
	var wait sync.WaitGroup
	for i := range 4 {
		wait.Go(func() {
			for n := range 100 {
				nodes[i%2].Journal().Append(records.JournalEntry{Call: "c1", Kind: fmt.Sprintf("%d", i), Data: json.RawMessage(fmt.Sprint(n))})
			}
			if err := nodes[i%2].Journal().Flush(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	report := get[records.Report](t)(nodes[0].Journal().VerifyChains(ctx))
	must(t, report.Err())
	equal(t, "entries", report.Entries, 400)
	next := map[string]int{}
	for _, e := range get[[]records.JournalEntry](t)(nodes[1].Timeline(ctx, "c1")) {
		equal(t, "each writer's order", string(e.Data), fmt.Sprint(next[e.Kind]))
		next[e.Kind]++
	}
}

// testJournalOddData: nothing that comes in from a caller can stop the journal or break its chains.
func testJournalOddData(t *testing.T, open opener) {
	ctx, s := context.Background(), open(t).open(t)
	j := s.Journal()
	odd := []string{"", "null", "{", "\xff\xfe", `{"a":"` + "\xff" + `"}`, "\x00", "${SHELL(id)}", `"\u0000"`, strings.Repeat("长", 100000), `{"a":1}{"b":2}`}
	for _, d := range odd {
		data := []byte(d)
		j.Append(records.JournalEntry{Call: "c1\r\nx\x00\xff", Kind: "k\x00", Agent: "a\nb", Data: data})
		for i := range data {
			data[i] = 'x' // the journal keeps its own copy
		}
	}
	j.Append(records.JournalEntry{Kind: "presence", Agent: "li"})
	j.Append(records.JournalEntry{Kind: "degraded"})
	must(t, j.Flush(ctx))
	must(t, get[records.Report](t)(j.VerifyChains(ctx)).Err())
	line := get[[]records.JournalEntry](t)(s.Timeline(ctx, "c1  x"))
	equal(t, "entries", len(line), len(odd))
	for i, e := range line {
		equal(t, "names", e.Kind+e.Agent, "ka b")
		if len(e.Data) > 0 && !json.Valid(e.Data) {
			t.Errorf("entry %d: %q is no JSON", i, e.Data)
		}
	}
	equal(t, "as it came", string(line[1].Data), "null")
	equal(t, "an agent's own chain", len(get[[]records.JournalEntry](t)(s.Timeline(ctx, "agent:li"))), 1)
	equal(t, "the server's own chain", len(get[[]records.JournalEntry](t)(s.Timeline(ctx, "system"))), 1)
	must(t, s.Close())
	j.Append(records.JournalEntry{Call: "c1"}) // too late, but no panic
	if err := j.Flush(ctx); err != nil {
		t.Error(err)
	}
}

// testJournalSince: the entries of a day come in order of time, over many pages, each once.
func testJournalSince(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, c.set)
	start := c.now()
	const total = 2500
	for i := range total { // three entries share an instant, and chains interleave
		s.Journal().Append(records.JournalEntry{Call: fmt.Sprint("c", i%7), Kind: "k", At: start.Add(time.Duration(i/3) * time.Millisecond), Data: fmt.Appendf(nil, "%d", i)})
	}
	must(t, s.Journal().Flush(ctx))
	seen, last := map[string]bool{}, time.Time{}
	must(t, s.JournalSince(ctx, start.Add(time.Millisecond), func(e records.JournalEntry) error {
		if e.At.Before(last) || seen[string(e.Data)] {
			t.Errorf("entry %s of %s out of order or twice", e.Data, e.At)
		}
		seen[string(e.Data)], last = true, e.At
		return nil
	}))
	equal(t, "entries", len(seen), total-3)
	stop := errors.New("enough")
	if err := s.JournalSince(ctx, start, func(records.JournalEntry) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
}
