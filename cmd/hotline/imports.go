package main

import (
	"log/slog"

	"hotline/records"
	"hotline/web/imports"
	"hotline/web/ui"
)

// importPages is what the pages of imports need.
func importPages(pages *ui.Pages, store *records.Store, goods *catalogue, log *slog.Logger) imports.Options {
	return imports.Options{Pages: pages, Records: store, Changed: goods.changed, Log: log}
}
