// Package mail carries the outbox's mail to a mail server: one message a connection, over TLS unless the server is this very machine.
package mail

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"hotline/records"
)

// How the connection is secured.
const (
	StartTLS = "starttls" // port 587
	Implicit = "implicit" // port 465
	None     = "none"     // loopback only
)

// Options say which server takes the mail. Host and From are required.
type Options struct {
	Host           string
	Port           int
	TLS            string // StartTLS, Implicit or None
	User, Password string // both empty: no log-in
	From           string // bare address
	FromName       string // what readers see beside it: the company
	Site           string // address of the site, which paths in a mail are put after; "https://hotline.example.com"
	Timeout        time.Duration
	Client         []gomail.Option // for tests
}

// Carrier delivers mail; it is a records.Carrier.
type Carrier struct{ opt Options }

// New makes a carrier. The error says which option cannot be used: a server elsewhere without TLS above all.
func New(o Options) (*Carrier, error) {
	if o.TLS == None && !loopback(o.Host) {
		return nil, fmt.Errorf("mail: %s is not this machine: mail goes there over TLS only", o.Host)
	}
	if o.Timeout <= 0 {
		o.Timeout = 20 * time.Second
	}
	c := &Carrier{o}
	if _, err := c.client(); err != nil {
		return nil, err
	}
	if _, err := c.message(records.Parcel{ID: "check", Address: o.From, MadeAt: time.Unix(0, 0)}); err != nil {
		return nil, err
	}
	return c, nil
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return host == "localhost" || err == nil && addr.IsLoopback()
}

func (c *Carrier) client() (*gomail.Client, error) {
	o := []gomail.Option{gomail.WithPort(c.opt.Port), gomail.WithTimeout(c.opt.Timeout), gomail.WithoutNoop()}
	switch c.opt.TLS {
	case StartTLS:
		o = append(o, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case Implicit:
		o = append(o, gomail.WithSSL())
	case None:
		o = append(o, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, fmt.Errorf("mail: %q is no way to secure a connection", c.opt.TLS)
	}
	if c.opt.User != "" {
		o = append(o, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(c.opt.User), gomail.WithPassword(c.opt.Password))
	}
	client, err := gomail.NewClient(c.opt.Host, append(o, c.opt.Client...)...)
	if err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	return client, nil
}

// Check reaches the server and logs in, as for a delivery, and sends nothing.
func (c *Carrier) Check(ctx context.Context) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	line, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return fmt.Errorf("mail: reach %s: %w", c.opt.Host, err)
	}
	return client.CloseWithSMTPClient(line)
}

// Carry delivers one parcel. A mailbox that does not exist, or a message that is not wanted (5xx to RCPT or DATA), is refused for good; all
// else may get better: the server is away, busy, or does not let us in.
func (c *Carrier) Carry(ctx context.Context, p records.Parcel) error {
	m, err := c.message(p)
	if err != nil {
		return fmt.Errorf("%w: %w", records.ErrRefused, err)
	}
	client, err := c.client()
	if err != nil {
		return err
	}
	line, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return fmt.Errorf("mail: reach %s: %w", c.opt.Host, err)
	}
	// The library waits for the server under a lock; cutting the line is what ends it at once.
	stop := context.AfterFunc(ctx, func() { _ = line.Text.Close() })
	defer stop()
	err = client.SendWithSMTPClient(line, m)
	if m.IsDelivered() {
		// The server has it. What happens to the connection now is of no matter, and no reason to send it twice.
		_ = client.CloseWithSMTPClient(line)
		return nil
	}
	_ = line.Text.Close()
	if refused, ok := errors.AsType[*gomail.SendError](err); ok && refused.ErrorCode() >= 500 &&
		(refused.Reason == gomail.ErrSMTPRcptTo || refused.Reason == gomail.ErrSMTPData || refused.Reason == gomail.ErrSMTPDataClose) {
		return fmt.Errorf("mail: %w: %w", records.ErrRefused, err)
	}
	if err == nil {
		err = net.ErrClosed
	}
	return fmt.Errorf("mail: send: %w", err)
}
