package web

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"hotline/agent"
	"hotline/queue"
)

// follow opens an event stream as login.
func (h *house) follow(t testing.TB, login, query, last string, header ...string) *frames {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, h.server.URL+"/api/v1/events"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+h.tokens[login])
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := h.server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); _ = res.Body.Close() })
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("events as %s: %d %s", login, res.StatusCode, res.Header.Get("Content-Type"))
	}
	return &frames{r: bufio.NewReader(res.Body)}
}

func (h *house) happen(t testing.TB, e queue.Event) {
	t.Helper()
	e.At = time.Now()
	if err := h.hub.PublishQueue(e); err != nil {
		t.Fatal(err)
	}
}

func TestEventsByRole(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	streams := map[string]*frames{}
	for login := range people() {
		streams[login] = h.follow(t, login, "", "")
		if f := streams[login].next(t); f.event != "hello" {
			t.Fatalf("%s begins with %+v", login, f)
		}
	}
	arrived := queue.Event{Kind: queue.EventArrived, Call: "a-1", Queue: "service", Data: map[string]string{"number": number, "name": "王芳"}}
	h.happen(t, arrived)
	h.happen(t, queue.Event{Kind: queue.EventArrived, Call: "a-2", Queue: "other"})
	h.happen(t, queue.Event{Kind: queue.EventAlarm, Data: map[string]string{"what": "switch"}})
	if err := h.hub.Publish(Live{Kind: "escalation", At: time.Now(), To: ToDispatchers | ToSupervisors, Full: obj{"id": "e"}}); err != nil {
		t.Fatal(err)
	}
	if err := h.hub.Publish(Live{Kind: "end", At: time.Now(), To: ToSupervisors | ToDispatchers | ToAdministrators, Full: 1}); err != nil {
		t.Fatal(err)
	}
	h.happen(t, queue.Event{Kind: queue.EventPresence, Agent: "anna", Data: map[string]string{"to": "ready"}})

	for login, want := range map[string]string{
		"sue": "arrived arrived alarm escalation end presence", "dan": "escalation end", "adam": "alarm end", "anna": "arrived presence", "ben": "arrived",
	} {
		var got []string
		for range strings.Fields(want) {
			f := streams[login].next(t)
			got = append(got, f.event)
			if f.event == queue.EventArrived && strings.Contains(f.data, "a-1") {
				if full := strings.Contains(f.data, number); full != (login == "sue") {
					t.Errorf("%s reads %s", login, f.data)
				}
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s hears %v, want %s", login, got, want)
		}
	}
}

func TestEventsResumeAcrossConnections(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	f := h.follow(t, "sue", "", "")
	f.next(t)
	h.happen(t, queue.Event{Kind: queue.EventArrived, Call: "a-1", Queue: "service"})
	last := f.next(t).id
	for range 3 {
		h.happen(t, queue.Event{Kind: queue.EventQueued, Call: "a-1", Queue: "service"})
	}
	for name, again := range map[string]*frames{
		"header": h.follow(t, "sue", "", last), "query": h.follow(t, "sue", "?after="+last, ""),
	} {
		if got := again.next(t); got.event != "hello" {
			t.Fatalf("%s: %+v", name, got)
		}
		for range 3 {
			if got := again.next(t); got.event != queue.EventQueued {
				t.Fatalf("%s: %+v", name, got)
			}
		}
	}
	for range 100 { // more than the ring of 64
		h.happen(t, queue.Event{Kind: queue.EventQueued, Call: "a-1", Queue: "service"})
	}
	if got := h.follow(t, "sue", "", last).next(t); got.event != "reset" {
		t.Errorf("after a gap it begins with %+v", got)
	}
}

func TestDeskOverTheStream(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.roster.PhoneUp("anna", time.Now())
	h.do(t, "anna", "POST", "/api/v1/agents/anna/state", obj{"state": "ready"}).want(http.StatusOK, nil)
	h.do(t, "anna", "POST", "/api/v1/desk/heartbeat", obj{"active": true}).problem(http.StatusConflict, codeConflict)
	h.do(t, "dan", "GET", "/api/v1/events?desk=true", nil).problem(http.StatusForbidden, codeForbidden)

	f := h.follow(t, "anna", "?desk=true", "")
	f.next(t)
	if got := f.next(t); got.event != "state" || !strings.Contains(got.data, `"ready"`) {
		t.Fatalf("the desk begins with %+v", got)
	}
	if v, _ := h.roster.View("anna"); !v.DeskOpen {
		t.Error("the desk is not open")
	}
	h.do(t, "anna", "POST", "/api/v1/desk/heartbeat", obj{"active": true}).want(http.StatusNoContent, nil)

	if !h.roster.Offered("anna", "a-1") {
		t.Fatal("anna cannot be offered the call")
	}
	h.roster.Push("anna", agent.Push{Kind: "pop", Call: "a-1", Data: obj{"number": number}})
	pop := f.until(t, "pop")
	var push agent.Push
	if err := json.Unmarshal([]byte(pop.data), &push); err != nil || push.Call != "a-1" || !strings.Contains(pop.data, number) {
		t.Fatalf("pop %s: %v", pop.data, err)
	}
	h.do(t, "ben", "POST", "/api/v1/pops/"+push.ID+"/ack", nil).problem(http.StatusNotFound, codeNotFound)
	var ack acknowledged
	h.do(t, "anna", "POST", "/api/v1/pops/"+push.ID+"/ack", nil).want(http.StatusOK, &ack)
	if ack.Milliseconds < 0 || ack.Milliseconds > 60_000 || h.roster.PopLatency().Count != 1 {
		t.Errorf("latency %v, counted %d", ack.Milliseconds, h.roster.PopLatency().Count)
	}
	h.do(t, "anna", "POST", "/api/v1/pops/"+push.ID+"/ack", nil).problem(http.StatusNotFound, codeNotFound)

	// A reload gets what is current; a second sign-in takes over and the first desk is told.
	again := h.follow(t, "anna", "?desk=true", "")
	if got := again.until(t, "pop"); got.data == "" {
		t.Error("no pop after the reload")
	}
	token, _, err := h.store.NewSession(t.Context(), "anna")
	if err != nil {
		t.Fatal(err)
	}
	h.tokens["anna-elsewhere"] = token
	h.follow(t, "anna-elsewhere", "?desk=true", "").until(t, "pop")
	f.until(t, "replaced")
	if got := f.until(t, "desk-closed"); !strings.Contains(got.data, agent.ErrDeskReplaced.Code) {
		t.Errorf("closed with %+v", got)
	}
}

// Why a desk ended is told in the language of who sat at it; the code is for programs and stays.
func TestADeskEndsInTheLanguageOfItsAgent(t *testing.T) {
	t.Parallel()
	for lang, want := range map[string][]string{
		"zh-CN": {"工作台已在别处打开。", "请在那里继续"}, "en": {agent.ErrDeskReplaced.What, agent.ErrDeskReplaced.Do}, "": {agent.ErrDeskReplaced.What},
	} {
		h := newHouse(t)
		f := h.follow(t, "anna", "?desk=true", "", "Accept-Language", lang)
		f.next(t)
		token, _, err := h.store.NewSession(t.Context(), "anna")
		if err != nil {
			t.Fatal(err)
		}
		h.tokens["anna-elsewhere"] = token
		h.follow(t, "anna-elsewhere", "?desk=true", "").next(t)
		got := f.until(t, "desk-closed")
		for _, part := range append(want, agent.ErrDeskReplaced.Code) {
			if !strings.Contains(got.data, part) {
				t.Errorf("%q is told %s, which lacks %q", lang, got.data, part)
			}
		}
	}
}

// until reads on to the next event of that kind.
func (f *frames) until(t testing.TB, event string) frame {
	t.Helper()
	for {
		if got := f.next(t); got.event == event {
			return got
		}
	}
}

func TestStreamsAreBounded(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *Options) { o.PeerStreams, o.MaxStreams = 2, 3 })
	h.follow(t, "sue", "", "").next(t)
	f := h.follow(t, "sue", "", "")
	f.next(t)
	r := h.do(t, "sue", "GET", "/api/v1/events", nil)
	r.problem(http.StatusTooManyRequests, codeThrottled)
	if r.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	h.follow(t, "dan", "", "").next(t)
	h.do(t, "anna", "GET", "/api/v1/events", nil).problem(http.StatusTooManyRequests, codeThrottled)
}

func TestDrainEndsStreams(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	f := h.follow(t, "anna", "?desk=true", "")
	f.next(t)
	h.site.Drain()
	f.until(t, "bye")
	h.do(t, "anna", "GET", "/api/v1/events", nil).problem(http.StatusServiceUnavailable, codeUnavailable)
	if v, _ := h.roster.View("anna"); v.State != agent.Offline {
		t.Errorf("anna is %s", v.State)
	}
}
