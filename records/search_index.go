package records

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"
)

// chunkDocs is how many documents share one row of postings. Small enough that adding one document rewrites little, large
// enough that a search reads few rows.
const chunkDocs = 4096

// articleDocs is where the documents of articles begin: far behind those of cases, so that a hundred thousand cases that hold the same
// words do not crowd the few articles out of the candidates.
const articleDocs = 1 << 40

// The kinds of documents that hold solutions.
const (
	SolutionCase    = "case"    // a solved case; Ref is its number
	SolutionArticle = "article" // a published article; Ref is its number
	SolutionNews    = "news"    // published news; Ref is its number
)

// searchDoc is one document as it is indexed.
type searchDoc struct {
	Doc      int64  `db:"doc"`
	Kind     string `db:"kind"`
	Ref      string `db:"ref"`
	Title    string `db:"title"`
	Symptom  string `db:"symptom"`
	Solution string `db:"solution"`
	Product  string `db:"product"`
	Category string `db:"category"`
	At       stamp  `db:"at"`
}

// text is everything by which a document is found. The parts are kept apart so that no run reaches from one into the next.
func (d searchDoc) text() string {
	return searchable(d.Title + "\n" + d.Symptom + "\n" + d.Solution + "\n" + d.Product + "\n" + d.Category)
}

// index adds documents, or replaces those of the same kind and ref. Their grams are gathered first, so that each row of
// postings is written once however many documents there are.
func (t *txn) index(ctx context.Context, docs ...searchDoc) error {
	added := map[int64]map[gram][]byte{} // by chunk
	for _, d := range docs {
		if err := t.do(ctx, `DELETE FROM search_docs WHERE kind = ? AND ref = ?`, d.Kind, d.Ref); err != nil {
			return err
		}
		counter, first := "search-doc", int64(0)
		if d.Kind != SolutionCase {
			counter, first = "search-article", articleDocs
		}
		n, err := t.next(ctx, counter)
		if err != nil {
			return err
		}
		d.Doc = first + n
		if err := t.do(ctx, `INSERT INTO search_docs (doc, kind, ref, title, symptom, solution, product, category, at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, d.Doc, d.Kind, d.Ref, d.Title, d.Symptom, d.Solution, d.Product, d.Category, d.At); err != nil {
			return err
		}
		chunk := d.Doc / chunkDocs
		if added[chunk] == nil {
			added[chunk] = map[gram][]byte{}
		}
		for _, g := range indexGrams(d.text()) {
			added[chunk][g] = binary.LittleEndian.AppendUint16(added[chunk][g], uint16(d.Doc%chunkDocs))
		}
	}
	for chunk, postings := range added {
		if err := t.addPostings(ctx, chunk, postings); err != nil {
			return err
		}
	}
	return nil
}

func (t *txn) addPostings(ctx context.Context, chunk int64, postings map[gram][]byte) error {
	grams := make([]gram, 0, len(postings))
	for g := range postings {
		grams = append(grams, g)
	}
	slices.Sort(grams)
	for part := range slices.Chunk(grams, 500) {
		old, err := t.postings(ctx, part, chunk)
		if err != nil {
			return err
		}
		for _, p := range old {
			postings[p.Gram] = append(p.Docs, postings[p.Gram]...)
		}
	}
	for _, g := range grams {
		if err := t.do(ctx, `INSERT INTO search_postings (gram, chunk, docs) VALUES (?, ?, ?)
			ON CONFLICT (gram, chunk) DO UPDATE SET docs = excluded.docs`, int64(g), chunk, postings[g]); err != nil {
			return err
		}
	}
	return nil
}

// posting is one row: the documents of a chunk that contain a gram.
type posting struct {
	Gram  gram   `db:"gram"`
	Chunk int64  `db:"chunk"`
	Docs  []byte `db:"docs"`
}

// each calls f with the offset of every document within the chunk.
func (p posting) each(f func(offset int)) {
	for i := 0; i+1 < len(p.Docs); i += 2 {
		f(int(binary.LittleEndian.Uint16(p.Docs[i:])))
	}
}

// postings reads the rows of grams, those of the newest documents first; chunk -1 means all chunks.
func (c conn) postings(ctx context.Context, grams []gram, chunk int64) ([]posting, error) {
	if len(grams) == 0 {
		return nil, nil
	}
	query, args, err := sqlx.In(`SELECT gram, chunk, docs FROM search_postings WHERE gram IN (?) AND (? < 0 OR chunk = ?)`,
		grams, chunk, chunk)
	if err != nil {
		return nil, fmt.Errorf("postings: %w", err)
	}
	var rows []posting
	err = c.list(ctx, &rows, query, args...)
	return rows, err
}
