package records

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hotline/records/procedure"
)

// HookCarrier posts notifications to one receiver, where SMS gateways and chat robots hang: JSON, signed like the escalation feed (see
// Webhook), with the parcel's id as Hotline-Delivery, by which the receiver drops what it has seen.
type HookCarrier struct {
	store  *Store
	url    string
	secret string
	site   string
	client *http.Client
}

// NewHookCarrier makes the carrier. site is the address that paths are put after. Errors: ErrInvalid (no http address, a secret of less
// than 16 characters).
func NewHookCarrier(store *Store, address, secret, site string) (*HookCarrier, error) {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, problem(ErrInvalid, "webhook_url", "Give an http or https address.", "The webhook's address %q cannot be used.", address)
	}
	if len(secret) < 16 {
		return nil, problem(ErrInvalid, "webhook_secret", "Use at least 16 characters.", "The webhook's secret is too short.")
	}
	return &HookCarrier{store, address, secret, strings.TrimSuffix(site, "/"), &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // the signature is for this address
	}}, nil
}

// HookNotification is the body of a delivery.
type HookNotification struct {
	ID      string         `json:"id"`
	Kind    string         `json:"kind"`
	Login   string         `json:"login"`
	Name    string         `json:"name"`
	Lang    string         `json:"lang"` // that the person reads; "" = not chosen
	Subject procedure.Text `json:"subject"`
	Text    procedure.Text `json:"text"`
	URL     string         `json:"url,omitempty"`
	At      time.Time      `json:"at"`
}

// Carry posts one notification. 400, 410, 413 and 422 are refusals for good; every other answer but 2xx may get better.
func (c *HookCarrier) Carry(ctx context.Context, p Parcel) (err error) {
	n := HookNotification{ID: p.ID, Kind: p.Kind, Login: p.Login, Name: p.Name, Lang: p.Lang, Subject: p.Subject, Text: p.Text, At: p.MadeAt}
	if p.Path != "" && c.site != "" {
		n.URL = c.site + p.Path
	}
	body, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("records: notification: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("records: notification: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "hotline")
	req.Header.Set("Hotline-Delivery", p.ID)
	req.Header.Set("Hotline-Signature", sign(c.secret, body, c.store.now()))
	res, err := c.client.Do(req)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUndelivered, err)
	}
	defer func() { err = errors.Join(err, res.Body.Close()) }()
	if _, err := io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)); err != nil {
		return fmt.Errorf("%w: %w", ErrUndelivered, err)
	}
	switch {
	case res.StatusCode >= 200 && res.StatusCode <= 299:
		return nil
	case res.StatusCode == http.StatusBadRequest, res.StatusCode == http.StatusGone, res.StatusCode == http.StatusRequestEntityTooLarge,
		res.StatusCode == http.StatusUnprocessableEntity:
		return fmt.Errorf("%w: it answered %s", ErrRefused, res.Status)
	}
	return fmt.Errorf("%w: it answered %s", ErrUndelivered, res.Status)
}
