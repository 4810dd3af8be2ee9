package records

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// FeedEntry is one change of an escalation. Seq counts from 1 without gaps, in the order in which changes became durable:
// who has read up to n and asks for what comes after n misses nothing.
type FeedEntry struct {
	Seq        int64      `json:"seq"`
	Change     string     `json:"change"` // opened, updated, accepted, declined, overdue, done
	At         time.Time  `json:"at"`
	By         string     `json:"by"`
	Escalation Escalation `json:"escalation"` // as it was then
}

type feedRow struct {
	Seq    int64  `db:"seq"`
	Change string `db:"change"`
	At     stamp  `db:"at"`
	By     string `db:"actor"`
	Body   string `db:"body"`
}

// feedEscalation appends the present state of an escalation to the feed. The number comes from a counter row that stays
// locked until commit, so that no reader sees n+1 before n: in PostgreSQL too, where a sequence would allow it.
func (t *txn) feedEscalation(ctx context.Context, id, change, by string) (Escalation, error) {
	e, err := t.escalation(ctx, id)
	if err != nil {
		return e, err
	}
	body, err := json.Marshal(e)
	if err != nil {
		return e, fmt.Errorf("feed: %w", err)
	}
	seq, err := t.next(ctx, "escalation-feed")
	if err != nil {
		return e, err
	}
	t.fed = true
	if err := t.do(ctx, `INSERT INTO escalation_feed (seq, escalation, change, at, actor, body) VALUES (?, ?, ?, ?, ?, ?)`,
		seq, id, change, at(t.now), by, string(body)); err != nil {
		return e, err
	}
	return e, t.tellEscalation(ctx, e, change, by)
}

// Feed gives up to limit entries after the cursor (0 = from the beginning), in order; none when there is nothing new.
func (s *Store) Feed(ctx context.Context, after int64, limit int) ([]FeedEntry, error) {
	var rows []feedRow
	if err := s.read().list(ctx, &rows, `SELECT seq, change, at, actor, body FROM escalation_feed WHERE seq > ? ORDER BY seq LIMIT ?`,
		after, pageLimit(limit)); err != nil {
		return nil, s.explain("feed", err)
	}
	out := make([]FeedEntry, 0, len(rows))
	for _, r := range rows {
		e := FeedEntry{Seq: r.Seq, Change: r.Change, At: r.At.time(), By: r.By}
		if err := json.Unmarshal([]byte(r.Body), &e.Escalation); err != nil {
			return nil, fmt.Errorf("records: feed entry %d: %w", r.Seq, err)
		}
		out = append(out, e)
	}
	return out, nil
}

// FeedChanged gives a channel that is closed when this process adds to the feed. Take it before reading the feed, so that
// nothing falls between. Entries of other processes do not close it.
func (s *Store) FeedChanged() <-chan struct{} { return s.feed.wait() }

// FeedReader reads the feed in order from a cursor on. It belongs to one goroutine.
type FeedReader struct {
	store *Store
	after int64
	poll  time.Duration
}

// FeedFrom gives a reader of what comes after the cursor. Entries of other processes are seen within a second.
func (s *Store) FeedFrom(after int64) *FeedReader {
	return &FeedReader{store: s, after: after, poll: time.Second}
}

// Next gives the next entries, at most limit, waiting until there is at least one. The error is that of ctx or of the database.
func (r *FeedReader) Next(ctx context.Context, limit int) ([]FeedEntry, error) {
	for {
		changed := r.store.FeedChanged()
		entries, err := r.store.Feed(ctx, r.after, limit)
		if err != nil {
			return nil, err
		}
		if len(entries) > 0 {
			r.after = entries[len(entries)-1].Seq
			return entries, nil
		}
		timer := time.NewTimer(r.poll)
		select {
		case <-changed:
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil, fmt.Errorf("records: feed: %w", ctx.Err())
		}
		timer.Stop()
	}
}

// Cursor is the number of the last entry that Next gave.
func (r *FeedReader) Cursor() int64 { return r.after }
