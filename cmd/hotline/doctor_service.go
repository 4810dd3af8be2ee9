package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"hotline/cmd/internal/mail"
	"hotline/configs"
	"hotline/records/probe"
)

// diagnoseService examines what the services need besides calls: the vault, the list of ports that may be looked at, the mail server,
// and where customers' links lead. It makes nothing that is not there.
func diagnoseService(ctx context.Context, cfg configs.Config) []diagnosis {
	return []diagnosis{diagnoseVault(cfg), diagnoseProbe(cfg), diagnoseMail(ctx, cfg), diagnoseLinkKey(cfg), diagnoseLinks(cfg)}
}

// diagnoseVault: without its master key nobody reads login information any more, and who else can read the key reads it too.
func diagnoseVault(cfg configs.Config) diagnosis {
	d := diagnosis{part: "vault"}
	if cfg.Vault.Key == "" {
		if absent := d.secret(cmp.Or(cfg.Vault.KeyFile, filepath.Join(cfg.Data.Dir, "vault.key")), "hotline vault rotate"); absent {
			return d
		}
	}
	if _, err := openVault(cfg); err != nil {
		d.detail, d.mend = err.Error(), "restore the master key (vault.key_file or vault.key); open sessions cannot be read without it"
		return d
	}
	d.good, d.detail = true, "opens with its master key"
	return d
}

// secret looks at a file that nobody else may read, and says whether there is nothing more to look at: it is not there yet, or not ours alone.
func (d *diagnosis) secret(file, rotate string) (done bool) {
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.good, d.detail = true, file+" is not there yet; the server makes it"
	case err != nil:
		d.detail, d.mend = err.Error(), "give the user that runs the server the right to read it"
	case info.Mode().Perm()&0o077 != 0:
		d.detail, d.mend = fmt.Sprintf("%s can be read by others (%#o)", file, info.Mode().Perm()), "chmod 0600 "+file+", then `"+rotate+"`"
	default:
		return false
	}
	return true
}

func diagnoseProbe(cfg configs.Config) diagnosis {
	d := diagnosis{part: "probe", good: true, detail: fmt.Sprintf("%d entries say which ports may be looked at", len(cfg.Probe.Allow))}
	if len(cfg.Probe.Allow) == 0 {
		d.detail = "probe.allow is empty: customers' ports are noted as ones that cannot be checked from here"
	}
	for i, t := range cfg.Probe.Allow {
		if _, err := probe.ParseRule(t.Target, t.Ports); err != nil {
			return diagnosis{part: "probe", detail: err.Error(), mend: fmt.Sprintf("correct probe.allow[%d]", i)}
		}
	}
	return d
}

func diagnoseMail(ctx context.Context, cfg configs.Config) diagnosis {
	m := cfg.Mail
	if m.Host == "" {
		return diagnosis{part: "mail", good: true, detail: "mail.host is not set: notifications stay in the app"}
	}
	carrier, err := mail.New(mail.Options{Host: m.Host, Port: m.Port, TLS: m.TLS, User: m.User, Password: m.Password, From: m.From, Timeout: m.Timeout})
	if err == nil {
		err = carrier.Check(ctx)
	}
	if err != nil {
		return diagnosis{part: "mail", detail: err.Error(), mend: "check mail.host, port, tls, user and password; until then mail waits in the outbox"}
	}
	return diagnosis{part: "mail", good: true, detail: fmt.Sprintf("%s:%d takes our mail", m.Host, m.Port)}
}

// diagnoseLinkKey: with another key than it was signed with, a customer's link opens nothing.
func diagnoseLinkKey(cfg configs.Config) diagnosis {
	d := diagnosis{part: "links' key"}
	if cfg.Links.Key == "" && d.secret(linkKeyFile(cfg), "hotline links rotate") {
		return d
	}
	ring, err := linkKeys(cfg)
	if err == nil {
		err = ring.Check()
	}
	if err != nil {
		d.detail, d.mend = err.Error(), "restore the key (links.key_file or links.key); links that are on their way cannot be opened without it"
		return d
	}
	d.good, d.detail = true, "signs customers' links"
	return d
}

// diagnoseLinks: what is sent to customers by link lets whoever reads it on the way act for them.
func diagnoseLinks(cfg configs.Config) diagnosis {
	d := diagnosis{part: "customers' links", good: true, detail: "lead to " + publicURL(cfg)}
	at, err := url.Parse(publicURL(cfg))
	if err != nil {
		return diagnosis{part: d.part, detail: err.Error(), mend: "correct http.public_url"}
	}
	switch host := at.Hostname(); {
	case host == "localhost", host == "::1", strings.HasPrefix(host, "127."):
		d.detail += ", which this machine alone opens; set http.public_url before links are sent"
	case at.Scheme != "https":
		d.good, d.detail, d.mend = false, d.detail+", unprotected on the way", "set http.public_url to an https address"
	}
	return d
}
