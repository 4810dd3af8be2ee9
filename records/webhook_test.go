package records_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"hotline/records"
)

const secret = "0123456789abcdef"

// receiver is dispatch's end of the webhook: it answers as the test says and hands on what it took.
type receiver struct {
	server *httptest.Server
	answer chan func(http.ResponseWriter, *http.Request) // one for each request; none left: take it
	asked  chan int64                                    // number of every delivery that came in
	took   chan records.FeedEntry
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{
		answer: make(chan func(http.ResponseWriter, *http.Request), 100),
		asked:  make(chan int64, 1000), took: make(chan records.FeedEntry, 1000),
	}
	r.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			t.Error(err)
		}
		if err := records.VerifySignature(secret, req.Header.Get("Hotline-Signature"), body, time.Now(), time.Minute); err != nil {
			t.Error(err)
		}
		var e records.FeedEntry
		if err := json.Unmarshal(body, &e); err != nil {
			t.Error(err)
		}
		if req.Header.Get("Hotline-Delivery") != fmt.Sprint(e.Seq) || req.Header.Get("Content-Type") != "application/json" {
			t.Errorf("headers %v", req.Header)
		}
		r.asked <- e.Seq
		select {
		case answer := <-r.answer:
			answer(w, req)
		default:
			w.WriteHeader(http.StatusNoContent)
			r.took <- e
		}
	}))
	t.Cleanup(r.server.Close)
	return r
}

func (r *receiver) start(t *testing.T, s *records.Store, url string) (stop func()) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{}}
	w := get[*records.Webhook](t)(records.NewWebhook(s, records.WebhookOptions{
		URL: url, Secret: secret, Client: client, Timeout: 100 * time.Millisecond, RetryFirst: time.Millisecond, RetryMax: 5 * time.Millisecond,
	}))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- w.Run(ctx) }()
	return func() {
		cancel()
		must(t, <-done)
		client.CloseIdleConnections()
	}
}

// TestWebhook: a receiver that refuses, hangs, hangs up and recovers gets every entry, in order, from where it stopped.
func TestWebhook(t *testing.T) {
	db, r := sqliteDatabase(t), newReceiver(t)
	s := db.open(t)
	staff(t, s)
	for i := range 3 {
		raise(t, s, fmt.Sprint("c", i), records.OutcomeRemote, time.Now())
	}
	r.answer <- func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "broken", http.StatusInternalServerError) }
	r.answer <- func(_ http.ResponseWriter, req *http.Request) { <-req.Context().Done() }       // hangs until we give up
	r.answer <- func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }        // drops the connection
	r.answer <- func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) } // even so: again
	stop := r.start(t, s, r.server.URL)
	for n := range 3 {
		equal(t, "in order", (<-r.took).Seq, int64(n+1))
	}
	for range 5 {
		equal(t, "the first until it is taken", <-r.asked, int64(1))
	}
	e := raise(t, s, "c9", records.OutcomeOnsite, time.Now()) // news is sent at once
	got := <-r.took
	equal(t, "news", got.Escalation.ID+got.Change, e.ID+"opened")
	stop()

	get[records.Escalation](t)(s.AcceptEscalation(t.Context(), e.ID, "deng", 0))
	node2 := db.open(t)
	stop = r.start(t, node2, r.server.URL) // another node goes on where this one stopped
	got = <-r.took
	equal(t, "goes on", fmt.Sprint(got.Seq, got.Change), "5accepted")
	stop()
	state := get[[]records.WebhookState](t)(s.Webhooks(t.Context()))
	equal(t, "state", fmt.Sprint(len(state), state[0].Delivered, state[0].Behind, state[0].Attempts, state[0].LastError == ""), "1 5 0 0 true")
}

// TestWebhookOneSender: of two nodes one sends; nothing comes twice or out of order.
func TestWebhookOneSender(t *testing.T) {
	db, r := sqliteDatabase(t), newReceiver(t)
	a, b := db.open(t), db.open(t)
	staff(t, a)
	stopA, stopB := r.start(t, a, r.server.URL), r.start(t, b, r.server.URL)
	for i := range 20 {
		raise(t, []*records.Store{a, b}[i%2], fmt.Sprint("c", i), records.OutcomeRemote, time.Now())
	}
	for n := range 10 {
		equal(t, "in order", (<-r.took).Seq, int64(n+1))
	}
	stopA() // whoever it was, the other one takes over
	for n := range 10 {
		equal(t, "in order", (<-r.took).Seq, int64(n+11))
	}
	stopB()
	equal(t, "nothing twice", len(r.took), 0)
}

// TestWebhookDown: an address where nobody listens is tried again, and the state says so.
func TestWebhookDown(t *testing.T) {
	s, r := sqliteDatabase(t).open(t), newReceiver(t)
	staff(t, s)
	raise(t, s, "c1", records.OutcomeRemote, time.Now())
	tried := make(chan struct{}, 100)
	client := &http.Client{Transport: transport(func(*http.Request) (*http.Response, error) {
		tried <- struct{}{}
		return nil, errors.New("connection refused")
	})}
	w := get[*records.Webhook](t)(records.NewWebhook(s, records.WebhookOptions{
		URL: r.server.URL, Secret: secret, Client: client, RetryFirst: time.Millisecond, RetryMax: time.Millisecond,
	}))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- w.Run(ctx) }()
	for range 3 {
		<-tried
	}
	state := get[[]records.WebhookState](t)(s.Webhooks(t.Context()))[0]
	if state.Attempts < 1 || !strings.Contains(state.LastError, "connection refused") || state.Behind != 1 || state.Delivered != 0 {
		t.Errorf("state %+v", state)
	}
	cancel()
	must(t, <-done)
	for _, bad := range []records.WebhookOptions{{}, {URL: "ftp://x", Secret: secret}, {URL: "http://127.0.0.1/", Secret: "short"}} {
		_, err := records.NewWebhook(s, bad)
		refused(t, err, records.ErrInvalid)
	}
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestVerifySignature(t *testing.T) {
	now := time.Unix(1700000000, 0)
	body := []byte(`{"seq":1}`)
	// printf '1700000000.{"seq":1}' | openssl dgst -sha256 -hmac 0123456789abcdef
	const good = "t=1700000000,v1=e08bda826cf051c0f1f919531cf4fec45eca56a374d4a56a26f82fcfb9101386"
	must(t, records.VerifySignature(secret, good, body, now, time.Minute))
	for what, err := range map[string]error{
		"body":      records.VerifySignature(secret, good, []byte(`{"seq":2}`), now, time.Minute),
		"secret":    records.VerifySignature(secret+"x", good, body, now, time.Minute),
		"old":       records.VerifySignature(secret, good, body, now.Add(2*time.Minute), time.Minute),
		"future":    records.VerifySignature(secret, good, body, now.Add(-2*time.Minute), time.Minute),
		"time":      records.VerifySignature(secret, strings.Replace(good, "t=17", "t=18", 1), body, now, 1<<62),
		"empty":     records.VerifySignature(secret, "", body, now, time.Minute),
		"malformed": records.VerifySignature(secret, "t=1700000000,v1=xyz", body, now, time.Minute),
		"no mac":    records.VerifySignature(secret, "t=1700000000", body, now, time.Minute),
		"empty mac": records.VerifySignature(secret, "t=1700000000,v1=", body, now, time.Minute),
	} {
		if !errors.Is(err, records.ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
