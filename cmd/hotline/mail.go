package main

import (
	"fmt"
	"log/slog"
	"time"

	"hotline/cmd/internal/mail"
	"hotline/configs"
	"hotline/records"
	"hotline/web"
)

// channels are those on which notifications leave the house.
func channels(cfg configs.Config) []string {
	var on []string
	if cfg.Mail.Host != "" {
		on = append(on, records.ByMail)
	}
	if cfg.Notify.URL != "" {
		on = append(on, records.ByWebhook)
	}
	return on
}

// newOutbox is what carries notifications out of the house; nil when nothing is switched on.
func newOutbox(cfg configs.Config, store *records.Store, log *slog.Logger) (*records.Outbox, error) {
	carriers := map[string]records.Carrier{}
	if m := cfg.Mail; m.Host != "" {
		carrier, err := mail.New(mail.Options{
			Host: m.Host, Port: m.Port, TLS: m.TLS, User: m.User, Password: m.Password, From: m.From, FromName: cfg.Company,
			Site: cfg.HTTP.PublicURL, Timeout: m.Timeout,
		})
		if err != nil {
			return nil, fmt.Errorf("mail: %w", err)
		}
		carriers[records.ByMail] = carrier
	}
	if cfg.Notify.URL != "" {
		carrier, err := records.NewHookCarrier(store, cfg.Notify.URL, cfg.Notify.Secret, cfg.HTTP.PublicURL)
		if err != nil {
			return nil, fmt.Errorf("notify: %w", err)
		}
		carriers[records.ByWebhook] = carrier
	}
	if len(carriers) == 0 {
		return nil, nil //nolint:nilnil // nothing is switched on
	}
	return records.NewOutbox(store, records.OutboxOptions{Carriers: carriers, Timeout: max(time.Minute, cfg.Mail.Timeout), Log: log}), nil
}

// ringBells tells the pages of who was told something.
func ringBells(store *records.Store, hub *web.Hub, log *slog.Logger) {
	store.OnTold(func(login string) {
		if err := hub.Publish(web.Live{Kind: "told", At: time.Now(), Agent: login, To: web.ToOne, Full: struct{}{}}); err != nil {
			log.Error("a bell cannot be rung", "error", err)
		}
	})
}
