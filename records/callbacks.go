package records

import (
	"context"
	"time"
)

// The states of a callback.
type callbackState string

// callbackInput is what can happen to a callback.
type callbackInput string

const (
	callbackOpen      callbackState = "open"      // the customer waits for a call
	callbackTaken     callbackState = "taken"     // somebody is calling
	callbackDone      callbackState = "done"      // the customer was called
	callbackCancelled callbackState = "cancelled" // not wanted any more: the case was closed, or the customer said so

	takeCallback   callbackInput = "take"
	dropCallback   callbackInput = "drop" // not reached: somebody tries again
	finishCallback callbackInput = "finish"
	cancelCallback callbackInput = "cancel"
	renewCallback  callbackInput = "renew" // promised or asked for again: the same request, perhaps another time
)

// noEffect: callbacks change by their row alone.
type noEffect string

var callbackMachine = machine[callbackState, callbackInput, noEffect]{
	name: "callback", start: callbackOpen,
	table: map[callbackState]map[callbackInput]move[callbackState, noEffect]{
		callbackOpen: {
			takeCallback: {callbackTaken, nil}, finishCallback: {callbackDone, nil},
			cancelCallback: {callbackCancelled, nil}, renewCallback: {callbackOpen, nil},
		},
		callbackTaken: {
			dropCallback: {callbackOpen, nil}, finishCallback: {callbackDone, nil},
			cancelCallback: {callbackCancelled, nil}, renewCallback: {callbackTaken, nil},
		},
		callbackDone: {}, callbackCancelled: {},
	},
}

// CallbackRequest is a customer who is to be called: asked for in the overflow of a queue, or promised in a wrap-up (then
// Case and Due are set).
type CallbackRequest struct {
	ID          string    `db:"id"          json:"id"`
	Number      string    `db:"number"      json:"number"`
	Queue       string    `db:"queue"       json:"queue,omitempty"`
	Call        string    `db:"call"        json:"call,omitempty"`
	Case        string    `db:"case_number" json:"case,omitempty"`
	Login       string    `db:"login"       json:"login,omitempty"` // who promised it, or who took it
	RequestedAt time.Time `db:"-"           json:"requested_at"`
	Due         time.Time `db:"-"           json:"due,omitzero"`
	State       string    `db:"state"       json:"state"`
	EndedAt     time.Time `db:"-"           json:"ended_at,omitzero"`
	Result      string    `db:"result"      json:"result,omitempty"`
	Version     int64     `db:"version"     json:"version"`
}

type callbackRow struct {
	CallbackRequest
	RequestedAt stamp `db:"requested_at"`
	Due         stamp `db:"due_at"`
	EndedAt     stamp `db:"ended_at"`
}

func (r callbackRow) callback() CallbackRequest {
	c := r.CallbackRequest
	c.RequestedAt, c.Due, c.EndedAt = r.RequestedAt.time(), r.Due.time(), r.EndedAt.time()
	return c
}

// AddCallback records that a caller wants to be called. Whoever asks twice for the same queue waits once: the first request
// is returned. Errors: ErrInvalid (no number to call).
func (s *Store) AddCallback(ctx context.Context, r CallbackRequest) (CallbackRequest, error) {
	r.Number = s.callerKey(r.Number)
	if r.Number == "" {
		return r, problem(ErrInvalid, "callback_number", "Ask the caller for a number.", "There is no number to call back.")
	}
	var out CallbackRequest
	err := s.write(ctx, "add callback", func(t *txn) (err error) {
		out, err = t.addCallback(ctx, r)
		return err
	})
	return out, err
}

