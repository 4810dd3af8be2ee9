package main

import (
	"log/slog"
	"strings"

	"hotline/configs"
	"hotline/records"
	"hotline/web/customer"
	"hotline/web/dispatch"
	"hotline/web/links"
	"hotline/web/remote"
	"hotline/web/ui"
)

// customerPages are the pages behind links, for customers without an account.
func customerPages(cfg configs.Config, pages *ui.Pages, store *records.Store, survey customer.Purpose, log *slog.Logger) customer.Options {
	return customer.Options{
		Pages: pages, Records: store, Purposes: customerPurposes(pages, store, survey), Hotline: numberToCall(cfg),
		TLS: cfg.HTTP.TLS.CertFile != "" || strings.HasPrefix(cfg.HTTP.PublicURL, "https://"), Log: log,
	}
}

// linkPages are the staff's side of it: where links are made. Remote orders make theirs on their own page.
func linkPages(cfg configs.Config, pages *ui.Pages, store *records.Store, log *slog.Logger) links.Options {
	return links.Options{
		Pages: pages, Records: store, PublicURL: cfg.HTTP.PublicURL, Mail: cfg.Mail.Host != "",
		Elsewhere: map[string]bool{records.KindRemote: true}, Log: log,
	}
}

// customerPurposes is what links can be for.
func customerPurposes(pages *ui.Pages, store *records.Store, survey customer.Purpose) map[string]customer.Purpose {
	return map[string]customer.Purpose{
		records.LinkConfirm:  customer.Confirm{Evidence: store, Say: pages.Say},
		records.LinkConsent:  customer.Consent{Evidence: store, Say: pages.Say},
		records.LinkSign:     customer.Sign{Evidence: store, Say: pages.Say},
		records.LinkSurvey:   survey,
		records.LinkIdentity: dispatch.Identity{Records: store, Say: pages.Say},
		records.LinkDownload: customer.Download{Evidence: store, Say: pages.Say},
		records.LinkVault:    remote.Enter{Records: store, Say: pages.Say},
	}
}

// numberToCall is what customers are told to dial: the first number of the first hotline.
func numberToCall(cfg configs.Config) string {
	for _, h := range cfg.Hotlines {
		for _, did := range h.DIDs {
			return did
		}
	}
	return ""
}
