package web

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

type visitKey struct{}

// visit is what operations may need of the bare request.
type visit struct {
	id      string
	request *http.Request
	began   time.Time
}

// visitOf gives the visit that ctx belongs to; outside of one it is empty.
func visitOf(ctx context.Context) visit {
	v, _ := ctx.Value(visitKey{}).(visit)
	return v
}

// requestOf gives the id of the request that ctx belongs to, "" outside one.
func requestOf(ctx context.Context) string { return visitOf(ctx).id }

// writeProblem answers with a problem where huma does not write the answer itself.
func writeProblem(w http.ResponseWriter, p *Problem) {
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	told := *p
	if told.Request == "" {
		told.Request = w.Header().Get(requestHeader)
	}
	writeJSON(w, p.Status, p.ContentType(""), &told)
}

// writeJSON encodes before it writes, so that a value that cannot be encoded becomes a 500 and not half an answer.
func writeJSON(w http.ResponseWriter, status int, media string, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		status, media = http.StatusInternalServerError, "application/problem+json"
		body = []byte(`{"type":"/problems/internal","title":"A fault of ours","status":500,"code":"internal"}`)
	}
	w.Header().Set("Content-Type", media)
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n'))
}
