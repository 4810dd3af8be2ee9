package records

import (
	"context"
	"encoding/json"
	"errors"
)

// chainHeads are the ends of the chains that one batch lengthens.
type chainHeads map[string]*chainHead

type chainHead struct {
	Count int64  `db:"count"`
	Hash  string `db:"hash"`
}

// of reads where a chain ends: in the transaction, because another node may have lengthened it.
func (h chainHeads) of(ctx context.Context, t *txn, call string) (*chainHead, error) {
	if head, ok := h[call]; ok {
		return head, nil
	}
	head := &chainHead{}
	if _, err := t.find(ctx, head, `SELECT count, hash FROM journal_heads WHERE call = ?`, call); err != nil {
		return nil, err
	}
	h[call] = head
	return head, nil
}

func (h chainHeads) save(ctx context.Context, t *txn) error {
	for call, head := range h {
		if err := t.do(ctx, `INSERT INTO journal_heads (call, count, hash) VALUES (?, ?, ?)
			ON CONFLICT (call) DO UPDATE SET count = excluded.count, hash = excluded.hash`, call, head.Count, head.Hash); err != nil {
			return err
		}
	}
	return nil
}

type entryJob struct{ e JournalEntry }

func (j entryJob) write(ctx context.Context, t *txn, heads chainHeads) error {
	e := j.e
	head, err := heads.of(ctx, t, e.Call)
	if err != nil {
		return err
	}
	e.Seq, e.Prev = head.Count+1, head.Hash
	e.Hash = e.chainHash()
	head.Count, head.Hash = e.Seq, e.Hash
	return t.do(ctx, `INSERT INTO journal (call, seq, at, kind, agent, data, prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Call, e.Seq, e.At.UnixMicro(), e.Kind, e.Agent, string(e.Data), e.Prev, e.Hash)
}

type verdictJob struct{ row CallRow }

func (j verdictJob) write(ctx context.Context, t *txn, _ chainHeads) error {
	return t.logRefusal(j.row.Call, t.saveVerdict(ctx, j.row))
}

type endJob struct{ row CallRow }

func (j endJob) write(ctx context.Context, t *txn, _ chainHeads) error {
	return t.logRefusal(j.row.Call, t.endCall(ctx, j.row))
}

// logRefusal keeps a contradiction from stopping the journal: what was stored first stands (I6).
func (t *txn) logRefusal(call string, err error) error {
	var p *Problem
	if errors.As(err, &p) {
		t.s.log.Error("call row refused", "call", call, "code", p.Code, "err", err)
		return nil
	}
	return err
}

type journalRow struct {
	Call  string `db:"call"`
	Seq   int64  `db:"seq"`
	At    int64  `db:"at"`
	Kind  string `db:"kind"`
	Agent string `db:"agent"`
	Data  string `db:"data"`
	Prev  string `db:"prev"`
	Hash  string `db:"hash"`
}

func (r journalRow) entry() JournalEntry {
	e := JournalEntry{Call: r.Call, Seq: r.Seq, At: stamp(r.At).time(), Kind: r.Kind, Agent: r.Agent, Prev: r.Prev, Hash: r.Hash}
	if r.Data != "" {
		e.Data = json.RawMessage(r.Data)
	}
	return e
}

// Timeline gives a call's journal in order; empty for an unknown call. What was appended in the last milliseconds may not
// be written yet: Flush first where that matters.
func (s *Store) Timeline(ctx context.Context, call string) ([]JournalEntry, error) {
	var rows []journalRow
	err := s.read().list(ctx, &rows, `SELECT * FROM journal WHERE call = ? ORDER BY seq`, call)
	return mapped(rows, journalRow.entry), s.explain("timeline", err)
}
