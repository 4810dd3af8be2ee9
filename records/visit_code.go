package records

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"strings"
	"time"
)

// VisitCode is the one-time code of a visit: the engineer shows it, the customer checks it by a link or by calling the hotline.
type VisitCode struct {
	Code       string    `json:"code"` // eight digits
	Order      string    `json:"order"`
	Engineer   string    `json:"engineer"`
	MadeAt     time.Time `json:"made_at"`
	Until      time.Time `json:"until"`
	CheckedAt  time.Time `json:"checked_at,omitzero"`
	CheckedVia string    `json:"checked_via,omitempty"`
}

// The verdicts on a visit code.
const (
	VisitRight   = "right"   // the engineer is ours, and is expected
	VisitWrong   = "wrong"   // there is no such code
	VisitUsed    = "used"    // it was found right before
	VisitEnded   = "ended"   // another code took its place, or another engineer was sent
	VisitExpired = "expired" // its time is over, or the visit has ended
)

// How a code was checked.
const (
	ViaVisitLink    = "link"
	ViaVisitHotline = "hotline"
)

// VisitCheck is the answer to somebody who checks a code. Who it is about is only told with VisitRight and VisitUsed.
type VisitCheck struct {
	Verdict  string    `json:"verdict"`
	Engineer Engineer  `json:"engineer,omitzero"`
	Order    string    `json:"order,omitempty"`  // id
	Number   string    `json:"number,omitempty"` // the order's
	Customer string    `json:"customer,omitempty"`
	From     time.Time `json:"from,omitzero"` // as planned
	To       time.Time `json:"to,omitzero"`
	Before   time.Time `json:"before,omitzero"` // with VisitUsed: when it was found right
}

const (
	visitCodeLife = 18 * time.Hour // a code is made on the day of the visit
	// maxWrongChecks in an hour by one person or link, and no more are answered: 10⁸ codes cannot be tried out.
	maxWrongChecks = 10
)

type visitCodeRow struct {
	ID         string `db:"id"`
	Order      string `db:"order_id"`
	Engineer   string `db:"engineer"`
	Code       string `db:"code"`
	MadeBy     string `db:"made_by"`
	MadeAt     stamp  `db:"made_at"`
	Until      stamp  `db:"until"`
	EndedAt    stamp  `db:"ended_at"`
	CheckedAt  stamp  `db:"checked_at"`
	CheckedBy  string `db:"checked_by"`
	CheckedVia string `db:"checked_via"`
}

func (r visitCodeRow) code() VisitCode {
	return VisitCode{
		Code: r.Code, Order: r.Order, Engineer: r.Engineer, MadeAt: r.MadeAt.time(), Until: r.Until.time(), CheckedAt: r.CheckedAt.time(),
		CheckedVia: r.CheckedVia,
	}
}

