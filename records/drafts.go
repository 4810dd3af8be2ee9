package records

import (
	"context"
	"regexp"
	"time"
	"unicode/utf8"
)

// DraftField is one field of a case's forms as somebody last typed it.
type DraftField struct {
	Name  string    `db:"field" json:"name"`
	Value string    `db:"value" json:"value"`
	Seq   int64     `db:"seq"   json:"seq"` // grows with every change of this person's draft of this case
	Tab   string    `db:"tab"   json:"tab"` // the browser tab that wrote it
	At    time.Time `db:"-"     json:"at"`  // when it was typed
}

type draftRow struct {
	DraftField
	At stamp `db:"at"`
}

func (r draftRow) field() DraftField {
	f := r.DraftField
	f.At = r.At.time()
	return f
}

// DraftChange is a field that was typed.
type DraftChange struct {
	Name  string
	Value string
	Seen  int64         // Seq of the value that was there before, as far as the tab knew; 0 = none
	Age   time.Duration // how long ago it was typed, by the tab's own clock: clocks need not agree
}

// DraftInput is what one tab saves.
type DraftInput struct {
	By, Case, Tab string
	Since         int64 // the last Seq that the tab has heard of
	Changes       []DraftChange
}

// DraftSaved is how the draft stands after saving.
type DraftSaved struct {
	Seq    int64        `json:"seq"`
	Saved  []DraftField `json:"saved"`  // what stands of the changes
	Others []DraftField `json:"others"` // fields that other tabs changed after Since, and that stand
	Lost   []DraftField `json:"lost"`   // values that gave way to later ones, so that nobody loses them silently
}

const (
	maxDraftFields = 100
	maxDraft       = 64 << 10            // bytes of one field: more than any field takes, so that a text too long is kept until it is shortened
	draftAge       = 90 * 24 * time.Hour // drafts of cases that others finished are dropped after this time
)

var draftName = regexp.MustCompile(`^[a-z][a-z0-9_.]{0,63}$`)

// SaveDraft keeps what somebody has typed about a case, field by field. Of two tabs that typed into the same field without
// knowing of each other, the later typing stands; the earlier is told as Lost. The same change again changes nothing.
// Errors: ErrNotFound (case), ErrInvalid.
func (s *Store) SaveDraft(ctx context.Context, in DraftInput) (DraftSaved, error) {
	var f faults
	for i, ch := range in.Changes {
		in.Changes[i].Value = cleanDraft(ch.Value)
		switch {
		case !draftName.MatchString(ch.Name):
			f.add("name", "unknown", "Reload the page.", "There is no field %q.", cut(ch.Name, 40))
		case len(ch.Value) > maxDraft:
			f.add(ch.Name, "too_long", "Shorten it, or attach it as a file.", "It has %d bytes; a draft keeps %d.", len(ch.Value), maxDraft)
		}
	}
	if err := f.problem(ErrInvalid, "draft_invalid", "Shorten the text.", "The draft cannot be kept like this."); err != nil {
		return DraftSaved{}, err
	}
	var out DraftSaved
	err := s.write(ctx, "save draft", func(t *txn) (err error) {
		out, err = t.saveDraft(ctx, in)
		return err
	})
	return out, err
}

// cleanDraft keeps what was typed as it is, trailing blanks included, but for what no field can hold.
func cleanDraft(s string) string {
	out := make([]rune, 0, len(s))
	for _, r := range s {
		if r != 0 && r != utf8.RuneError {
			out = append(out, r)
		}
	}
	return string(out)
}

