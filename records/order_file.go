package records

import (
	"context"
	"encoding/json"
	"time"

	"hotline/records/procedure"
)

// OrderFile is an order with everything that belongs to it.
type OrderFile struct {
	Order        Order                `json:"order"`
	Definition   procedure.Definition `json:"definition"`
	Steps        []StepFile           `json:"steps"`
	Evidence     []Evidence           `json:"evidence"` // without events, in the order of the chain
	Events       []Evidence           `json:"events"`   // what happened to the order
	Files        []File               `json:"files"`
	Clocks       []Clock              `json:"clocks"`
	Rules        []RuleFile           `json:"rules"`
	Deliverables []DeliverableFile    `json:"deliverables"`
	People       []OrderPerson        `json:"people"`
	Unfinished   []procedure.Lack     `json:"unfinished,omitempty"` // what keeps it from being finished
	Chain        string               `json:"chain"`
	ChainHead    string               `json:"chain_head"` // hash of the chain's last link
	ChainLength  int64                `json:"chain_length"`
}

// StepFile is a step of an order.
type StepFile struct {
	Step    procedure.Step      `json:"step"`
	State   procedure.StepState `json:"state"`
	Settled *procedure.Settled  `json:"settled,omitempty"`
	Missing []procedure.Lack    `json:"missing,omitempty"` // what keeps it from being completed
	Needs   []NeedFile          `json:"needs,omitempty"`
}

// NeedFile is how far a need is met.
type NeedFile struct {
	Need procedure.Need `json:"need"`
	Have int            `json:"have"`
}

// RuleFile is a quality rule of an order.
type RuleFile struct {
	Rule    procedure.Rule    `json:"rule"`
	Verdict procedure.Verdict `json:"verdict"`
}

// DeliverableFile is a deliverable of an order.
type DeliverableFile struct {
	Deliverable procedure.Deliverable `json:"deliverable"`
	Verdict     procedure.Verdict     `json:"verdict"`
}

// OrderPerson is somebody who takes part in an order beside its engineer.
type OrderPerson struct {
	Login   string    `db:"login"    json:"login"`
	Name    string    `db:"name"     json:"name"`
	Part    string    `db:"part"     json:"part"` // e.g. "participant", "lecturer", "approver"
	AddedBy string    `db:"added_by" json:"added_by"`
	AddedAt time.Time `db:"-"        json:"added_at"`
}

// Order gives an order, by id or number, with everything that belongs to it, as of one instant. Errors: ErrNotFound.
func (s *Store) Order(ctx context.Context, id string) (OrderFile, error) {
	var f OrderFile
	err := s.snapshot(ctx, "order", func(c conn) (err error) {
		f, err = s.orderFile(ctx, c, id)
		return err
	})
	return f, err
}

// MayRead reports whether somebody of the staff may read an order: managers, dispatchers, its engineer, who takes part, the
// owner of its case. Errors: ErrNotFound.
func (s *Store) MayRead(ctx context.Context, login, order string) (bool, error) {
	var n int
	err := s.read().get(ctx, &n, `SELECT COUNT(*) FROM orders o LEFT JOIN cases s ON s.number = o.case_number WHERE (o.id = ? OR o.number = ?)
		AND (o.engineer = ? OR o.manager = ? OR s.owner = ? OR EXISTS (SELECT 1 FROM order_people p WHERE p.order_id = o.id AND p.login = ?)
		OR EXISTS (SELECT 1 FROM user_roles r WHERE r.login = ? AND r.role IN (?, ?)))`, order, order, login, login, login, login, login,
		RoleSupervisor, RoleDispatcher)
	return n > 0, s.explain("order", err)
}

func (s *Store) orderFile(ctx context.Context, c conn, id string) (OrderFile, error) {
	o, err := c.order(ctx, id)
	if err != nil {
		return OrderFile{}, err
	}
	p, err := s.progress(ctx, c, o)
	if err != nil {
		return OrderFile{}, err
	}
	f := OrderFile{Order: o, Definition: p.Def, Evidence: []Evidence{}, Events: []Evidence{}, Chain: o.Case}
	set(&f.Chain, o.ID)
	if f.Clocks, err = s.clocks(ctx, c, o.ID); err != nil {
		return f, err
	}
	verdict, err := s.clockVerdicts(ctx, c, o, p)
	if err != nil {
		return f, err
	}
	f.judge(p, verdict)
	var rows []evidenceRow
	if err := c.list(ctx, &rows, selectEvidence+` WHERE e.order_id = ? ORDER BY e.seq`, o.ID); err != nil {
		return f, err
	}
	for _, r := range rows {
		if e := r.evidence(); e.Kind == procedure.Event {
			f.Events = append(f.Events, e)
		} else {
			f.Evidence = append(f.Evidence, e)
		}
	}
	var files []fileRow
	if err := c.list(ctx, &files, `SELECT f.* FROM files f WHERE f.id IN (SELECT e.file FROM evidence e WHERE e.order_id = ?) ORDER BY f.added_at, f.id`, o.ID); err != nil {
		return f, err
	}
	f.Files = mapped(files, func(r fileRow) File { r.File.At = r.At.time(); return r.File })
	var people []struct {
		OrderPerson
		AddedAt stamp `db:"added_at"`
	}
	if err := c.list(ctx, &people, `SELECT p.login, u.name, p.part, p.added_by, p.added_at FROM order_people p JOIN users u ON u.login = p.login
		WHERE p.order_id = ? ORDER BY p.added_at, p.login`, o.ID); err != nil {
		return f, err
	}
	f.People = []OrderPerson{}
	for _, r := range people {
		r.OrderPerson.AddedAt = r.AddedAt.time()
		f.People = append(f.People, r.OrderPerson)
	}
	var head chainHead
	_, err = c.find(ctx, &head, `SELECT count, hash FROM evidence_heads WHERE chain = ?`, f.Chain)
	f.ChainLength, f.ChainHead = head.Count, head.Hash
	return f, err
}

