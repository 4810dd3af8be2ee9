package records

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"hotline/records/procedure"
	"hotline/records/questionnaire"
)

// Sheet is a questionnaire that is filled in for an order.
type Sheet struct {
	ID            string    `db:"id"            json:"id"`
	Order         string    `db:"order_id"      json:"order"`
	Questionnaire string    `db:"questionnaire" json:"questionnaire"`
	Version       int       `db:"version"       json:"version"` // of the questionnaire
	Subject       string    `db:"subject"       json:"subject,omitempty"`
	Name          string    `db:"name"          json:"name,omitempty"` // who is asked
	OpenedBy      string    `db:"opened_by"     json:"opened_by"`
	OpenedAt      time.Time `db:"-"             json:"opened_at"`
	DoneAt        time.Time `db:"-"             json:"done_at,omitzero"` // complete and handed in

	Seq     int64                    `db:"seq"   json:"seq"` // version of the answers; 0 before the first
	By      string                   `db:"actor" json:"by,omitempty"`
	Person  string                   `db:"person" json:"person,omitempty"` // of the customer, who filled it in
	Via     string                   `db:"via"   json:"via,omitempty"`
	At      time.Time                `db:"-"     json:"at,omitzero"`
	Answers questionnaire.Answers    `db:"-"     json:"answers,omitempty"`
	Def     questionnaire.Definition `db:"-"     json:"-"`
}

type sheetRow struct {
	Sheet
	OpenedAt stamp  `db:"opened_at"`
	DoneAt   stamp  `db:"done_at"`
	At       stamp  `db:"at"`
	Answers  string `db:"answers"`
}

const selectSheet = `SELECT h.id, h.order_id, h.questionnaire, h.version, h.subject, h.name, h.opened_by, h.opened_at, h.done_at,
	COALESCE(a.seq, 0) AS seq, COALESCE(a.actor, '') AS actor, COALESCE(a.name, '') AS person, COALESCE(a.via, '') AS via, a.at,
	COALESCE(a.answers, '{}') AS answers FROM sheets h LEFT JOIN sheet_answers a ON a.sheet_id = h.id
	AND a.seq = (SELECT MAX(b.seq) FROM sheet_answers b WHERE b.sheet_id = h.id)`

func (c conn) sheet(ctx context.Context, s *Store, row sheetRow) (Sheet, error) {
	out := row.Sheet
	out.OpenedAt, out.DoneAt, out.At = row.OpenedAt.time(), row.DoneAt.time(), row.At.time()
	var err error
	if out.Def, err = c.questionnaire(ctx, s, out.Questionnaire, out.Version); err != nil {
		return out, err
	}
	out.Answers, err = out.Def.Read([]byte(row.Answers))
	return out, err
}

// Questionnaires gives what can be asked, by Options.Questionnaires.
func (s *Store) Questionnaires() []questionnaire.Definition { return s.opt.Questionnaires }

// questionnaire gives the version that a sheet was begun with.
func (c conn) questionnaire(ctx context.Context, s *Store, code string, version int) (questionnaire.Definition, error) {
	for _, d := range s.opt.Questionnaires {
		if d.Code == code && d.Version == version {
			return d, nil
		}
	}
	var source string
	if err := c.get(ctx, &source, `SELECT source FROM questionnaires WHERE code = ? AND version = ?`, code, version); err != nil {
		return questionnaire.Definition{}, fmt.Errorf("questionnaire %s %d: %w", code, version, err)
	}
	return questionnaire.Parse(code, []byte(source))
}

// keepQuestionnaire gives the newest version, kept for those who read the sheet when it is long gone from the files.
func (t *txn) keepQuestionnaire(ctx context.Context, code string) (questionnaire.Definition, error) {
	i := slices.IndexFunc(t.s.opt.Questionnaires, func(d questionnaire.Definition) bool { return d.Code == code })
	if i < 0 {
		return questionnaire.Definition{}, notFound("questionnaire", code)
	}
	d := t.s.opt.Questionnaires[i]
	var kept string
	found, err := t.find(ctx, &kept, `SELECT digest FROM questionnaires WHERE code = ? AND version = ?`, d.Code, d.Version)
	switch {
	case err != nil:
		return d, err
	case found && kept != d.Digest:
		return d, problem(ErrConflict, "questionnaire_changed", "Count its version up.", "Version %d of %s was used with another text.", d.Version, d.Code)
	case found:
		return d, nil
	}
	return d, t.do(ctx, `INSERT INTO questionnaires (code, version, digest, source, kept_at) VALUES (?, ?, ?, ?, ?)`, d.Code, d.Version, d.Digest, string(d.Source), at(t.now))
}

