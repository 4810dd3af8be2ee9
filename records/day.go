package records

import (
	"context"
	"encoding/json"
	"time"
)

// Day is what an agent did in a span of time, from the journal and the records.
type Day struct {
	Spans []DaySpan // states of presence, in order, without gaps between the first and the last
	Calls []DayCall // calls on which the agent talked, in order

	Offered  int // phones rung for them
	Answered int // calls that they were the first human to answer
	Met      int // of these, within the promised rings
	Missed   int // rang out
	Declined int
	Finished int // calls wrapped up
	Solved   int // of these, solved on the phone
}

// DaySpan is a stretch of one state of presence. To is the end of the day's span while it lasts.
type DaySpan struct {
	State  string
	Reason string
	From   time.Time
	To     time.Time
}

// DayCall is one call of an agent's day.
type DayCall struct {
	Call    string
	Case    string
	Subject string
	Caller  string // name of the contact, or else the number
	Queue   string
	How     string // answered, took over, helped
	From    time.Time
	Ended   time.Time // zero while it lasts
	Rings   int
	Met     bool
	Outcome string // of the wrap-up, "" before
}

// Time is how long the agent was in a state.
func (d Day) Time(state string) time.Duration {
	var sum time.Duration
	for _, s := range d.Spans {
		if s.State == state {
			sum += s.To.Sub(s.From)
		}
	}
	return sum
}

// Day tells what an agent did from an instant until another.
func (s *Store) Day(ctx context.Context, login string, from, to time.Time) (Day, error) {
	day := Day{Spans: []DaySpan{}, Calls: []DayCall{}}
	err := s.snapshot(ctx, "day", func(c conn) error {
		var err error
		if day.Spans, err = c.presence(ctx, login, from, to); err != nil {
			return err
		}
		if day.Calls, err = c.callsOfDay(ctx, login, from, to); err != nil {
			return err
		}
		return c.countDay(ctx, &day, login, from, to)
	})
	return day, err
}

// presence reads the agent's own chain backwards, because only its end is of today.
func (c conn) presence(ctx context.Context, login string, from, to time.Time) ([]DaySpan, error) {
	var rows []journalRow
	if err := c.list(ctx, &rows, `SELECT * FROM journal WHERE call = ? AND seq >= COALESCE(
			(SELECT seq FROM journal WHERE call = ? AND at < ? ORDER BY seq DESC LIMIT 1), 0) ORDER BY seq`,
		agentChain(login), agentChain(login), at(from)); err != nil {
		return nil, err
	}
	var spans []DaySpan
	for _, r := range rows {
		e := r.entry()
		var told struct {
			Data struct {
				To     string `json:"to"`
				Reason string `json:"reason"`
			} `json:"data"`
		}
		if e.Kind != "presence" || !e.At.Before(to) || json.Unmarshal(e.Data, &told) != nil {
			continue // an entry of another kind is no state
		}
		start := e.At
		if start.Before(from) {
			start = from
		}
		if n := len(spans); n > 0 {
			spans[n-1].To = start
		}
		spans = append(spans, DaySpan{State: told.Data.To, Reason: told.Data.Reason, From: start, To: to})
	}
	if spans == nil {
		spans = []DaySpan{}
	}
	return spans, nil
}

func (c conn) callsOfDay(ctx context.Context, login string, from, to time.Time) ([]DayCall, error) {
	var rows []struct {
		DayCall
		From  stamp `db:"since"`
		Ended stamp `db:"ended"`
	}
	if err := c.list(ctx, &rows, `SELECT a.call, k.case_number AS "case", s.subject, COALESCE(p.name, k.caller) AS caller, k.queue, a.how, a.since,
		l.ended, COALESCE(l.rings, 0) AS rings, COALESCE(l.met, FALSE) AS met, COALESCE(w.outcome, '') AS outcome
		FROM call_agents a JOIN case_calls k ON k.call = a.call JOIN cases s ON s.number = k.case_number
		LEFT JOIN contacts p ON p.id = s.contact_id LEFT JOIN calls l ON l.call = a.call LEFT JOIN wrapups w ON w.call = a.call
		WHERE a.agent = ? AND a.since >= ? AND a.since < ? ORDER BY a.since, a.call`, login, at(from), at(to)); err != nil {
		return nil, err
	}
	calls := make([]DayCall, len(rows))
	for i, r := range rows {
		calls[i] = r.DayCall
		calls[i].From, calls[i].Ended = r.From.time(), r.Ended.time()
	}
	return calls, nil
}

func (c conn) countDay(ctx context.Context, d *Day, login string, from, to time.Time) error {
	var kinds []struct {
		Kind string `db:"kind"`
		N    int    `db:"n"`
	}
	if err := c.list(ctx, &kinds, `SELECT kind, COUNT(*) AS n FROM journal WHERE at >= ? AND at < ? AND agent = ?
		AND kind IN ('offered', 'missed', 'declined') GROUP BY kind`, at(from), at(to), login); err != nil {
		return err
	}
	for _, k := range kinds {
		switch k.Kind {
		case "offered":
			d.Offered = k.N
		case "missed":
			d.Missed = k.N
		case "declined":
			d.Declined = k.N
		}
	}
	var answers struct {
		Answered int `db:"answered"`
		Met      int `db:"met"`
	}
	if err := c.get(ctx, &answers, `SELECT COUNT(*) AS answered, COUNT(*) FILTER (WHERE met = TRUE) AS met FROM calls
		WHERE agent = ? AND arrived >= ? AND arrived < ? AND answered = TRUE`, login, at(from), at(to)); err != nil {
		return err
	}
	d.Answered, d.Met = answers.Answered, answers.Met
	var ends struct {
		Finished int `db:"finished"`
		Solved   int `db:"solved"`
	}
	err := c.get(ctx, &ends, `SELECT COUNT(*) AS finished, COUNT(*) FILTER (WHERE outcome = 'solved') AS solved FROM wrapups
		WHERE ended_by = ? AND call <> '' AND at >= ? AND at < ?`, login, at(from), at(to))
	d.Finished, d.Solved = ends.Finished, ends.Solved
	return err
}
