package records

import (
	"context"
	"time"

	"hotline/records/procedure"
)

// Calendar counts working time. *calendar.Calendar is one.
type Calendar interface {
	Add(from time.Time, d time.Duration) time.Time // the instant after d of working time
	Between(from, to time.Time) time.Duration      // working time between two instants
}

// The states of a clock.
const (
	clockRunning = "running"
	clockHeld    = "held"
	clockStopped = "stopped"
)

// Clock is a promise of time on an order or a case. It is derived from its segments, which are never edited: no pause and
// no change of the agreement loses time that has run.
type Clock struct {
	Subject   string            `json:"subject"` // order id, or case number
	Clock     string            `json:"clock"`   // e.g. "response"
	State     string            `json:"state"`   // running, held, stopped
	Within    time.Duration     `json:"within"`  // working time agreed
	Calendar  string            `json:"calendar,omitempty"`
	Elapsed   time.Duration     `json:"elapsed"`           // working time that has run
	Deadline  time.Time         `json:"deadline,omitzero"` // while running; of a stopped clock, when it would have been
	StoppedAt time.Time         `json:"stopped_at,omitzero"`
	Verdict   procedure.Verdict `json:"verdict"` // pending, proven (stopped in time), missing (too late)
	LateAt    time.Time         `json:"-"`       // while running: when the verdict becomes missing; the first working instant after the deadline
	Segments  []ClockSegment    `json:"segments"`
}

// ClockSegment is a span of a clock, from one change to the next.
type ClockSegment struct {
	From     time.Time     `json:"from"`
	To       time.Time     `json:"to,omitzero"` // of the last one: open
	State    string        `json:"state"`
	Within   time.Duration `json:"within"`
	Calendar string        `json:"calendar,omitempty"`
	Reason   string        `json:"reason,omitempty"`
	By       string        `json:"by"`
}

type segmentRow struct {
	Subject  string `db:"subject"`
	Clock    string `db:"clock"`
	Seq      int64  `db:"seq"`
	From     stamp  `db:"from_at"`
	State    string `db:"state"`
	Within   int64  `db:"within"`
	Calendar string `db:"calendar"`
	Reason   string `db:"reason"`
	Actor    string `db:"actor"`
}

// always is the calendar that counts every hour.
type always struct{}

func (always) Add(from time.Time, d time.Duration) time.Time { return from.Add(d) }
func (always) Between(from, to time.Time) time.Duration      { return to.Sub(from) }

func (s *Store) calendar(name string) Calendar {
	if c := s.working(name); c != nil {
		return c
	}
	return always{}
}

// clock derives a clock from its segments, in order, as it stands at now.
func (s *Store) clock(rows []segmentRow, now time.Time) Clock {
	last := rows[len(rows)-1]
	c := Clock{
		Subject: last.Subject, Clock: last.Clock, State: last.State, Calendar: last.Calendar,
		Within: time.Duration(last.Within) * time.Microsecond, Verdict: procedure.Pending,
	}
	var since time.Time // the beginning of the last running segment, and what had run before
	var before time.Duration
	for i, r := range rows {
		seg := ClockSegment{
			From: r.From.time(), State: r.State, Within: time.Duration(r.Within) * time.Microsecond, Calendar: r.Calendar, Reason: r.Reason, By: r.Actor,
		}
		to := now
		if i+1 < len(rows) {
			to = rows[i+1].From.time()
			seg.To = to
		}
		c.Segments = append(c.Segments, seg)
		if r.State != clockRunning {
			continue
		}
		since, before = seg.From, c.Elapsed
		if to.After(seg.From) {
			c.Elapsed += s.calendar(r.Calendar).Between(seg.From, to)
		}
		c.Deadline = s.calendar(r.Calendar).Add(since, max(c.Within-before, 0))
		c.LateAt = s.calendar(r.Calendar).Add(since, max(c.Within-before, 0)+time.Microsecond)
	}
	if c.State == clockHeld {
		c.Deadline = time.Time{} // nobody knows when it runs on
	}
	if c.State != clockRunning {
		c.LateAt = time.Time{}
	}
	late := c.Elapsed > c.Within
	switch {
	case c.State == clockStopped:
		c.StoppedAt = last.From.time()
		c.Verdict = procedure.Proven
		if late {
			c.Verdict = procedure.Missing
		}
	case late:
		c.Verdict = procedure.Missing
	}
	return c
}

