package web

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hotline/agent"
)

// frame is one server-sent event as a browser reads it.
type frame struct{ id, event, data string }

// frames reads events from a body as the SSE grammar says (WHATWG HTML §9.2.6), comments left out.
type frames struct {
	r  *bufio.Reader
	id string
}

func (f *frames) next(t testing.TB) frame {
	t.Helper()
	got, err := f.read()
	if err != nil {
		t.Fatalf("the stream ended: %v", err)
	}
	return got
}

func (f *frames) read() (frame, error) {
	var ev frame
	for {
		line, err := f.r.ReadString('\n')
		if err != nil {
			return ev, err
		}
		line = strings.TrimSuffix(line, "\n")
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case line == "" && ev.data != "":
			ev.id = f.id
			return ev, nil
		case line == "":
			ev = frame{}
		case name == "id":
			f.id = value
		case name == "event":
			ev.event = value
		case name == "data":
			ev.data += value
		}
	}
}

// open serves one stream of hub on a real connection.
func open(t testing.TB, hub *Hub, last string, set func(*stream)) (*frames, <-chan error) {
	t.Helper()
	ended := make(chan error, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		st := &stream{
			hub: hub, now: time.Now, beaten: func() {}, alive: func(context.Context) error { return nil },
			hears: func(i liveItem) ([]byte, bool) { return i.full, true },
			w:     w, ctl: http.NewResponseController(w),
		}
		if set != nil {
			set(st)
		}
		ended <- st.run(r.Context(), last)
	}))
	t.Cleanup(server.Close)
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); _ = res.Body.Close() })
	return &frames{r: bufio.NewReader(res.Body)}, ended
}

func TestStreamBeginsAndResumes(t *testing.T) {
	t.Parallel()
	hub := NewHub(8)
	publish(t, hub, 3)

	t.Run("without an id it begins now", func(t *testing.T) {
		t.Parallel()
		f, _ := open(t, hub, "", nil)
		if got := f.next(t); got.event != "hello" || got.id != hub.id(3) || !strings.Contains(got.data, `"now"`) {
			t.Fatalf("first frame %+v", got)
		}
	})
	t.Run("with an id it continues after it", func(t *testing.T) {
		t.Parallel()
		f, _ := open(t, hub, hub.id(1), nil)
		if got := f.next(t); got.event != "hello" || got.id != hub.id(1) {
			t.Fatalf("first frame %+v", got)
		}
		for want := 2; want <= 3; want++ {
			if got := f.next(t); got.id != hub.id(place(want)) || got.data != fmt.Sprint(want-1) {
				t.Fatalf("frame %+v, want event %d", got, want)
			}
		}
	})
	t.Run("with an id that cannot be resumed it says reset", func(t *testing.T) {
		t.Parallel()
		for _, id := range []string{"gone-7", "nonsense", NewHub(8).id(2)} {
			f, _ := open(t, hub, id, nil)
			if got := f.next(t); got.event != "reset" || got.id != hub.id(3) {
				t.Fatalf("after %q: %+v", id, got)
			}
		}
	})
}

func TestStreamFollowsAndStops(t *testing.T) {
	t.Parallel()
	hub := NewHub(8)
	f, ended := open(t, hub, "", nil)
	f.next(t)
	for i := range 50 { // many times the ring, one by one: a reader who keeps up misses nothing
		publish(t, hub, 1)
		if got := f.next(t); got.id != hub.id(place(i+1)) {
			t.Fatalf("frame %+v, want %d", got, i+1)
		}
	}
	hub.close()
	if got := f.next(t); got.event != "bye" {
		t.Fatalf("frame %+v, want bye", got)
	}
	if err := <-ended; err != nil {
		t.Fatalf("ended with %v", err)
	}
	if _, err := f.read(); !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatalf("after bye: %v", err)
	}
}

func TestStreamHearsOnlyWhatIsForIt(t *testing.T) {
	t.Parallel()
	hub := NewHub(8)
	f, _ := open(t, hub, "", func(s *stream) {
		s.hears = func(i liveItem) ([]byte, bool) { return i.full, i.id%2 == 0 }
	})
	f.next(t)
	publish(t, hub, 4)
	for _, want := range []place{2, 4} {
		if got := f.next(t); got.id != hub.id(want) {
			t.Fatalf("heard %+v, want %d", got, want)
		}
	}
}

// gate is a writer that the test opens and shuts: the network of a slow reader.
type gate struct {
	http.ResponseWriter
	blocked chan struct{} // told when a write waits
	pass    chan struct{}
}

func (g *gate) Write(b []byte) (int, error) {
	g.blocked <- struct{}{}
	<-g.pass
	return g.ResponseWriter.Write(b)
}

