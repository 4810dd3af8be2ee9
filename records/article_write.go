package records

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// NewArticle is what an article begins with.
type NewArticle struct {
	Kind     string // SolutionArticle or SolutionNews
	FromCase string // number of the case that it comes from, or ""
	Text     ArticleText
}

// DraftArticle begins an article. Errors: ErrIncomplete, ErrInvalid (kind), ErrNotFound (case).
func (s *Store) DraftArticle(ctx context.Context, by string, in NewArticle) (Article, error) {
	letter, ok := map[string]string{SolutionArticle: "K", SolutionNews: "N"}[in.Kind]
	if !ok {
		return Article{}, problem(ErrInvalid, "article_kind", "Use article or news.", "There is no kind of article %q.", in.Kind)
	}
	if err := in.Text.check(in.Kind); err != nil {
		return Article{}, err
	}
	var out Article
	err := s.write(ctx, "draft article", func(t *txn) error {
		if in.FromCase != "" {
			if _, err := t.caseByNumber(ctx, in.FromCase); err != nil {
				return err
			}
		}
		n, err := t.next(ctx, "article-"+letter)
		if err != nil {
			return err
		}
		number := fmt.Sprintf("%s-%04d", letter, n)
		if err := t.do(ctx, `INSERT INTO articles (number, kind, from_case, state, latest, created_by, created_at, updated_at)
			VALUES (?, ?, ?, ?, 0, ?, ?, ?)`, number, in.Kind, null(in.FromCase), articleMachine.start, by, at(t.now), at(t.now)); err != nil {
			return err
		}
		a := Article{Number: number, Kind: in.Kind, State: articleMachine.start}
		if err := t.addVersion(ctx, &a, by, in.Text); err != nil {
			return err
		}
		out, err = t.article(ctx, number)
		return err
	})
	return out, err
}

