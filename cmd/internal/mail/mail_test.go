package mail_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"mime"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	gomail "github.com/wneessen/go-mail"

	"hotline/cmd/internal/mail"
	"hotline/records"
	"hotline/records/procedure"
)

// to makes a carrier to the server.
func (s *server) to(t *testing.T, how string, change ...func(*mail.Options)) *mail.Carrier {
	t.Helper()
	o := mail.Options{
		Host: "127.0.0.1", Port: s.port, TLS: how, From: "service@hotline.example.com", FromName: "南山方略", Site: "https://hotline.example.com/",
		Timeout: 30 * time.Second, Client: []gomail.Option{gomail.WithTLSConfig(&tls.Config{RootCAs: s.roots, ServerName: "localhost", MinVersion: tls.VersionTLS12})},
	}
	if how != mail.None {
		o.User, o.Password = "hotline", "secret"
	}
	for _, c := range change {
		c(&o)
	}
	c, err := mail.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func parcel() records.Parcel {
	return records.Parcel{
		ID: "01ABC", Channel: records.ByMail, Name: "孙丽", Address: "sun@example.com", Lang: "zh-Hans", Path: "/c/TOKEN", MadeAt: time.Unix(1.7e9, 0),
		Subject: procedure.Text{ZH: "请您确认远程维护调试报告", EN: "Please confirm"}, Text: procedure.Text{ZH: "服务单 S-20261122-0001。", EN: "Order S-20261122-0001."},
	}
}

// TestDelivered: over each kind of connection, the message comes as it was written, from the sender, after the log-in.
func TestDelivered(t *testing.T) {
	for _, how := range []string{mail.StartTLS, mail.Implicit, mail.None} {
		t.Run(how, func(t *testing.T) {
			s := start(t, how)
			if err := s.to(t, how).Carry(t.Context(), parcel()); err != nil {
				t.Fatal(err)
			}
			l := <-s.came
			if l.from != "service@hotline.example.com" || l.to != "sun@example.com" || l.secure != (how != mail.None) || (l.user == "hotline") != (how != mail.None) {
				t.Errorf("envelope: %+v", l)
			}
			m, err := netmail.ReadMessage(strings.NewReader(l.text))
			if err != nil {
				t.Fatal(err)
			}
			for header, want := range map[string]string{
				"Message-Id": "<01ABC@hotline.example.com>", "Auto-Submitted": "auto-generated", "Content-Language": "zh-Hans",
				"From": `"南山方略" <service@hotline.example.com>`, "To": `"孙丽" <sun@example.com>`, "Subject": "请您确认远程维护调试报告",
			} {
				if got, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get(header)); err != nil || !strings.Contains(strings.ReplaceAll(got, `"`, ""), strings.ReplaceAll(want, `"`, "")) {
					t.Errorf("%s: %q, want %q (%v)", header, got, want, err)
				}
			}
			body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
			if err != nil {
				t.Fatal(err)
			}
			want := "请您确认远程维护调试报告\n\n服务单 S-20261122-0001。\n\nhttps://hotline.example.com/c/TOKEN\n\n-- \n南山方略\n"
			if got := strings.ReplaceAll(string(body), "\r\n", "\n"); strings.TrimSpace(got) != strings.TrimSpace(want) {
				t.Errorf("body %q", got)
			}
		})
	}
}

// TestRefusals: which answers are for good, and which may get better.
func TestRefusals(t *testing.T) {
	s := start(t, mail.StartTLS)
	c := s.to(t, mail.StartTLS)
	try := func(rcpt, data error) error {
		s.mu.Lock()
		s.rcpt, s.data = func(string) error { return rcpt }, func() error { return data }
		s.mu.Unlock()
		return c.Carry(t.Context(), parcel())
	}
	answer := func(code int) error { return &smtp.SMTPError{Code: code, Message: "no"} }
	for name, e := range map[string]struct {
		rcpt, data error
		forGood    bool
	}{
		"no such mailbox": {rcpt: answer(550), forGood: true}, "mailbox busy": {rcpt: answer(450)},
		"not wanted": {data: answer(554), forGood: true}, "disk full": {data: answer(452)},
	} {
		err := try(e.rcpt, e.data)
		if err == nil || errors.Is(err, records.ErrRefused) != e.forGood {
			t.Errorf("%s: %v", name, err)
		}
	}
	wrong := s.to(t, mail.StartTLS, func(o *mail.Options) { o.Password = "guess" })
	if err := wrong.Carry(t.Context(), parcel()); err == nil || errors.Is(err, records.ErrRefused) {
		t.Errorf("a wrong password: %v", err)
	}
	if n := len(s.letters()); n != 0 {
		t.Errorf("%d letters were taken", n)
	}
}

// TestNoTLS: mail never leaves the machine in the clear, and never to a server that is not who it says.
func TestNoTLS(t *testing.T) {
	if _, err := mail.New(mail.Options{Host: "mail.example.com", Port: 25, TLS: mail.None, From: "a@example.com"}); err == nil {
		t.Error("a server elsewhere without TLS")
	}
	plain := start(t, mail.None)
	if err := plain.to(t, mail.StartTLS, func(o *mail.Options) { o.User, o.Password = "", "" }).Carry(t.Context(), parcel()); err == nil {
		t.Error("a server that cannot do TLS got a message")
	}
	stranger := start(t, mail.StartTLS)
	if err := stranger.to(t, mail.StartTLS, func(o *mail.Options) { o.Client = nil }).Carry(t.Context(), parcel()); err == nil {
		t.Error("a server with a certificate of nobody got a message")
	}
	if n := len(plain.letters()) + len(stranger.letters()); n != 0 {
		t.Errorf("%d letters went out", n)
	}
}

