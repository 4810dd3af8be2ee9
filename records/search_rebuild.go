package records

import (
	"context"
	"errors"
	"time"
)

// rebuildBatch is how many solved cases one transaction indexes: few enough that a call's claim does not wait for it.
const rebuildBatch = 100

// RebuildSearch makes the index of solutions anew from the records, in batches, so that everything else goes on meanwhile;
// searches find what is indexed already. It is resumable: interrupted, the next start goes on where it was.
func (s *Store) RebuildSearch(ctx context.Context) error {
	if err := s.write(ctx, "empty search", func(t *txn) error {
		var others []searchDoc // what is not made from wrap-ups keeps its own text
		if err := t.list(ctx, &others, `SELECT * FROM search_docs WHERE kind <> ? ORDER BY doc`, SolutionCase); err != nil {
			return err
		}
		for _, empty := range []string{
			`DELETE FROM search_postings`, `DELETE FROM search_docs`,
			`DELETE FROM counters WHERE name = 'search-version'`, `DELETE FROM search_progress`,
		} {
			if err := t.do(ctx, empty); err != nil {
				return err
			}
		}
		return t.index(ctx, others...)
	}); err != nil {
		return err
	}
	return s.resumeSearch(ctx)
}

// bringSearch indexes what is not indexed yet: everything when an older version of the program made the index.
func (s *Store) bringSearch(ctx context.Context) error {
	var version int64
	if _, err := s.read().find(ctx, &version, `SELECT value FROM counters WHERE name = 'search-version'`); err != nil {
		return s.explain("search version", err)
	}
	switch version {
	case gramsVersion:
		return nil
	case 0:
		return s.resumeSearch(ctx)
	}
	return s.RebuildSearch(ctx)
}

// resumeSearch indexes what the records held before the index did, until nothing is left.
func (s *Store) resumeSearch(ctx context.Context) error {
	for {
		left := false
		if err := s.write(ctx, "index solutions", func(t *txn) (err error) {
			left, err = t.indexBatch(ctx)
			return err
		}); err != nil || !left {
			return err
		}
	}
}

// indexBatch goes on after the wrap-up that was indexed last. Those solved meanwhile are in the index already.
func (t *txn) indexBatch(ctx context.Context) (left bool, err error) {
	var version int64
	if _, err := t.find(ctx, &version, `SELECT value FROM counters WHERE name = 'search-version'`); err != nil || version == gramsVersion {
		return false, err
	}
	var after string
	if _, err := t.find(ctx, &after, `SELECT after FROM search_progress`); err != nil {
		return false, err
	}
	var batch []struct {
		ID   string `db:"id"`
		Case string `db:"case_number"`
	}
	if err := t.list(ctx, &batch, `SELECT id, case_number FROM wrapups WHERE id > ? AND outcome = 'solved' ORDER BY id LIMIT ?`,
		after, rebuildBatch); err != nil {
		return false, err
	}
	if len(batch) == 0 {
		return false, errors.Join(
			t.do(ctx, `INSERT INTO counters (name, value) VALUES ('search-version', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, gramsVersion),
			t.do(ctx, `DELETE FROM search_progress`))
	}
	last := batch[len(batch)-1].ID
	docs, err := t.solvedCases(ctx, `w.id > ? AND w.id <= ?`, after, last)
	if err != nil {
		return false, err
	}
	if err := t.index(ctx, docs...); err != nil {
		return false, err
	}
	if err := t.do(ctx, `DELETE FROM search_progress`); err != nil {
		return false, err
	}
	return true, t.do(ctx, `INSERT INTO search_progress (after) VALUES (?)`, last)
}

// keepSearch does that once at the start, beside everything else. A locked database makes it try again, not give up.
func (s *Store) keepSearch(ctx context.Context) {
	for {
		err := s.bringSearch(ctx)
		if err == nil || ctx.Err() != nil {
			return
		}
		s.log.Warn("the index of solutions is not complete yet; it is tried again", "err", err)
		timer := time.NewTimer(s.opt.BusyWait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}
