package records

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// ToldDigest tells the service managers that a digest is there.
const ToldDigest = "digest"

// KeepDigest makes the digest of the last period that has ended by now, keeps it and tells the service managers. It is made once,
// by whichever node comes first; fresh says that this call made it. Errors: ErrInvalid (period).
func (s *Store) KeepDigest(ctx context.Context, period string, now time.Time) (d Digest, fresh bool, err error) {
	this, err := s.spanOf(period, now)
	if err != nil {
		return Digest{}, false, err
	}
	span := this.back(1)
	id := digestID(span)
	err = s.write(ctx, "keep digest", func(t *txn) error {
		fresh = false
		if known, err := t.digestByID(ctx, id); err == nil {
			d = known
			return nil
		}
		var err error
		if d, err = t.digest(ctx, span); err != nil {
			return err
		}
		d.ID, d.MadeAt, fresh = id, t.now, true
		body, err := json.Marshal(d)
		if err != nil {
			return fmt.Errorf("encode: %w", err)
		}
		if err := t.do(ctx, `INSERT INTO digests (id, period, from_at, to_at, made_at, cases, body) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			id, span.period, at(span.from), at(span.to), at(t.now), d.Cases, string(body)); err != nil {
			return err
		}
		days := fmt.Sprint(span.from.Format(time.DateOnly), " – ", span.to.AddDate(0, 0, -1).Format(time.DateOnly))
		return t.tellRole(ctx, RoleSupervisor, "", Notification{
			Kind: ToldDigest, Once: id, Path: "/feedback/" + id,
			Subject: both("客户反馈汇总 %s", "Feedback digest %s", days),
			Text:    both("本期问题单 %[1]d，上期 %[2]d。", "%[1]d cases, %[2]d in the period before.", d.Cases, d.Before),
		})
	})
	return d, fresh, err
}

// digestID names a period: D-20261116-week.
func digestID(span digestSpan) string { return "D-" + span.from.Format("20060102") + "-" + span.period }

// Digest gives a digest that was kept. Errors: ErrNotFound.
func (s *Store) Digest(ctx context.Context, id string) (Digest, error) {
	d, err := s.read().digestByID(ctx, id)
	return d, s.explain("digest", err)
}

func (c conn) digestByID(ctx context.Context, id string) (Digest, error) {
	var body string
	found, err := c.find(ctx, &body, `SELECT body FROM digests WHERE id = ?`, id)
	if err == nil && !found {
		err = notFound("digest", id)
	}
	if err != nil {
		return Digest{}, err
	}
	var d Digest
	if err := json.NewDecoder(strings.NewReader(body)).Decode(&d); err != nil {
		return Digest{}, fmt.Errorf("digest %s: %w", id, err)
	}
	return d, nil
}

// DigestHead is one line of the list of digests.
type DigestHead struct {
	ID     string
	Period string
	From   time.Time
	To     time.Time
	Cases  int
}

// Digests lists the digests that were kept, newest first. Errors: ErrInvalid (cursor).
func (s *Store) Digests(ctx context.Context, after string, limit int) (Page[DigestHead], error) {
	c, err := parseCursor(after)
	if err != nil {
		return Page[DigestHead]{}, err
	}
	var q query
	q.page("from_at", "id", c)
	limit = pageLimit(limit)
	var rows []struct {
		ID     string `db:"id"`
		Period string `db:"period"`
		From   stamp  `db:"from_at"`
		To     stamp  `db:"to_at"`
		Cases  int    `db:"cases"`
	}
	if err := s.read().list(ctx, &rows, q.sql(`SELECT id, period, from_at, to_at, cases FROM digests`, "from_at DESC, id DESC", limit), q.args...); err != nil {
		return Page[DigestHead]{}, s.explain("digests", err)
	}
	page := Page[DigestHead]{Items: make([]DigestHead, 0, len(rows))}
	for _, r := range rows {
		page.Items = append(page.Items, DigestHead{r.ID, r.Period, r.From.time(), r.To.time(), r.Cases})
	}
	if len(rows) == limit {
		page.Next = cursor{rows[limit-1].From, rows[limit-1].ID}.String()
	}
	return page, nil
}
