package house

import (
	"encoding/json"
	"net/http"
)

// Count is how often a call's journal has an entry of a kind.
func (h *House) Count(call, kind string) (n int) {
	h.tb.Helper()
	for _, e := range h.Journal(call) {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

// Live are the calls that the hotline drives now, by id. Empty while it does not answer.
func (h *House) Live() map[string]CallView {
	live := map[string]CallView{}
	status, text := h.Try("GET", "/api/v1/calls?live=true&limit=200", h.Admin, nil)
	if status != http.StatusOK {
		return live
	}
	var reply struct {
		Items []CallView `json:"items"`
	}
	h.Decode(text, &reply)
	for _, v := range reply.Items {
		live[v.Call] = v
	}
	return live
}

// Part is how /readyz calls a part's state: "up", "degraded", "down", or "" when nobody answers.
func (h *House) Part(name string) string {
	var reply struct {
		Parts []struct{ Name, State string } `json:"parts"`
	}
	status, text := h.Try("GET", "/readyz", "", nil)
	if status == 0 || json.Unmarshal(text, &reply) != nil {
		return ""
	}
	for _, p := range reply.Parts {
		if p.Name == name {
			return p.State
		}
	}
	return ""
}
