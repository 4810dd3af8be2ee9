package records

import (
	"context"
	"time"
)

// sincePage is how many entries JournalSince reads at a time.
const sincePage = 1000

// JournalSince gives every entry from an instant on, of all chains, in order of time; entries of one chain and one instant
// come in their own order. It is read in pages, so a whole day does not have to fit into memory. An error of each ends it.
func (s *Store) JournalSince(ctx context.Context, since time.Time, each func(JournalEntry) error) error {
	from, call, seq := at(since), "", int64(0)
	for {
		var rows []journalRow
		err := s.read().list(ctx, &rows, `SELECT * FROM journal
			WHERE at >= ? AND (at > ? OR call > ? OR (call = ? AND seq > ?))
			ORDER BY at, call, seq LIMIT ?`, from, from, call, call, seq, sincePage)
		if err != nil {
			return s.explain("journal since", err)
		}
		for _, row := range rows {
			e := row.entry()
			if err := each(e); err != nil {
				return err
			}
			from, call, seq = at(e.At), e.Call, e.Seq
		}
		if len(rows) < sincePage {
			return nil
		}
	}
}
