package records

import (
	"context"
	"time"
)

// ArticleFile is an article with its whole history.
type ArticleFile struct {
	Article                   // with the newest version
	Shown    *ArticleVersion  `json:"shown,omitempty"` // Live, when that is an older one
	Versions []ArticleVersion `json:"versions"`        // newest first
	Events   []ArticleEvent   `json:"events"`          // newest first
	Use      ArticleUse       `json:"use"`
}

// ArticleEvent is one step in the life of an article.
type ArticleEvent struct {
	At       time.Time `json:"at"`
	By       string    `json:"by"`
	Input    string    `json:"input"` // revise, submit, return, publish, withdraw
	Version  int64     `json:"version"`
	Audience string    `json:"audience,omitempty"`
	From     time.Time `json:"from,omitzero"`
	Until    time.Time `json:"until,omitzero"`
	Reason   string    `json:"reason,omitempty"`
}

// ArticleUse counts the cases that an article was used for.
type ArticleUse struct {
	Used   int       `json:"used"   db:"used"`
	Solved int       `json:"solved" db:"solved"`     // closed as solved with it
	Failed int       `json:"not_helped" db:"failed"` // said not to have helped
	Cases  []UseCase `json:"cases"  db:"-"`          // the newest 20
}

// UseCase is one case of those.
type UseCase struct {
	Case    string `json:"case"    db:"case_number"`
	Subject string `json:"subject" db:"subject"`
	State   string `json:"state"   db:"state"`
	By      string `json:"by"      db:"used_by"`
	At      Moment `json:"at"      db:"used_at"`
	Failed  bool   `json:"not_helped" db:"failed"`
}

// ArticleFile gives an article with its versions, history and use. Errors: ErrNotFound.
func (s *Store) ArticleFile(ctx context.Context, number string) (ArticleFile, error) {
	var out ArticleFile
	err := s.snapshot(ctx, "article", func(c conn) (err error) {
		if out.Article, err = c.article(ctx, number); err != nil {
			return err
		}
		var versions []versionRow
		if err = c.list(ctx, &versions, `SELECT version, title_zh, title_en, symptom_zh, symptom_en, body_zh, body_en, product, category, author, at
			FROM article_versions WHERE number = ? ORDER BY version DESC`, number); err != nil {
			return err
		}
		out.Versions = mapped(versions, versionRow.version)
		for i, v := range out.Versions {
			if v.Version == out.Live && out.Live != out.Latest {
				out.Shown = &out.Versions[i]
			}
		}
		if out.Events, err = c.articleEvents(ctx, number); err != nil {
			return err
		}
		out.Use, err = c.articleUse(ctx, out.Kind, number)
		return err
	})
	return out, err
}

func (c conn) articleEvents(ctx context.Context, number string) ([]ArticleEvent, error) {
	var rows []struct {
		At       stamp  `db:"at"`
		By       string `db:"actor"`
		Input    string `db:"input"`
		Version  int64  `db:"version"`
		Audience string `db:"audience"`
		From     stamp  `db:"shown_from"`
		Until    stamp  `db:"shown_until"`
		Reason   string `db:"reason"`
	}
	err := c.list(ctx, &rows, `SELECT at, actor, input, version, audience, shown_from, shown_until, reason FROM article_events
		WHERE number = ? ORDER BY seq DESC`, number)
	out := make([]ArticleEvent, 0, len(rows))
	for _, r := range rows {
		out = append(out, ArticleEvent{
			At: r.At.time(), By: r.By, Input: r.Input, Version: r.Version, Audience: r.Audience, From: r.From.time(), Until: r.Until.time(), Reason: r.Reason,
		})
	}
	return out, err
}