func (s *Store) clocks(ctx context.Context, c conn, subject string) ([]Clock, error) {
	var rows []segmentRow
	if err := c.list(ctx, &rows, `SELECT * FROM clock_segments WHERE subject = ? ORDER BY clock, seq`, subject); err != nil {
		return nil, err
	}
	out := []Clock{}
	for from := 0; from < len(rows); {
		to := from + 1
		for to < len(rows) && rows[to].Clock == rows[from].Clock {
			to++
		}
		out = append(out, s.clock(rows[from:to], s.now()))
		from = to
	}
	return out, nil
}

// Clocks gives the clocks of an order (id) or a case (number).
func (s *Store) Clocks(ctx context.Context, subject string) ([]Clock, error) {
	out, err := s.clocks(ctx, s.read(), subject)
	return out, s.explain("clocks", err)
}

// NewClock is a clock to start.
type NewClock struct {
	Subject  string // order id, or case number
	Clock    string
	From     time.Time // zero = now
	Within   time.Duration
	Calendar string
	Reason   string
}

// StartClock starts a clock; one that is there already is left as it is. For clocks of procedures the engine does it.
func (s *Store) StartClock(ctx context.Context, by Actor, n NewClock) (Clock, error) {
	return s.onClock(ctx, by, n.Subject, n.Clock, func(t *txn, a acting, rows []segmentRow) error {
		if len(rows) > 0 {
			return nil
		}
		return t.startClock(ctx, a, n)
	})
}

// HoldClock stops a clock for a while, with a reason. RunClock lets it run on, StopClock ends it.
func (s *Store) HoldClock(ctx context.Context, by Actor, subject, clock, reason string) (Clock, error) {
	return s.moveClock(ctx, by, subject, clock, clockHeld, reason)
}

// RunClock lets a held clock run on.
func (s *Store) RunClock(ctx context.Context, by Actor, subject, clock, reason string) (Clock, error) {
	return s.moveClock(ctx, by, subject, clock, clockRunning, reason)
}

// StopClock ends a clock: what it measures has happened.
func (s *Store) StopClock(ctx context.Context, by Actor, subject, clock, reason string) (Clock, error) {
	return s.moveClock(ctx, by, subject, clock, clockStopped, reason)
}

// AgreeClock changes what was agreed: the working time in all, and the calendar. What has run stays run.
func (s *Store) AgreeClock(ctx context.Context, by Actor, subject, clock string, within time.Duration, calendar, reason string) (Clock, error) {
	return s.onClock(ctx, by, subject, clock, func(t *txn, a acting, rows []segmentRow) error {
		if len(rows) == 0 {
			return notFound("clock", clock)
		}
		next := rows[len(rows)-1]
		next.Within, next.Calendar = within.Microseconds(), calendar
		return t.segment(ctx, a, next, next.State, reason)
	})
}

func (s *Store) moveClock(ctx context.Context, by Actor, subject, clock, state, reason string) (Clock, error) {
	return s.onClock(ctx, by, subject, clock, func(t *txn, a acting, rows []segmentRow) error {
		if len(rows) == 0 {
			return notFound("clock", clock)
		}
		if last := rows[len(rows)-1]; last.State != clockStopped && last.State != state {
			return t.segment(ctx, a, last, state, reason)
		}
		return nil
	})
}

func (s *Store) onClock(ctx context.Context, by Actor, subject, clock string, fn func(*txn, acting, []segmentRow) error) (Clock, error) {
	var out Clock
	err := s.write(ctx, "clock", func(t *txn) error {
		a, err := t.acting(ctx, by)
		if err != nil {
			return err
		}
		rows, err := t.segments(ctx, subject, clock)
		if err != nil {
			return err
		}
		if err := fn(t, a, rows); err != nil {
			return err
		}
		if rows, err = t.segments(ctx, subject, clock); err != nil {
			return err
		}
		out = s.clock(rows, t.now)
		return t.judgeSubject(ctx, subject)
	})
	return out, err
}

// judgeSubject keeps the verdicts of an order whose clock was moved beside its procedure; cases have none of their own.
func (t *txn) judgeSubject(ctx context.Context, subject string) error {
	var n int
	if err := t.get(ctx, &n, `SELECT COUNT(*) FROM orders WHERE id = ?`, subject); err != nil || n == 0 {
		return err
	}
	o, err := t.order(ctx, subject)
	if err != nil {
		return err
	}
	p, err := t.progress(ctx, o)
	if err != nil {
		return err
	}
	return t.judge(ctx, o, p)
}

func (t *txn) segments(ctx context.Context, subject, clock string) ([]segmentRow, error) {
	var rows []segmentRow
	err := t.list(ctx, &rows, `SELECT * FROM clock_segments WHERE subject = ? AND clock = ? ORDER BY seq`, subject, clock)
	return rows, err
}
