package records

import (
	"context"
	"fmt"
	"io"
	"time"

	"hotline/records/procedure"
)

// CaseFile is everything that is recorded of one case, as of one instant: what its bundle holds.
type CaseFile struct {
	Case        Case              `json:"case"`
	Timeline    []TimelineEntry   `json:"timeline"`
	Ownership   []OwnershipEntry  `json:"ownership"`
	Notes       []Note            `json:"notes"`
	Calls       []CallFile        `json:"calls"`
	Escalations []Escalation      `json:"escalations"`
	Orders      []OrderFile       `json:"orders"`
	Evidence    []Evidence        `json:"evidence"` // the whole chain, in order
	Attachments []Attachment      `json:"attachments"`
	Files       []File            `json:"files"` // of the evidence
	Rules       []RuleFile        `json:"rules"` // the hotline's own
	Clocks      []Clock           `json:"clocks"`
	ChainHead   string            `json:"chain_head"`
	ChainLength int64             `json:"chain_length"`
	Checked     CaseVerification  `json:"-"`
	At          time.Time         `json:"at"`
	Definitions map[string]string `json:"-"` // source of the procedures in use, by "code-vN"
}

// CallFile is a call with its verdict and its whole journal.
type CallFile struct {
	Call    CallRow        `json:"call"`
	Journal []JournalEntry `json:"journal"`
}

// CaseVerification says whether the chains and files of a case hold.
type CaseVerification struct {
	At       time.Time             `json:"at"`
	Holds    bool                  `json:"holds"`
	Evidence EvidenceReport        `json:"evidence"`
	Calls    map[string]ChainCheck `json:"calls"`
}

// CaseFile gathers a case and checks its chains and files. Errors: ErrNotFound.
func (s *Store) CaseFile(ctx context.Context, number string) (CaseFile, error) {
	if err := s.journal.Flush(ctx); err != nil { // what is still in memory belongs to it
		return CaseFile{}, err
	}
	f := CaseFile{At: s.now(), Definitions: map[string]string{}}
	err := s.snapshot(ctx, "case file", func(c conn) (err error) {
		if f.Case, err = c.caseByNumber(ctx, number); err != nil {
			return err
		}
		if f.Timeline, err = s.timeline(ctx, c, number); err != nil {
			return err
		}
		if f.Clocks, err = s.clocks(ctx, c, number); err != nil {
			return err
		}
		if err = s.caseCalls(ctx, c, &f); err != nil {
			return err
		}
		if err = s.caseOrders(ctx, c, &f); err != nil {
			return err
		}
		if f.Rules, err = s.caseRules(ctx, c, number); err != nil {
			return err
		}
		return c.caseRest(ctx, &f)
	})
	if err != nil {
		return f, err
	}
	return f, s.checkCase(ctx, &f)
}

func (s *Store) caseCalls(ctx context.Context, c conn, f *CaseFile) error {
	f.Calls = []CallFile{}
	var calls []string
	if err := c.list(ctx, &calls, `SELECT call FROM case_calls WHERE case_number = ? ORDER BY answered_at, call`, f.Case.Number); err != nil {
		return err
	}
	for _, call := range calls {
		var row callRow
		if _, err := c.find(ctx, &row, selectCall+` WHERE a.call = ?`, call); err != nil {
			return err
		}
		var entries []journalRow
		if err := c.list(ctx, &entries, `SELECT * FROM journal WHERE call = ? ORDER BY seq`, call); err != nil {
			return err
		}
		file := CallFile{row.call(), mapped(entries, journalRow.entry)}
		set(&file.Call.Call, call)
		f.Calls = append(f.Calls, file)
	}
	return nil
}

