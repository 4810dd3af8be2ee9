package records

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"hotline/records/procedure"
)

// Paper is one version of a document that people write for an order: a solution, a requirement report, a manual. Its code is the
// one by which the procedure's needs name the document (procedure.Need.Document); once approved it is evidence for that need.
type Paper struct {
	ID      string     `db:"id"       json:"id"`
	Order   string     `db:"order_id" json:"order"`
	Code    string     `db:"code"     json:"code"`
	Number  int64      `db:"number"   json:"number"` // of the version, from 1
	File    string     `db:"file"     json:"file"`
	Name    string     `db:"name"     json:"name"` // of the file
	Size    int64      `db:"size"     json:"size"`
	SHA256  string     `db:"sha256"   json:"sha256"`
	Sheet   string     `db:"sheet_id" json:"sheet,omitempty"`
	Seq     int64      `db:"seq"      json:"seq,omitempty"`
	Note    string     `db:"note"     json:"note,omitempty"`
	Author  string     `db:"author"   json:"author"`
	State   PaperState `db:"state"    json:"state"`
	Link    string     `db:"link"     json:"link,omitempty"` // id
	MadeAt  time.Time  `db:"-"        json:"made_at"`
	Version int64      `db:"version"  json:"version"`
}

type paperRow struct {
	Paper
	MadeAt stamp `db:"made_at"`
}

func (r paperRow) paper() Paper {
	r.Paper.MadeAt = r.MadeAt.time()
	return r.Paper
}

const selectPaper = `SELECT p.id, p.order_id, p.code, p.number, p.file, f.name, f.size, f.sha256, p.sheet_id, p.seq, p.note, p.author, p.state, p.link,
	p.made_at, p.version FROM papers p JOIN files f ON f.id = p.file`

// Papers lists the documents of an order by code, the newest version first.
func (s *Store) Papers(ctx context.Context, order string) ([]Paper, error) {
	var rows []paperRow
	err := s.read().list(ctx, &rows, selectPaper+` WHERE p.order_id = ? ORDER BY p.code, p.number DESC`, order)
	return mapped(rows, paperRow.paper), s.explain("papers", err)
}

// Paper gives one version. Errors: ErrNotFound.
func (s *Store) Paper(ctx context.Context, id string) (Paper, error) {
	p, err := s.read().paper(ctx, id)
	return p, s.explain("paper", err)
}

func (c conn) paper(ctx context.Context, id string) (Paper, error) {
	var row paperRow
	found, err := c.find(ctx, &row, selectPaper+` WHERE p.id = ?`, id)
	if err == nil && !found {
		err = notFound("paper", id)
	}
	return row.paper(), err
}

// PaperEntry is one line of a version's history.
type PaperEntry struct {
	Input  string     `db:"input"  json:"input"`
	Before PaperState `db:"before" json:"before"`
	After  PaperState `db:"after"  json:"after"`
	By     string     `db:"actor"  json:"by"`
	Reason string     `db:"reason" json:"reason,omitempty"`
	At     Moment     `db:"at"     json:"at"`
}

// PaperHistory tells what became of a version.
func (s *Store) PaperHistory(ctx context.Context, id string) ([]PaperEntry, error) {
	out := []PaperEntry{}
	err := s.read().list(ctx, &out, `SELECT input, before, after, actor, reason, at FROM paper_history WHERE paper_id = ? ORDER BY seq`, id)
	return out, s.explain("paper history", err)
}

// NewPaper is a version to make: of a sheet that is complete, or of a file that was written elsewhere.
type NewPaper struct {
	Order, Code string
	File        string // id
	Sheet       string // id; "" for a file from elsewhere
	Note        string // what changed
}

