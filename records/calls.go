package records

import (
	"context"
	"fmt"
	"time"
)

// CallRow is one call: who called, the three-ring verdict, how it ended. The verdict is everything from Rule to Short.
type CallRow struct {
	Call    string    `db:"call"    json:"call"`
	Switch  string    `db:"switch"  json:"switch"`
	DID     string    `db:"did"     json:"did"`
	Queue   string    `db:"queue"   json:"queue"`
	Number  string    `db:"number"  json:"number"`
	Name    string    `db:"name"    json:"name"`
	Arrived time.Time `db:"-"       json:"arrived"`
	Ring1   time.Time `db:"-"       json:"ring1,omitzero"` // when the clock started

	Rule       string    `db:"rule"      json:"rule,omitempty"` // version of the rule; "" = no verdict (refused, machine only)
	Answered   bool      `db:"answered"  json:"answered"`
	AnsweredAt time.Time `db:"-"         json:"answered_at,omitzero"`
	Agent      string    `db:"agent"     json:"agent,omitempty"`
	Rings      int       `db:"rings"     json:"rings"`     // heard, from 1
	WaitedMS   int64     `db:"waited_ms" json:"waited_ms"` // ring 1 to human answer or abandon
	Met        bool      `db:"met"       json:"met"`
	Short      bool      `db:"short"     json:"short"` // abandoned inside the first ring

	Ended   time.Time `db:"-"        json:"ended,omitzero"`
	End     string    `db:"end_code" json:"end,omitempty"` // typed reason of the switch: abandoned, caller, agent, …
	EndRing int       `db:"end_ring" json:"end_ring,omitempty"`
	Case    string    `db:"case_number" json:"case,omitempty"` // read only
}

type callRow struct {
	CallRow
	Arrived    stamp `db:"arrived"`
	Ring1      stamp `db:"ring1"`
	AnsweredAt stamp `db:"answered_at"`
	Ended      stamp `db:"ended"`
}

func (r callRow) call() CallRow {
	c := r.CallRow
	c.Arrived, c.Ring1, c.AnsweredAt, c.Ended = r.Arrived.time(), r.Ring1.time(), r.AnsweredAt.time(), r.Ended.time()
	return c
}

const selectCall = `SELECT a.call, a.switch, a.did, a.queue, a.number, a.name, a.arrived, a.ring1, a.rule, a.answered, a.answered_at,
	a.agent, a.rings, a.waited_ms, a.met, a.short, a.ended, a.end_code, a.end_ring, COALESCE(k.case_number, '') AS case_number
	FROM calls a LEFT JOIN case_calls k ON k.call = a.call`

// SaveVerdict stores a call with its verdict, once (I6). The same verdict again is fine; another one is refused, here and
// by the database. Errors: ErrInvalid (no rule), ErrConflict.
func (s *Store) SaveVerdict(ctx context.Context, row CallRow) error {
	return s.write(ctx, "save verdict", func(t *txn) error { return t.saveVerdict(ctx, row) })
}

func (t *txn) saveVerdict(ctx context.Context, row CallRow) error {
	if row.Call == "" || row.Rule == "" {
		return problem(ErrInvalid, "verdict_invalid", "Name call and rule.", "A verdict needs its call and the version of its rule.")
	}
	old, found, err := t.call(ctx, row.Call)
	if err != nil {
		return err
	}
	if !found {
		if old, err = t.insertCall(ctx, row); err != nil {
			return err
		}
	}
	if old.Rule != "" {
		if old.sameVerdict(row) {
			return nil
		}
		return problem(ErrConflict, "verdict_given", "Leave it: a verdict is fixed when it is given.",
			"The call %s was judged already: %d rings, %d ms by %s.", row.Call, old.Rings, old.WaitedMS, old.Rule)
	}
	return t.do(ctx, `UPDATE calls SET rule = ?, answered = ?, answered_at = ?, agent = ?, rings = ?, waited_ms = ?, met = ?, short = ?,
		queue = ?, ring1 = ? WHERE call = ?`, row.Rule, row.Answered, at(row.AnsweredAt), row.Agent, row.Rings, row.WaitedMS, row.Met,
		row.Short, row.Queue, at(row.Ring1), row.Call)
}

func (r CallRow) sameVerdict(o CallRow) bool {
	return r.Rule == o.Rule && r.Answered == o.Answered && at(r.AnsweredAt) == at(o.AnsweredAt) && r.Agent == o.Agent &&
		r.Rings == o.Rings && r.WaitedMS == o.WaitedMS && r.Met == o.Met && r.Short == o.Short
}

// EndCall stores how a call ended, once; a call without a verdict (refused, answered by a machine only) gets its row here.
// The first end stands: another one is refused. Errors: ErrInvalid, ErrConflict.
func (s *Store) EndCall(ctx context.Context, row CallRow) error {
	return s.write(ctx, "end call", func(t *txn) error { return t.endCall(ctx, row) })
}

