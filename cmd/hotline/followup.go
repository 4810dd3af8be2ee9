package main

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"hotline/configs"
	"hotline/queue/outward"
	"hotline/records"
	"hotline/records/procedure"
	"hotline/web/followup"
	"hotline/web/ui"
)

// followUpPages are the service manager's pages of solved cases.
func followUpPages(cfg configs.Config, pages *ui.Pages, store *records.Store, dialer *outward.Dialer, zone *time.Location, log *slog.Logger) followup.Options {
	o := followup.Options{
		Pages: pages, Records: store, Dialer: dialer, Products: map[string]followup.Text{}, Centres: map[string]followup.Text{},
		PublicURL: publicURL(cfg), Company: cfg.Company, Zone: zone, Hotline: numberToCall(cfg), Log: log,
	}
	for _, p := range cfg.Products {
		o.Products[p.Code] = followup.Text{Zh: p.Zh, En: p.En}
	}
	for _, c := range cfg.Centres {
		o.Centres[c.Name] = followup.Text(c.Title)
	}
	if store.MailsCustomers() {
		o.Mail = func(ctx context.Context, m followup.Mail) error {
			say := func(s string) procedure.Text { return procedure.Text{ZH: s, EN: s} }
			return store.Notify(ctx, records.Notification{
				Mail: records.MailTo{Name: m.Name, Address: m.To, Lang: "zh-Hans"}, Kind: "survey", Once: m.Once, Subject: say(m.Subject), Text: say(m.Text),
			})
		}
	}
	return o
}

// publicURL is where customers reach this site.
func publicURL(cfg configs.Config) string {
	at := cfg.HTTP.PublicURL
	if at == "" {
		at = "http://" + cfg.HTTP.Listen
		if cfg.HTTP.TLS.CertFile != "" {
			at = "https://" + cfg.HTTP.Listen
		}
	}
	return strings.TrimSuffix(at, "/")
}
