package records

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"hotline/records/sampling"
)

// samplingChain is the chain of the journal in which commitments and seeds are published; `hotline verify` checks it.
const samplingChain = "sampling"

// Draw is one day's draw. Seed is "" until the day is over.
type Draw struct {
	Day         string        `json:"day"`
	Commitment  string        `json:"commitment"`
	CommittedAt time.Time     `json:"committed_at"`
	Seed        string        `json:"seed,omitempty"`
	Rule        sampling.Rule `json:"rule"`
	Cases       int           `json:"cases"`
	Drawn       int           `json:"drawn"`
	RevealedAt  time.Time     `json:"revealed_at,omitzero"`
}

type drawRow struct {
	Day         string `db:"day"`
	Commitment  string `db:"commitment"`
	Seed        string `db:"seed"`
	CommittedAt stamp  `db:"committed_at"`
	Rule        string `db:"rule"`
	Cases       int    `db:"cases"`
	Drawn       int    `db:"drawn"`
	RevealedAt  stamp  `db:"revealed_at"`
}

func (r drawRow) draw() Draw {
	d := Draw{
		Day: r.Day, Commitment: r.Commitment, CommittedAt: r.CommittedAt.time(), Cases: r.Cases, Drawn: r.Drawn, RevealedAt: r.RevealedAt.time(),
	}
	if r.RevealedAt != 0 {
		d.Seed = r.Seed
	}
	_ = json.Unmarshal([]byte(r.Rule), &d.Rule) // written by commitDraw
	return d
}

// commitDraw makes the seed of a day and publishes its hash, once, before any case of that day is put to it.
func (t *txn) commitDraw(ctx context.Context, day string) error {
	var known string
	if found, err := t.find(ctx, &known, `SELECT day FROM draws WHERE day = ?`, day); found || err != nil {
		return err
	}
	seed := make([]byte, 32)
	if _, err := rand.Read(seed); err != nil {
		return fmt.Errorf("seed of a draw: %w", err)
	}
	rule, err := json.Marshal(t.s.opt.Sampling)
	if err != nil {
		return err
	}
	commitment := sampling.Commitment(day, seed)
	if err := t.do(ctx, `INSERT INTO draws (day, commitment, seed, committed_at, rule) VALUES (?, ?, ?, ?, ?)`,
		day, commitment, hex.EncodeToString(seed), at(t.now), string(rule)); err != nil {
		return err
	}
	return t.publish(ctx, "sampling.committed", map[string]any{"day": day, "commitment": commitment, "rule": t.s.opt.Sampling})
}

// publish adds an entry to the chain of draws, in this transaction.
func (t *txn) publish(ctx context.Context, kind string, data any) error {
	raw, err := json.Marshal(data)
	if err != nil {
		return err
	}
	heads := chainHeads{}
	e := JournalEntry{Call: samplingChain, Kind: kind, Data: raw, At: t.now}.clean(t.now)
	if err := (entryJob{e}).write(ctx, t, heads); err != nil {
		return err
	}
	return heads.save(ctx, t)
}

