package records

import (
	"context"
	"net/mail"
	"strings"
	"time"

	"hotline/records/procedure"
)

// Notification tells one person something: in the app and, where that is switched on, by mail and by webhook.
type Notification struct {
	To   string // login of the staff; or Mail, for a customer
	Mail MailTo
	Kind string // "order-assigned", "link-used", …
	// Once names the occasion, such as an order's id and version: it is told once, however often it is reported. Required.
	Once    string
	Subject procedure.Text // both languages; each is shown the one that the person reads
	Text    procedure.Text // may be empty. No more of a customer's data than is needed to know what to do
	Path    string         // of the page to go to, "/orders/…"
}

// MailTo is a customer who is written to.
type MailTo struct {
	Name, Address string
	Lang          string // "zh-Hans" or "en"
}

// The channels on which notifications leave the house. Options.Channels switches them on.
const (
	ByMail    = "mail"
	ByWebhook = "webhook"
)

// Told is a notification as its reader sees it.
type Told struct {
	ID      string         `json:"id"`
	Kind    string         `json:"kind"`
	Subject procedure.Text `json:"subject"`
	Text    procedure.Text `json:"text,omitzero"`
	Path    string         `json:"path,omitempty"`
	At      time.Time      `json:"at"`
	ReadAt  time.Time      `json:"read_at,omitzero"`
}

type toldRow struct {
	ID        string `db:"id"`
	Kind      string `db:"kind"`
	SubjectZH string `db:"subject_zh"`
	SubjectEN string `db:"subject_en"`
	TextZH    string `db:"text_zh"`
	TextEN    string `db:"text_en"`
	Path      string `db:"path"`
	At        stamp  `db:"at"`
	ReadAt    stamp  `db:"read_at"`
}

func (r toldRow) told() Told {
	return Told{
		ID: r.ID, Kind: r.Kind, Subject: procedure.Text{ZH: r.SubjectZH, EN: r.SubjectEN}, Text: procedure.Text{ZH: r.TextZH, EN: r.TextEN},
		Path: r.Path, At: r.At.time(), ReadAt: r.ReadAt.time(),
	}
}

// Notify tells people something; it is durable when it returns. Somebody unknown or disabled is passed over: nobody reads it.
// Errors: ErrInvalid (no occasion, no subject in one of the languages, an address that is none, a path that leaves the site).
func (s *Store) Notify(ctx context.Context, list ...Notification) error {
	for i := range list {
		if err := list[i].clean(); err != nil {
			return err
		}
	}
	return s.write(ctx, "notify", func(t *txn) error {
		for _, n := range list {
			if err := t.tellOne(ctx, n); err != nil {
				return err
			}
		}
		return nil
	})
}

// NotifyRole tells everybody who has a role; n.To is filled in.
func (s *Store) NotifyRole(ctx context.Context, role string, n Notification) error {
	n.To = "system"
	if err := n.clean(); err != nil {
		return err
	}
	return s.write(ctx, "notify", func(t *txn) error { return t.tellRole(ctx, role, "", n) })
}

func (n *Notification) clean() error {
	n.Subject.ZH, n.Subject.EN = clip(line(n.Subject.ZH), maxLine), clip(line(n.Subject.EN), maxLine)
	n.Text.ZH, n.Text.EN = clip(text(n.Text.ZH), maxText), clip(text(n.Text.EN), maxText)
	n.Kind, n.Once, n.Mail.Name = line(n.Kind), line(n.Once), clip(line(n.Mail.Name), maxLine)
	var f faults
	f.missing((n.To == "") != (n.Mail.Address == ""), "to", "It is not said whom to tell, or twice.", "Name a login or an address.")
	f.missing(n.Kind != "" && n.Once != "", "once", "Kind or occasion is missing.", "Name them.")
	f.missing(n.Subject.ZH != "" && n.Subject.EN != "", "subject", "The subject is missing in a language.", "Say it in both.")
	f.missing((n.Text.ZH == "") == (n.Text.EN == ""), "text", "The text is missing in a language.", "Say it in both.")
	f.missing(n.Path == "" || strings.HasPrefix(n.Path, "/") && !strings.HasPrefix(n.Path, "//") && !strings.ContainsAny(n.Path, "\\\r\n "),
		"path", "The path leads away from the site.", "Name a page of this site.")
	if n.Mail.Address != "" {
		address, err := mailAddress(n.Mail.Address)
		f.missing(err == nil, "address", "The mail address is none.", "Correct it.")
		n.Mail.Address = address
	}
	return f.problem(ErrInvalid, "notification_invalid", "Mend the fields named.", "This cannot be told.")
}

// mailAddress reads one bare address (RFC 5322). Names, lists and anything that could become a header of its own are refused.
func mailAddress(s string) (string, error) {
	s = strings.TrimSpace(s)
	refused := problem(ErrInvalid, "mail_address", "Enter one address, such as name@example.com.", "%q is no mail address.", clip(line(s), maxLine))
	if s != line(s) || len(s) > 254 || strings.ContainsAny(s, " <>,;\"") {
		return "", refused
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || a.Name != "" {
		return "", refused
	}
	return s, nil
}

// tellRole tells everybody who has the role and is not disabled, but not who did it (by).
func (t *txn) tellRole(ctx context.Context, role, by string, n Notification) error {
	var logins []string
	if err := t.list(ctx, &logins, `SELECT u.login FROM users u JOIN user_roles r ON r.login = u.login WHERE r.role = ? AND u.disabled = ?
		AND u.login <> ? ORDER BY u.login`, role, false, by); err != nil {
		return err
	}
	for _, login := range logins {
		n.To = login
		if err := t.tellOne(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// tellOne puts a notification, which is clean, where its reader finds it, and what leaves the house into the outbox.
func (t *txn) tellOne(ctx context.Context, n Notification) error {
	if n.To == "" {
		return t.post(ctx, ByMail, n, n.Mail)
	}
	u, err := t.user(ctx, n.To)
	if err != nil || u.Disabled {
		if isNotFound(err) {
			err = nil
		}
		return err
	}
	added, err := t.exec(ctx, `INSERT INTO notifications (id, login, kind, once, subject_zh, subject_en, text_zh, text_en, path, at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (login, kind, once) DO NOTHING`, newID(t.now), n.To, n.Kind, n.Once,
		n.Subject.ZH, n.Subject.EN, n.Text.ZH, n.Text.EN, n.Path, at(t.now))
	if err != nil || added == 0 {
		return err
	}
	t.told[n.To] = struct{}{}
	to := MailTo{Name: u.Name, Lang: u.Lang}
	found, err := t.find(ctx, &to.Address, `SELECT address FROM mail_addresses WHERE login = ?`, n.To)
	if err != nil {
		return err
	}
	if found {
		if err := t.post(ctx, ByMail, n, to); err != nil {
			return err
		}
	}
	to.Address = ""
	return t.post(ctx, ByWebhook, n, to)
}
