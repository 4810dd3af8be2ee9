package records

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
)

// SolutionQuery asks for known solutions.
type SolutionQuery struct {
	Text    string // what is looked for, as typed; "" finds by About alone
	About   string // further words that make a solution likelier but need not occur, e.g. the description so far
	Product string // solutions for this product stand higher
	Exact   bool   // only documents that contain every word of Text
	Not     string // number of a case that is not shown: the one that is worked on
	Limit   int    // 8 when 0, 50 at most
	Public  bool   // only what is published to customers
	Written bool   // only articles and news
}

// Solution is a known solution that was found. What an article says stands there in both languages until In chooses one.
type Solution struct {
	Kind     string    `json:"kind"` // SolutionCase, SolutionArticle, SolutionNews
	Ref      string    `json:"ref"`
	Title    string    `json:"title"`
	Symptom  string    `json:"symptom"`
	Solution string    `json:"solution"`
	Product  string    `json:"product"`
	Category string    `json:"category"`
	At       time.Time `json:"at"`
	Uses     int       `json:"uses"`                 // cases that were solved with it
	Exact    bool      `json:"exact"`                // it contains every word of the query
	Useless  bool      `json:"not_helped,omitempty"` // with SolutionsUsed: it did not help there
}

// In gives the solution in a language ("en", else Chinese), or in the other one when an article lacks it.
func (s Solution) In(lang string) Solution {
	s.Title, s.Symptom, s.Solution = bilingual(s.Title).In(lang), bilingual(s.Symptom).In(lang), bilingual(s.Solution).In(lang)
	return s
}

// Published reports whether it is an article that somebody reviewed.
func (s Solution) Published() bool { return s.Kind != SolutionCase }

const (
	maxQueryGrams = 64  // of a long text the first ones are looked for
	candidates    = 100 // documents that are read and checked
	likeness      = 0.3 // share of the query's weight that a document must have to be shown at all
	firstShare    = 0.5 // share from which an article goes before solved cases that are as exact
)

// Solutions finds known solutions in Chinese and English, the best first: those that contain everything that was typed, then
// similar ones, of each what is published before solved cases, and then by how much of the query they hold, how often they
// helped, and how new they are. Nothing typed or nothing like it gives an empty list.
func (s *Store) Solutions(ctx context.Context, q SolutionQuery) ([]Solution, error) {
	text, about := searchable(cut(q.Text, maxLine)), searchable(cut(q.About, 2*maxLine))
	must := head(queryGrams(text), maxQueryGrams)
	may := head(slices.DeleteFunc(queryGrams(about), func(g gram) bool { return slices.Contains(must, g) }), maxQueryGrams/2)
	if len(must) == 0 && (len(may) == 0 || q.Exact) {
		return []Solution{}, nil
	}
	limit := min(cmp.Or(max(q.Limit, 0), 8), 50)
	var out []Solution
	err := s.snapshot(ctx, "solutions", func(c conn) error {
		rows, err := c.postings(ctx, slices.Concat(must, may), -1)
		if err != nil {
			return err
		}
		found := rank(rows, must, may)
		if len(found) == 0 {
			return nil
		}
		out, err = c.solutions(ctx, found, q, text, s.now())
		return err
	})
	if out == nil {
		out = []Solution{}
	}
	return head(out, limit), err
}

// scored is a candidate with how much of the query's weight it holds.
type scored struct {
	doc   int64
	share float64
}

// rank finds the documents that hold most of the query: rare grams weigh more (inverse document frequency), grams of the
// surrounding words weigh a quarter.
func rank(rows []posting, must, may []gram) []scored {
	frequency := map[gram]int{}
	chunks := map[int64][]posting{}
	newest := int64(0)
	for _, r := range rows {
		frequency[r.Gram] += len(r.Docs) / 2
		chunks[r.Chunk] = append(chunks[r.Chunk], r)
		if r.Chunk < articleDocs/chunkDocs {
			newest = max(newest, r.Chunk)
		}
	}
	total := float64((newest + 1) * chunkDocs)
	weight := map[gram]float64{}
	whole := 0.0
	for _, part := range []struct {
		grams []gram
		times float64
	}{{must, 1}, {may, 0.25}} {
		for _, g := range part.grams {
			w := part.times * math.Log(1+total/float64(1+frequency[g]))
			if frequency[g] == 0 {
				w *= 0.25 // nobody has ever written it: a slip, or the seam between two words
			}
			weight[g] = w
			if len(must) == 0 || part.times == 1 {
				whole += w // surrounding words add to the order, they do not raise the bar
			}
		}
	}
	var best, articles []scored
	for _, chunk := range sortedChunks(chunks) {
		var sum [chunkDocs]float32
		for _, p := range chunks[chunk] {
			w := float32(weight[p.Gram])
			p.each(func(offset int) { sum[offset] += w })
		}
		best := &best
		if chunk >= articleDocs/chunkDocs {
			best = &articles
		}
		for offset, v := range sum {
			if share := float64(v) / whole; share >= likeness {
				*best = append(*best, scored{doc: chunk*chunkDocs + int64(offset), share: share})
			}
		}
		if len(*best) > 50*candidates { // keep the work bounded when everything matches
			*best = top(*best)
		}
	}
	return slices.Concat(top(articles), top(best))
}