// TestHostileFields: nothing that somebody typed becomes a header or a second recipient.
func TestHostileFields(t *testing.T) {
	s := start(t, mail.None)
	c := s.to(t, mail.None)
	for name, change := range map[string]func(*records.Parcel){
		"address": func(p *records.Parcel) { p.Address = "sun@example.com\r\nBcc: x@example.com" },
		"two":     func(p *records.Parcel) { p.Address = "sun@example.com, x@example.com" },
		"name":    func(p *records.Parcel) { p.Name = "孙\r\nBcc: x@example.com" },
	} {
		p := parcel()
		change(&p)
		if err := c.Carry(t.Context(), p); !errors.Is(err, records.ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	p := parcel()
	p.Subject.ZH, p.Name = "改期\r\nBcc: x@example.com", `孙丽" <x@example.com>, "`
	p.Text.ZH = ".\r\nRCPT TO:<x@example.com>\r\n.\r\n"
	if err := c.Carry(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	l := <-s.came
	m, err := netmail.ReadMessage(strings.NewReader(l.text))
	if err != nil || m.Header.Get("Bcc") != "" || l.to != "sun@example.com" {
		t.Errorf("%v, to %s:\n%s", err, l.to, l.text)
	}
	if list, err := m.Header.AddressList("To"); err != nil || len(list) != 1 || list[0].Address != "sun@example.com" {
		t.Errorf("To: %v (%v)", list, err)
	}
	if n := len(s.letters()); n != 1 {
		t.Errorf("%d letters", n)
	}
}

// TestSilence: a server that says nothing is given up, at once when we stop.
func TestSilence(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	c, err := mail.New(mail.Options{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: mail.None, From: "a@example.com", Timeout: 200 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Carry(t.Context(), parcel()); err == nil || errors.Is(err, records.ErrRefused) {
		t.Errorf("silence: %v", err)
	}
	// In the middle of the message, too: the server took the bytes and does not say so. Stopping cuts the line.
	s := start(t, mail.None)
	release, stuck := make(chan struct{}), make(chan struct{})
	s.data = func() error { close(stuck); <-release; return errors.New("too late") }
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.to(t, mail.None).Carry(ctx, parcel()) }()
	<-stuck
	cancel()
	if err := <-done; err == nil || errors.Is(err, records.ErrRefused) {
		t.Errorf("stopped: %v", err)
	}
	close(release)
}

// TestOutboxOnTheWire: the records' outbox and a real server. The line breaks after the server took the message and before it could say so:
// it comes again, with the same Message-ID; then never again, not after a restart either.
func TestOutboxOnTheWire(t *testing.T) {
	s := start(t, mail.StartTLS)
	s.after = func(c *smtp.Conn) { _ = c.Conn().Close() }
	path := filepath.Join(t.TempDir(), "hotline.db")
	open := func() *records.Store {
		store, err := records.Open(context.Background(), records.Options{Path: path, Channels: []string{records.ByMail}, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		return store
	}
	run := func(store *records.Store, seen func()) {
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		box := records.NewOutbox(store, records.OutboxOptions{
			Carriers: map[string]records.Carrier{records.ByMail: s.to(t, mail.StartTLS)}, First: 10 * time.Millisecond, Poll: 5 * time.Millisecond, Log: slog.New(slog.DiscardHandler),
		})
		go func() { done <- box.Run(ctx) }()
		seen()
		cancel()
		if err := errors.Join(<-done, store.Close()); err != nil {
			t.Error(err)
		}
	}
	send := func(store *records.Store, once string) {
		p := parcel()
		if err := store.Notify(context.Background(), records.Notification{
			Mail: records.MailTo{Name: p.Name, Address: p.Address, Lang: p.Lang}, Kind: "test", Once: once, Subject: p.Subject, Text: p.Text,
		}); err != nil {
			t.Fatal(err)
		}
	}
	store := open()
	send(store, "1")
	run(store, func() {
		<-s.came
		s.mu.Lock()
		s.after = nil
		s.mu.Unlock()
		<-s.came
	})
	all := s.letters()
	if len(all) < 2 || messageID(t, all[0]) != messageID(t, all[len(all)-1]) {
		t.Errorf("%d letters, ids %s and %s", len(all), messageID(t, all[0]), messageID(t, all[len(all)-1]))
	}
	store = open()
	send(store, "1") // the same occasion
	send(store, "2")
	before := len(all)
	run(store, func() { <-s.came })
	if all = s.letters(); len(all) != before+1 || messageID(t, all[before]) == messageID(t, all[0]) {
		t.Errorf("after a restart %d more letters", len(all)-before)
	}
}

func messageID(t *testing.T, l letter) string {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(l.text))
	if err != nil {
		t.Fatal(err)
	}
	return m.Header.Get("Message-Id")
}
