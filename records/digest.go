package records

import (
	"cmp"
	"context"
	"slices"
	"strconv"
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
	counts, err := c.digestCounts(ctx, span)
	if err != nil {
		return d, err
	}
	escalated, err := c.escalatedOf(ctx, span)
	if err != nil {
		return d, err
	}
	for _, n := range counts {
		now, before := n.in[digestTrend-1], n.in[digestTrend-2]
		d.Before += before
		p := d.product(n.Product, known, span)
		p.Before += before
		for i, cases := range n.in {
			p.Trend[i].Cases += cases
		}
		if now == 0 {
			continue
		}
		k := KindDigest{Category: n.Category, Name: categoryName(known, n.Product, n.Category), Cases: now, Before: before}
		if k.Examples, err = c.examples(ctx, span, n.Product, n.Category); err != nil {
			return d, err
		}
		p.Kinds = append(p.Kinds, k)
		p.Cases, p.Solved, p.Escalated = p.Cases+now, p.Solved+n.Solved, p.Escalated+escalated[[2]string{n.Product, n.Category}]
		d.Cases += now
	}
	d.Products = slices.DeleteFunc(d.Products, func(p ProductDigest) bool { return p.Cases == 0 })
	for i := range d.Products {
		p := &d.Products[i]
		slices.SortStableFunc(p.Kinds, func(a, b KindDigest) int { return cmp.Compare(b.Cases, a.Cases) })
		if p.Solutions, err = c.usedMost(ctx, span, p.Code); err != nil {
			return d, err
		}
	}
	slices.SortStableFunc(d.Products, func(a, b ProductDigest) int { return cmp.Compare(b.Cases, a.Cases) })
	return d, nil
}

// product is a product's part of the digest, begun when it is not there yet.
func (d *Digest) product(code string, known []Product, span digestSpan) *ProductDigest {
	i := slices.IndexFunc(d.Products, func(p ProductDigest) bool { return p.Code == code })
	if i < 0 {
		p := ProductDigest{Code: code, Name: productName(known, code), Kinds: []KindDigest{}, Trend: make([]TrendPoint, digestTrend)}
		for back := range digestTrend {
			p.Trend[digestTrend-1-back].From = span.back(back).from
		}
		d.Products = append(d.Products, p)
		i = len(d.Products) - 1
	}
	return &d.Products[i]
}

// digestCount is how many cases of a kind the periods had, the last one is the digest's own; Solved is of that one.
type digestCount struct {
	Product, Category string
	in                [digestTrend]int
	Solved            int
}

// digestCounts counts all periods in one pass over an index.
func (c conn) digestCounts(ctx context.Context, span digestSpan) ([]digestCount, error) {
	var rows []struct {
		Product  string `db:"product"`
		Category string `db:"category"`
		C0       int    `db:"c0"`
		C1       int    `db:"c1"`
		C2       int    `db:"c2"`
		C3       int    `db:"c3"`
		C4       int    `db:"c4"`
		C5       int    `db:"c5"`
		Solved   int    `db:"solved"`
	}
	query, args := `SELECT product, category`, []any{}
	for i := range digestTrend {
		then := span.back(digestTrend - 1 - i)
		query += `, COUNT(CASE WHEN opened_at >= ? AND opened_at < ? THEN 1 END) AS c` + strconv.Itoa(i)
		args = append(args, at(then.from), at(then.to))
	}
	query += `, COUNT(CASE WHEN opened_at >= ? AND state = ? THEN 1 END) AS solved FROM cases
		WHERE opened_at >= ? AND opened_at < ? GROUP BY product, category ORDER BY product, category`
	args = append(args, at(span.from), CaseSolved, at(span.back(digestTrend-1).from), at(span.to))
	if err := c.list(ctx, &rows, query, args...); err != nil {
		return nil, err
	}
	out := make([]digestCount, 0, len(rows))
	for _, r := range rows {
		out = append(out, digestCount{r.Product, r.Category, [digestTrend]int{r.C0, r.C1, r.C2, r.C3, r.C4, r.C5}, r.Solved})
	}
	return out, nil
}

// escalatedOf counts by product and category the cases of the period that needed remote or onsite service.
func (c conn) escalatedOf(ctx context.Context, span digestSpan) (map[[2]string]int, error) {
	var rows []struct {
		Product  string `db:"product"`
		Category string `db:"category"`
		N        int    `db:"n"`
	}
	err := c.list(ctx, &rows, `SELECT s.product, s.category, COUNT(DISTINCT s.number) AS n FROM escalations e JOIN cases s ON s.number = e.case_number
		WHERE e.raised_at >= ? AND s.opened_at >= ? AND s.opened_at < ? GROUP BY s.product, s.category`, at(span.from), at(span.from), at(span.to))
	out := map[[2]string]int{}
	for _, r := range rows {
		out[[2]string{r.Product, r.Category}] = r.N
	}
	return out, err
}

// examples are the worst and newest cases of a kind that say something, with names and numbers hidden.
func (c conn) examples(ctx context.Context, span digestSpan, product, category string) ([]CaseExample, error) {
	out := make([]CaseExample, 0, digestExamples)
	for _, severity := range []string{SeverityCritical, SeverityHigh, SeverityNormal, SeverityLow} {
		if len(out) == digestExamples {
			break
		}
		var rows []caseRow
		if err := c.list(ctx, &rows, selectCase+` WHERE s.number IN (SELECT number FROM cases WHERE product = ? AND category = ? AND opened_at >= ? AND opened_at < ?
			AND severity = ? AND subject <> '' ORDER BY opened_at DESC, number LIMIT ?) ORDER BY s.opened_at DESC, s.number`,
			product, category, at(span.from), at(span.to), severity, digestExamples-len(out)); err != nil {
			return nil, err
		}
		for _, r := range rows {
			said := r.Subject
			if r.Description != "" {
				said += "：" + line(r.Description)
			}
			out = append(out, CaseExample{Case: r.Number, Text: clip(Anonymise(said, r.CustomerName, r.ContactName), exampleRunes)})
		}
	}
	return out, nil
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
