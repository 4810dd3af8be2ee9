package records

import (
	"context"
	"encoding/json"
	"regexp"
	"time"
)

// VisitAction is one thing that an engineer did on a device, perhaps without network.
type VisitAction struct {
	Client   string          `json:"client"` // made by the device, unique for ever
	Order    string          `json:"order"`  // id
	Kind     string          `json:"kind"`   // evidence, complete, waive, sign, next, finish
	Body     json.RawMessage `json:"body"`
	DeviceAt time.Time       `json:"device_at"` // by the device's clock
}

// VisitOutcome is what became of an action.
type VisitOutcome struct {
	Client  string    `json:"client"`
	Outcome string    `json:"outcome"` // done, refused, settled; "" = kept, nothing done yet
	Detail  string    `json:"detail,omitempty"`
	At      time.Time `json:"at,omitzero"` // by this server's clock
}

// VisitConflict is an action that was refused and that nobody has looked at.
type VisitConflict struct {
	VisitAction
	Login  string    `json:"login"`
	Number string    `json:"number"` // of the order, "" if there is none
	Detail string    `json:"detail"`
	GotAt  time.Time `json:"got_at"`
}

// The outcomes of an action.
const (
	ActionDone    = "done"
	ActionRefused = "refused"
	ActionSettled = "settled"
)

var clientPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{8,64}$`)

const maxAction = 256 << 10

// KeepVisitAction keeps what a device sent before anything is done with it. Sent again, it gives what became of the first, and
// fresh is false. Errors: ErrInvalid, ErrConflict (the id belongs to another action).
func (s *Store) KeepVisitAction(ctx context.Context, login string, a VisitAction) (out VisitOutcome, fresh bool, err error) {
	var f faults
	if !clientPattern.MatchString(a.Client) {
		f.add("client", "pattern", "Use 8 to 64 letters, digits, - and _.", "The id of the action cannot be used.")
	}
	if len(a.Body) == 0 || len(a.Body) > maxAction || !json.Valid(a.Body) {
		f.add("body", "json", "Send JSON of at most 256 KiB.", "The action cannot be read.")
	}
	f.required("kind", line(a.Kind), 32, "The kind is missing.", "Say what was done.")
	f.missing(!a.DeviceAt.IsZero(), "device_at", "The device's time is missing.", "Send it.")
	if err := f.problem(ErrInvalid, "action_invalid", "Send it again.", "The action cannot be kept."); err != nil {
		return out, false, err
	}
	err = s.write(ctx, "visit action", func(t *txn) error {
		fresh = false
		var have struct {
			Login string `db:"login"`
			Order string `db:"order_id"`
			Kind  string `db:"kind"`
		}
		found, err := t.find(ctx, &have, `SELECT login, order_id, kind FROM visit_actions WHERE client = ?`, a.Client)
		if err != nil {
			return err
		}
		if found {
			if have.Login != login || have.Order != a.Order || have.Kind != a.Kind {
				return problem(ErrConflict, "client_id_taken", "Give every action its own id.", "The id %q belongs to another action.", a.Client)
			}
			out, err = t.visitOutcome(ctx, a.Client)
			return err
		}
		fresh, out = true, VisitOutcome{Client: a.Client}
		return t.do(ctx, `INSERT INTO visit_actions (client, order_id, login, kind, body, device_at, got_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			a.Client, a.Order, login, a.Kind, string(a.Body), at(a.DeviceAt), at(t.now))
	})
	return out, fresh, err
}

func (c conn) visitOutcome(ctx context.Context, client string) (VisitOutcome, error) {
	var row struct {
		Outcome string `db:"outcome"`
		Detail  string `db:"detail"`
		At      stamp  `db:"at"`
	}
	_, err := c.find(ctx, &row, `SELECT outcome, detail, at FROM visit_outcomes WHERE client = ? ORDER BY seq DESC LIMIT 1`, client)
	return VisitOutcome{Client: client, Outcome: row.Outcome, Detail: row.Detail, At: row.At.time()}, err
}

// EndVisitAction keeps what became of an action. Errors: ErrNotFound.
func (s *Store) EndVisitAction(ctx context.Context, client, outcome, detail, by string) (VisitOutcome, error) {
	var out VisitOutcome
	err := s.write(ctx, "visit outcome", func(t *txn) error {
		var n int
		if err := t.get(ctx, &n, `SELECT COUNT(*) FROM visit_actions WHERE client = ?`, client); err != nil {
			return err
		}
		if n == 0 {
			return notFound("action", client)
		}
		if err := t.get(ctx, &n, `SELECT COUNT(*) FROM visit_outcomes WHERE client = ?`, client); err != nil {
			return err
		}
		out = VisitOutcome{Client: client, Outcome: outcome, Detail: detail, At: t.now}
		return t.do(ctx, `INSERT INTO visit_outcomes (client, seq, outcome, detail, by, at) VALUES (?, ?, ?, ?, ?, ?)`,
			client, n+1, outcome, detail, by, at(t.now))
	})
	return out, err
}

// VisitConflicts lists what devices sent and was refused, of one engineer or (login "") of all, until somebody settled it.
func (s *Store) VisitConflicts(ctx context.Context, login string) ([]VisitConflict, error) {
	var q query
	q.equal("a.login", login)
	q.and("w.outcome = ?", ActionRefused)
	q.and("w.seq = (SELECT MAX(x.seq) FROM visit_outcomes x WHERE x.client = a.client)")
	var rows []struct {
		Client   string `db:"client"`
		Order    string `db:"order_id"`
		Login    string `db:"login"`
		Number   string `db:"number"`
		Kind     string `db:"kind"`
		Body     string `db:"body"`
		DeviceAt stamp  `db:"device_at"`
		GotAt    stamp  `db:"got_at"`
		Detail   string `db:"detail"`
	}
	err := s.read().list(ctx, &rows, q.sql(`SELECT a.client, a.order_id, a.login, COALESCE(o.number, '') AS number, a.kind, a.body, a.device_at,
		a.got_at, w.detail FROM visit_actions a JOIN visit_outcomes w ON w.client = a.client LEFT JOIN orders o ON o.id = a.order_id`,
		"a.got_at DESC, a.client", 200), q.args...)
	out := make([]VisitConflict, 0, len(rows))
	for _, r := range rows {
		out = append(out, VisitConflict{
			VisitAction: VisitAction{Client: r.Client, Order: r.Order, Kind: r.Kind, Body: json.RawMessage(r.Body), DeviceAt: r.DeviceAt.time()},
			Login:       r.Login, Number: r.Number, Detail: r.Detail, GotAt: r.GotAt.time(),
		})
	}
	return out, s.explain("visit conflicts", err)
}