func (s *Store) caseOrders(ctx context.Context, c conn, f *CaseFile) error {
	f.Orders = []OrderFile{}
	var ids []string
	if err := c.list(ctx, &ids, `SELECT id FROM orders WHERE case_number = ? ORDER BY opened_at, id`, f.Case.Number); err != nil {
		return err
	}
	for _, id := range ids {
		o, err := s.orderFile(ctx, c, id)
		if err != nil {
			return err
		}
		f.Orders = append(f.Orders, o)
		f.Definitions[fmt.Sprintf("%s-v%d", o.Definition.Code, o.Definition.Version)] = string(o.Definition.Source)
	}
	var rows []evidenceRow
	if err := c.list(ctx, &rows, selectEvidence+` WHERE e.chain = ? ORDER BY e.seq`, f.Case.Number); err != nil {
		return err
	}
	f.Evidence = mapped(rows, evidenceRow.evidence)
	if n := len(f.Evidence); n > 0 {
		f.ChainHead, f.ChainLength = f.Evidence[n-1].Hash, f.Evidence[n-1].Seq
	}
	var files []fileRow
	if err := c.list(ctx, &files, `SELECT f.* FROM files f WHERE f.id IN (SELECT e.file FROM evidence e WHERE e.chain = ?) ORDER BY f.added_at, f.id`, f.Case.Number); err != nil {
		return err
	}
	f.Files = mapped(files, func(r fileRow) File { r.File.At = r.At.time(); return r.File })
	return nil
}

func (c conn) caseRest(ctx context.Context, f *CaseFile) error {
	var owners []ownershipRow
	if err := c.list(ctx, &owners, `SELECT * FROM ownership_history WHERE case_number = ? ORDER BY seq`, f.Case.Number); err != nil {
		return err
	}
	f.Ownership = mapped(owners, func(r ownershipRow) OwnershipEntry { r.OwnershipEntry.At = r.At.time(); return r.OwnershipEntry })
	var notes []noteRow
	if err := c.list(ctx, &notes, `SELECT id, at, author, text FROM case_notes WHERE case_number = ? ORDER BY at, id`, f.Case.Number); err != nil {
		return err
	}
	f.Notes = mapped(notes, noteRow.note)
	var escalations []escalationRow
	if err := c.list(ctx, &escalations, selectEscalation+` WHERE e.case_number = ? ORDER BY e.raised_at, e.id`, f.Case.Number); err != nil {
		return err
	}
	f.Escalations = mapped(escalations, escalationRow.escalation)
	var attachments []attachmentRow
	if err := c.list(ctx, &attachments, `SELECT * FROM attachments WHERE case_number = ? ORDER BY added_at, id`, f.Case.Number); err != nil {
		return err
	}
	f.Attachments = mapped(attachments, attachmentRow.attachment)
	return nil
}

// caseRules judges the hotline's own rules on one case. A rule that does not concern it is left out.
func (s *Store) caseRules(ctx context.Context, c conn, number string) ([]RuleFile, error) {
	out := []RuleFile{}
	for _, d := range s.opt.Procedures {
		if d.Scope != procedure.ScopeCase {
			continue
		}
		for _, rule := range d.Rules {
			var verdict string
			found, err := c.find(ctx, &verdict, `SELECT COALESCE(`+caseVerdict(rule.Proof[0].Fact, s.now())+`, '') FROM cases s WHERE s.number = ?`, number)
			if err != nil {
				return nil, fmt.Errorf("rule %s: %w", rule.Code, err)
			}
			if found && verdict != "" {
				out = append(out, RuleFile{rule, procedure.Verdict(verdict)})
			}
		}
	}
	return out, nil
}

// checkCase checks the chains of the case and of its calls, and its files.
func (s *Store) checkCase(ctx context.Context, f *CaseFile) error {
	f.Checked = CaseVerification{At: f.At, Holds: true, Calls: map[string]ChainCheck{}}
	var err error
	if f.Checked.Evidence, err = s.VerifyCaseEvidence(ctx, f.Case.Number); err != nil {
		return err
	}
	f.Checked.Holds = f.Checked.Evidence.Err() == nil
	for _, call := range f.Calls {
		check, err := s.journal.VerifyCall(ctx, call.Call.Call)
		if err != nil {
			return err
		}
		f.Checked.Calls[call.Call.Call] = check
		f.Checked.Holds = f.Checked.Holds && check.Broken == nil
	}
	return nil
}

// CopyFile writes the bytes of a file or an attachment by its SHA-256. Who may have them is the caller's business.
func (s *Store) CopyFile(w io.Writer, sum string) error {
	body, err := s.openBytes(sum)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, body)
	if closed := body.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("records: file %s: %w", sum, err)
	}
	return nil
}
