package main

import (
	"log/slog"
	"time"

	"hotline/configs"
	"hotline/records"
	"hotline/web/bell"
	"hotline/web/customer"
	"hotline/web/customers"
	"hotline/web/followup"
	"hotline/web/imports"
	"hotline/web/knowledge"
	"hotline/web/links"
	"hotline/web/orders"
	"hotline/web/remote"
	"hotline/web/ui"
)

// afterCall is what the pages need of everything that comes after the call.
type afterCall struct {
	cfg    configs.Config
	pages  *ui.Pages
	store  *records.Store
	goods  *catalogue
	zone   *time.Location
	asking *followup.Desk
	log    *slog.Logger
}

// mounts are the pages of service orders and dispatch, of what customers open by a link, of what is known and what is told.
func (s afterCall) mounts() ([]func(ui.Router), error) {
	dispatched, err := dispatchPages(s.cfg, s.pages, s.store, s.log)
	if err != nil {
		return nil, err
	}
	known, err := knowledge.New(knowledgePages(s.cfg, s.pages, s.store, s.goods, s.zone, s.log))
	if err != nil {
		return nil, err
	}
	files, err := imports.New(importPages(s.pages, s.store, s.goods, s.log))
	if err != nil {
		return nil, err
	}
	far := remote.New(remotePages(s.cfg, s.pages, s.store, s.log))
	sent := links.New(linkPages(s.cfg, s.pages, s.store, s.log))
	taught := classPages(s.cfg, s.pages, s.store, s.log)
	behindLinks := customerPages(s.cfg, s.pages, s.store, s.asking.SurveyLink(), s.log)
	classPurposes(behindLinks.Purposes, taught, s.pages, s.store)
	engaged := engagementPages(s.cfg, s.pages, s.store, s.log)
	ordered := orderPages(s.cfg, s.goods.products, s.pages, s.store, far, sent, dispatched, s.log)
	projectPanels(&ordered, taught, engaged)
	return []func(ui.Router){
		taught.Mount,
		engaged.Mount,
		dispatched.Mount,
		orders.New(ordered).Mount,
		far.Mount,
		sent.Mount,
		customer.New(behindLinks).Mount,
		customers.New(recordPages(s.cfg, s.pages, s.store, s.log)).Mount,
		s.asking.Mount,
		bell.New(bell.Options{Pages: s.pages, Records: s.store, Mail: s.cfg.Mail.Host != "", Log: s.log}).Mount,
		known.Mount,
		files.Mount,
	}, nil
}

// recordPages is what the pages need on which customers' data are looked up and kept right.
func recordPages(cfg configs.Config, pages *ui.Pages, store *records.Store, log *slog.Logger) customers.Options {
	o := customers.Options{Pages: pages, Records: store, Log: log}
	for _, c := range cfg.Centres {
		o.Centres = append(o.Centres, customers.Centre{Code: c.Name, Name: records.Bilingual{Zh: c.Title.Zh, En: c.Title.En}})
	}
	return o
}