func (c conn) articleUse(ctx context.Context, kind, ref string) (ArticleUse, error) {
	var u ArticleUse
	if err := c.get(ctx, &u, `SELECT COUNT(*) AS used, COUNT(CASE WHEN s.state = ? AND u.outcome = '' THEN 1 END) AS solved,
		COUNT(CASE WHEN u.outcome = ? THEN 1 END) AS failed FROM solution_uses u JOIN cases s ON s.number = u.case_number WHERE u.kind = ? AND u.ref = ?`,
		CaseSolved, useNotHelped, kind, ref); err != nil {
		return u, err
	}
	u.Cases = []UseCase{}
	err := c.list(ctx, &u.Cases, `SELECT u.case_number, s.subject, s.state, u.used_by, u.used_at, u.outcome = ? AS failed FROM solution_uses u
		JOIN cases s ON s.number = u.case_number WHERE u.kind = ? AND u.ref = ? ORDER BY u.used_at DESC, u.case_number LIMIT 20`, useNotHelped, kind, ref)
	return u, err
}

// ArticleFilter narrows Articles. Cursor is Page.Next of the page before.
type ArticleFilter struct {
	Kind    string
	State   ArticleState
	Shown   bool // only what is shown now, in the version that is shown
	Public  bool // with Shown: only what customers see
	Product string
	Text    string // in number or title
	Cursor  string
	Limit   int
}

// Articles lists articles, the last changed first; with Shown by the date from which they are shown. Errors: ErrInvalid (cursor).
func (s *Store) Articles(ctx context.Context, f ArticleFilter) (Page[Article], error) {
	after, err := parseCursor(f.Cursor)
	if err != nil {
		return Page[Article]{}, err
	}
	selection, column := selectNewest, "a.updated_at"
	var q query
	if f.Shown {
		now := at(s.now())
		selection, column = selectLive, "a.shown_from"
		q.and("a.shown_from <= ? AND (a.shown_until IS NULL OR a.shown_until > ?)", now, now)
		if f.Public {
			q.equal("a.audience", AudienceCustomers)
		}
	}
	q.equal("a.kind", f.Kind)
	q.equal("a.state", string(f.State))
	q.equal("v.product", f.Product)
	if f.Text != "" {
		like := containing(f.Text)
		q.and("a.number LIKE ? ESCAPE '!' OR v.title_zh LIKE ? ESCAPE '!' OR v.title_en LIKE ? ESCAPE '!'", like, like, like)
	}
	q.page(column, "a.number", after)
	limit := pageLimit(f.Limit)
	var rows []articleRow
	if err := s.read().list(ctx, &rows, q.sql(selection, column+" DESC, a.number DESC", limit), q.args...); err != nil {
		return Page[Article]{}, s.explain("articles", err)
	}
	page := Page[Article]{Items: mapped(rows, articleRow.article)}
	if len(rows) == limit {
		last := rows[limit-1]
		page.Next = cursor{last.UpdatedAt, last.Number}.String()
		if f.Shown {
			page.Next = cursor{last.From, last.Number}.String()
		}
	}
	return page, nil
}

// ArticleCounts says how many articles are in each state.
func (s *Store) ArticleCounts(ctx context.Context) (map[ArticleState]int, error) {
	var rows []struct {
		State ArticleState `db:"state"`
		N     int          `db:"n"`
	}
	err := s.read().list(ctx, &rows, `SELECT state, COUNT(*) AS n FROM articles GROUP BY state`)
	out := map[ArticleState]int{}
	for _, r := range rows {
		out[r.State] = r.N
	}
	return out, s.explain("article counts", err)
}

// ShownArticle gives an article as it is shown now. Errors: ErrNotFound, also for what is shown to others or at another time.
func (s *Store) ShownArticle(ctx context.Context, number string, public bool) (Article, error) {
	var row articleRow
	found, err := s.read().find(ctx, &row, selectLive+` WHERE a.number = ?`, number)
	if err != nil {
		return Article{}, s.explain("shown article", err)
	}
	a := row.article()
	if !found || !a.ShownAt(s.now()) || public && a.Audience != AudienceCustomers {
		return Article{}, notFound("article", number)
	}
	return a, nil
}
