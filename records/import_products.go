package records

import (
	"context"
	"regexp"
	"slices"
)

// productCode is what a code of a product or category may look like.
var productCode = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// productDeed is what an import does to a product or, with Product, to a category.
type productDeed struct {
	Product, Code, Zh, En string
	InUse, New            bool
	Position              int
	line                  int
}

// planProducts: a row names a product, and a category of it where it has one.
func planProducts(ctx context.Context, c conn, p *importPlan) error {
	known, err := c.products(ctx)
	if err != nil {
		return err
	}
	var said, deeds []*productDeed // of the file; of these what changes something
	find := func(product, code string) *productDeed {
		for _, d := range said {
			if d.Product == product && d.Code == code {
				return d
			}
		}
		return nil
	}
	// take makes of one row what it says of one product or category; field names are those of its columns.
	take := func(row int, product, code, zhField, enField string, inUse *bool) {
		zh, en := p.cell(row, zhField), p.cell(row, enField)
		p.tooLong(row, zhField)
		p.tooLong(row, enField)
		if d := find(product, code); d != nil { // another row of the file says it, too
			for field, pair := range map[string][2]string{zhField: {zh, d.Zh}, enField: {en, d.En}} {
				if pair[0] != "" && pair[0] != pair[1] {
					p.fault(row, field, "conflict", pair[1])
				}
			}
			if inUse != nil && *inUse != d.InUse {
				p.fault(row, "in_use", "conflict", "")
			}
			return
		}
		old, place, there := lookUp(known, product, code)
		d := &productDeed{Product: product, Code: code, Zh: zh, En: en, InUse: true, New: !there, Position: place, line: p.rows[row].Line}
		if there {
			set(&d.Zh, old.Name.Zh)
			set(&d.En, old.Name.En)
			d.InUse = old.InUse
		}
		if d.Zh == "" {
			p.fault(row, zhField, "missing", "")
		}
		set(&d.En, d.Zh)
		if inUse != nil {
			d.InUse = *inUse
		}
		said = append(said, d)
		switch {
		case d.New:
			deeds = append(deeds, d)
			p.mark(row, rowNew)
		case d.Zh != old.Name.Zh || d.En != old.Name.En || d.InUse != old.InUse:
			deeds = append(deeds, d)
			var changes []ImportChange
			for _, ch := range []ImportChange{{zhField, old.Name.Zh, d.Zh}, {enField, old.Name.En, d.En}, {"in_use", yesNo(old.InUse), yesNo(d.InUse)}} {
				if ch.Old != ch.New {
					changes = append(changes, ch)
				}
			}
			p.mark(row, rowChanged, changes...)
		}
	}
	for row := range p.rows {
		code, category := p.cell(row, "code"), p.cell(row, "category")
		var inUse *bool
		if said := p.cell(row, "in_use"); said != "" {
			if v, ok := yes(said); ok {
				inUse = &v
			} else {
				p.fault(row, "in_use", "yes_no", "")
			}
		}
		switch {
		case code == "":
			p.fault(row, "code", "missing", "")
			continue
		case !productCode.MatchString(code):
			p.fault(row, "code", "code", "")
			continue
		case category != "" && !productCode.MatchString(category):
			p.fault(row, "category", "code", "")
			continue
		case category == "" && p.cell(row, "category.zh") != "":
			p.fault(row, "category", "missing", "")
			continue
		}
		if category == "" {
			take(row, "", code, "zh", "en", inUse)
			continue
		}
		take(row, "", code, "zh", "en", nil) // in use or not is said of the category
		take(row, code, category, "category.zh", "category.en", inUse)
	}
	p.deeds = deeds
	p.write = func(ctx context.Context, t *txn) error { return t.writeProducts(ctx, p, deeds) }
	return nil
}

// lookUp finds a product, or a category of one, and its place; one that is not there comes after the others.
func lookUp(known []Product, product, code string) (old Category, place int, there bool) {
	if product == "" {
		i := slices.IndexFunc(known, func(k Product) bool { return k.Code == code })
		if i < 0 {
			return Category{}, len(known), false
		}
		return Category{Code: code, Name: known[i].Name, InUse: known[i].InUse}, i, true
	}
	for _, k := range known {
		if k.Code != product {
			continue
		}
		i := slices.IndexFunc(k.Categories, func(c Category) bool { return c.Code == code })
		if i < 0 {
			return Category{}, len(k.Categories), false
		}
		return k.Categories[i], i, true
	}
	return Category{}, 0, false
}

func yesNo(v bool) string {
	if v {
		return "是"
	}
	return "否"
}

func (p *importPlan) tooLong(row int, field string) {
	if len([]rune(p.cell(row, field))) > maxLine {
		p.fault(row, field, "too_long", "")
	}
}

func (t *txn) writeProducts(ctx context.Context, p *importPlan, deeds []*productDeed) error {
	for i, d := range deeds {
		place := d.Position + d.line // new ones in the order of the file, after those that are there
		var err error
		switch {
		case d.Product == "" && d.New:
			err = t.do(ctx, `INSERT INTO products (code, zh, en, position, in_use, updated_at) VALUES (?, ?, ?, ?, ?, ?)`, d.Code, d.Zh, d.En, place, d.InUse, at(t.now))
		case d.Product == "":
			err = t.do(ctx, `UPDATE products SET zh = ?, en = ?, in_use = ?, updated_at = ? WHERE code = ?`, d.Zh, d.En, d.InUse, at(t.now), d.Code)
		case d.New:
			err = t.do(ctx, `INSERT INTO product_categories (product, code, zh, en, position, in_use, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
				d.Product, d.Code, d.Zh, d.En, place, d.InUse, at(t.now))
		default:
			err = t.do(ctx, `UPDATE product_categories SET zh = ?, en = ?, in_use = ?, updated_at = ? WHERE product = ? AND code = ?`,
				d.Zh, d.En, d.InUse, at(t.now), d.Product, d.Code)
		}
		if err != nil {
			return err
		}
		p.file.progress(i+1, len(deeds))
	}
	return nil
}
