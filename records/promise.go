package records

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"
)

// The kinds of Promise.
const (
	PromiseService  = "service"  // an escalation: what the customer was told of remote or onsite service
	PromiseCallback = "callback" // a call back
)

// Promise is what a customer was told last, by whom and for when.
type Promise struct {
	Kind   string    `db:"kind"    json:"kind"`
	Detail string    `db:"detail"  json:"detail"` // "remote", "onsite", or the state of the callback
	Text   string    `db:"text"    json:"text"`
	For    time.Time `db:"-"       json:"for,omitzero"` // the promised time
	Made   time.Time `db:"-"       json:"made"`
	By     string    `db:"login"   json:"by"`
	ByName string    `db:"by_name" json:"by_name"`
	Case   string    `db:"case_number" json:"case"`
	Kept   bool      `db:"kept"    json:"kept"` // service is done, the call was made
}

type promiseRow struct {
	Promise
	For  stamp `db:"for_at"`
	Made stamp `db:"made_at"`
}

// lastPromise finds the newest promise to a caller: on cases and contacts that lead to them, open or not. nil when there is none.
func (c conn) lastPromise(ctx context.Context, number string, contacts []string) (*Promise, error) {
	if len(contacts) == 0 {
		contacts = []string{""}
	}
	// Each part by its own index; an OR over joined tables would read them whole.
	query, args, err := sqlx.In(`WITH mine AS (
			SELECT number FROM cases WHERE caller = ? AND ? <> '' UNION SELECT number FROM cases WHERE contact_id IN (?)
		), told AS (
			SELECT 'service' AS kind, e.kind AS detail, e.told_means AS text, e.told_at AS for_at, e.raised_at AS made_at,
				e.raised_by AS login, e.case_number, e.state = 'done' AS kept
				FROM escalations e WHERE e.case_number IN (SELECT number FROM mine)
			UNION ALL
			SELECT 'callback', b.state, b.result, b.due_at, b.requested_at, b.login, b.case_number, b.state = 'done'
				FROM callbacks b JOIN mine m ON m.number = b.case_number WHERE b.due_at IS NOT NULL
		)
		SELECT t.*, COALESCE(u.name, t.login) AS by_name FROM told t LEFT JOIN users u ON u.login = t.login
		ORDER BY t.made_at DESC LIMIT 1`, number, number, contacts)
	if err != nil {
		return nil, err
	}
	var row promiseRow
	found, err := c.find(ctx, &row, query, args...)
	if err != nil || !found {
		return nil, err
	}
	p := row.Promise
	p.For, p.Made = row.For.time(), row.Made.time()
	return &p, nil
}