// OpenSheet begins a questionnaire for an order, with its newest version. The same again gives the first.
// Errors: ErrNotFound (order, questionnaire), ErrForbidden, ErrConflict.
func (s *Store) OpenSheet(ctx context.Context, by Actor, order, code, subject, name string) (Sheet, error) {
	var out Sheet
	err := s.write(ctx, "open sheet", func(t *txn) error {
		a, err := t.acting(ctx, by)
		if err != nil {
			return err
		}
		o, err := t.order(ctx, order)
		if err != nil {
			return err
		}
		if err := t.mayWork(ctx, a, o, procedure.Add); err != nil {
			return err
		}
		var row sheetRow
		found, err := t.find(ctx, &row, selectSheet+` WHERE h.order_id = ? AND h.questionnaire = ? AND h.subject = ?`, o.ID, code, subject)
		if err != nil {
			return err
		}
		if !found {
			if o.State.Ended() {
				return problem(ErrConflict, "order_state", "Look at the order.", "The order has ended.")
			}
			d, err := t.keepQuestionnaire(ctx, code)
			if err != nil {
				return err
			}
			if err := t.do(ctx, `INSERT INTO sheets (id, order_id, questionnaire, version, subject, name, opened_by, opened_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
				newID(t.now), o.ID, code, d.Version, line(subject), line(name), a.name, at(t.now)); err != nil {
				return err
			}
			if err := t.get(ctx, &row, selectSheet+` WHERE h.order_id = ? AND h.questionnaire = ? AND h.subject = ?`, o.ID, code, line(subject)); err != nil {
				return err
			}
		}
		out, err = t.sheet(ctx, t.s, row)
		return err
	})
	return out, err
}

// Sheet gives a sheet with its questions and last answers. Errors: ErrNotFound.
func (s *Store) Sheet(ctx context.Context, id string) (Sheet, error) {
	out, err := s.read().sheetByID(ctx, s, id)
	return out, s.explain("sheet", err)
}

func (c conn) sheetByID(ctx context.Context, s *Store, id string) (Sheet, error) {
	var row sheetRow
	found, err := c.find(ctx, &row, selectSheet+` WHERE h.id = ?`, id)
	if err != nil {
		return Sheet{}, err
	}
	if !found {
		return Sheet{}, notFound("sheet", id)
	}
	return c.sheet(ctx, s, row)
}

// Sheets lists the sheets of an order, those of one questionnaire when code is not "".
func (s *Store) Sheets(ctx context.Context, order, code string) ([]Sheet, error) {
	var rows []sheetRow
	c := s.read()
	if err := c.list(ctx, &rows, selectSheet+` WHERE h.order_id = ? AND (? = '' OR h.questionnaire = ?) ORDER BY h.opened_at, h.id`, order, code, code); err != nil {
		return nil, s.explain("sheets", err)
	}
	out := make([]Sheet, 0, len(rows))
	for _, r := range rows {
		sh, err := c.sheet(ctx, s, r)
		if err != nil {
			return nil, s.explain("sheets", err)
		}
		out = append(out, sh)
	}
	return out, nil
}

// AnswerSheet keeps a version of the answers. done hands them in: then everything asked for must be there. Who fills it in is the
// questionnaire's word (by); a customer's sheet that was handed in is not changed by the customer again. seq is the version
// that was seen, for two people who fill in one sheet; -1 = whatever.
// Errors: ErrNotFound, ErrForbidden, ErrIncomplete with Problem.Lacks, ErrConflict.
func (s *Store) AnswerSheet(ctx context.Context, by Actor, id string, answers questionnaire.Answers, done bool, seq int64) (Sheet, error) {
	var out Sheet
	err := s.write(ctx, "answer sheet", func(t *txn) error {
		a, err := t.acting(ctx, by)
		if err != nil {
			return err
		}
		sh, err := t.sheetByID(ctx, t.s, id)
		if err != nil {
			return err
		}
		if err := t.mayAnswer(ctx, a, sh, seq); err != nil {
			return err
		}
		if lacks := sh.Def.Check(answers); done && len(lacks) > 0 {
			p := problem(ErrIncomplete, "sheet_incomplete", "Answer what is missing.", "The questionnaire is not complete.")
			for _, l := range lacks {
				p.Lacks = append(p.Lacks, procedure.Lack{Code: "answer", Need: l.Question, What: procedure.Text(l.What)})
			}
			return p
		}
		kept, err := json.Marshal(answers)
		if err != nil {
			return problem(ErrInvalid, "sheet_invalid", "Correct the numbers.", "The answers cannot be kept.")
		}
		if err := t.do(ctx, `INSERT INTO sheet_answers (sheet_id, seq, answers, sha256, actor, name, via, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			id, sh.Seq+1, string(kept), digest(kept), a.name, by.Customer, a.Via, at(t.now)); err != nil {
			return err
		}
		if done {
			if err := t.do(ctx, `UPDATE sheets SET done_at = ? WHERE id = ?`, at(t.now), id); err != nil {
				return err
			}
		}
		out, err = t.sheetByID(ctx, t.s, id)
		return err
	})
	return out, err
}

func (t *txn) mayAnswer(ctx context.Context, a acting, sh Sheet, seq int64) error {
	o, err := t.order(ctx, sh.Order)
	if err != nil {
		return err
	}
	customer := a.is(procedure.Customer)
	who := questionnaire.Staff
	if customer {
		who = questionnaire.Customer
	}
	switch {
	case o.State.Ended():
		return problem(ErrConflict, "order_state", "Look at the order.", "The order has ended.")
	case !slices.Contains(sh.Def.By, who):
		return problem(ErrForbidden, "sheet_not_yours", "Ask the consultant.", "This questionnaire is filled in by others.")
	case customer && !sh.DoneAt.IsZero():
		return problem(ErrConflict, "sheet_done", "Call us to change it.", "It was handed in already.")
	case seq >= 0 && seq != sh.Seq:
		return stale("sheet", sh.Def.Name.EN, seq, sh.Seq)
	case customer:
		return nil
	}
	return t.mayWork(ctx, a, o, procedure.Add)
}
