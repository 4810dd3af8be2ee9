package records

import "context"

// Product is what customers have problems with; its categories are the kinds of problem.
type Product struct {
	Code       string     `json:"code"`
	Name       Bilingual  `json:"name"`
	InUse      bool       `json:"in_use"` // false: known from old cases, not offered any more
	Categories []Category `json:"categories"`
}

// Category is a kind of problem with a product.
type Category struct {
	Code  string    `json:"code"`
	Name  Bilingual `json:"name"`
	InUse bool      `json:"in_use"`
}

type productRow struct {
	Product string `db:"product"` // of a category
	Code    string `db:"code"`
	Zh      string `db:"zh"`
	En      string `db:"en"`
	InUse   bool   `db:"in_use"`
}

// SeedProducts adds the products and categories that were never known; what is there already stays as people made it.
func (s *Store) SeedProducts(ctx context.Context, seed []Product) error {
	return s.write(ctx, "seed products", func(t *txn) error {
		for i, p := range seed {
			if err := t.do(ctx, `INSERT INTO products (code, zh, en, position, updated_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (code) DO NOTHING`,
				p.Code, p.Name.Zh, p.Name.En, i, at(t.now)); err != nil {
				return err
			}
			for j, c := range p.Categories {
				if err := t.do(ctx, `INSERT INTO product_categories (product, code, zh, en, position, updated_at) VALUES (?, ?, ?, ?, ?, ?)
					ON CONFLICT (product, code) DO NOTHING`, p.Code, c.Code, c.Name.Zh, c.Name.En, j, at(t.now)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// Products lists all products with their categories, in their order, those that are out of use included.
func (s *Store) Products(ctx context.Context) ([]Product, error) {
	var out []Product
	err := s.snapshot(ctx, "products", func(c conn) (err error) {
		out, err = c.products(ctx)
		return err
	})
	return out, err
}

func (c conn) products(ctx context.Context) ([]Product, error) {
	var products, categories []productRow
	if err := c.list(ctx, &products, `SELECT code, zh, en, in_use FROM products ORDER BY position, code`); err != nil {
		return nil, err
	}
	if err := c.list(ctx, &categories, `SELECT product, code, zh, en, in_use FROM product_categories ORDER BY position, code`); err != nil {
		return nil, err
	}
	out := make([]Product, 0, len(products))
	for _, p := range products {
		made := Product{Code: p.Code, Name: Bilingual{p.Zh, p.En}, InUse: p.InUse, Categories: []Category{}}
		for _, k := range categories {
			if k.Product == p.Code {
				made.Categories = append(made.Categories, Category{Code: k.Code, Name: Bilingual{k.Zh, k.En}, InUse: k.InUse})
			}
		}
		out = append(out, made)
	}
	return out, nil
}
