package main

import (
	"log/slog"

	"hotline/configs"
	"hotline/records"
	"hotline/records/procedure"
	"hotline/web/dispatch"
	"hotline/web/links"
	"hotline/web/orders"
	"hotline/web/remote"
	"hotline/web/ui"
)

// orderPages is what the pages of service orders need. Kinds of order plug their panels in here.
func orderPages(cfg configs.Config, products func() []records.Product, pages *ui.Pages, store *records.Store, far *remote.Pages, sent *links.Links, service *dispatch.Dispatch, log *slog.Logger) orders.Options {
	o := orders.Options{Pages: pages, Records: store, Log: log, Panels: map[string][]orders.Panel{}}
	for _, c := range cfg.Centres {
		o.Centres = append(o.Centres, orders.Choice{Code: c.Name, Name: procedure.Text{ZH: c.Title.Zh, EN: c.Title.En}})
	}
	o.Products = func() []orders.Choice {
		var all []orders.Choice
		for _, p := range products() {
			all = append(all, orders.Choice{Code: p.Code, Name: procedure.Text{ZH: p.Name.Zh, EN: p.Name.En}})
		}
		return all
	}
	for _, panel := range far.Panels() {
		o.Panels[records.KindRemote] = append(o.Panels[records.KindRemote], panel)
	}
	o.Needs = append(o.Needs, far.Beside, sent.Beside)
	o.Panels[""] = append(o.Panels[""], service.Panel, sent.Panel)
	o.Styles, o.Scripts = remote.Assets()
	return o
}
