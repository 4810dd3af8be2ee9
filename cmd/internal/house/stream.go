package house

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"time"
)

// Stream is one open stream of live events.
type Stream struct {
	Events chan Live     // buffered; never dropped
	Done   chan struct{} // closed when the stream has ended

	cancel context.CancelFunc
	house  *House
}

// Live is one server-sent event, and when it was read.
type Live struct {
	ID, Kind string
	Data     []byte
	At       time.Time
}

// Listen opens GET /api/v1/events; query may be "" or "?desk=true".
func (h *House) Listen(token, query, lastID string) *Stream {
	h.tb.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+h.Addr+"/api/v1/events"+query, nil)
	if err != nil {
		h.tb.Fatalf("house: %v", err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if lastID != "" {
		req.Header.Set("Last-Event-ID", lastID)
	}
	resp, err := http.DefaultClient.Do(req) //nolint:bodyclose // closed by the reader below
	if err != nil {
		h.tb.Fatalf("events: %v", err)
	}
	if resp.StatusCode != http.StatusOK {
		h.tb.Fatalf("events: %s", resp.Status)
	}
	s := &Stream{Events: make(chan Live, 100_000), Done: make(chan struct{}), cancel: cancel, house: h}
	go func() {
		defer close(s.Done)
		defer resp.Body.Close()
		scan := bufio.NewScanner(resp.Body)
		scan.Buffer(nil, 1<<20)
		var e Live
		for scan.Scan() {
			key, value, _ := strings.Cut(scan.Text(), ":")
			value = strings.TrimPrefix(value, " ")
			switch {
			case scan.Text() == "":
				if e.Kind != "" {
					e.At = time.Now()
					s.Events <- e
				}
				e = Live{}
			case key == "id":
				e.ID = value
			case key == "event":
				e.Kind = value
			case key == "data":
				e.Data = append(e.Data, value...)
			}
		}
	}()
	h.tb.Cleanup(s.Close)
	return s
}

// Close ends the stream.
func (s *Stream) Close() {
	s.cancel()
	<-s.Done
}

// Wait gives the next event of a kind; the ones before it are passed over.
func (s *Stream) Wait(kind string) Live {
	s.house.tb.Helper()
	return s.WaitFor(kind, "")
}

// WaitFor gives the next event of a kind whose data hold some text; the ones before it are passed over.
func (s *Stream) WaitFor(kind, text string) Live {
	s.house.tb.Helper()
	late := time.After(Patience)
	var seen []string
	for {
		select {
		case e := <-s.Events:
			if e.Kind == kind && strings.Contains(string(e.Data), text) {
				return e
			}
			seen = append(seen, e.Kind+" "+string(e.Data))
		case <-s.Done:
			s.house.tb.Fatalf("the stream ended before %q; seen:\n%s", kind, strings.Join(seen, "\n"))
		case <-late:
			s.house.tb.Fatalf("waited in vain for %q; seen:\n%s\nthe hotline's log:\n%s", kind, strings.Join(seen, "\n"), s.house.Log())
		}
	}
}