// VisitCode gives the code of an order's visit to its engineer, and makes one where there is none that can be used; anew makes
// another one in any case. Errors: ErrNotFound, ErrForbidden (not the order's engineer), ErrConflict (the order has ended).
func (s *Store) VisitCode(ctx context.Context, login, order string, anew bool) (VisitCode, error) {
	var out VisitCode
	err := s.write(ctx, "visit code", func(t *txn) error {
		o, err := t.order(ctx, order)
		if err != nil {
			return err
		}
		if o.Engineer != login || login == "" {
			return problem(ErrForbidden, "order_not_yours", "Ask dispatch.", "The order %s is not yours.", o.Number)
		}
		if o.State.Ended() {
			return problem(ErrConflict, "order_state", "There is nobody to show a code to any more.", "The order %s has ended.", o.Number)
		}
		var row visitCodeRow
		found, err := t.find(ctx, &row, `SELECT * FROM visit_codes WHERE order_id = ? AND ended_at IS NULL ORDER BY made_at DESC, id DESC LIMIT 1`, o.ID)
		if err != nil {
			return err
		}
		if found && !anew && row.Engineer == login && row.Until.time().After(t.now) {
			out = row.code()
			return nil
		}
		if err := t.do(ctx, `UPDATE visit_codes SET ended_at = ? WHERE order_id = ? AND ended_at IS NULL`, at(t.now), o.ID); err != nil {
			return err
		}
		row = visitCodeRow{ID: newID(t.now), Order: o.ID, Engineer: login, MadeBy: t.by, MadeAt: at(t.now), Until: at(t.now.Add(visitCodeLife))}
		if row.Code, err = t.freshVisitCode(ctx); err != nil {
			return err
		}
		out = row.code()
		return t.do(ctx, `INSERT INTO visit_codes (id, order_id, engineer, code, made_by, made_at, until) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			row.ID, row.Order, row.Engineer, row.Code, row.MadeBy, row.MadeAt, row.Until)
	})
	return out, err
}

// freshVisitCode draws eight digits that no code has that could still be checked.
func (t *txn) freshVisitCode(ctx context.Context) (string, error) {
	for {
		n, err := rand.Int(rand.Reader, big.NewInt(100_000_000))
		if err != nil {
			return "", fmt.Errorf("visit code: %w", err)
		}
		code := fmt.Sprintf("%08d", n)
		var taken int
		if err := t.get(ctx, &taken, `SELECT COUNT(*) FROM visit_codes WHERE code = ? AND until > ?`, code, at(t.now)); err != nil || taken == 0 {
			return code, err
		}
	}
}

// CheckVisitCode answers a customer who wants to know who stands at the door: who is the agent's login (via hotline) or names the
// link. Every attempt is kept. order, if not empty, is the only order that the code may be of: a link is for one visit. The first
// right check uses the code up; a link that asks again gets its answer again.
// Errors: ErrForbidden (too many wrong codes).
func (s *Store) CheckVisitCode(ctx context.Context, code, order, who, via string) (VisitCheck, error) {
	code = strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, code)
	var out VisitCheck
	err := s.write(ctx, "check visit code", func(t *txn) error {
		out = VisitCheck{}
		var wrong int
		if err := t.get(ctx, &wrong, `SELECT COUNT(*) FROM visit_checks WHERE who = ? AND verdict = ? AND at > ?`, who, VisitWrong, at(t.now.Add(-time.Hour))); err != nil {
			return err
		}
		if wrong >= maxWrongChecks {
			return problem(ErrForbidden, "visit_code_throttled", "Wait an hour, or call the service centre.", "Too many wrong codes were tried.")
		}
		var row visitCodeRow
		found, err := t.find(ctx, &row, `SELECT * FROM visit_codes WHERE code = ? ORDER BY made_at DESC, id DESC LIMIT 1`, code)
		if err != nil {
			return err
		}
		if !found || order != "" && row.Order != order {
			out.Verdict = VisitWrong
			return t.keepCheck(ctx, "", who, via, VisitWrong)
		}
		o, err := t.order(ctx, row.Order)
		if err != nil {
			return err
		}
		out.Verdict = row.verdict(o, who, t.now)
		if out.Verdict == VisitRight || out.Verdict == VisitUsed {
			if out.Engineer, err = t.engineer(ctx, row.Engineer); err != nil {
				return err
			}
			out.Order, out.Number, out.Customer, out.From, out.To, out.Before = o.ID, o.Number, o.CustomerName, o.PlannedFrom, o.PlannedTo, row.CheckedAt.time()
			set(&out.Customer, o.ContactName)
		}
		if out.Verdict == VisitRight && row.CheckedAt == 0 {
			if err := t.do(ctx, `UPDATE visit_codes SET checked_at = ?, checked_by = ?, checked_via = ? WHERE id = ?`, at(t.now), who, via, row.ID); err != nil {
				return err
			}
		}
		return t.keepCheck(ctx, row.ID, who, via, out.Verdict)
	})
	return out, err
}

// verdict on a code that exists.
func (r visitCodeRow) verdict(o Order, who string, now time.Time) string {
	switch {
	case r.EndedAt != 0 || o.Engineer != r.Engineer:
		return VisitEnded
	case o.State.Ended() || !r.Until.time().After(now):
		return VisitExpired
	case r.CheckedAt != 0 && r.CheckedBy != who:
		return VisitUsed
	}
	return VisitRight
}

func (t *txn) keepCheck(ctx context.Context, code, who, via, verdict string) error {
	return t.do(ctx, `INSERT INTO visit_checks (id, who, via, verdict, code_id, at) VALUES (?, ?, ?, ?, ?, ?)`,
		newID(t.now), who, via, verdict, null(code), at(t.now))
}

// BegunOrders are the ids of running orders at which more was done than agreeing a time: somebody is on the way or at work.
func (s *Store) BegunOrders(ctx context.Context) (map[string]bool, error) {
	var ids []string
	err := s.read().list(ctx, &ids, `SELECT DISTINCT e.order_id FROM evidence e JOIN orders o ON o.id = e.order_id
		WHERE o.ended_at IS NULL AND e.step NOT IN ('', 'appointment')`)
	out := make(map[string]bool, len(ids))
	for _, id := range ids {
		out[id] = true
	}
	return out, s.explain("begun orders", err)
}
