package records

import (
	"context"
	"time"
)

// AnsweredCall is a call that a human answered, as a desk needs it.
type AnsweredCall struct {
	Call       string    `db:"call"        json:"call"`
	Case       string    `db:"case_number" json:"case"`
	Agent      string    `db:"agent"       json:"agent"` // who answers for the call now
	Queue      string    `db:"queue"       json:"queue"`
	Caller     string    `db:"caller"      json:"caller"`            // "" when anonymous
	Opened     bool      `db:"opened"      json:"opened"`            // it opened its case; false: it continues one
	Outcome    string    `db:"outcome"     json:"outcome,omitempty"` // of its wrap-up, "" before
	AnsweredAt time.Time `db:"-"           json:"answered_at"`
}

type answeredRow struct {
	AnsweredCall
	AnsweredAt stamp `db:"answered_at"`
}

const selectAnswered = `SELECT k.call, k.case_number, k.agent, k.queue, k.caller, k.opened, k.answered_at, COALESCE(w.outcome, '') AS outcome
	FROM case_calls k LEFT JOIN wrapups w ON w.call = k.call`

// AnsweredCall gives one answered call. Errors: ErrNotFound before a human answered it.
func (s *Store) AnsweredCall(ctx context.Context, call string) (AnsweredCall, error) {
	var row answeredRow
	found, err := s.read().find(ctx, &row, selectAnswered+` WHERE k.call = ?`, call)
	if err == nil && !found {
		err = notFound("answered call", call)
	}
	row.AnsweredCall.AnsweredAt = row.AnsweredAt.time()
	return row.AnsweredCall, s.explain("answered call", err)
}

// UnfinishedCall gives the latest call of a case on which login talked and that nobody has wrapped up; Call is "" when there is none.
func (s *Store) UnfinishedCall(ctx context.Context, number, login string) (AnsweredCall, error) {
	var row answeredRow
	_, err := s.read().find(ctx, &row, selectAnswered+` JOIN call_agents a ON a.call = k.call AND a.agent = ?
		WHERE k.case_number = ? AND w.call IS NULL ORDER BY k.answered_at DESC LIMIT 1`, login, number)
	row.AnsweredCall.AnsweredAt = row.AnsweredAt.time()
	return row.AnsweredCall, s.explain("unfinished call", err)
}
