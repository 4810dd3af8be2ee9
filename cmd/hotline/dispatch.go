package main

import (
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"

	"hotline/configs"
	"hotline/configs/checklists"
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
	lists, err := readChecklists(cfg)
	if err != nil {
		return nil, err
	}
	o := dispatch.Options{
		Checklists: lists, PublicURL: publicURL(cfg), Mail: cfg.Mail.Host != "", Hotline: numberToCall(cfg),
		Pages: pages, Records: store, Log: log, Company: cfg.Company, Calendar: cfg.Calendars.Default,
	}
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

// showOrdersLive sends every change of an order to the dispatchers' board, and to the pages of orders and cases that there is one.
func showOrdersLive(store *records.Store, hub *web.Hub, log *slog.Logger) {
	store.OnOrder(func(c records.OrderChange) {
		if err := hub.Publish(web.Live{Kind: "order", At: time.Now(), To: web.ToDispatchers | web.ToSupervisors, Full: c}); err != nil {
			log.Error("a change of an order cannot be shown live", "order", c.Number, "error", err)
		}
		tellReaders(hub, web.Changed{Order: c.Number, Case: c.Case}, log)
	})
	store.OnCase(func(number string) { tellReaders(hub, web.Changed{Case: number}, log) })
}

func tellReaders(hub *web.Hub, c web.Changed, log *slog.Logger) {
	if err := hub.PublishChanged(c); err != nil {
		log.Error("a change cannot be shown live", "order", c.Order, "case", c.Case, "error", err)
	}
}

// readChecklists reads the check lists that ship, or those of checklists.dir.
func readChecklists(cfg configs.Config) (map[string]dispatch.Checklist, error) {
	var dir fs.FS = checklists.Files
	if cfg.Checklists.Dir != "" {
		dir = os.DirFS(cfg.Checklists.Dir)
	}
	lists, err := dispatch.ParseChecklists(dir)
	if err != nil {
		return nil, configs.Problems{configs.Problem{Source: "configuration", Key: "checklists.dir", What: err.Error(), Mend: "correct the file"}}
	}
	return lists, nil
}

// publicURL is where customers reach the house, without a slash at its end.
func publicURL(cfg configs.Config) string {
	if cfg.HTTP.PublicURL != "" {
		return strings.TrimSuffix(cfg.HTTP.PublicURL, "/")
	}
	scheme := "http://"
	if cfg.HTTP.TLS.CertFile != "" {
		scheme = "https://"
	}
	return scheme + cfg.HTTP.Listen
}
