package records

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Digest is what customers reported about products in a period, sorted (hotline content of the domain description: record, sort
// and feed back product-technical information). It names no customer and no person.
type Digest struct {
	ID       string          `json:"id"`     // "" for one that is not kept
	Period   string          `json:"period"` // DigestDay, DigestWeek, DigestMonth
	From     time.Time       `json:"from"`
	To       time.Time       `json:"to"` // the first instant that does not belong to it
	MadeAt   time.Time       `json:"made_at"`
	Cases    int             `json:"cases"`
	Before   int             `json:"before"` // cases of the period before
	Products []ProductDigest `json:"products"`
}

// ProductDigest is one product's part, the most reported product first.
type ProductDigest struct {
	Code      string       `json:"code"` // "": the cases name none
	Name      Bilingual    `json:"name"`
	Cases     int          `json:"cases"`
	Before    int          `json:"before"`
	Solved    int          `json:"solved"`    // closed as solved by now
	Escalated int          `json:"escalated"` // needed remote or onsite service
	Kinds     []KindDigest `json:"kinds"`     // the most reported first
	Trend     []TrendPoint `json:"trend"`     // the periods up to this one, oldest first
	Solutions []UsedMost   `json:"solutions"` // articles that solved most of these cases
}

// KindDigest is one kind of problem.
type KindDigest struct {
	Category string        `json:"category"` // "": the cases name none
	Name     Bilingual     `json:"name"`
	Cases    int           `json:"cases"`
	Before   int           `json:"before"`
	Examples []CaseExample `json:"examples"`
}

// CaseExample is a typical case with names and numbers hidden.
type CaseExample struct {
	Case string `json:"case"`
	Text string `json:"text"`
}

// TrendPoint is how many cases a period had.
type TrendPoint struct {
	From  time.Time `json:"from"`
	Cases int       `json:"cases"`
}

// UsedMost is an article and how many of the digest's cases it solved.
type UsedMost struct {
	Number string    `json:"number"`
	Title  Bilingual `json:"title"`
	Times  int       `json:"times"`
}

const (
	digestTrend    = 6   // periods
	digestExamples = 3   // a kind
	exampleRunes   = 160 // of the description
)

// CompileDigest makes the digest of the period that contains an instant, up to now at most; nothing is kept.
// Errors: ErrInvalid (period).
func (s *Store) CompileDigest(ctx context.Context, period string, in time.Time) (Digest, error) {
	span, err := s.spanOf(period, in)
	if err != nil {
		return Digest{}, err
	}
	var d Digest
	err = s.snapshot(ctx, "digest", func(c conn) (err error) {
		d, err = c.digest(ctx, span)
		return err
	})
	d.MadeAt = s.now()
	return d, err
}

func (c conn) digest(ctx context.Context, span digestSpan) (Digest, error) {
	d := Digest{Period: span.period, From: span.from, To: span.to, Products: []ProductDigest{}}
	known, err := c.products(ctx)
	if err != nil {
		return d, err
	}
	now, err := c.digestCounts(ctx, span.from, span.to)
	if err != nil {
		return d, err
	}
	before, err := c.digestCounts(ctx, span.back(1).from, span.from)
	if err != nil {
		return d, err
	}
	for _, n := range now {
		i := slices.IndexFunc(d.Products, func(p ProductDigest) bool { return p.Code == n.Product })
		if i < 0 {
			i = len(d.Products)
			d.Products = append(d.Products, ProductDigest{Code: n.Product, Name: productName(known, n.Product), Kinds: []KindDigest{}})
		}
		p := &d.Products[i]
		k := KindDigest{Category: n.Category, Name: categoryName(known, n.Product, n.Category), Cases: n.Cases}
		for _, b := range before {
			if b.Product == n.Product && b.Category == n.Category {
				k.Before = b.Cases
			}
		}
		if k.Examples, err = c.examples(ctx, span, n.Product, n.Category); err != nil {
			return d, err
		}
		p.Kinds = append(p.Kinds, k)
		p.Cases, p.Solved, p.Escalated = p.Cases+n.Cases, p.Solved+n.Solved, p.Escalated+n.Escalated
		d.Cases += n.Cases
	}
	for _, b := range before {
		d.Before += b.Cases
		for i := range d.Products {
			if d.Products[i].Code == b.Product {
				d.Products[i].Before += b.Cases
			}
		}
	}
	if err := c.trends(ctx, span, d.Products); err != nil {
		return d, err
	}
	for i := range d.Products {
		if d.Products[i].Solutions, err = c.usedMost(ctx, span, d.Products[i].Code); err != nil {
			return d, err
		}
	}
	slices.SortStableFunc(d.Products, func(a, b ProductDigest) int { return cmp.Compare(b.Cases, a.Cases) })
	return d, nil
}

type digestCount struct {
	Product   string `db:"product"`
	Category  string `db:"category"`
	Cases     int    `db:"cases"`
	Solved    int    `db:"solved"`
	Escalated int    `db:"escalated"`
}

func (c conn) digestCounts(ctx context.Context, from, to time.Time) ([]digestCount, error) {
	var rows []digestCount
	err := c.list(ctx, &rows, `SELECT s.product, s.category, COUNT(*) AS cases, COUNT(CASE WHEN s.state = ? THEN 1 END) AS solved,
		COUNT(CASE WHEN EXISTS (SELECT 1 FROM escalations e WHERE e.case_number = s.number) THEN 1 END) AS escalated
		FROM cases s WHERE s.opened_at >= ? AND s.opened_at < ? GROUP BY s.product, s.category ORDER BY cases DESC, s.product, s.category`,
		CaseSolved, at(from), at(to))
	return rows, err
}

// trends fills in how many cases each product had in the periods up to this one.
func (c conn) trends(ctx context.Context, span digestSpan, products []ProductDigest) error {
	for back := digestTrend - 1; back >= 0; back-- {
		then := span.back(back)
		var rows []digestCount
		if err := c.list(ctx, &rows, `SELECT product, COUNT(*) AS cases FROM cases WHERE opened_at >= ? AND opened_at < ? GROUP BY product`,
			at(then.from), at(then.to)); err != nil {
			return err
		}
		for i := range products {
			point := TrendPoint{From: then.from}
			for _, r := range rows {
				if r.Product == products[i].Code {
					point.Cases = r.Cases
				}
			}
			products[i].Trend = append(products[i].Trend, point)
		}
	}
	return nil
}

// examples are the worst and newest cases of a kind that say something, with names and numbers hidden.
func (c conn) examples(ctx context.Context, span digestSpan, product, category string) ([]CaseExample, error) {
	var rows []caseRow
	err := c.list(ctx, &rows, selectCase+` WHERE s.opened_at >= ? AND s.opened_at < ? AND s.product = ? AND s.category = ? AND s.subject <> ''
		ORDER BY CASE s.severity WHEN ? THEN 0 WHEN ? THEN 1 ELSE 2 END, s.opened_at DESC, s.number LIMIT ?`,
		at(span.from), at(span.to), product, category, SeverityCritical, SeverityHigh, digestExamples)
	out := make([]CaseExample, 0, len(rows))
	for _, r := range rows {
		said := r.Subject
		if r.Description != "" {
			said += "：" + line(r.Description)
		}
		out = append(out, CaseExample{Case: r.Number, Text: clip(Anonymise(said, r.CustomerName, r.ContactName), exampleRunes)})
	}
	return out, err
}

func (c conn) usedMost(ctx context.Context, span digestSpan, product string) ([]UsedMost, error) {
	var rows []struct {
		Number string `db:"number"`
		Zh     string `db:"title_zh"`
		En     string `db:"title_en"`
		Times  int    `db:"times"`
	}
	err := c.list(ctx, &rows, `SELECT a.number, v.title_zh, v.title_en, COUNT(*) AS times FROM solution_uses u JOIN cases s ON s.number = u.case_number
		JOIN articles a ON a.number = u.ref AND a.kind = u.kind JOIN article_versions v ON v.number = a.number AND v.version = a.latest
		WHERE s.opened_at >= ? AND s.opened_at < ? AND s.product = ? AND s.state = ? AND u.outcome = ''
		GROUP BY a.number, v.title_zh, v.title_en ORDER BY times DESC, a.number LIMIT 5`, at(span.from), at(span.to), product, CaseSolved)
	out := make([]UsedMost, 0, len(rows))
	for _, r := range rows {
		out = append(out, UsedMost{Number: r.Number, Title: Bilingual{r.Zh, r.En}, Times: r.Times})
	}
	return out, err
}

// productName gives a product's name; what is not one of ours, and was typed by an agent, is its own name.
func productName(known []Product, code string) Bilingual {
	for _, p := range known {
		if p.Code == code {
			return p.Name
		}
	}
	return Bilingual{code, code}
}

func categoryName(known []Product, product, code string) Bilingual {
	for _, p := range known {
		for _, c := range p.Categories {
			if p.Code == product && c.Code == code {
				return c.Name
			}
		}
	}
	return Bilingual{code, code}
}
