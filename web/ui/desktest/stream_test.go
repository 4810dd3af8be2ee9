package desktest

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// frame is one server-sent event.
type frame struct {
	kind string
	data any
}

// deskStream is one open stream to a desk.
type deskStream struct {
	frames chan frame
	done   chan struct{}
}

// push is a message to the desk, as agent.Push is encoded.
func push(kind, call string, data any) frame {
	return frame{kind, map[string]any{"id": "p-" + strings.ToLower(rand.Text()[:6]), "kind": kind, "at": time.Now().UTC(), "call": call, "data": data}}
}

// events is the stream: hello, the state, what is live, and then what the test sends.
func (h *house) events(w http.ResponseWriter, r *http.Request) {
	s := &deskStream{frames: make(chan frame, 64), done: make(chan struct{})}
	h.mu.Lock()
	if h.cut {
		h.mu.Unlock()
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	first := append([]frame{{"hello", map[string]any{"now": h.now(), "beat_seconds": 10}}, push("state", "", h.view)}, h.live...)
	h.streams[s] = true
	h.mu.Unlock()
	defer func() {
		h.mu.Lock()
		delete(h.streams, s)
		h.mu.Unlock()
	}()
	w.Header().Set("Content-Type", "text/event-stream")
	write := func(f frame) bool {
		data, err := json.Marshal(f.data)
		if err != nil {
			h.tb.Error(err)
		}
		_, err = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", f.kind, data)
		return err == nil && http.NewResponseController(w).Flush() == nil
	}
	for _, f := range first {
		if !write(f) {
			return
		}
	}
	beat := time.NewTicker(5 * time.Second)
	defer beat.Stop()
	for {
		select {
		case <-beat.C:
			if _, err := fmt.Fprint(w, ": beat\n\n"); err != nil || http.NewResponseController(w).Flush() != nil {
				return
			}
		case f := <-s.frames:
			if !write(f) {
				return
			}
		case <-s.done:
			return
		case <-r.Context().Done():
			return
		}
	}
}

// send gives a frame to every desk.
func (h *house) send(f frame) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.streams {
		s.frames <- f
	}
}

// keep sends a push and keeps it for desks that connect later.
func (h *house) keep(f frame) frame {
	h.mu.Lock()
	h.live = append(h.live, f)
	h.mu.Unlock()
	h.send(f)
	return f
}

// tell sends an event of a queue, which has no id of its own.
func (h *house) tell(kind, call string, data map[string]any) {
	h.send(frame{kind, map[string]any{"kind": kind, "at": h.now(), "call": call, "queue": "service", "agent": "li", "data": data}})
}

// cutAll ends all streams; with stay no new one is taken until mend.
func (h *house) cutAll(stay bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.cut = stay
	for s := range h.streams {
		close(s.done)
		delete(h.streams, s)
	}
}

func (h *house) mend() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.cut = false
}

// offer lets a call come: the pop first, as the server does. It gives the id of the push.
func (h *house) offer(call string, more map[string]any) string {
	pop := map[string]any{
		"call": call, "number": "13800138000", "name": "王芳", "did": "4000000000", "queue": "service", "why": "owner", "ring1": h.now().Add(-400 * time.Millisecond), "ring": 1,
		"cycle_ms": 5000, "deadline": h.now().Add(14600 * time.Millisecond), "card": card(h.now()),
		"greeting": map[string]string{"zh": "您好，这里是服务热线，请问有什么可以帮您？", "en": "Hello, this is the service hotline. How may I help you?"},
	}
	for key, value := range more {
		pop[key] = value
	}
	h.stand("offered", map[string]any{"call": call, "since": h.now()})
	f := h.keep(push("pop", call, pop))
	return f.data.(map[string]any)["id"].(string)
}

// card is who calls: known, with an open case of this agent and an earlier call.
func card(now time.Time) map[string]any {
	return map[string]any{
		"recognition": map[string]any{"number": "+8613800138000", "kind": "one", "contacts": []any{map[string]any{"id": "k1", "name": "王芳", "customer_id": "c1", "customer_name": "华东一厂"}}},
		"customers":   []any{map[string]any{"id": "c1", "name": "华东一厂", "region": "江苏", "service_centre": "苏州"}},
		"cases": []any{
			map[string]any{"number": "C-20261120-0031", "subject": "出库单打印后库存没有减少", "owner": "li", "owner_name": "李明", "state": "open", "promise": "远程检查打印服务并回电", "promised_at": now.Add(3 * time.Hour)},
			map[string]any{"number": "C-20261118-0007", "subject": "月末结账报错 E-204", "owner": "zhang", "owner_name": "张敏", "state": "open"},
		},
		"last":     []any{map[string]any{"call": "old", "arrived": now.Add(-50 * time.Hour), "agent": "zhang", "answered": true}},
		"priority": 0,
	}
}

// talk lets the offered call be connected and owned.
func (h *house) talk(call string) {
	h.mu.Lock()
	h.calls[call] = map[string]any{"call": call, "number": "13800138000", "name": "王芳", "queue": "service", "live": map[string]any{
		"id": call, "queue": "service", "state": "talking", "held": false, "since": h.now(), "agent": "li", "case": "C-20261120-0031", "owner": "li",
	}}
	h.mu.Unlock()
	h.stand("talking", map[string]any{"call": call, "since": h.now()})
	h.keep(push("talk", call, map[string]any{"at": h.now(), "queue": "service", "rings": 1, "waited_ms": 2100, "met": true, "adopted": false}))
	h.keep(push("owned", call, map[string]any{"number": "C-20261120-0031", "owner": "li", "new": false}))
}

// over ends the agent's part of the call.
func (h *house) over(call string) {
	h.keep(push("over", call, map[string]any{"end": "caller", "at": h.now(), "talked_ms": 192_000, "handed_to": ""}))
	h.stand("wrapup", map[string]any{"call": call, "since": h.now(), "wrapup_end": h.now().Add(2 * time.Minute)})
}