func (t *txn) addCallback(ctx context.Context, r CallbackRequest) (CallbackRequest, error) {
	if r.RequestedAt.IsZero() {
		r.RequestedAt = t.now
	}
	var row callbackRow
	waiting, err := t.find(ctx, &row, `SELECT * FROM callbacks WHERE number = ? AND queue = ? AND case_number = ?
		AND state IN ('open', 'taken')`, r.Number, r.Queue, r.Case)
	if err != nil {
		return r, err
	}
	if waiting {
		return t.moveCallback(ctx, row.callback(), renewCallback, func(c *CallbackRequest) {
			if !r.Due.IsZero() {
				c.Due = r.Due
			}
		})
	}
	r.ID, r.State, r.Version = newID(t.now), string(callbackOpen), 1
	return r, t.do(ctx, `INSERT INTO callbacks (id, number, queue, call, case_number, login, requested_at, due_at, state)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, r.ID, r.Number, r.Queue, r.Call, r.Case, r.Login, at(r.RequestedAt), at(r.Due), r.State)
}

// promiseCallback is the wrap-up's outcome "callback".
func (t *txn) promiseCallback(ctx context.Context, c Case, in WrapUpInput) (CallbackRequest, error) {
	number := in.Callback.Number
	set(&number, c.Caller)
	return t.addCallback(ctx, CallbackRequest{Number: number, Call: in.Call, Case: c.Number, Login: c.Owner, Due: in.Callback.At})
}

func (t *txn) cancelCallbacks(ctx context.Context, caseNumber, why string) error {
	var rows []callbackRow
	if err := t.list(ctx, &rows, `SELECT * FROM callbacks WHERE case_number = ? AND state IN ('open', 'taken')`, caseNumber); err != nil {
		return err
	}
	for _, r := range rows {
		if _, err := t.moveCallback(ctx, r.callback(), cancelCallback, func(c *CallbackRequest) { c.Result = why }); err != nil {
			return err
		}
	}
	return nil
}

func (t *txn) moveCallback(ctx context.Context, c CallbackRequest, input callbackInput, change func(*CallbackRequest)) (CallbackRequest, error) {
	mv, ok := callbackMachine.step(callbackState(c.State), input)
	if !ok {
		return c, problem(ErrConflict, "callback_state", "Load it again and see how it stands.",
			"The callback is %s; %q is not possible now.", c.State, string(input))
	}
	change(&c)
	c.State = string(mv.next)
	if mv.next == callbackDone || mv.next == callbackCancelled {
		c.EndedAt = t.now
	}
	c.Version++
	return c, t.do(ctx, `UPDATE callbacks SET state = ?, login = ?, due_at = ?, ended_at = ?, result = ?, version = ? WHERE id = ?`,
		c.State, c.Login, at(c.Due), at(c.EndedAt), c.Result, c.Version, c.ID)
}

// TakeCallback says that by is calling now. version is the one seen, 0 = whatever. Errors: ErrNotFound, ErrConflict.
func (s *Store) TakeCallback(ctx context.Context, id, by string, version int64) (CallbackRequest, error) {
	return s.changeCallback(ctx, id, version, takeCallback, func(c *CallbackRequest) { c.Login = by })
}

// DropCallback says that the customer was not reached: the request is open again. Errors as TakeCallback.
func (s *Store) DropCallback(ctx context.Context, id, result string, version int64) (CallbackRequest, error) {
	return s.changeCallback(ctx, id, version, dropCallback, func(c *CallbackRequest) { c.Result = text(result) })
}

// FinishCallback says that the customer was called. Errors as TakeCallback.
func (s *Store) FinishCallback(ctx context.Context, id, by, result string, version int64) (CallbackRequest, error) {
	return s.changeCallback(ctx, id, version, finishCallback, func(c *CallbackRequest) { c.Login, c.Result = by, text(result) })
}

// CancelCallback says that the customer need not be called. Errors as TakeCallback.
func (s *Store) CancelCallback(ctx context.Context, id, by, result string, version int64) (CallbackRequest, error) {
	return s.changeCallback(ctx, id, version, cancelCallback, func(c *CallbackRequest) { c.Login, c.Result = by, text(result) })
}

func (s *Store) changeCallback(ctx context.Context, id string, version int64, input callbackInput, change func(*CallbackRequest)) (CallbackRequest, error) {
	var out CallbackRequest
	err := s.write(ctx, string(input)+" callback", func(t *txn) error {
		var row callbackRow
		found, err := t.find(ctx, &row, `SELECT * FROM callbacks WHERE id = ?`, id)
		if err != nil {
			return err
		}
		if !found {
			return notFound("callback", id)
		}
		if version != 0 && version != row.Version {
			return stale("callback", id, version, row.Version)
		}
		out, err = t.moveCallback(ctx, row.callback(), input, change)
		return err
	})
	return out, err
}

// CallbackFilter narrows Callbacks.
type CallbackFilter struct {
	State  string
	Queue  string
	Case   string
	Cursor string
	Limit  int
}

// Callbacks lists callbacks, those asked for last first. Errors: ErrInvalid (cursor).
func (s *Store) Callbacks(ctx context.Context, f CallbackFilter) (Page[CallbackRequest], error) {
	after, err := parseCursor(f.Cursor)
	if err != nil {
		return Page[CallbackRequest]{}, err
	}
	var q query
	q.equal("state", f.State)
	q.equal("queue", f.Queue)
	q.equal("case_number", f.Case)
	q.page("requested_at", "id", after)
	limit := pageLimit(f.Limit)
	var rows []callbackRow
	if err := s.read().list(ctx, &rows, q.sql("SELECT * FROM callbacks", "requested_at DESC, id DESC", limit), q.args...); err != nil {
		return Page[CallbackRequest]{}, s.explain("callbacks", err)
	}
	page := Page[CallbackRequest]{Items: mapped(rows, callbackRow.callback)}
	if len(rows) == limit {
		page.Next = cursor{rows[limit-1].RequestedAt, rows[limit-1].ID}.String()
	}
	return page, nil
}
