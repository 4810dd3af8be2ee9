package records

import "context"

// ChainCheck is what a check of one call's chain found.
type ChainCheck struct {
	Entries int    `json:"entries"`          // that are durable
	Pending int    `json:"pending"`          // that are written here but not durable yet
	Hash    string `json:"hash,omitempty"`   // of the last durable entry
	Broken  *Break `json:"broken,omitempty"` // nil: the chain holds
}

// VerifyCall checks the chain of one call as VerifyChains does, on one unchanging view of the records. An unknown call has no
// entries and is not broken.
func (j *Journal) VerifyCall(ctx context.Context, call string) (ChainCheck, error) {
	out := ChainCheck{Pending: j.pending(call)}
	c := checker{report: Report{Broken: []Break{}}}
	err := j.s.snapshot(ctx, "verify a call", func(view conn) error {
		var rows []journalRow
		if err := view.list(ctx, &rows, `SELECT * FROM journal WHERE call = ? ORDER BY seq`, call); err != nil {
			return err
		}
		head := chainHead{Count: -1}
		known, err := view.find(ctx, &head, `SELECT count, hash FROM journal_heads WHERE call = ?`, call)
		if err != nil || !known && len(rows) == 0 {
			return err
		}
		c.begin(call, head)
		for _, row := range rows {
			c.check(row)
		}
		if len(rows) == 0 {
			c.broken(1, "all entries of the chain are missing")
		}
		c.end()
		return nil
	})
	out.Entries, out.Hash = c.report.Entries, c.hash
	if len(c.report.Broken) > 0 {
		out.Broken = &c.report.Broken[0]
	}
	return out, err
}

// pending counts what waits to be written for one call.
func (j *Journal) pending(call string) (n int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, item := range j.waiting {
		if entry, ok := item.(entryJob); ok && entry.e.Call == call {
			n++
		}
	}
	return n
}