func TestSlowReaderIsDisconnectedNeverSkipped(t *testing.T) {
	t.Parallel()
	hub := NewHub(4)
	rec := httptest.NewRecorder()
	g := &gate{ResponseWriter: rec, blocked: make(chan struct{}), pass: make(chan struct{})}
	st := &stream{
		hub: hub, now: time.Now, beaten: func() {}, alive: func(context.Context) error { return nil },
		hears: func(i liveItem) ([]byte, bool) { return i.full, true },
		w:     g, ctl: http.NewResponseController(rec),
	}
	ended := make(chan error, 1)
	go func() { ended <- st.run(t.Context(), "") }()
	<-g.blocked
	g.pass <- struct{}{} // hello
	publish(t, hub, 1)
	<-g.blocked
	publish(t, hub, 5) // while event 1 is being written, 2…6 happen: 2 falls out of a ring of four
	g.pass <- struct{}{}
	if err := <-ended; !errors.Is(err, errFell) {
		t.Fatalf("ended with %v, want errFell", err)
	}
	f := &frames{r: bufio.NewReader(rec.Body)}
	f.next(t)
	if got := f.next(t); got.id != hub.id(1) {
		t.Fatalf("heard %+v", got)
	}
	if got, err := f.read(); err == nil {
		t.Fatalf("after a gap it went on with %+v", got)
	}
}

// A reader whose network takes no bytes is cut by the write deadline, on a real connection.
func TestStuckConnectionIsCut(t *testing.T) {
	t.Parallel()
	server, client := net.Pipe() // takes a byte only when it is read
	defer client.Close()
	if err := server.SetWriteDeadline(time.Now().Add(10 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	st := &stream{
		hub: NewHub(4), now: time.Now, beaten: func() {}, alive: func(context.Context) error { return nil },
		w: server, ctl: http.NewResponseController(httptest.NewRecorder()),
	}
	var timeout net.Error
	if err := st.run(t.Context(), ""); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Fatalf("ended with %v, want a time-out", err)
	}
}

func TestStreamCarriesTheDesk(t *testing.T) {
	t.Parallel()
	hub := NewHub(8)
	pushes := make(chan agent.Push, 4)
	f, ended := open(t, hub, "", func(s *stream) {
		s.pushes, s.why = pushes, func() error { return agent.ErrDeskReplaced }
	})
	first := f.next(t)
	pushes <- agent.Push{ID: "p1", Kind: "pop", Call: "a-1"}
	got := f.next(t)
	if got.event != "pop" || !strings.Contains(got.data, `"p1"`) {
		t.Fatalf("frame %+v", got)
	}
	if got.id != first.id {
		t.Fatalf("a push moved the id from %s to %s", first.id, got.id)
	}
	close(pushes)
	if got := f.next(t); got.event != "desk-closed" || !strings.Contains(got.data, agent.ErrDeskReplaced.Code) {
		t.Fatalf("frame %+v", got)
	}
	if err := <-ended; err != nil {
		t.Fatalf("ended with %v", err)
	}
}

// Within a beat of signing out, or of being disabled, the stream ends; while nothing happens it tells the last id, so that a
// reader who hears little does not fall out of the ring.
func TestBeat(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hub := NewHub(4)
		rec := httptest.NewRecorder()
		beats, signedOut := 0, errors.New("signed out")
		st := &stream{
			hub: hub, now: time.Now, hears: func(liveItem) ([]byte, bool) { return nil, false },
			beaten: func() { beats++ },
			alive: func(context.Context) error {
				if beats == 3 {
					return signedOut
				}
				return nil
			},
			w: rec, ctl: http.NewResponseController(rec),
		}
		began := time.Now()
		ended := make(chan error, 1)
		go func() { ended <- st.run(t.Context(), "") }()
		synctest.Wait()
		publish(t, hub, 3)
		if err := <-ended; !errors.Is(err, signedOut) {
			t.Errorf("ended with %v", err)
		}
		if took := time.Since(began); took != 4*beat {
			t.Errorf("ended after %s", took)
		}
		body := rec.Body.String()
		if !strings.Contains(body, "id: "+hub.id(3)+"\n\n") || !strings.Contains(body, `event: bye`) || beats != 3 {
			t.Errorf("after %d beats: %s", beats, body)
		}
	})
}

// A flood of events must not hold back a pop: the push is written although events keep coming.
func TestPopOvertakesFlood(t *testing.T) {
	t.Parallel()
	hub := NewHub(1 << 16)
	publish(t, hub, 1<<15)
	pushes := make(chan agent.Push, 1)
	pushes <- agent.Push{ID: "p1", Kind: "pop"}
	f, _ := open(t, hub, hub.id(0), func(s *stream) { s.pushes = pushes })
	for n := 0; ; n++ {
		if f.next(t).event == "pop" {
			return
		}
		if n > 1<<14 {
			t.Fatal("the pop came after half the flood")
		}
	}
}
