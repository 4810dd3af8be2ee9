package main

import (
	"log/slog"
	"time"

	"hotline/configs"
	"hotline/records"
	"hotline/web/customer"
	"hotline/web/imports"
	"hotline/web/knowledge"
	"hotline/web/orders"
	"hotline/web/remote"
	"hotline/web/ui"
)

// servicePages are the pages of everything that comes after the call: service orders, dispatch, what customers open by a link, what is
// known and what is told.
func servicePages(cfg configs.Config, pages *ui.Pages, store *records.Store, goods *catalogue, zone *time.Location, log *slog.Logger) ([]func(ui.Router), error) {
	dispatched, err := dispatchPages(cfg, pages, store, log)
	if err != nil {
		return nil, err
	}
	known, err := knowledge.New(knowledgePages(cfg, pages, store, goods, zone, log))
	if err != nil {
		return nil, err
	}
	files, err := imports.New(importPages(pages, store, goods, log))
	if err != nil {
		return nil, err
	}
	far := remote.New(remotePages(cfg, pages, store, log))
	return []func(ui.Router){
		dispatched.Mount,
		orders.New(orderPages(pages, store, far, log)).Mount,
		far.Mount,
		customer.New(customerPages(cfg, pages, store, log)).Mount,
		known.Mount,
		files.Mount,
	}, nil
}
