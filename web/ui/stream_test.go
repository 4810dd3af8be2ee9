package ui

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"hotline/web/browser"
)

// line plays the server's side of the stream: each connection is served by the next turn.
type line struct {
	mu    sync.Mutex
	asked []string // the queries that came
	turns []func(w http.ResponseWriter, flush func(), r *http.Request)
}

func (l *line) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	l.asked = append(l.asked, r.URL.RawQuery)
	turn := l.turns[min(len(l.asked), len(l.turns))-1]
	l.mu.Unlock()
	turn(w, func() { _ = http.NewResponseController(w).Flush() }, r)
}

func (l *line) queries() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.asked)
}

// The stream begins, is resumed after the last event when it is cut, notices silence, comes back, measures the clock, and leads to the
// login page when the session has ended.
func TestStream(t *testing.T) {
	t.Parallel()
	p := newPages(t)
	const ahead = 3 * time.Hour
	hello := func(w http.ResponseWriter, id string) {
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprintf(w, "retry: 1000\n\nid: %s\nevent: hello\ndata: {\"now\":%q,\"beat_seconds\":10,\"ring\":8}\n\n", id, time.Now().Add(ahead).Format(time.RFC3339Nano))
	}
	l := &line{turns: []func(http.ResponseWriter, func(), *http.Request){
		func(w http.ResponseWriter, flush func(), _ *http.Request) { // begins, gives events in odd pieces, and is cut
			hello(w, "e-1")
			fmt.Fprint(w, "id: e-2\nevent: arrived\ndata: {\"call\":\"c1\",")
			flush()
			fmt.Fprint(w, "\"name\":\"王芳\"}\n\nevent: pop\ndata: {\"x\":1}\n\n: beat\nid: e-5\n\n")
		},
		func(w http.ResponseWriter, flush func(), r *http.Request) { // resumes, and goes silent
			hello(w, "e-5")
			fmt.Fprint(w, "id: e-6\nevent: throws\ndata: {}\n\nid: e-7\nevent: after\ndata: {}\n\n")
			flush()
			<-r.Context().Done()
		},
		func(w http.ResponseWriter, _ func(), _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
		func(w http.ResponseWriter, _ func(), _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) },
	}}
	mux := http.NewServeMux()
	mux.Handle("GET /api/v1/events", l)
	mux.Handle("GET /static/", p.Static())
	mux.HandleFunc("GET /", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<!doctype html><link rel="icon" href="data:,"><title>x</title>`)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	tab := browser.Start(t, browser.Options{}).Tab()
	for _, part := range []string{"503", "401", "the listener broke", "live events were cut"} {
		tab.Expect(part)
	}
	tab.Goto(server.URL + "/wall?x=1")
	tab.Run(fmt.Sprintf(`(async () => {
		const {openStream} = await import("/static/%[1]s/stream.js");
		const clock = await import("/static/%[1]s/clock.js");
		const keep = (line) => sessionStorage.setItem("log", (sessionStorage.getItem("log") ?? "") + line + ";");
		openStream({
			desk: true, silence: 1500,
			onEvent(kind, data, id) {
				if (kind === "throws") throw new Error("the listener broke");
				keep(kind === "hello" ? "hello " + Math.round(clock.offset() / 3600000) + "h" : kind + " " + id + " " + JSON.stringify(data));
			},
			onLive() { keep("live"); },
			onStale(since) { keep(since instanceof Date ? "stale" : "?"); },
		});
	})()`, p.assets.hash))
	tab.Wait(`location.pathname === "/login"`)
	if at := tab.Path(); at != "/login?next=%2Fwall%3Fx%3D1" {
		t.Errorf("after the session ended at %s", at)
	}
	var log string
	tab.Eval(`sessionStorage.getItem("log")`, &log)
	const want = `live;hello 3h;arrived e-2 {"call":"c1","name":"王芳"};pop e-2 {"x":1};stale;live;hello 3h;after e-7 {};stale;`
	if log != want {
		t.Errorf("the page heard\n%s, want\n%s", log, want)
	}
	if got := l.queries(); !slices.Equal(got[:4], []string{"desk=true", "desk=true&after=e-5", "desk=true&after=e-7", "desk=true&after=e-7"}) {
		t.Errorf("the page asked %v", got)
	}
}
