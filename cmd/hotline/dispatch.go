package main

import (
	"log/slog"

	"hotline/configs"
	"hotline/records"
	"hotline/web/dispatch"
	"hotline/web/ui"
)

// dispatchPages is what the pages of dispatch need.
func dispatchPages(cfg configs.Config, pages *ui.Pages, store *records.Store, log *slog.Logger) (*dispatch.Dispatch, error) {
	files, err := readCalendars(cfg)
	if err != nil {
		return nil, err
	}
	o := dispatch.Options{Pages: pages, Records: store, Log: log}
	for _, f := range files {
		o.Calendars = append(o.Calendars, dispatch.Choice{Code: f.File.Name, Text: dispatch.Text{Zh: f.Title.ZH, En: f.Title.EN}})
	}
	return dispatch.New(o)
}
