package desktest

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// api answers what the desk asks; commands are noted for the test and succeed unless it says otherwise.
func (h *house) api(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/api/v1")
	w.Header().Set("Content-Type", "application/json")
	if r.Method != http.MethodGet {
		seen := h.note(r)
		if h.refused(w, r.Method+" "+path) {
			return
		}
		h.obey(w, seen)
		return
	}
	if h.refused(w, "GET "+path) {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	list := func(items ...any) map[string]any { return map[string]any{"items": append([]any{}, items...)} }
	switch {
	case path == "/phone":
		answer(w, h.account())
	case path == "/me":
		answer(w, map[string]any{"login": "li", "name": "李明", "roles": []string{"agent"}, "pause_reasons": []string{"break", "meal", "meeting", "training", "paperwork"}})
	case path == "/agents":
		answer(w, list(h.view, h.colleague("zhang", "张敏", "ready", 95), h.colleague("wang", "王强", "talking", 301), h.colleague("chen", "陈静", "paused", 620), h.colleague("liqiang", "李强", "ready", 20)))
	case path == "/queues":
		answer(w, list(map[string]any{"queue": "service", "title": map[string]string{"zh": "服务热线", "en": "Service hotline"}, "waiting": len(h.waiting)}, map[string]any{"queue": "erp", "title": map[string]string{"zh": "ERP 支持", "en": "ERP support"}, "waiting": 0}))
	case path == "/calls":
		answer(w, list(h.waiting...))
	case path == "/handovers":
		answer(w, list(h.hands...))
	case strings.HasPrefix(path, "/calls/") && h.calls[strings.TrimPrefix(path, "/calls/")] != nil:
		answer(w, h.calls[strings.TrimPrefix(path, "/calls/")])
	default:
		w.WriteHeader(http.StatusNotFound)
		answer(w, map[string]any{"code": "not-found", "detail": "there is no " + path, "do": "ask for something else"})
	}
}

func (h *house) account() map[string]any {
	a := map[string]any{"kind": h.kind, "lines": []any{map[string]any{"switch": "test", "path": "/sip", "media": h.media}}, "uri": "sip:li@hotline", "login": "li", "realm": "hotline", "ice": []any{}, "media": h.media}
	if h.kind == "browser" {
		a["ha1"] = ha1
	}
	if h.relay != nil {
		server, until := h.relay()
		a["ice"], a["ice_until"] = []any{server}, until
	}
	return a
}

func (h *house) colleague(login, name, state string, seconds int) map[string]any {
	return map[string]any{
		"login": login, "name": name, "team": "north", "state": state, "since": h.now().Add(-time.Duration(seconds) * time.Second),
		"phone_up": true, "missed": 0, "answered": 3, "version": 1, "queues": []string{"service"},
	}
}

// obey does what the server does of a command that the desk sees at once: presence follows, and hold is told by an event.
func (h *house) obey(w http.ResponseWriter, r request) {
	switch {
	case r.Path == "/agents/li/state":
		state, _ := r.Body["state"].(string)
		reason, _ := r.Body["reason"].(string)
		h.stand(state, map[string]any{"reason": reason, "since": h.now()})
		h.mu.Lock()
		view := h.view
		h.mu.Unlock()
		answer(w, view)
		return
	case r.Path == "/phone":
		h.mu.Lock()
		h.kind, _ = r.Body["kind"].(string)
		account := h.account()
		h.mu.Unlock()
		answer(w, account)
		return
	case strings.HasSuffix(r.Path, "/hold"):
		h.tell("held", callOf(r.Path), nil)
	case strings.HasSuffix(r.Path, "/resume"):
		h.tell("resumed", callOf(r.Path), nil)
	case strings.HasSuffix(r.Path, "/handover"):
		to, _ := r.Body["agent"].(string)
		if q, ok := r.Body["queue"].(string); ok {
			to = "queue:" + q
		} else if r.Body["manager"] == true {
			to = "manager"
		}
		h.tell("handover", callOf(r.Path), map[string]any{"to": to})
	case strings.HasSuffix(r.Path, "/expert"):
		h.mu.Lock()
		if call, ok := h.calls[callOf(r.Path)].(map[string]any); ok {
			live, _ := call["live"].(map[string]any)
			live["expert"] = r.Body["agent"]
		}
		h.mu.Unlock()
	case strings.HasSuffix(r.Path, "/takeback"):
		h.tell("handback", callOf(r.Path), map[string]any{"to": "zhang", "outcome": "returned"})
	}
	w.WriteHeader(http.StatusNoContent)
}

func callOf(path string) string { return strings.Split(path, "/")[2] }

func (h *house) refused(w http.ResponseWriter, what string) bool {
	h.mu.Lock()
	p, ok := h.refuse[what]
	if ok && p.afterwardsOK {
		delete(h.refuse, what)
	}
	h.mu.Unlock()
	if !ok {
		return false
	}
	w.WriteHeader(p.Status)
	answer(w, map[string]any{"code": p.Code, "detail": p.What, "do": p.What2Do, "status": p.Status})
	return true
}

func answer(w http.ResponseWriter, doc any) { _ = json.NewEncoder(w).Encode(doc) }
