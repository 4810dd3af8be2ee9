package records

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/jmoiron/sqlx"
)

// What a row would do.
const (
	rowNew     = "new"
	rowChanged = "changed"
	rowSame    = "same"
	rowFault   = "fault"
)

// importPlan is everything that an import would do. Two plans with the same hash do the same.
type importPlan struct {
	file   importFile
	faults []ImportFault
	rows   []ImportRow
	write  func(ctx context.Context, t *txn) error
	deeds  any // what write does, for the hash
}

// plan works out what a file would do to the records as c sees them.
func (s *Store) plan(ctx context.Context, c conn, f importFile) (*importPlan, error) {
	p := &importPlan{file: f}
	for _, r := range f.table.Rows {
		p.rows = append(p.rows, ImportRow{Line: r.Line, Status: rowSame, Cells: r.Cells})
	}
	var err error
	switch f.kind {
	case ImportCustomers:
		err = s.planCustomers(ctx, c, p)
	case ImportProducts:
		err = planProducts(ctx, c, p)
	}
	return p, err
}

// hash covers file, mapping, faults and deeds.
func (p *importPlan) hash() string {
	body, err := json.Marshal([]any{p.file.kind, p.file.sum, p.file.mapping, len(p.faults), p.deeds})
	if err != nil {
		return "" // plain structs do not fail; "" is nobody's hash
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// shown is what people see of the plan.
func (p *importPlan) shown() ImportPlan {
	t := p.file.table
	out := ImportPlan{
		Format: t.Format, Encoding: t.Encoding, Separator: t.Separator, Sheet: t.Sheet, Head: t.Head, Mapping: p.file.mapping, Rows: len(t.Rows),
		FaultCount: len(p.faults),
	}
	for _, f := range ImportFields(p.file.kind) {
		if f.Required && p.column(f.Code) == 0 {
			out.Lacking = append(out.Lacking, f.Code)
		}
	}
	wrong := map[int]bool{}
	for _, f := range p.faults {
		wrong[f.Line] = true
	}
	slices.SortStableFunc(p.faults, func(a, b ImportFault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	out.Faults = head(p.faults, importFaults)
	for i, r := range p.rows {
		if wrong[r.Line] {
			p.rows[i].Status = rowFault
			continue
		}
		switch r.Status {
		case rowNew:
			out.Counts.New++
		case rowChanged:
			out.Counts.Changed++
		default:
			out.Counts.Same++
		}
	}
	out.Preview = head(p.rows, importPreview)
	return out
}

// column is where a field stands, from 1; 0 nowhere.
func (p *importPlan) column(field string) int {
	for i, f := range p.file.mapping {
		if f == field {
			return i + 1
		}
	}
	return 0
}

// cell is what a row says of a field, cleaned: to one line, except where people write sentences.
func (p *importPlan) cell(row int, field string) string {
	column := p.column(field)
	if column == 0 || column > len(p.file.table.Rows[row].Cells) {
		return ""
	}
	cell := p.file.table.Rows[row].Cells[column-1]
	switch field {
	case "agreement", "notes", "contact.notes":
		return text(cell)
	}
	return line(cell)
}

func (p *importPlan) fault(row int, field, code, other string) {
	p.faults = append(p.faults, ImportFault{
		Line: p.rows[row].Line, Column: p.column(field), Field: field, Code: code, Value: clip(p.cell(row, field), 80), Other: other,
	})
}

// mark notes what a row does: the strongest of its parts.
func (p *importPlan) mark(row int, status string, changes ...ImportChange) {
	r := &p.rows[row]
	if r.Status == rowSame || status == rowNew {
		r.Status = status
	}
	r.Changes = append(r.Changes, changes...)
}

// yes reads a yes or no in Chinese or English. "" is neither.
func yes(s string) (value, ok bool) {
	switch bare(s) {
	case "是", "有", "y", "yes", "true", "1", "在用", "启用", "vip":
		return true, true
	case "否", "无", "n", "no", "false", "0", "停用", "不":
		return false, true
	}
	return false, false
}

// within reads rows by many keys, some hundred a query; the query has one "(?)".
func within[T any](ctx context.Context, c conn, query string, keys []string) ([]T, error) {
	var out []T
	for len(keys) > 0 {
		n := min(len(keys), 500)
		q, args, err := sqlx.In(query, keys[:n])
		if err != nil {
			return nil, err
		}
		var rows []T
		if err := c.list(ctx, &rows, q, args...); err != nil {
			return nil, err
		}
		out, keys = append(out, rows...), keys[n:]
	}
	return out, nil
}

// insertMany writes rows some hundred a statement: the database is locked for others meanwhile.
func (t *txn) insertMany(ctx context.Context, into string, rows [][]any) error {
	for len(rows) > 0 {
		n := min(len(rows), 200)
		args := make([]any, 0, n*len(rows[0]))
		marks := make([]byte, 0, n*(2*len(rows[0])+2))
		for i, row := range rows[:n] {
			if i > 0 {
				marks = append(marks, ',')
			}
			marks = append(marks, '(')
			for j := range row {
				if j > 0 {
					marks = append(marks, ',')
				}
				marks = append(marks, '?')
			}
			marks = append(marks, ')')
			args = append(args, row...)
		}
		if err := t.do(ctx, into+" VALUES "+string(marks), args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}
