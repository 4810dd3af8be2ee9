package main

import (
	"context"
	"log/slog"
	"time"

	"hotline/configs"
	"hotline/queue/outward"
	"hotline/records"
	"hotline/records/procedure"
	"hotline/web/followup"
	"hotline/web/ui"
)

// followUpPages are the service manager's pages of solved cases.
func followUpPages(cfg configs.Config, pages *ui.Pages, store *records.Store, goods *catalogue, dialer *outward.Dialer, name func(string) string, zone *time.Location, log *slog.Logger) followup.Options {
	o := followup.Options{
		Pages: pages, Records: store, Dialer: dialer, Centres: map[string]followup.Text{},
		PublicURL: publicURL(cfg), Company: cfg.Company, Name: name, Zone: zone, Hotline: numberToCall(cfg), Log: log,
	}
	o.Products = func() map[string]followup.Text {
		now := map[string]followup.Text{}
		for _, p := range goods.choices() {
			now[p.Code] = followup.Text(p.Words)
		}
		return now
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

// surveyLinks mails links to customers who could not be reached by telephone, once a minute.
type surveyLinks struct {
	pages *followup.Desk
	log   *slog.Logger
}

func (s *surveyLinks) Run(ctx context.Context) error {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if _, err := s.pages.SendLinks(ctx); err != nil && ctx.Err() == nil {
				s.log.Warn("links to the survey cannot be sent now", "error", err)
			}
		}
	}
}