// AddPaper makes the next version of a document; the one before is replaced, and its link, if it had one, ends.
// Errors: ErrNotFound (order, file, sheet; no need asks for such a document), ErrForbidden, ErrIncomplete (the sheet is not
// complete), ErrConflict (the order has ended, the step is settled).
func (s *Store) AddPaper(ctx context.Context, by Actor, n NewPaper) (Paper, error) {
	n.Note = line(clip(n.Note, maxLine))
	var out Paper
	err := s.write(ctx, "add paper", func(t *txn) error {
		a, r, step, err := t.paperOrder(ctx, by, n.Order, n.Code)
		if err != nil {
			return err
		}
		p := Paper{ID: newID(t.now), Order: r.order.ID, Code: n.Code, File: n.File, Sheet: n.Sheet, Note: n.Note, Author: a.name}
		if _, done := r.progress.Settled[step.Code]; done {
			return problem(ErrConflict, "step_settled", "Open a follow-on order for changes.", "The step is settled; its documents stay.")
		}
		if err := t.unconfirmed(ctx, p, PaperConfirm(step)); err != nil {
			return err
		}
		if n.Sheet != "" {
			sh, err := t.sheetByID(ctx, t.s, n.Sheet)
			if err != nil {
				return err
			}
			if sh.Order != p.Order || sh.Questionnaire != n.Code {
				return notFound("sheet", n.Sheet)
			}
			if lacks := sh.Def.Check(sh.Answers); len(lacks) > 0 {
				return lacking(step.Code, lacks[0].What.ZH, lacks[0].What.EN)
			}
			p.Seq = sh.Seq
		}
		if _, err := t.file(ctx, n.File); err != nil {
			return err
		}
		if p.Number, err = t.replacePapers(ctx, a, p.Order, p.Code); err != nil {
			return err
		}
		if err := t.do(ctx, `INSERT INTO papers (id, order_id, code, number, file, sheet_id, seq, note, author, state, made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			p.ID, p.Order, p.Code, p.Number, p.File, p.Sheet, p.Seq, p.Note, p.Author, PaperReview, at(t.now)); err != nil {
			return err
		}
		if err := t.paperEvent(ctx, p.ID, "make", "", PaperReview, a, n.Note); err != nil {
			return err
		}
		out, err = t.paper(ctx, p.ID)
		return err
	})
	return out, err
}

// unconfirmed refuses another version of what the customer has confirmed: the confirmation would seem to be of the new one.
func (t *txn) unconfirmed(ctx context.Context, p Paper, need string) error {
	var n int
	err := t.get(ctx, &n, `SELECT COUNT(*) FROM papers p JOIN files f ON f.id = p.file JOIN evidence e ON e.order_id = p.order_id
		WHERE p.order_id = ? AND p.code = ? AND e.need = ? AND e.kind = ? AND e.body LIKE '%"' || f.sha256 || '"%'`, p.Order, p.Code, need, string(procedure.Confirmation))
	if err == nil && n > 0 {
		err = problem(ErrConflict, "paper_confirmed", "Complete the step, or agree on a follow-on order.", "The customer has confirmed a version already.")
	}
	return err
}

// paperOrder finds the step of an order that asks for a document.
func (t *txn) paperOrder(ctx context.Context, by Actor, order, code string) (acting, *runningOrder, procedure.Step, error) {
	a, err := t.acting(ctx, by)
	if err != nil {
		return a, nil, procedure.Step{}, err
	}
	r, err := t.running(ctx, a, order, 0, procedure.Add)
	if err != nil {
		return a, nil, procedure.Step{}, err
	}
	if r.order.State.Ended() {
		return a, nil, procedure.Step{}, problem(ErrConflict, "order_state", "Look at the order.", "The order has ended.")
	}
	step, _, ok := PaperNeed(r.def, code)
	if !ok {
		return a, nil, step, notFound("document", code)
	}
	return a, r, step, nil
}

// PaperNeed finds the step and the need that ask for a document.
func PaperNeed(def procedure.Definition, code string) (procedure.Step, procedure.Need, bool) {
	for _, s := range def.Steps {
		for _, n := range s.Needs {
			if n.Kind == procedure.Document && n.Document == code {
				return s, n, true
			}
		}
	}
	return procedure.Step{}, procedure.Need{}, false
}

// PaperConfirm finds the need that the customer's confirmation of a document meets; "" when the step asks for none.
func PaperConfirm(step procedure.Step) string {
	i := slices.IndexFunc(step.Needs, func(n procedure.Need) bool {
		return n.Kind == procedure.Confirmation && (len(n.Via) == 0 || slices.Contains(n.Via, procedure.ViaLink))
	})
	if i < 0 {
		return ""
	}
	return step.Needs[i].Code
}

// replacePapers makes room for the next version and gives its number.
func (t *txn) replacePapers(ctx context.Context, a acting, order, code string) (int64, error) {
	var rows []paperRow
	if err := t.list(ctx, &rows, selectPaper+` WHERE p.order_id = ? AND p.code = ? ORDER BY p.number DESC`, order, code); err != nil {
		return 0, err
	}
	if len(rows) == 0 {
		return 1, nil
	}
	if rows[0].State != PaperReplaced {
		if _, err := t.movePaper(ctx, a, rows[0].paper(), replacePaper, "", ""); err != nil {
			return 0, err
		}
	}
	return rows[0].Number + 1, nil
}

func (t *txn) movePaper(ctx context.Context, a acting, p Paper, in paperInput, reason, link string) (Paper, error) {
	mv, ok := paperMachine.step(p.State, in)
	if !ok {
		return p, problem(ErrConflict, "paper_state", "Load it again and see how it stands.", "A version that is %s cannot be changed like this.", p.State)
	}
	for _, e := range mv.do {
		switch {
		case e == endLink && p.Link != "":
			if err := t.endLink(ctx, a, p.Link); err != nil {
				return p, err
			}
		case e == provePaper:
			if err := t.provePaper(ctx, a, p); err != nil {
				return p, err
			}
		}
	}
	set(&link, p.Link)
	n, err := t.exec(ctx, `UPDATE papers SET state = ?, link = ?, version = version + 1 WHERE id = ? AND version = ?`, mv.next, link, p.ID, p.Version)
	if err != nil {
		return p, err
	}
	if n == 0 {
		return p, stale("document", p.Code, p.Version, p.Version+1)
	}
	if err := t.paperEvent(ctx, p.ID, string(in), p.State, mv.next, a, reason); err != nil {
		return p, err
	}
	return t.paper(ctx, p.ID)
}

func (t *txn) endLink(ctx context.Context, a acting, id string) error {
	n, err := t.exec(ctx, `UPDATE links SET revoked_at = ?, revoked_by = ? WHERE id = ? AND revoked_at IS NULL`, at(t.now), a.name, id)
	if err != nil || n == 0 {
		return err
	}
	return t.linkEvent(ctx, id, "revoked", a.name)
}

func (t *txn) paperEvent(ctx context.Context, id, in string, before, after PaperState, a acting, reason string) error {
	var seq int64
	if err := t.get(ctx, &seq, `SELECT COALESCE(MAX(seq), 0) + 1 FROM paper_history WHERE paper_id = ?`, id); err != nil {
		return err
	}
	return t.do(ctx, `INSERT INTO paper_history (paper_id, seq, input, before, after, actor, reason, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		id, seq, in, before, after, a.name, reason, at(t.now))
}

// ApprovePaper makes a version evidence of its order: the document, who approved which version, and what the order's needs take
// from its answers. A service manager does it, not its author. Errors: ErrNotFound, ErrForbidden, ErrConflict, ErrIncomplete
// (the answers do not meet the need, e.g. tests failed, another build was installed).
func (s *Store) ApprovePaper(ctx context.Context, by Actor, id string) (Paper, error) {
	return s.decidePaper(ctx, by, id, approvePaper, "")
}

// ReturnPaper sends a version back to its author with a reason.
func (s *Store) ReturnPaper(ctx context.Context, by Actor, id, reason string) (Paper, error) {
	if reason = text(reason); reason == "" {
		return Paper{}, problem(ErrIncomplete, "reason_missing", "Say what is to be done better.", "A version is not sent back without a reason.")
	}
	return s.decidePaper(ctx, by, id, returnPaper, reason)
}

func (s *Store) decidePaper(ctx context.Context, by Actor, id string, in paperInput, reason string) (Paper, error) {
	var out Paper
	err := s.write(ctx, string(in)+" paper", func(t *txn) error {
		a, err := t.manages(ctx, by)
		if err != nil {
			return err
		}
		p, err := t.paper(ctx, id)
		if err != nil {
			return err
		}
		if p.Author == a.name {
			return problem(ErrForbidden, "own_paper", "Ask another service manager.", "Nobody approves their own document.")
		}
		out, err = t.movePaper(ctx, a, p, in, reason, "")
		return err
	})
	return out, err
}

// DeliverPaper records that an approved version went to the customer by a link (NewLink with the step, the need of
// PaperConfirm and the file). Errors: ErrNotFound, ErrForbidden, ErrConflict.
func (s *Store) DeliverPaper(ctx context.Context, by Actor, id, link string) (Paper, error) {
	var out Paper
	err := s.write(ctx, "deliver paper", func(t *txn) error {
		p, err := t.paper(ctx, id)
		if err != nil {
			return err
		}
		a, _, _, err := t.paperOrder(ctx, by, p.Order, p.Code)
		if err != nil {
			return err
		}
		if _, ok := paperMachine.step(p.State, deliverPaper); !ok {
			return problem(ErrConflict, "paper_state", "Have it approved first.", "A version that is %s cannot be delivered.", p.State)
		}
		var n int
		if err := t.get(ctx, &n, `SELECT COUNT(*) FROM links WHERE id = ? AND order_id = ? AND file = ?`, link, p.Order, p.File); err != nil {
			return err
		}
		if n == 0 {
			return notFound("link", link)
		}
		out, err = t.movePaper(ctx, a, p, deliverPaper, "", link)
		return err
	})
	return out, err
}

// provePaper adds what an approved version proves.
func (t *txn) provePaper(ctx context.Context, a acting, p Paper) error {
	r, err := t.running(ctx, a, p.Order, 0, procedure.Add)
	if err != nil {
		return err
	}
	step, need, _ := PaperNeed(r.def, p.Code)
	add := func(n procedure.Need, kind procedure.EvidenceKind, body map[string]any, file string) error {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		_, err = t.addEvidence(ctx, a.Actor, EvidenceInput{Order: p.Order, Step: step.Code, Need: n.Code, Kind: kind, Body: text, File: file})
		return err
	}
	if err := add(need, procedure.Document, map[string]any{"template": p.Code, "version": p.Number, "author": p.Author, "approved_by": a.name}, p.File); err != nil {
		return err
	}
	answers := map[string]any{}
	if p.Sheet != "" {
		sh, err := t.sheetByID(ctx, t.s, p.Sheet)
		if err != nil {
			return err
		}
		for code, v := range sh.Answers {
			answers[code] = v
		}
		if err := t.builtHere(ctx, p, answers); err != nil {
			return err
		}
	}
	for _, n := range step.Needs {
		var err error
		switch {
		case n.Kind == procedure.Fact && n.Code == "approved":
			err = add(n, n.Kind, map[string]any{"version": paperNumber(p), "by": a.name}, "")
		case n.Kind == procedure.Written && answers[n.Code] != nil:
			err = add(n, n.Kind, map[string]any{"text": answers[n.Code]}, "")
		case n.Kind == procedure.Fact && answersAll(n, answers):
			body := map[string]any{}
			for _, f := range n.Fields {
				body[f.Code] = answers[f.Code]
			}
			err = add(n, n.Kind, body, "")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// answersAll reports whether a sheet answers every field of a fact.
func answersAll(n procedure.Need, answers map[string]any) bool {
	for _, f := range n.Fields {
		if _, ok := answers[f.Code]; !ok && !f.Optional {
			return false
		}
	}
	return len(n.Fields) > 0
}

// builtHere: a document that names a build by its SHA-256 names one that is a file of the order.
func (t *txn) builtHere(ctx context.Context, p Paper, answers map[string]any) error {
	sum, ok := answers["sha256"].(string)
	if !ok {
		return nil
	}
	var n int
	if err := t.get(ctx, &n, `SELECT COUNT(*) FROM evidence WHERE order_id = ? AND kind = ? AND sha256 = ?`, p.Order, string(procedure.File), sum); err != nil {
		return err
	}
	if n == 0 {
		return lacking("", "文档中的 SHA-256 不是本单构建物的摘要", "the SHA-256 in the document is that of no build of this order")
	}
	return nil
}
