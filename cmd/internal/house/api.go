package house

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"
)

// As gives the API token of a user, logging in when needed.
func (h *House) As(login string) string {
	h.tb.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.tokens[login] == "" {
		var reply struct{ Token string }
		h.Decode(h.Must("POST", "/api/v1/login", "", map[string]any{"login": login, "password": Password}), &reply)
		if reply.Token == "" {
			h.tb.Fatalf("login of %s gave no token", login)
		}
		h.tokens[login] = reply.Token
	}
	return h.tokens[login]
}

// Try makes one API request; status 0 means that nobody answered.
func (h *House) Try(method, path, token string, body any) (status int, reply []byte) {
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			h.tb.Fatalf("house: %v", err)
		}
		reader = bytes.NewReader(text)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, "http://"+h.Addr+path, reader)
	if err != nil {
		h.tb.Fatalf("house: %v", err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, nil
	}
	return resp.StatusCode, text
}

// Must is Try for requests that have to succeed.
func (h *House) Must(method, path, token string, body any) []byte {
	h.tb.Helper()
	status, text := h.Try(method, path, token, body)
	if status < 200 || status > 299 {
		h.tb.Fatalf("%s %s: %d %s\nthe hotline's log:\n%s", method, path, status, text, h.Log())
	}
	return text
}

// Get reads one resource as the administrator.
func (h *House) Get(path string, into any) {
	h.tb.Helper()
	h.Decode(h.Must("GET", path, h.Admin, nil), into)
}

// Decode reads JSON.
func (h *House) Decode(text []byte, into any) {
	h.tb.Helper()
	if err := json.Unmarshal(text, into); err != nil {
		h.tb.Fatalf("%v in %s", err, text)
	}
}
