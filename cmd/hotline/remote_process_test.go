package main

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hotline/cmd/internal/house"
	"hotline/configs/procedures"
	"hotline/records"
	"hotline/records/procedure"
	"hotline/records/vault/leak"
)

// page is a browser without pictures: it signs in and sends forms.
type page struct {
	t      *testing.T
	base   string
	client http.Client
}

func signIn(t *testing.T, base, login string) *page {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &page{t: t, base: base, client: http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if status, text := p.send("/login", url.Values{"login": {login}, "password": {house.Password}}); status != http.StatusSeeOther {
		t.Fatalf("sign in: %d %s", status, text)
	}
	return p
}

func (p *page) send(path string, form url.Values) (int, string) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", p.base)
	answer, err := p.client.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(answer.Body); err != nil {
		p.t.Fatal(err)
	}
	return answer.StatusCode, text.String()
}

// TestLoginInformationOfAProcess: the real server takes login information, is killed with the session open and started again, shows it to the
// engineer, and after the end nothing that it wrote or said holds it.
func TestLoginInformationOfAProcess(t *testing.T) {
	const secret = "Tr0ub4dor&3-密码"
	h := openHouse(t, house.Options{Embedded: true, More: "log: {level: debug}\n"})
	h.Employ("li")
	h.Run("user", "add", "gao", "--ask", "--role", "engineer")
	h.Run("user", "add", "deng", "--ask", "--role", "dispatcher")
	order := remoteOrderOf(t, h)
	engineer := signIn(t, "http://"+h.Addr, "gao")
	at := "/remote/" + order.Number
	must := func(what string, want int, path string, form url.Values) string {
		t.Helper()
		status, text := engineer.send(path, form)
		if status != want {
			t.Fatalf("%s: %d, want %d\n%s", what, status, want, text)
		}
		return text
	}
	must("open", http.StatusSeeOther, at+"/vault", url.Values{"do": {"open"}})
	session := sessionOf(t, h, order.ID)
	must("keep", http.StatusSeeOther, at+"/entries", url.Values{"session": {session.ID}, "kind": {"system"}, "account": {"admin"}, "password": {secret}})
	session = sessionOf(t, h, order.ID)

	h.Kill() // a crash with the session open: the key is on the disk, the session goes on
	h.Start()
	engineer = signIn(t, "http://"+h.Addr, "gao")
	reading := at + "/entries/" + session.Entries[0].ID
	if text := must("read", http.StatusOK, reading, url.Values{"session": {session.ID}, "reason": {"log in"}}); !strings.Contains(text, "Tr0ub4dor&amp;3-密码") {
		t.Errorf("the engineer reads something else:\n%s", text)
	}
	key, err := os.ReadFile(filepath.Join(h.Dir, "data", "vault", session.ID+".key"))
	if err != nil {
		t.Fatal(err)
	}
	must("end", http.StatusSeeOther, at+"/vault", url.Values{"do": {"end"}, "session": {session.ID}})
	must("read after the end", http.StatusConflict, reading, url.Values{"session": {session.ID}, "reason": {"log in"}})

	looked := func(when string) {
		t.Helper()
		for what, text := range map[string]string{"the login information": secret, "its key file": string(key)} {
			hits, err := leak.Search(h.Dir, leak.Forms(text))
			if err != nil {
				t.Fatal(err)
			}
			for _, hit := range append(hits, leak.In("the process's output", []byte(h.Log()), leak.Forms(text))...) {
				t.Errorf("%s, %s: %v", when, what, hit)
			}
		}
	}
	looked("while the server runs")
	h.Stop()
	looked("after the server has stopped")
	if !strings.Contains(h.Log(), "hotline serves") {
		t.Error("there is no output that could have been searched")
	}
}

// beside opens the records of a house beside its server, for one thing.
func beside(t *testing.T, h *house.House, do func(*records.Store)) {
	t.Helper()
	defs, err := procedure.ParseAll(procedures.Files)
	if err != nil {
		t.Fatal(err)
	}
	s, err := records.Open(t.Context(), records.Options{Path: filepath.Join(h.Dir, "data", "hotline.db"), Procedures: defs, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	do(s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func sessionOf(t *testing.T, h *house.House, order string) (v records.VaultSession) {
	t.Helper()
	beside(t, h, func(s *records.Store) {
		all, err := s.VaultSessions(t.Context(), order)
		if err != nil || len(all) != 1 {
			t.Fatalf("%d sessions, %v", len(all), err)
		}
		v = all[0]
	})
	return v
}

// remoteOrderOf makes a remote order of gao whose first step is done.
func remoteOrderOf(t *testing.T, h *house.House) (o records.Order) {
	t.Helper()
	ctx := t.Context()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	beside(t, h, func(s *records.Store) {
		_, err := s.OwnCall(ctx, records.OwnInput{Call: "c1", Queue: "main", Agent: "li"})
		check(err)
		done, err := s.WrapUp(ctx, records.WrapUpInput{Call: "c1", By: "li", Outcome: records.KindRemote, Subject: "报表无法打印", Escalation: &records.EscalationFacts{
			Situation: "打印无反应", Contact: records.EscalatedTo{Name: "孙丽", Number: "010-65521234", Confirmed: true},
			Told: records.ToldToCustomer{Means: "远程处理", At: time.Now().Add(time.Hour), Procedure: "先备份"},
		}})
		check(err)
		_, err = s.AcceptEscalation(ctx, done.Escalation, "deng", 0)
		check(err)
		o, err = s.OpenOrder(ctx, records.Actor{Login: "deng"}, records.OpenOrder{Escalation: done.Escalation, Engineer: "gao"})
		check(err)
		o, err = s.OverrideStep(ctx, records.Actor{Login: "boss"}, o.ID, "open_port", "nothing is looked at in this test", 0)
		check(err)
	})
	return o
}
