package records

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// WebhookOptions say where the escalation feed is posted. URL and Secret are required.
type WebhookOptions struct {
	Name       string // whose progress is kept in the records; "dispatch"
	URL        string // http or https
	Secret     string // shared with the receiver; at least 16 characters
	Client     *http.Client
	Timeout    time.Duration // of one delivery; 10 s
	RetryFirst time.Duration // delay after the first failure; 1 s
	RetryMax   time.Duration // longest delay; 5 min
	Log        *slog.Logger
}

// Webhook posts the escalation feed to a receiver: every entry at least once, in order, never the next before the one
// before it was taken (any 2xx). Its progress is in the records, so it goes on after a restart; of several nodes one sends.
//
// A delivery is the FeedEntry as JSON with the headers
//
//	Hotline-Delivery: <seq>                        the same for a repeated delivery
//	Hotline-Signature: t=<unix seconds>,v1=<hex>   HMAC-SHA256 over "<t>.<body>" with the secret
//
// The receiver recomputes the signature, refuses old times, and drops numbers that it has seen (see VerifySignature).
type Webhook struct {
	store  *Store
	opt    WebhookOptions
	log    *slog.Logger
	holder string
}

// NewWebhook makes the sender; Run runs it. Errors: ErrInvalid.
func NewWebhook(store *Store, opt WebhookOptions) (*Webhook, error) {
	u, err := url.Parse(opt.URL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, problem(ErrInvalid, "webhook_url", "Give an http or https address.", "The webhook's address %q cannot be used.", opt.URL)
	}
	if len(opt.Secret) < 16 {
		return nil, problem(ErrInvalid, "webhook_secret", "Use at least 16 characters.", "The webhook's secret is too short.")
	}
	set(&opt.Name, "dispatch")
	set(&opt.Client, http.DefaultClient)
	set(&opt.Timeout, 10*time.Second)
	set(&opt.RetryFirst, time.Second)
	set(&opt.RetryMax, 5*time.Minute)
	set(&opt.Log, store.log)
	return &Webhook{store: store, opt: opt, log: opt.Log.With("webhook", opt.Name), holder: rand.Text()}, nil
}

// Run sends until ctx ends, and returns nil then.
func (w *Webhook) Run(ctx context.Context) error {
	retry := &backoff.ExponentialBackOff{
		InitialInterval: w.opt.RetryFirst, MaxInterval: w.opt.RetryMax, Multiplier: 2, RandomizationFactor: 0.2,
	}
	retry.Reset()
	defer w.letGo(ctx)
	for ctx.Err() == nil {
		changed := w.store.FeedChanged()
		sent, err := w.sendNext(ctx)
		var pause time.Duration
		switch {
		case err != nil:
			pause = retry.NextBackOff()
			w.log.Warn("webhook not delivered", "err", err, "again", pause)
			changed = nil // news does not make the receiver well
		case sent:
			retry.Reset()
			continue
		default:
			pause = min(time.Second, w.lease()/4)
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-changed:
		case <-timer.C:
		}
		timer.Stop()
	}
	return nil
}

// sendNext delivers the first undelivered entry. sent is false when there is none, or when another node is the sender.
func (w *Webhook) sendNext(ctx context.Context) (sent bool, err error) {
	state, mine, err := w.store.holdWebhook(ctx, w.opt.Name, w.holder, w.lease())
	if err != nil || !mine {
		return false, err
	}
	entries, err := w.store.Feed(ctx, state.Delivered, 1)
	if err != nil || len(entries) == 0 {
		return false, err
	}
	ctx, done := graceful(ctx)
	defer done()
	if err := w.post(ctx, entries[0]); ctx.Err() != nil {
		return false, err // the sender stops; nothing is wrong with the receiver
	} else if err != nil {
		return false, errors.Join(err, w.store.webhookFailed(ctx, w.opt.Name, w.holder, err))
	}
	return true, w.store.webhookDelivered(ctx, w.opt.Name, w.holder, entries[0].Seq)
}

// stopGrace is how long a delivery that is under way may still take when the sender is stopped.
const stopGrace = 2 * time.Second

// graceful gives a context that outlives ctx by stopGrace: a delivery that the receiver is just taking is noted as such,
// instead of being repeated after every restart.
func graceful(ctx context.Context) (context.Context, func()) {
	lasting, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.NewTimer(stopGrace)
		defer timer.Stop()
		select {
		case <-timer.C:
			cancel()
		case <-lasting.Done():
		}
	})
	return lasting, func() { stop(); cancel() }
}

// lease outlasts one delivery: while it runs, no other node sends.
func (w *Webhook) lease() time.Duration { return 2*w.opt.Timeout + 5*time.Second }

func (w *Webhook) letGo(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if err := w.store.releaseWebhook(ctx, w.opt.Name, w.holder); err != nil {
		w.log.Info("webhook's lease is left to run out", "err", err)
	}
}

func (w *Webhook) post(ctx context.Context, e FeedEntry) (err error) {
	body, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("records: webhook: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, w.opt.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.opt.URL, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("records: webhook: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "hotline")
	req.Header.Set("Hotline-Delivery", strconv.FormatInt(e.Seq, 10))
	req.Header.Set("Hotline-Signature", sign(w.opt.Secret, body, w.store.now()))
	res, err := w.opt.Client.Do(req)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUndelivered, err)
	}
	defer func() { err = errors.Join(err, res.Body.Close()) }()
	if _, err := io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)); err != nil { // lets the connection be used again
		return fmt.Errorf("%w: %w", ErrUndelivered, err)
	}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return fmt.Errorf("%w: it answered %s", ErrUndelivered, res.Status)
	}
	return nil
}

func sign(secret string, body []byte, now time.Time) string {
	t := strconv.FormatInt(now.Unix(), 10)
	return "t=" + t + ",v1=" + hex.EncodeToString(mac(secret, t, body))
}

func mac(secret, t string, body []byte) []byte {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(t + "."))
	h.Write(body)
	return h.Sum(nil)
}
