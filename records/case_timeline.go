package records

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"hotline/records/procedure"
)

// TimelineEntry is one thing that happened in the life of a case, wherever it was recorded.
type TimelineEntry struct {
	At     time.Time `json:"at"`
	Source string    `json:"source"` // call, verdict, ownership, wrapup, escalation, order, evidence, note, attachment
	What   string    `json:"what"`   // the word of its source: "answered", "claim", "solved", "opened", "completed", "photo", …
	By     string    `json:"by,omitempty"`
	Call   string    `json:"call,omitempty"`
	Order  string    `json:"order,omitempty"` // number
	Step   string    `json:"step,omitempty"`
	Detail string    `json:"detail,omitempty"` // in the words of who wrote it
	Hash   string    `json:"hash,omitempty"`   // its link in a chain
	step   procedure.Text
}

// StepName is the name of the step in a language.
func (e TimelineEntry) StepName(lang string) string { return e.step.In(lang) }

// CaseTimeline gives the life of a case from the first ring to the survey, in order: the journal and verdicts of its calls,
// owners and hand-overs, wrap-ups, escalations, orders with their evidence, notes and attachments. Errors: ErrNotFound.
func (s *Store) CaseTimeline(ctx context.Context, number string) ([]TimelineEntry, error) {
	var out []TimelineEntry
	err := s.snapshot(ctx, "case timeline", func(c conn) (err error) {
		out, err = s.timeline(ctx, c, number)
		return err
	})
	return out, err
}

func (s *Store) timeline(ctx context.Context, c conn, number string) ([]TimelineEntry, error) {
	if _, err := c.caseByNumber(ctx, number); err != nil {
		return nil, err
	}
	b := timelineBuilder{ctx: ctx, c: c, number: number}
	b.rows("call", `SELECT j.at, j.kind AS what, j.agent AS actor, j.call, '' AS detail, j.hash FROM journal j
		WHERE j.call IN (SELECT call FROM case_calls WHERE case_number = ?)`)
	b.rows("verdict", `SELECT a.answered_at AS at, CASE WHEN a.met THEN 'met' ELSE 'missed' END AS what, a.agent AS actor, a.call,
		CAST(a.waited_ms AS TEXT) AS detail, '' AS hash FROM calls a JOIN case_calls k ON k.call = a.call WHERE k.case_number = ? AND a.rule <> '' AND a.answered`)
	b.rows("ownership", `SELECT at, input AS what, actor, call, CASE WHEN old_owner = new_owner THEN reason
		ELSE old_owner || ' → ' || new_owner || ' ' || reason END AS detail, '' AS hash FROM ownership_history WHERE case_number = ?`)
	b.rows("wrapup", `SELECT at, outcome AS what, ended_by AS actor, call, '' AS detail, '' AS hash FROM wrapups WHERE case_number = ?`)
	b.rows("escalation", `SELECT f.at, f.change AS what, f.actor, '' AS call, e.kind AS detail, '' AS hash FROM escalation_feed f
		JOIN escalations e ON e.id = f.escalation WHERE e.case_number = ?`)
	b.rows("note", `SELECT at, 'note' AS what, author AS actor, '' AS call, text AS detail, '' AS hash FROM case_notes WHERE case_number = ?`)
	b.rows("attachment", `SELECT added_at AS at, 'attachment' AS what, added_by AS actor, '' AS call, name AS detail, sha256 AS hash
		FROM attachments WHERE case_number = ?`)
	if err := s.addEvidenceTo(&b); err != nil {
		return nil, err
	}
	slices.SortStableFunc(b.out, func(x, y TimelineEntry) int { return x.At.Compare(y.At) })
	return b.out, b.err
}

// timelineBuilder gathers entries; after an error it does nothing more.
type timelineBuilder struct {
	ctx    context.Context //nolint:containedctx // lives for one call
	c      conn
	number string
	out    []TimelineEntry
	err    error
}

func (b *timelineBuilder) rows(source, query string) {
	if b.err != nil {
		return
	}
	var rows []struct {
		At     stamp  `db:"at"`
		What   string `db:"what"`
		Actor  string `db:"actor"`
		Call   string `db:"call"`
		Detail string `db:"detail"`
		Hash   string `db:"hash"`
	}
	if b.err = b.c.list(b.ctx, &rows, query, b.number); b.err != nil {
		b.err = fmt.Errorf("%s: %w", source, b.err)
		return
	}
	for _, r := range rows {
		b.out = append(b.out, TimelineEntry{
			At: r.At.time(), Source: source, What: r.What, By: r.Actor, Call: r.Call, Detail: strings.TrimSpace(r.Detail), Hash: r.Hash,
		})
	}
}

// addEvidenceTo adds the links of the case's chain: what happened to its orders, and their evidence.
func (s *Store) addEvidenceTo(b *timelineBuilder) error {
	if b.err != nil {
		return b.err
	}
	var rows []struct {
		evidenceRow
		Number    string `db:"number"`
		Procedure string `db:"procedure"`
		Version   int    `db:"procedure_version"`
	}
	if err := b.c.list(b.ctx, &rows, `SELECT e.step, e.kind, e.actor, e.body, e.at, e.hash, COALESCE(o.number, '') AS number,
		COALESCE(o.procedure, '') AS procedure, COALESCE(o.procedure_version, 0) AS procedure_version
		FROM evidence e LEFT JOIN orders o ON o.id = e.order_id WHERE e.chain = ? ORDER BY e.seq`, b.number); err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	for _, r := range rows {
		e := r.evidence()
		entry := TimelineEntry{At: e.At, Source: "evidence", What: e.what(), By: e.Actor, Order: r.Number, Step: e.Step, Hash: e.Hash, Detail: said(e)}
		if e.Kind == procedure.Event {
			entry.Source = "order"
		}
		if r.Procedure != "" && e.Step != "" {
			def, err := s.definition(b.ctx, b.c, r.Procedure, r.Version)
			if err != nil {
				return err
			}
			step, _ := def.Step(e.Step)
			entry.step = step.Name
		}
		b.out = append(b.out, entry)
	}
	return nil
}

// said is what a piece of evidence says in words; facts are told by the order's page.
func said(e Evidence) string {
	var body procedure.Body
	if e.Kind == procedure.Fact || json.Unmarshal(e.Body, &body) != nil {
		return ""
	}
	var words []string
	for _, w := range []string{body.Text, body.Who, body.Reason} {
		if w != "" {
			words = append(words, w)
		}
	}
	return strings.Join(words, " · ")
}