// addVersion makes in the newest version of an article.
func (t *txn) addVersion(ctx context.Context, a *Article, by string, in ArticleText) error {
	a.Latest++
	if err := t.do(ctx, `INSERT INTO article_versions (number, version, title_zh, title_en, symptom_zh, symptom_en, body_zh, body_en,
		product, category, author, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, a.Number, a.Latest, in.Title.Zh, in.Title.En, in.Symptom.Zh,
		in.Symptom.En, in.Body.Zh, in.Body.En, in.Product, in.Category, by, at(t.now)); err != nil {
		return err
	}
	if err := t.do(ctx, `UPDATE articles SET latest = ? WHERE number = ?`, a.Latest, a.Number); err != nil {
		return err
	}
	return t.articleEvent(ctx, *a, by, reviseArticle, "")
}

// ReviseArticle adds a version; what is shown stays until that version is published. lock is Article.Lock.
// Errors: ErrIncomplete, ErrNotFound, ErrConflict.
func (s *Store) ReviseArticle(ctx context.Context, by, number string, lock int64, in ArticleText) (Article, error) {
	return s.moveArticle(ctx, "revise article", by, number, lock, reviseArticle, func(t *txn, a *Article) error {
		if err := in.check(a.Kind); err != nil {
			return err
		}
		return t.addVersion(ctx, a, by, in)
	})
}

// SubmitArticle asks for a review of the newest version. Errors: ErrNotFound, ErrConflict.
func (s *Store) SubmitArticle(ctx context.Context, by, number string, lock int64) (Article, error) {
	return s.moveArticle(ctx, "submit article", by, number, lock, submitArticle, func(t *txn, a *Article) error {
		if err := t.articleEvent(ctx, *a, by, submitArticle, ""); err != nil {
			return err
		}
		return t.tellReviewers(ctx, *a, by)
	})
}

// ReturnArticle gives a version back to who wrote it. Errors: ErrIncomplete (reason), ErrNotFound, ErrConflict.
func (s *Store) ReturnArticle(ctx context.Context, by, number string, lock int64, reason string) (Article, error) {
	return s.endArticle(ctx, "return article", by, number, lock, returnArticle, reason)
}

// WithdrawArticle takes an article from everybody's eyes. Errors: ErrIncomplete (reason), ErrNotFound, ErrConflict.
func (s *Store) WithdrawArticle(ctx context.Context, by, number string, lock int64, reason string) (Article, error) {
	return s.endArticle(ctx, "withdraw article", by, number, lock, withdrawArticle, reason)
}

func (s *Store) endArticle(ctx context.Context, what, by, number string, lock int64, input articleInput, reason string) (Article, error) {
	reason = text(reason)
	var f faults
	f.required("reason", reason, maxText, "The reason is missing.", "Say why in a sentence.")
	if err := f.problem(ErrIncomplete, "reason_missing", "Give a reason.", "This needs a reason."); err != nil {
		return Article{}, err
	}
	return s.moveArticle(ctx, what, by, number, lock, input, func(t *txn, a *Article) error {
		if err := t.articleEvent(ctx, *a, by, input, reason); err != nil {
			return err
		}
		return t.tellAuthor(ctx, *a, by, input, reason)
	})
}

// Publication says to whom a version is shown and when.
type Publication struct {
	Audience string    // AudienceStaff or AudienceCustomers
	From     time.Time // zero: now
	Until    time.Time // zero: without end
}

func (p *Publication) check(now time.Time) error {
	if p.From.Before(now) {
		p.From = now // nothing was shown before it was published
	}
	var f faults
	if p.Audience != AudienceStaff && p.Audience != AudienceCustomers {
		f.add("audience", "unknown", "Use staff or customers.", "There is no audience %q.", p.Audience)
	}
	if !p.Until.IsZero() && !p.Until.After(p.From) {
		f.add("until", "order", "Choose a later end, or none.", "It would end before it begins.")
	}
	return f.problem(ErrInvalid, "publication_invalid", "Mend the fields named.", "It cannot be published like this.")
}

// PublishArticle shows the newest version to its audience. Who wrote a part of what is new cannot publish it, and only service managers
// publish to customers. Errors: ErrInvalid, ErrForbidden, ErrNotFound, ErrConflict.
func (s *Store) PublishArticle(ctx context.Context, by, number string, lock int64, p Publication) (Article, error) {
	if err := p.check(s.now()); err != nil {
		return Article{}, err
	}
	return s.moveArticle(ctx, "publish article", by, number, lock, publishArticle, func(t *txn, a *Article) error {
		var authors []string
		if err := t.list(ctx, &authors, `SELECT DISTINCT author FROM article_versions WHERE number = ? AND version > ?`, number, a.Live); err != nil {
			return err
		}
		if slices.Contains(authors, by) {
			return problem(ErrForbidden, "own_article", "Ask a colleague to review it.", "Nobody publishes what they wrote themselves.")
		}
		if p.Audience == AudienceCustomers {
			u, err := t.user(ctx, by)
			if err != nil {
				return err
			}
			if !u.Is(RoleSupervisor) {
				return problem(ErrForbidden, "customers_by_manager", "Publish it to staff, or ask a service manager.",
					"Only service managers publish to customers.")
			}
		}
		a.Audience, a.From, a.Until = p.Audience, p.From, p.Until
		if err := t.articleEvent(ctx, *a, by, publishArticle, ""); err != nil {
			return err
		}
		return t.tellAuthor(ctx, *a, by, publishArticle, "")
	})
}

// moveArticle is one step of the state machine with what belongs to it, in one transaction.
func (s *Store) moveArticle(ctx context.Context, what, by, number string, lock int64, input articleInput, act func(*txn, *Article) error) (Article, error) {
	var out Article
	err := s.write(ctx, what, func(t *txn) error {
		a, err := t.article(ctx, number)
		if err != nil {
			return err
		}
		mv, ok := articleMachine.step(a.State, input)
		if !ok {
			return problem(ErrConflict, "article_state", "Load it again.", "The article %s is in state %s: %s is not possible.", number, a.State, input)
		}
		if a.Lock != lock {
			return stale("article", number, lock, a.Lock)
		}
		if err := act(t, &a); err != nil {
			return err
		}
		for _, effect := range mv.do {
			switch effect {
			case showVersion:
				a.Live = a.Latest
			case hideArticle:
				a.Live, a.Audience, a.From, a.Until = 0, "", time.Time{}, time.Time{}
			}
		}
		if err := t.do(ctx, `UPDATE articles SET state = ?, live = ?, audience = ?, shown_from = ?, shown_until = ?, updated_at = ?,
			lock = lock + 1 WHERE number = ?`, mv.next, a.Live, a.Audience, at(a.From), at(a.Until), at(t.now), number); err != nil {
			return err
		}
		if len(mv.do) > 0 {
			if err := t.indexArticle(ctx, number); err != nil {
				return err
			}
			if err := t.audit(ctx, AuditEntry{By: by, Action: "article." + string(input), Object: number, Data: fmt.Sprint("version=", a.Latest, " audience=", a.Audience)}); err != nil {
				return err
			}
		}
		out, err = t.article(ctx, number)
		return err
	})
	return out, err
}

// articleEvent adds to the history of an article.
func (t *txn) articleEvent(ctx context.Context, a Article, by string, input articleInput, reason string) error {
	e := Article{}
	if input == publishArticle {
		e.Audience, e.From, e.Until = a.Audience, a.From, a.Until
	}
	return t.do(ctx, `INSERT INTO article_events (number, seq, at, actor, input, version, audience, shown_from, shown_until, reason)
		SELECT ?, COALESCE(MAX(seq), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ? FROM article_events WHERE number = ?`,
		a.Number, at(t.now), by, input, a.Latest, e.Audience, at(e.From), at(e.Until), reason, a.Number)
}
