package records

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// EvidenceReport is what a check of the evidence found.
type EvidenceReport struct {
	Chains int             `json:"chains"`
	Pieces int             `json:"pieces"`
	Files  int             `json:"files"`
	Broken []EvidenceBreak `json:"broken"` // the first of each chain, and every file; at most 100
}

// EvidenceBreak is a place where the evidence does not hold.
type EvidenceBreak struct {
	Chain string `json:"chain,omitempty"` // case number, or id of an order without case
	Seq   int64  `json:"seq,omitempty"`   // the first link that is wrong or missing
	File  string `json:"file,omitempty"`  // SHA-256 of a file
	What  string `json:"what"`
}

// Err is nil when everything holds, else ErrBroken with the first break.
func (r EvidenceReport) Err() error {
	if len(r.Broken) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrBroken, r.Broken[0])
}

// String names the place and says what is wrong.
func (b EvidenceBreak) String() string {
	if b.File != "" {
		return fmt.Sprintf("file %s: %s", b.File, b.What)
	}
	return fmt.Sprintf("evidence of %s, link %d: %s", b.Chain, b.Seq, b.What)
}

// VerifyEvidence checks, on one unchanging view of the records: every chain of evidence, as Journal.VerifyChains does with
// calls; that every settled step stands in its chain as it was settled; and that every file of evidence and every attachment is
// there with the bytes that it had. The error is that of the database; what was found stands in the report.
func (s *Store) VerifyEvidence(ctx context.Context) (EvidenceReport, error) {
	return s.verifyEvidence(ctx, "")
}

// VerifyCaseEvidence is VerifyEvidence for one chain: a case number, or the id of an order without case.
func (s *Store) VerifyCaseEvidence(ctx context.Context, chain string) (EvidenceReport, error) {
	return s.verifyEvidence(ctx, chain)
}

func (s *Store) verifyEvidence(ctx context.Context, chain string) (EvidenceReport, error) {
	out := EvidenceReport{Broken: []EvidenceBreak{}}
	err := s.snapshot(ctx, "verify evidence", func(view conn) error {
		c := checker{report: Report{Broken: []Break{}}}
		if err := walkEvidence(ctx, view, &c, chain); err != nil {
			return err
		}
		out.Chains, out.Pieces = c.report.Chains, c.report.Entries
		for _, b := range c.report.Broken {
			out.add(EvidenceBreak{Chain: b.Call, Seq: b.Seq, What: b.What})
		}
		if err := out.steps(ctx, view, chain); err != nil {
			return err
		}
		return s.verifyFiles(ctx, view, chain, &out)
	})
	return out, err
}

func (r *EvidenceReport) add(b EvidenceBreak) {
	if len(r.Broken) < maxBroken {
		r.Broken = append(r.Broken, b)
	}
}

type checkedEvidence struct {
	evidenceRow
	HeadCount int64  `db:"head_count"`
	HeadHash  string `db:"head_hash"`
}

func walkEvidence(ctx context.Context, view conn, c *checker, chain string) (err error) {
	const selection = `SELECT e.id, e.chain, e.seq, e.order_id, e.case_number, e.step, e.need, e.kind, e.actor, e.role, e.via, e.body,
		COALESCE(e.file, '') AS file, e.sha256, e.at, e.device_at, e.client, e.prev, e.hash,
		COALESCE(h.count, -1) AS head_count, COALESCE(h.hash, '') AS head_hash
		FROM evidence e LEFT JOIN evidence_heads h ON h.chain = e.chain WHERE ? = '' OR e.chain = ? ORDER BY e.chain, e.seq`
	rows, err := view.q.QueryxContext(ctx, view.q.Rebind(selection), chain, chain)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var row checkedEvidence
		if err := rows.StructScan(&row); err != nil {
			return err
		}
		if c.report.Chains == 0 || row.Chain != c.call {
			c.end()
			c.begin(row.Chain, chainHead{row.HeadCount, row.HeadHash})
		}
		c.link(row.Seq, row.Hash, row.Prev, row.evidence().chainHash())
	}
	c.end()
	if err := rows.Err(); err != nil {
		return err
	}
	var empty []string
	if err := view.list(ctx, &empty, `SELECT h.chain FROM evidence_heads h WHERE (? = '' OR h.chain = ?)
		AND NOT EXISTS (SELECT 1 FROM evidence e WHERE e.chain = h.chain) ORDER BY h.chain`, chain, chain); err != nil {
		return err
	}
	for _, name := range empty {
		c.begin(name, chainHead{})
		c.broken(1, "all entries of the chain are missing")
	}
	return nil
}

