package asterisk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// echo is a server that says what it was sent, and counts connections.
func echo(t *testing.T, handle http.HandlerFunc) (base *url.URL, conns *atomic.Int64) {
	t.Helper()
	conns = new(atomic.Int64)
	server := httptest.NewUnstartedServer(handle)
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			conns.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	base, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return base, conns
}

func say(ctx context.Context, d *direct, base *url.URL, body string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, base.String()+"/x", bytes.NewReader([]byte(body)))
	if err != nil {
		return "", err
	}
	answer, err := d.RoundTrip(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	return string(raw), err
}

// Many at once share few connections, and each gets its own answer.
func TestDirectKeepsItsConnections(t *testing.T) {
	base, conns := echo(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(w, r.Body)
	})
	d := newDirect(base, 3, time.Minute)
	defer d.CloseIdleConnections()
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			want := fmt.Sprint("body ", i)
			if got, err := say(t.Context(), d, base, want); err != nil || got != want {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
	all.Wait()
	if n := conns.Load(); n < 1 || n > 3 {
		t.Errorf("%d connections", n)
	}
}

// A connection that the server has closed, or that was idle for too long, is not used again; one that it says it will
// close neither.
func TestDirectUsesNoClosedConnection(t *testing.T) {
	closing := atomic.Bool{}
	base, conns := echo(t, func(w http.ResponseWriter, r *http.Request) {
		if closing.Load() {
			w.Header().Set("Connection", "close")
		}
		_, _ = io.Copy(w, r.Body)
	})
	d := newDirect(base, 3, time.Minute)
	defer d.CloseIdleConnections()
	ask := func(connsAfter int64) {
		t.Helper()
		if got, err := say(t.Context(), d, base, "x"); err != nil || got != "x" {
			t.Fatalf("%q, %v", got, err)
		}
		if n := conns.Load(); n != connsAfter {
			t.Fatalf("%d connections, want %d", n, connsAfter)
		}
	}
	ask(1)
	ask(1)
	closing.Store(true)
	ask(1)
	ask(2)
	closing.Store(false)
	ask(3)
	d.keep = 0
	ask(4)
	d.keep = time.Minute
	if err := d.idle[0].Conn.(*net.TCPConn).CloseRead(); err != nil { // reads as its end
		t.Fatal(err)
	}
	ask(5)
}

// A context that ends takes the request with it at once, and its connection.
func TestDirectEndsWithItsContext(t *testing.T) {
	arrived := make(chan struct{})
	base, conns := echo(t, func(w http.ResponseWriter, r *http.Request) {
		if body, _ := io.ReadAll(r.Body); string(body) == "wait" {
			close(arrived)
			<-r.Context().Done()
			return
		}
	})
	d := newDirect(base, 1, time.Minute)
	defer d.CloseIdleConnections()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	if _, err := say(ctx, d, base, "wait"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, err := say(t.Context(), d, base, "x"); err != nil || conns.Load() != 2 {
		t.Errorf("%v, %d connections", err, conns.Load())
	}
}
