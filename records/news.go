package records

import (
	"context"
	"time"
)

// newsFresh is how long news count as unread: nobody has to read last year's first.
const newsFresh = 30 * 24 * time.Hour

const unreadNews = ` FROM articles a WHERE a.kind = ? AND a.live > 0 AND a.shown_from <= ? AND a.shown_from > ?
	AND (a.shown_until IS NULL OR a.shown_until > ?)
	AND NOT EXISTS (SELECT 1 FROM article_reads r WHERE r.login = ? AND r.number = a.number AND r.version = a.live)`

func (s *Store) unreadArgs(login string) []any {
	now := s.now()
	return []any{SolutionNews, at(now), at(now.Add(-newsFresh)), at(now), login}
}

// UnreadNews lists the numbers of the news of the last 30 days that login has not read in the version that is shown.
func (s *Store) UnreadNews(ctx context.Context, login string) ([]string, error) {
	numbers := []string{}
	err := s.read().list(ctx, &numbers, `SELECT a.number`+unreadNews+` ORDER BY a.shown_from DESC, a.number`, s.unreadArgs(login)...)
	return numbers, s.explain("unread news", err)
}

// ReadNews notes that login has read a piece of news as it is shown now. What is not shown changes nothing.
func (s *Store) ReadNews(ctx context.Context, login, number string) error {
	return s.write(ctx, "read news", func(t *txn) error {
		return t.do(ctx, `INSERT INTO article_reads (login, number, version, at) SELECT ?, a.number, a.live, ?`+unreadNews+` AND a.number = ?`,
			append(append([]any{login, at(t.now)}, s.unreadArgs(login)...), number)...)
	})
}
