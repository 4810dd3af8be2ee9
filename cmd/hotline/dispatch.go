package main

import (
	"log/slog"
	"time"

	"hotline/configs"
	"hotline/records"
	"hotline/web"
	"hotline/web/dispatch"
	"hotline/web/ui"
)

// dispatchPages is what the pages of dispatch need.
func dispatchPages(cfg configs.Config, pages *ui.Pages, store *records.Store, log *slog.Logger) (*dispatch.Dispatch, error) {
	files, err := readCalendars(cfg)
	if err != nil {
		return nil, err
	}
	o := dispatch.Options{Pages: pages, Records: store, Log: log, Company: cfg.Company}
	for _, f := range files {
		o.Calendars = append(o.Calendars, dispatch.Choice{Code: f.File.Name, Text: dispatch.Text{Zh: f.Title.ZH, En: f.Title.EN}})
	}
	for _, c := range cfg.Centres {
		o.Centres = append(o.Centres, dispatch.Choice{Code: c.Name, Text: dispatch.Text(c.Title)})
	}
	for _, c := range cfg.Products {
		o.Products = append(o.Products, dispatch.Choice{Code: c.Code, Text: dispatch.Text{Zh: c.Zh, En: c.En}})
	}
	return dispatch.New(o)
}

// showOrdersLive sends every change of an order to the dispatchers' board.
func showOrdersLive(store *records.Store, hub *web.Hub, log *slog.Logger) {
	store.OnOrder(func(c records.OrderChange) {
		if err := hub.Publish(web.Live{Kind: "order", At: time.Now(), To: web.ToDispatchers | web.ToSupervisors, Full: c}); err != nil {
			log.Error("a change of an order cannot be shown live", "order", c.Number, "error", err)
		}
	})
}
