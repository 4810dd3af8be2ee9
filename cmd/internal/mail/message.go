package mail

import (
	"errors"
	"fmt"
	netmail "net/mail"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"hotline/records"
)

// message writes a parcel as a mail: plain text, in its reader's language. The same parcel gives the same Message-ID and date (RFC 5322,
// 3.6.4), so that a mailbox which gets it twice can tell.
func (c *Carrier) message(p records.Parcel) (*gomail.Msg, error) {
	m := gomail.NewMsg(gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingQP), gomail.WithNoDefaultUserAgent())
	// The library puts names between quotation marks as they are; net/mail quotes and encodes them.
	from, err := bare(c.opt.FromName, c.opt.From)
	if err != nil {
		return nil, err
	}
	to, err := bare(p.Name, p.Address)
	if err != nil {
		return nil, err
	}
	m.FromMailAddress(from)
	m.AddToMailAddress(to)
	_, domain, _ := strings.Cut(c.opt.From, "@")
	m.SetMessageIDWithValue(p.ID + "@" + domain)
	m.SetDateWithValue(p.MadeAt)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: nobody on holiday answers a machine
	m.SetGenHeader(gomail.HeaderXAutoResponseSuppress, "All")
	m.SetGenHeader(gomail.HeaderContentLang, language(p.Lang))
	m.Subject(strings.Map(func(r rune) rune {
		if r == '\r' || r == '\n' {
			return ' '
		}
		return r
	}, p.Subject.In(p.Lang)))
	m.SetBodyString(gomail.TypeTextPlain, c.body(p))
	return m, nil
}

var errAddress = errors.New("not one bare address")

// bare reads one address without a name, and puts the name to it.
func bare(name, address string) (*netmail.Address, error) {
	a, err := netmail.ParseAddress(address)
	if err != nil || a.Address != address {
		return nil, fmt.Errorf("mail: %q: %w", address, errAddress)
	}
	if strings.ContainsAny(name, "\r\n") {
		return nil, fmt.Errorf("mail: there is a line end in the name of %s", address)
	}
	a.Name = name
	return a, nil
}

func (c *Carrier) body(p records.Parcel) string {
	parts := []string{p.Subject.In(p.Lang)}
	if text := p.Text.In(p.Lang); text != "" {
		parts = append(parts, text)
	}
	if p.Path != "" && c.opt.Site != "" {
		parts = append(parts, strings.TrimSuffix(c.opt.Site, "/")+p.Path)
	}
	return strings.Join(append(parts, "-- \n"+c.opt.FromName), "\n\n") + "\n"
}

func language(lang string) string {
	if lang == "en" {
		return "en"
	}
	return "zh-Hans"
}
