package main

import (
	"log/slog"

	"hotline/records"
	"hotline/web/dispatch"
	"hotline/web/links"
	"hotline/web/orders"
	"hotline/web/remote"
	"hotline/web/ui"
)

// orderPages is what the pages of service orders need. Kinds of order plug their panels in here.
func orderPages(pages *ui.Pages, store *records.Store, far *remote.Pages, sent *links.Links, service *dispatch.Dispatch, log *slog.Logger) orders.Options {
	o := orders.Options{Pages: pages, Records: store, Log: log, Panels: map[string][]orders.Panel{}}
	for _, panel := range far.Panels() {
		o.Panels[records.KindRemote] = append(o.Panels[records.KindRemote], panel)
	}
	o.Needs = append(o.Needs, far.Beside, sent.Beside)
	o.Panels[""] = append(o.Panels[""], service.Panel, sent.Panel)
	o.Styles, o.Scripts = remote.Assets()
	return o
}