// sweepDraws commits to today's and tomorrow's draw and makes those of days that are over.
func (t *txn) sweepDraws(ctx context.Context, now time.Time) (int, error) {
	here := now.In(t.s.opt.Zone)
	today := here.Format(time.DateOnly)
	for _, day := range []string{today, here.AddDate(0, 0, 1).Format(time.DateOnly)} {
		if err := t.commitDraw(ctx, day); err != nil {
			return 0, err
		}
	}
	var rows []drawRow
	if err := t.list(ctx, &rows, `SELECT * FROM draws WHERE revealed_at IS NULL AND day < ? ORDER BY day LIMIT ?`, today, sweepBatch); err != nil {
		return 0, err
	}
	for _, row := range rows {
		if err := t.draw(ctx, row); err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}

// draw makes one day's draw: the drawn cases become due, with an order of the follow-up's procedure; the others pass; seed
// and cases are published.
func (t *txn) draw(ctx context.Context, r drawRow) error {
	cases, byNumber, err := t.drawCases(ctx, r.Day)
	if err != nil {
		return err
	}
	seed, err := hex.DecodeString(r.Seed)
	if err != nil {
		return fmt.Errorf("seed of %s: %w", r.Day, err)
	}
	var rule sampling.Rule
	if err := json.Unmarshal([]byte(r.Rule), &rule); err != nil {
		return fmt.Errorf("rule of %s: %w", r.Day, err)
	}
	drawn := sampling.Draw(seed, rule, cases)
	for _, c := range cases {
		f := byNumber[c.Number]
		if f.State != FollowUpWaiting {
			continue // answered by the customer before anybody asked
		}
		_, is := slices.BinarySearch(drawn, c.Number)
		if !is {
			if _, err := t.moveFollowUp(ctx, f, passFollowUp, nil); err != nil {
				return err
			}
			continue
		}
		order, err := t.openFollowUp(ctx, f)
		if err != nil {
			return err
		}
		if _, err := t.moveFollowUp(ctx, f, drawFollowUp, func(f *FollowUp) { f.Order = order }); err != nil {
			return err
		}
	}
	if err := t.do(ctx, `UPDATE draws SET cases = ?, drawn = ?, revealed_at = ? WHERE day = ?`, len(cases), len(drawn), at(t.now), r.Day); err != nil {
		return err
	}
	return t.publish(ctx, "sampling.revealed", map[string]any{"day": r.Day, "seed": r.Seed, "rule": rule, "cases": cases, "drawn": drawn})
}

func (c conn) drawCases(ctx context.Context, day string) ([]sampling.Case, map[string]FollowUp, error) {
	var rows []followUpRow
	if err := c.list(ctx, &rows, selectFollowUp+` WHERE f.day = ? ORDER BY f.case_number`, day); err != nil {
		return nil, nil, err
	}
	cases, byNumber := make([]sampling.Case, len(rows)), make(map[string]FollowUp, len(rows))
	for i, row := range rows {
		f := row.followUp()
		cases[i] = sampling.Case{Number: f.Case, Engineer: f.Engineer, Centre: f.Centre, Kind: f.Kind}
		byNumber[f.Case] = f
	}
	return cases, byNumber, nil
}

// followUpProcedure is the procedure by which a follow-up's evidence is kept (configs/procedures/followup.yaml).
const followUpProcedure = "followup"

// openFollowUp opens the order that keeps the evidence of a follow-up; "" where the operator's procedures have none.
func (t *txn) openFollowUp(ctx context.Context, f FollowUp) (string, error) {
	for _, def := range t.s.opt.Procedures {
		if def.Code == followUpProcedure {
			o, err := t.openOrder(ctx, Actor{}, OpenOrder{
				Procedure: followUpProcedure, Case: f.Case, Number: f.Number, Centre: f.Centre, Product: f.Product, RespondBy: f.DueAt,
			})
			return o.Number, err
		}
	}
	return "", nil
}

// Draws lists the days' draws, newest first. Errors: ErrInvalid (cursor).
func (s *Store) Draws(ctx context.Context, before string, limit int) (Page[Draw], error) {
	var q query
	if before != "" {
		q.and("day < ?", before)
	}
	n := pageLimit(limit)
	var rows []drawRow
	if err := s.read().list(ctx, &rows, q.sql("SELECT * FROM draws", "day DESC", n), q.args...); err != nil {
		return Page[Draw]{}, s.explain("draws", err)
	}
	page := Page[Draw]{Items: mapped(rows, drawRow.draw)}
	if len(rows) == n {
		page.Next = rows[n-1].Day
	}
	return page, nil
}

// DrawFile is everything by which one draw can be made again.
type DrawFile struct {
	Draw
	List  []sampling.Case `json:"list"`
	Taken []string        `json:"taken"`
	Fault string          `json:"fault,omitempty"` // why it does not hold; "" when it does
}

// DrawFile gives one revealed draw and makes it again. Errors: ErrNotFound, ErrConflict (not revealed).
func (s *Store) DrawFile(ctx context.Context, day string) (DrawFile, error) {
	var out DrawFile
	err := s.snapshot(ctx, "draw", func(c conn) error {
		var row drawRow
		found, err := c.find(ctx, &row, `SELECT * FROM draws WHERE day = ?`, day)
		if err != nil {
			return err
		}
		if !found {
			return notFound("draw", day)
		}
		if row.RevealedAt == 0 {
			return problem(ErrConflict, "draw_sealed", "Look again when the day is over.", "The draw of %s is not made yet.", day)
		}
		out, err = c.drawAgain(ctx, row)
		return err
	})
	return out, err
}

// VerifyDraws makes every revealed draw again and gives those that do not hold.
func (s *Store) VerifyDraws(ctx context.Context) (checked int, broken []DrawFile, err error) {
	err = s.snapshot(ctx, "verify draws", func(c conn) error {
		var rows []drawRow
		if err := c.list(ctx, &rows, `SELECT * FROM draws WHERE revealed_at IS NOT NULL ORDER BY day`); err != nil {
			return err
		}
		checked = len(rows)
		for _, row := range rows {
			file, err := c.drawAgain(ctx, row)
			if err != nil {
				return err
			}
			if file.Fault != "" {
				broken = append(broken, file)
			}
		}
		return nil
	})
	return checked, broken, err
}

func (c conn) drawAgain(ctx context.Context, row drawRow) (DrawFile, error) {
	out := DrawFile{Draw: row.draw()}
	list, byNumber, err := c.drawCases(ctx, row.Day)
	if err != nil {
		return out, err
	}
	out.List = list
	seed, bad := hex.DecodeString(row.Seed)
	out.Taken = sampling.Draw(seed, out.Rule, list)
	var said struct {
		At   stamp  `db:"at"`
		Data string `db:"data"`
	}
	published := false
	var entries []struct {
		At   stamp  `db:"at"`
		Kind string `db:"kind"`
		Data string `db:"data"`
	}
	if err := c.list(ctx, &entries, `SELECT at, kind, data FROM journal WHERE call = ? AND kind = 'sampling.committed' ORDER BY seq`, samplingChain); err != nil {
		return out, err
	}
	for _, e := range entries {
		var d struct{ Day, Commitment string }
		if json.Unmarshal([]byte(e.Data), &d) == nil && d.Day == row.Day && d.Commitment == row.Commitment {
			published, said.At = true, e.At
		}
	}
	switch {
	case bad != nil || sampling.Commitment(row.Day, seed) != row.Commitment:
		out.Fault = "the seed is not the one that was committed to"
	case !published:
		out.Fault = "the commitment is not in the journal"
	case len(list) != row.Cases || len(out.Taken) != row.Drawn:
		out.Fault = "the cases are not those of the draw"
	}
	for _, k := range list {
		f := byNumber[k.Number]
		_, is := slices.BinarySearch(out.Taken, k.Number)
		switch {
		case out.Fault != "":
		case at(f.SolvedAt) < said.At:
			out.Fault = fmt.Sprintf("the case %s was known before the commitment", f.Case)
		case is && f.State == FollowUpPassed, !is && (f.State == FollowUpDue || f.State == FollowUpLinked || f.State == FollowUpUnreached):
			out.Fault = fmt.Sprintf("the case %s was not treated as it was drawn", f.Case)
		}
	}
	return out, nil
}
