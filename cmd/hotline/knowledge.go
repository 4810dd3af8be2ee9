package main

import (
	"log/slog"
	"time"

	"hotline/configs"
	"hotline/records"
	"hotline/web"
	"hotline/web/knowledge"
	"hotline/web/ui"
)

// knowledgePages is what the pages of articles, news and the digest need.
func knowledgePages(cfg configs.Config, pages *ui.Pages, store *records.Store, goods *catalogue, zone *time.Location, log *slog.Logger) knowledge.Options {
	o := knowledge.Options{Pages: pages, Records: store, Products: goods.products, Company: cfg.Company, Zone: zone, Log: log, Source: web.SourceOf(trustedProxies(cfg))}
	for _, h := range cfg.Hotlines {
		o.Call = append(o.Call, h.DIDs...)
	}
	return o
}