// judge fills in how steps, rules and deliverables stand.
func (f *OrderFile) judge(p procedure.Progress, verdict procedure.ClockVerdict) {
	for _, step := range p.Def.Steps {
		sf := StepFile{Step: step, State: p.StepState(step.Code)}
		if s, ok := p.Settled[step.Code]; ok {
			sf.Settled = &s
		} else if !p.State.Ended() {
			sf.Missing = p.Missing(step.Code)
		}
		for _, n := range step.Needs {
			sf.Needs = append(sf.Needs, NeedFile{n, p.Count(step.Code, n)})
		}
		f.Steps = append(f.Steps, sf)
	}
	for _, r := range p.Def.Rules {
		f.Rules = append(f.Rules, RuleFile{r, p.Judge(r, verdict)})
	}
	for _, d := range p.Def.Deliverables {
		f.Deliverables = append(f.Deliverables, DeliverableFile{d, p.Delivered(d)})
	}
	if !p.State.Ended() {
		f.Unfinished = p.Unfinished()
	}
}

// SetOrderData replaces what only this kind of order has (JSON). version is that of the order, as seen: give it.
// Errors: ErrInvalid, ErrConflict, ErrForbidden, ErrNotFound.
func (s *Store) SetOrderData(ctx context.Context, by Actor, order string, data json.RawMessage, version int64) (Order, error) {
	if !json.Valid(data) || len(data) > 1<<20 {
		return Order{}, problem(ErrInvalid, "order_data", "Send JSON of at most 1 MB.", "The data cannot be kept.")
	}
	return s.noteOrder(ctx, by, order, version, "data", map[string]any{"sha256": digest(data)}, func(_ *txn, o *Order) error {
		o.Data = data
		return nil
	})
}

// JoinOrder lets somebody take part in an order. Again with another part changes it. Errors: ErrNotFound, ErrForbidden.
func (s *Store) JoinOrder(ctx context.Context, by Actor, order, login, part string) (Order, error) {
	return s.noteOrder(ctx, by, order, 0, "people", map[string]any{"login": login, "part": line(part)}, func(t *txn, o *Order) error {
		if _, err := t.user(ctx, login); err != nil {
			return err
		}
		if err := t.do(ctx, `INSERT INTO order_people (order_id, login, part, added_by, added_at) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (order_id, login) DO UPDATE SET part = excluded.part`, o.ID, login, line(part), t.by, at(t.now)); err != nil {
			return err
		}
		return t.tellJoined(ctx, *o, login, by.Login)
	})
}

// LeaveOrder ends somebody's part in an order.
func (s *Store) LeaveOrder(ctx context.Context, by Actor, order, login string) (Order, error) {
	return s.noteOrder(ctx, by, order, 0, "people", map[string]any{"login": login, "part": "left"}, func(t *txn, o *Order) error {
		return t.do(ctx, `DELETE FROM order_people WHERE order_id = ? AND login = ?`, o.ID, login)
	})
}

// noteOrder changes what the procedure does not look at. An ended order stays as it is.
func (s *Store) noteOrder(ctx context.Context, by Actor, order string, version int64, what string, more map[string]any, edit func(*txn, *Order) error) (Order, error) {
	var out Order
	err := s.write(ctx, "order "+what, func(t *txn) error {
		a, err := t.acting(ctx, by)
		if err != nil {
			return err
		}
		r, err := t.running(ctx, a, order, version, procedure.Plan)
		if err != nil {
			return err
		}
		if r.order.State.Ended() {
			return problem(ErrConflict, "order_state", "Load it again and see how it stands.", "The order %s is %s.", r.order.Number, r.order.State)
		}
		if err := edit(t, &r.order); err != nil {
			return err
		}
		if err := t.event(ctx, a, r.order, what, "", more); err != nil {
			return err
		}
		if err := r.save(ctx, t, what, ""); err != nil {
			return err
		}
		out, err = t.order(ctx, r.order.ID)
		return err
	})
	return out, err
}