func (t *txn) saveDraft(ctx context.Context, in DraftInput) (DraftSaved, error) {
	out := DraftSaved{Saved: []DraftField{}, Others: []DraftField{}, Lost: []DraftField{}}
	if _, err := t.caseByNumber(ctx, in.Case); err != nil {
		return out, err
	}
	fields, err := t.draft(ctx, in.By, in.Case)
	if err != nil {
		return out, err
	}
	known := map[string]DraftField{}
	for _, f := range fields {
		known[f.Name] = f
		out.Seq = max(out.Seq, f.Seq)
	}
	own := map[string]bool{}
	for _, ch := range in.Changes {
		own[ch.Name] = true
		typed := DraftField{Name: ch.Name, Value: ch.Value, Tab: in.Tab, At: t.now.Add(-max(ch.Age, 0)).Truncate(time.Microsecond)}
		old, there := known[ch.Name]
		if there && old.Value == ch.Value {
			out.Saved = append(out.Saved, old)
			continue
		}
		if there && old.Tab != in.Tab && old.Seq > ch.Seen {
			if old.At.After(typed.At) {
				out.Others, out.Lost = append(out.Others, old), append(out.Lost, typed)
				continue
			}
			out.Lost = append(out.Lost, old)
		}
		if !there && len(known) >= maxDraftFields {
			return out, problem(ErrInvalid, "draft_full", "Reload the page.", "A draft keeps %d fields.", maxDraftFields)
		}
		out.Seq++
		typed.Seq = out.Seq
		known[ch.Name] = typed
		if err := t.do(ctx, `INSERT INTO drafts (login, case_number, field, value, seq, tab, at) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (login, case_number, field) DO UPDATE SET value = excluded.value, seq = excluded.seq, tab = excluded.tab,
			at = excluded.at`, in.By, in.Case, typed.Name, typed.Value, typed.Seq, typed.Tab, at(typed.At)); err != nil {
			return out, err
		}
		out.Saved = append(out.Saved, typed)
	}
	for _, f := range fields {
		if f.Seq > in.Since && f.Tab != in.Tab && !own[f.Name] {
			out.Others = append(out.Others, f)
		}
	}
	return out, t.do(ctx, `DELETE FROM drafts WHERE at < ?`, at(t.now.Add(-draftAge)))
}

// Draft gives what somebody has typed about a case and not finished, by field name.
func (s *Store) Draft(ctx context.Context, login, number string) ([]DraftField, error) {
	fields, err := s.read().draft(ctx, login, number)
	return fields, s.explain("draft", err)
}

func (c conn) draft(ctx context.Context, login, number string) ([]DraftField, error) {
	var rows []draftRow
	err := c.list(ctx, &rows, `SELECT field, value, seq, tab, at FROM drafts WHERE login = ? AND case_number = ? ORDER BY field`,
		login, number)
	return mapped(rows, draftRow.field), err
}

// Drafted lists the cases about which somebody has typed something that is not finished, the latest first.
func (s *Store) Drafted(ctx context.Context, login string) ([]string, error) {
	numbers := []string{}
	err := s.read().list(ctx, &numbers, `SELECT case_number FROM drafts WHERE login = ? AND value <> '' GROUP BY case_number
		ORDER BY MAX(at) DESC`, login)
	return numbers, s.explain("drafted", err)
}

// DiscardDraft forgets fields of somebody's draft of a case; without fields, all of it.
func (s *Store) DiscardDraft(ctx context.Context, login, number string, fields ...string) error {
	return s.write(ctx, "discard draft", func(t *txn) error {
		if len(fields) == 0 {
			return t.wipeDraft(ctx, login, number)
		}
		for _, name := range fields {
			if err := t.do(ctx, `DELETE FROM drafts WHERE login = ? AND case_number = ? AND field = ?`, login, number, name); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *txn) wipeDraft(ctx context.Context, login, number string) error {
	return t.do(ctx, `DELETE FROM drafts WHERE login = ? AND case_number = ?`, login, number)
}

// moveDraft takes along what was typed since a call was answered, when the call turns out to be about something else.
func (t *txn) moveDraft(ctx context.Context, call, login, from, to string) error {
	return t.do(ctx, `UPDATE drafts SET case_number = ? WHERE login = ? AND case_number = ?
		AND at >= (SELECT answered_at FROM case_calls WHERE call = ?)`, to, login, from, call)
}
