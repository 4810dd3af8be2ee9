package asterisk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hotline/pbx"
)

// rest speaks ARI's REST with the request and data types of ari v5. Its own client (client/native) is not used: it sends
// everything through http.DefaultTransport, cannot be given a pool, a time-out or a context, and leaves error bodies
// unread, which costs the connection.
type rest struct {
	base           *url.URL
	user, password string
	client         *http.Client // for the websocket
	send           sender       // for requests
	timeout        time.Duration
	m              *counters
}

// sender is how requests go out.
type sender interface {
	http.RoundTripper
	CloseIdleConnections()
}

// maxAnswer bounds what is read of one answer: the list of 10,000 channels has about 8 MB.
const maxAnswer = 64 << 20

func newREST(base *url.URL, opt Options, m *counters) *rest {
	// Shorter than http.conf's session_keep_alive (15 s by default), so that we close and never write into a connection
	// that the switch is just closing.
	const keep = 10 * time.Second
	transport := &http.Transport{
		MaxConnsPerHost: opt.Conns, MaxIdleConns: opt.Conns, MaxIdleConnsPerHost: opt.Conns,
		IdleConnTimeout: keep, DisableCompression: true,
	}
	r := &rest{
		base: base, user: opt.User, password: opt.Password, timeout: opt.Timeout, m: m,
		client: &http.Client{Transport: transport}, send: transport,
	}
	if base.Scheme == "http" {
		r.send = newDirect(base, opt.Conns, keep)
	}
	return r
}

// close ends the kept connections.
func (r *rest) close() {
	r.client.CloseIdleConnections()
	r.send.CloseIdleConnections()
}

// restError is an answer other than 2xx.
type restError struct {
	Status  int
	Message string
	what    string
}

func (e *restError) Error() string {
	return fmt.Sprintf("ari %s: %d %s", e.what, e.Status, e.Message)
}

// Is makes errors.Is(err, pbx.ErrGone) say that the channel has ended or left Stasis meanwhile: not found (404), not in
// Stasis (409, 422), in a state where it cannot be done any more (412), or 400 with the sentence that ARI uses when the
// channel named in a parameter is not there.
func (e *restError) Is(target error) bool {
	if target != pbx.ErrGone {
		return false
	}
	switch e.Status {
	case http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed, http.StatusUnprocessableEntity:
		return true
	case http.StatusBadRequest:
		return strings.Contains(strings.ToLower(e.Message), "not found")
	}
	return false
}

func status(err error) int {
	var answer *restError
	if errors.As(err, &answer) {
		return answer.Status
	}
	return 0
}

// do sends one request. path is escaped already; what names it in metrics and errors (a short fixed word). body and out
// may be nil. Errors: *restError, pbx.ErrDown when there was no answer in time, or ctx's error.
func (r *rest) do(ctx context.Context, verb, what, path string, body, out any) error {
	bounded, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	var content io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("ari %s: %w", what, err)
		}
		content = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(bounded, verb, strings.TrimSuffix(r.base.String(), "/")+path, content)
	if err != nil {
		return fmt.Errorf("ari %s: %w", what, err)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	request.SetBasicAuth(r.user, r.password)
	began := time.Now()
	answer, err := r.send.RoundTrip(request)
	if err != nil {
		r.m.request(verb, what, "none", time.Since(began))
		if ctx.Err() != nil {
			return fmt.Errorf("ari %s: %w", what, ctx.Err())
		}
		return fmt.Errorf("%w: ari %s: %w", pbx.ErrDown, what, err)
	}
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	r.m.request(verb, what, strconv.Itoa(answer.StatusCode), time.Since(began))
	if err != nil {
		return fmt.Errorf("%w: ari %s: %w", pbx.ErrDown, what, err)
	}
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return &restError{Status: answer.StatusCode, Message: complaint(raw), what: what}
	}
	if out != nil {
		if err := json.Unmarshal(raw, out); err != nil {
			return fmt.Errorf("ari %s: answer: %w", what, err)
		}
	}
	return nil
}

// complaint is the sentence of an error answer: ARI puts it under "message" or "error".
func complaint(raw []byte) string {
	var said struct{ Message, Error string }
	if json.Unmarshal(raw, &said) != nil {
		return ""
	}
	if said.Message != "" {
		return said.Message
	}
	return said.Error
}
