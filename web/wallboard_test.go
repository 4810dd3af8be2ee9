package web

import (
	"bufio"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"hotline/queue"
	"hotline/records"
)

func TestFloorIsMaskedAndNamesTheEventItBelongsTo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.board.floor = queue.Floor{Calls: []queue.FloorCall{{ID: "a-1", Queue: "service", Number: number, Name: "王芳"}}}
	if err := h.hub.PublishQueue(queue.Event{Kind: queue.EventQueued, Call: "a-1", Queue: "service"}); err != nil {
		t.Fatal(err)
	}
	for _, login := range []string{"anna", "sue"} {
		var f floorState
		h.do(t, login, "GET", "/api/v1/floor", nil).want(http.StatusOK, &f)
		if f.Event != h.hub.id(1) || len(f.Calls) != 1 || f.Calls[0].Number != "+86138****8000" || f.Calls[0].Name != "王**" || f.Names["anna"] != "anna" {
			t.Errorf("%s sees %+v", login, f)
		}
	}
}

// A wallboard hears every queue's events, masked, whoever has signed it in; a supervisor's hears notices, too.
func TestStreamOfTheFloor(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.do(t, "dan", "GET", "/api/v1/events?floor=true", nil).problem(http.StatusForbidden, codeForbidden)
	heard := map[string]*frames{}
	for _, login := range []string{"anna", "sue"} {
		heard[login] = h.listen(t, login, "/api/v1/events?floor=true")
	}
	for _, e := range []queue.Event{
		{Kind: queue.EventPresence, Agent: "ben", Data: map[string]string{"to": "ready"}},
		{Kind: queue.EventArrived, Call: "a-1", Queue: "other", Data: map[string]string{"number": number, "name": "王芳"}},
	} {
		if err := h.hub.PublishQueue(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.hub.Publish(Live{Kind: "notice", To: ToSupervisors, Full: map[string]string{"kind": "overdue"}}); err != nil {
		t.Fatal(err)
	}
	if err := h.hub.PublishQueue(queue.Event{Kind: queue.EventEnded, Call: "a-1", Queue: "other"}); err != nil {
		t.Fatal(err)
	}
	for login, want := range map[string]string{"anna": "presence arrived ended", "sue": "presence arrived notice ended"} {
		var kinds []string
		for len(kinds) == 0 || kinds[len(kinds)-1] != "ended" {
			got := heard[login].next(t)
			if got.event == "hello" {
				continue
			}
			kinds = append(kinds, got.event)
			if strings.Contains(got.data, "13800138000") || strings.Contains(got.data, "芳") {
				t.Errorf("%s sees %s", login, got.data)
			}
		}
		if got := strings.Join(kinds, " "); got != want {
			t.Errorf("%s hears %s, want %s", login, got, want)
		}
	}
}

// listen opens a stream as a user.
func (h *house) listen(t testing.TB, login, path string) *frames {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.server.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+h.tokens[login])
	res, err := h.server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s as %s: %s", path, login, res.Status)
	}
	f := &frames{r: bufio.NewReader(res.Body)}
	if got := f.next(t); got.event != "hello" {
		t.Fatalf("the stream began with %+v", got)
	}
	return f
}

func TestJournalOfADayIsReadInPagesAndMasked(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	day := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	write := func(at time.Duration, e queue.Event) {
		e.At = day.Add(at)
		data, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		h.store.Journal().Append(records.JournalEntry{Call: e.Call, At: e.At, Kind: e.Kind, Agent: e.Agent, Data: data})
	}
	write(-time.Hour, queue.Event{Kind: queue.EventPresence, Agent: "ben", Data: map[string]string{"to": "paused"}})
	write(-time.Minute, queue.Event{Kind: queue.EventPresence, Agent: "ben", Data: map[string]string{"to": "ready"}})
	for i := range 5 {
		write(time.Duration(i)*time.Minute, queue.Event{Kind: queue.EventArrived, Call: "a-" + string(rune('1'+i)), Data: map[string]string{"number": number}})
	}
	write(25*time.Hour, queue.Event{Kind: queue.EventEnded, Call: "a-1"})
	h.store.Journal().Append(records.JournalEntry{Call: "a-1", At: day.Add(time.Second), Kind: "other", Data: []byte(`[1]`)})

	path := "/api/v1/journal?from=2026-11-20T00:00:00Z&to=2026-11-21T00:00:00Z&limit=2"
	var got []queue.Event
	for cursor := ""; ; {
		var page recordedDay
		h.do(t, "sue", "GET", path+"&cursor="+cursor, nil).want(http.StatusOK, &page)
		if cursor == "" && (page.Total != 6 || len(page.Before) != 1 || page.Before[0].Data["to"] != "ready") {
			t.Errorf("the first page says total %d, before %+v", page.Total, page.Before)
		}
		got = append(got, page.Items...)
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if len(got) != 5 || got[0].Call != "a-1" || got[4].Call != "a-5" || got[0].Data["number"] != "+86138****8000" {
		t.Errorf("the day is %+v", got)
	}
	h.do(t, "sue", "GET", "/api/v1/journal?from=2026-11-20T00:00:00Z&to=2026-11-25T00:00:00Z", nil).problem(http.StatusUnprocessableEntity, codeInvalid)
	h.do(t, "sue", "GET", path+"&cursor=x", nil).problem(http.StatusUnprocessableEntity, "cursor")
}