// steps finds steps that were settled behind the chain's back.
func (r *EvidenceReport) steps(ctx context.Context, view conn, chain string) error {
	var wrong []struct {
		Chain string `db:"chain"`
		Step  string `db:"step"`
	}
	err := view.list(ctx, &wrong, `SELECT COALESCE(o.case_number, o.id) AS chain, t.step FROM order_steps t JOIN orders o ON o.id = t.order_id
		WHERE t.outcome <> 'carried' AND (? = '' OR COALESCE(o.case_number, o.id) = ?) AND NOT EXISTS (SELECT 1 FROM evidence e
		WHERE e.order_id = t.order_id AND e.step = t.step AND e.actor = t.actor AND e.at = t.at
		AND e.kind = CASE t.outcome WHEN 'done' THEN 'event' WHEN 'waived' THEN 'waiver' ELSE 'override' END) ORDER BY t.order_id, t.step`, chain, chain)
	for _, w := range wrong {
		r.add(EvidenceBreak{Chain: w.Chain, What: fmt.Sprintf("the step %s is settled, but the chain does not say so", w.Step)})
	}
	return err
}

// verifyFiles reads every file and compares it with its hash.
func (s *Store) verifyFiles(ctx context.Context, view conn, chain string, out *EvidenceReport) error {
	var wrong []struct {
		Chain string `db:"chain"`
		Seq   int64  `db:"seq"`
	}
	if err := view.list(ctx, &wrong, `SELECT e.chain, e.seq FROM evidence e LEFT JOIN files f ON f.id = e.file
		WHERE e.file IS NOT NULL AND (? = '' OR e.chain = ?) AND (f.sha256 IS NULL OR f.sha256 <> e.sha256) ORDER BY e.chain, e.seq`, chain, chain); err != nil {
		return err
	}
	for _, w := range wrong {
		out.add(EvidenceBreak{Chain: w.Chain, Seq: w.Seq, What: "the record of its file is not the one that was there"})
	}
	var sums []string
	if err := view.list(ctx, &sums, `SELECT DISTINCT sha256 FROM (SELECT e.sha256 FROM evidence e WHERE e.sha256 <> '' AND (? = '' OR e.chain = ?)
		UNION SELECT a.sha256 FROM attachments a WHERE ? = '' OR a.case_number = ?) AS sums ORDER BY sha256`, chain, chain, chain, chain); err != nil {
		return err
	}
	for _, sum := range sums {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("files: %w", err)
		}
		out.Files++
		if what := s.wrongFile(sum); what != "" {
			out.add(EvidenceBreak{File: sum, What: what})
		}
	}
	return nil
}

// wrongFile says what is wrong with the bytes of a file; "" when nothing is.
func (s *Store) wrongFile(sum string) string {
	if s.opt.Files == "" || len(sum) < 2 {
		return "there is no directory of files"
	}
	file, err := os.Open(s.filePath(sum))
	if errors.Is(err, fs.ErrNotExist) {
		return "it is missing from the directory of files"
	}
	if err != nil {
		return "it cannot be read: " + err.Error()
	}
	h := sha256.New()
	_, err = io.Copy(h, file)
	if err := errors.Join(err, file.Close()); err != nil {
		return "it cannot be read: " + err.Error()
	}
	if hex.EncodeToString(h.Sum(nil)) != sum {
		return "its bytes were changed"
	}
	return ""
}