func sortedChunks(chunks map[int64][]posting) []int64 {
	out := make([]int64, 0, len(chunks))
	for n := range chunks {
		out = append(out, n)
	}
	slices.Sort(out)
	slices.Reverse(out)
	return out
}

func top(best []scored) []scored {
	slices.SortFunc(best, func(a, b scored) int { return cmp.Or(cmp.Compare(b.share, a.share), cmp.Compare(b.doc, a.doc)) })
	return head(best, candidates)
}

// solutions reads the candidates, checks them against the text itself and puts them in their order.
func (c conn) solutions(ctx context.Context, found []scored, q SolutionQuery, text string, now time.Time) ([]Solution, error) {
	share := map[int64]float64{}
	ids := make([]int64, len(found))
	for i, f := range found {
		ids[i], share[f.doc] = f.doc, f.share
	}
	query, args, err := sqlx.In(`SELECT d.*, (SELECT COUNT(*) FROM solution_uses u JOIN cases s ON s.number = u.case_number
		WHERE u.kind = d.kind AND u.ref = d.ref AND u.outcome = '' AND s.state = ?) AS uses FROM search_docs d
		LEFT JOIN articles a ON a.number = d.ref AND d.kind <> ? WHERE d.doc IN (?) AND
		(d.kind = ? AND NOT ? OR a.live > 0 AND a.shown_from <= ? AND COALESCE(a.shown_until, ?) > ? AND (NOT ? OR a.audience = ?))`,
		CaseSolved, SolutionCase, ids, SolutionCase, q.Public || q.Written, at(now), at(now)+1, at(now), q.Public, AudienceCustomers)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		searchDoc
		Uses int `db:"uses"`
	}
	if err := c.list(ctx, &rows, query, args...); err != nil {
		return nil, err
	}
	type placed struct {
		Solution
		first bool // published, and likely enough to go before solved cases
		score float64
	}
	product := searchable(q.Product)
	var out []placed
	for _, r := range rows {
		p := placed{Solution: Solution{
			Kind: r.Kind, Ref: r.Ref, Title: r.Title, Symptom: r.Symptom, Solution: r.Solution, Product: r.Product,
			Category: r.Category, At: r.At.time(), Uses: r.Uses,
		}}
		if r.Kind == SolutionCase && r.Ref == q.Not {
			continue
		}
		p.first = p.Published() && (share[r.Doc] >= firstShare || text != "" && contains(r.text(), text))
		p.Exact = text != "" && contains(r.text(), text)
		if q.Exact && !p.Exact {
			continue
		}
		p.score = 4*min(share[r.Doc], 1.5) + math.Log2(1+float64(r.Uses)) + math.Exp(-now.Sub(p.At).Hours()/24/180)
		if p.Exact {
			if contains(searchable(r.Title), text) {
				p.score += 2
			}
		}
		if product != "" && product == searchable(r.Product) {
			p.score++
		}
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b placed) int {
		return cmp.Or(before(a.Exact, b.Exact), before(a.first, b.first), cmp.Compare(b.score, a.score), b.At.Compare(a.At), cmp.Compare(a.Ref, b.Ref))
	})
	return mapped(out, func(p placed) Solution { return p.Solution }), nil
}

// before orders what is true before what is not.
func before(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func head[T any](list []T, n int) []T { return list[:min(len(list), n)] }

// cut keeps the first n runes.
func cut(s string, n int) string {
	for i := range s {
		if n == 0 {
			return strings.ToValidUTF8(s[:i], "")
		}
		n--
	}
	return s
}
