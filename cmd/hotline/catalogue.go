package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"hotline/configs"
	"hotline/records"
	"hotline/web/desk"
)

// catalogueEvery is how soon this node offers what another one imported.
const catalogueEvery = time.Minute

// catalogue holds the products that agents choose from, so that no page waits for the database because of them.
type catalogue struct {
	store *records.Store
	log   *slog.Logger
	now   atomic.Pointer[[]records.Product]
}

// openCatalogue seeds the products from the configuration and reads what there is.
func openCatalogue(ctx context.Context, cfg configs.Config, store *records.Store, log *slog.Logger) (*catalogue, error) {
	var seed []records.Product
	for _, p := range cfg.Products {
		product := records.Product{Code: p.Code, Name: records.Bilingual{Zh: p.Zh, En: p.En}}
		for _, c := range p.Categories {
			product.Categories = append(product.Categories, records.Category{Code: c.Code, Name: records.Bilingual{Zh: c.Zh, En: c.En}})
		}
		seed = append(seed, product)
	}
	if err := store.SeedProducts(ctx, seed); err != nil {
		return nil, fmt.Errorf("seed the products: %w", err)
	}
	c := &catalogue{store: store, log: log}
	return c, c.load(ctx)
}

func (c *catalogue) load(ctx context.Context) error {
	all, err := c.store.Products(ctx)
	if err != nil {
		return fmt.Errorf("read the products: %w", err)
	}
	c.now.Store(&all)
	return nil
}

// products are all that are known, those that are out of use included.
func (c *catalogue) products() []records.Product { return *c.now.Load() }

// changed is called after an import on this node.
func (c *catalogue) changed(ctx context.Context) {
	if err := c.load(ctx); err != nil && ctx.Err() == nil {
		c.log.Warn("new products are offered later", "error", err)
	}
}

// Run keeps up with what other nodes import, and ends imports that were left.
func (c *catalogue) Run(ctx context.Context) error {
	tick := time.NewTicker(catalogueEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			c.changed(ctx)
			if err := c.store.SweepImports(ctx); err != nil && ctx.Err() == nil {
				c.log.Warn("imports that nobody goes on with stay a while longer", "error", err)
			}
		}
	}
}

// choices are the products in use, as the desk shows them.
func (c *catalogue) choices() []desk.Product {
	choice := func(code string, name records.Bilingual) desk.Choice {
		return desk.Choice{Code: code, Words: desk.Words{Zh: name.In("zh"), En: name.In("en")}}
	}
	var out []desk.Product
	for _, p := range c.products() {
		if !p.InUse {
			continue
		}
		product := desk.Product{Choice: choice(p.Code, p.Name)}
		for _, k := range p.Categories {
			if k.InUse {
				product.Categories = append(product.Categories, choice(k.Code, k.Name))
			}
		}
		out = append(out, product)
	}
	return out
}