func (t *txn) endCall(ctx context.Context, row CallRow) error {
	if row.Call == "" || row.End == "" {
		return problem(ErrInvalid, "end_invalid", "Name call and reason.", "The end of a call needs its call and its reason.")
	}
	if row.Ended.IsZero() {
		row.Ended = t.now
	}
	old, found, err := t.call(ctx, row.Call)
	if err != nil {
		return err
	}
	if !found {
		if _, err := t.insertCall(ctx, row); err != nil {
			return err
		}
	}
	if !old.Ended.IsZero() {
		if old.End == row.End {
			return nil
		}
		return problem(ErrConflict, "call_ended", "Leave it: a call ends once.", "The call %s ended as %s already.", row.Call, old.End)
	}
	return t.do(ctx, `UPDATE calls SET ended = ?, end_code = ?, end_ring = ? WHERE call = ?`, at(row.Ended), row.End, row.EndRing, row.Call)
}

// insertCall stores who called; verdict and end follow.
func (t *txn) insertCall(ctx context.Context, row CallRow) (CallRow, error) {
	if row.Arrived.IsZero() {
		row.Arrived = t.now
	}
	if err := t.do(ctx, `INSERT INTO calls (call, switch, did, queue, number, name, arrived, ring1) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		row.Call, row.Switch, row.DID, row.Queue, row.Number, line(row.Name), at(row.Arrived), at(row.Ring1)); err != nil {
		return CallRow{}, fmt.Errorf("call %s: %w", row.Call, err)
	}
	return CallRow{Call: row.Call}, nil
}

func (c conn) call(ctx context.Context, call string) (CallRow, bool, error) {
	var row callRow
	found, err := c.find(ctx, &row, selectCall+` WHERE a.call = ?`, call)
	return row.call(), found, err
}

// Call gives one call. Errors: ErrNotFound.
func (s *Store) Call(ctx context.Context, call string) (CallRow, error) {
	row, found, err := s.read().call(ctx, call)
	if err == nil && !found {
		err = notFound("call", call)
	}
	return row, s.explain("call", err)
}

// How a call came out, for CallFilter: a human answered, the caller gave up, or neither (refused, a machine took it, lost).
const (
	OutcomeAnswered  = "answered"
	OutcomeAbandoned = "abandoned"
	OutcomeOther     = "other"
)

// LastRing is the last ring that CallFilter tells apart.
const LastRing = 8

// CallFilter narrows Calls. Empty fields do not narrow.
type CallFilter struct {
	Queue    string
	Agent    string
	Number   string // however written
	Case     string
	End      string
	Met      *bool
	Outcome  string    // OutcomeAnswered, OutcomeAbandoned or OutcomeOther
	Short    *bool     // abandoned inside the first ring
	Ring     int       // rings heard when the verdict fell; from LastRing on: so many or more
	From, To time.Time // arrived
	Cursor   string
	Limit    int
}

// Calls lists calls, those that arrived last first. Errors: ErrInvalid (cursor).
func (s *Store) Calls(ctx context.Context, f CallFilter) (Page[CallRow], error) {
	after, err := parseCursor(f.Cursor)
	if err != nil {
		return Page[CallRow]{}, err
	}
	var q query
	q.equal("a.queue", f.Queue)
	q.equal("a.agent", f.Agent)
	q.equal("k.case_number", f.Case)
	q.equal("a.end_code", f.End)
	if f.Number != "" {
		q.and("a.number = ?", s.callerKey(f.Number))
	}
	if f.Met != nil {
		q.and("a.rule <> '' AND a.met = ?", *f.Met)
	}
	switch f.Outcome {
	case OutcomeAnswered:
		q.and("a.rule <> '' AND a.answered")
	case OutcomeAbandoned:
		q.and("a.rule <> '' AND NOT a.answered")
	case OutcomeOther:
		q.and("a.rule = ''")
	}
	if f.Short != nil {
		q.and("a.short = ?", *f.Short)
	}
	switch {
	case f.Ring >= LastRing:
		q.and("a.rule <> '' AND a.rings >= ?", LastRing)
	case f.Ring > 0:
		q.and("a.rule <> '' AND a.rings = ?", f.Ring)
	}
	q.between("a.arrived", f.From, f.To)
	q.page("a.arrived", "a.call", after)
	limit := pageLimit(f.Limit)
	var rows []callRow
	if err := s.read().list(ctx, &rows, q.sql(selectCall, "a.arrived DESC, a.call DESC", limit), q.args...); err != nil {
		return Page[CallRow]{}, s.explain("calls", err)
	}
	page := Page[CallRow]{Items: mapped(rows, callRow.call)}
	if len(rows) == limit {
		page.Next = cursor{rows[limit-1].Arrived, rows[limit-1].Call}.String()
	}
	return page, nil
}
