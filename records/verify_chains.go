package records

import (
	"context"
	"errors"
	"fmt"
)

// Report is what a check of all journal chains found.
type Report struct {
	Chains  int     `json:"chains"`
	Entries int     `json:"entries"`
	Broken  []Break `json:"broken"` // the first broken entry of each chain that does not hold, at most 100
}

// Break is a place where a chain does not hold.
type Break struct {
	Call string `json:"call"`
	Seq  int64  `json:"seq"` // the first entry that is wrong or missing
	What string `json:"what"`
}

// Err is nil when all chains hold, else ErrBroken with the first broken entry.
func (r Report) Err() error {
	if len(r.Broken) == 0 {
		return nil
	}
	b := r.Broken[0]
	return fmt.Errorf("%w: call %s, entry %d: %s", ErrBroken, b.Call, b.Seq, b.What)
}

const maxBroken = 100

// checker walks entries in the order of chains and their numbers.
type checker struct {
	report Report
	call   string
	seq    int64  // of the last entry of the present chain
	hash   string // of it
	head   chainHead
	bad    bool // the present chain is known not to hold
}

type checkedRow struct {
	journalRow
	HeadCount int64  `db:"head_count"`
	HeadHash  string `db:"head_hash"`
}

// VerifyChains checks every chain of the journal on one unchanging view of the records and names the first broken entry:
// edited, inserted, removed (at the end too) or moved. What it cannot see is written at JournalEntry's hash. The error is
// that of the database; what was found stands in the report, see Report.Err.
func (j *Journal) VerifyChains(ctx context.Context) (Report, error) {
	c := checker{report: Report{Broken: []Break{}}}
	err := j.s.snapshot(ctx, "verify chains", func(view conn) error {
		if err := c.walk(ctx, view); err != nil {
			return err
		}
		var empty []string
		if err := view.list(ctx, &empty, `SELECT h.call FROM journal_heads h
			WHERE NOT EXISTS (SELECT 1 FROM journal j WHERE j.call = h.call) ORDER BY h.call`); err != nil {
			return err
		}
		for _, call := range empty {
			c.begin(call, chainHead{})
			c.broken(1, "all entries of the chain are missing")
		}
		return nil
	})
	return c.report, err
}

func (c *checker) walk(ctx context.Context, view conn) (err error) {
	rows, err := view.q.QueryxContext(ctx, `SELECT j.call, j.seq, j.at, j.kind, j.agent, j.data, j.prev, j.hash,
		COALESCE(h.count, -1) AS head_count, COALESCE(h.hash, '') AS head_hash
		FROM journal j LEFT JOIN journal_heads h ON h.call = j.call ORDER BY j.call, j.seq`)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var row checkedRow
		if err := rows.StructScan(&row); err != nil {
			return err
		}
		if c.report.Chains == 0 || row.Call != c.call {
			c.end()
			c.begin(row.Call, chainHead{row.HeadCount, row.HeadHash})
		}
		c.check(row.journalRow)
	}
	c.end()
	return rows.Err()
}

func (c *checker) begin(call string, head chainHead) {
	c.report.Chains++
	c.call, c.seq, c.hash, c.head, c.bad = call, 0, "", head, false
}

func (c *checker) check(row journalRow) { c.link(row.Seq, row.Hash, row.Prev, row.entry().chainHash()) }

// link looks at the next entry of the present chain; fits is the hash that its content should have.
func (c *checker) link(seq int64, hash, prev, fits string) {
	c.report.Entries++
	switch {
	case seq != c.seq+1:
		c.broken(c.seq+1, fmt.Sprintf("the entry is missing; the next one there is has number %d", seq))
	case fits != hash:
		c.broken(seq, "the hash does not fit the content: the entry was edited or moved")
	case prev != c.hash:
		c.broken(seq, "it does not follow the entry before it: that one was replaced, or this one was moved")
	}
	c.seq, c.hash = seq, hash
}

// end compares the end of the present chain with its head.
func (c *checker) end() {
	switch {
	case c.report.Chains == 0:
	case c.head.Count < 0:
		c.broken(c.seq, "the record of the chain's length is missing")
	case c.head.Count > c.seq:
		c.broken(c.seq+1, fmt.Sprintf("the end of the chain is missing: it had %d entries", c.head.Count))
	case c.head.Count < c.seq:
		c.broken(c.head.Count+1, fmt.Sprintf("it was added after the fact: the chain had %d entries", c.head.Count))
	case c.head.Hash != c.hash:
		c.broken(c.seq, "the last entry is not the one that was written last")
	}
}

func (c *checker) broken(seq int64, what string) {
	if !c.bad && len(c.report.Broken) < maxBroken {
		c.report.Broken = append(c.report.Broken, Break{Call: c.call, Seq: seq, What: what})
	}
	c.bad = true
}
