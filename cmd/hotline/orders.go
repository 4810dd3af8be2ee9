package main

import (
	"log/slog"

	"hotline/records"
	"hotline/web/orders"
	"hotline/web/ui"
)

// orderPages is what the pages of service orders need. Kinds of order plug their panels in here.
func orderPages(pages *ui.Pages, store *records.Store, log *slog.Logger) orders.Options {
	return orders.Options{Pages: pages, Records: store, Log: log, Panels: map[string][]orders.Panel{}}
}
