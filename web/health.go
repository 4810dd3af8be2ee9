package web

import (
	"context"
	"crypto/subtle"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// Standing is how a part of the hotline does.
type Standing string

// A part that is Down makes /readyz answer 503. One that is Degraded works in a lesser way that says so, e.g. the queue on
// node-local memory while Redis is gone: calls are still answered, so the node stays ready.
const (
	Up       Standing = "up"
	Degraded Standing = "degraded"
	Down     Standing = "down"
)

// Part is something that the hotline needs: a switch, the board, the database, the journal.
type Part struct {
	Name  string // e.g. "switch a", "board", "database", "journal"; shown to everybody
	Check func(context.Context) (Standing, string)
}

// PartState is what one check said. Detail is only told on loopback or with the operator's token.
type PartState struct {
	Name     string   `json:"name"`
	Standing Standing `json:"state"`
	Detail   string   `json:"detail,omitempty"`
}

// Readiness is the answer of /readyz.
type Readiness struct {
	Standing Standing    `json:"state" doc:"the worst of the parts; draining counts as down"`
	Missing  []string    `json:"missing,omitempty" doc:"names of the parts that are down"`
	Parts    []PartState `json:"parts"`
}

// checkTime bounds one check. A part that does not answer in it is down.
const checkTime = 2 * time.Second

// ready asks all parts at once.
func (s *Site) ready(ctx context.Context) Readiness {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	r := Readiness{Standing: Up, Parts: make([]PartState, len(s.opt.Parts))}
	var wait sync.WaitGroup
	for i, p := range s.opt.Parts {
		wait.Go(func() { r.Parts[i] = checkPart(ctx, p) })
	}
	wait.Wait()
	if s.draining() {
		r.Parts = append(r.Parts, PartState{Name: "http", Standing: Down, Detail: "draining: this node is about to stop"})
	}
	for _, p := range r.Parts {
		switch p.Standing {
		case Down:
			r.Standing = Down
			r.Missing = append(r.Missing, p.Name)
		case Degraded:
			if r.Standing == Up {
				r.Standing = Degraded
			}
		}
	}
	return r
}

// checkPart waits for the check no longer than ctx; a check that ignores ctx ends by itself later.
func checkPart(ctx context.Context, p Part) PartState {
	said := make(chan PartState, 1)
	go func() {
		standing, detail := p.Check(ctx)
		said <- PartState{p.Name, standing, detail}
	}()
	select {
	case state := <-said:
		return state
	case <-ctx.Done():
		return PartState{p.Name, Down, "no answer in time"}
	}
}

func (s *Site) serveHealth(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n"))
}

func (s *Site) serveReady(w http.ResponseWriter, r *http.Request) {
	ready := s.ready(r.Context())
	if !s.operator(r) {
		for i := range ready.Parts {
			ready.Parts[i].Detail = ""
		}
	}
	status := http.StatusOK
	if ready.Standing == Down {
		status = http.StatusServiceUnavailable
	}
	writeJSON(w, status, "application/json", ready)
}

func (s *Site) serveMetrics(w http.ResponseWriter, r *http.Request) {
	if !s.operator(r) {
		s.refuse(w, r, &Problem{
			Type: "/problems/" + codeForbidden, Title: "Not permitted", Status: http.StatusForbidden, Code: codeForbidden,
			Detail: "Metrics are told only on the loopback address or with the operator's token.",
			Do:     "Scrape from this machine, or set web.operator_token and send it as bearer token.",
		})
		return
	}
	s.metrics.ServeHTTP(w, r)
}

// operator says whether a request may see the inside of the house: it comes from this machine itself, not through a proxy
// on it, or carries the operator's token. Nothing else opens /metrics and the details of /readyz.
func (s *Site) operator(r *http.Request) bool {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok && s.opt.OperatorToken != "" {
		return subtle.ConstantTimeCompare([]byte(token), []byte(s.opt.OperatorToken)) == 1
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && peer.Addr().Unmap().IsLoopback() && !forwarded(r)
}
