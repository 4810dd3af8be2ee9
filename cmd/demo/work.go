package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"time"

	"hotline/pbx/pbxtest"
)

// work is one simulated agent until the demo ends: a SIP phone that is picked up, or now and then not, and a desk that wraps up.
func work(ctx context.Context, s *server, m *member, seed, n uint64) {
	bench := &bench{}
	defer bench.clear()
	phone := pbxtest.NewPhone(bench, pbxtest.PhoneOptions{
		User: m.login, Secret: m.secret, Server: s.sip, IP: fmt.Sprintf("127.0.1.%d", n+1), PacketEvery: 200 * time.Millisecond,
	})
	d := &desk{server: s, member: m, phone: phone, r: rand.New(rand.NewPCG(seed, 100+n))} //nolint:gosec // repeatable, no secret
	d.state(ctx, "ready", "")
	for ctx.Err() == nil {
		call, err := phone.WaitInvite(ctx)
		if err != nil {
			return
		}
		d.take(ctx, call)
	}
}

// desk is what a simulated agent does.
type desk struct {
	server *server
	member *member
	phone  *pbxtest.Phone
	r      *rand.Rand
}

// take answers a call, mostly within the first ring, and ends it properly.
func (d *desk) take(ctx context.Context, call *pbxtest.PhoneCall) {
	switch d.r.IntN(20) {
	case 0: // away from the desk: it rings out
		d.wait(ctx, call, 2*time.Minute)
		d.state(ctx, "ready", "")
		return
	case 1:
		d.wait(ctx, call, time.Second)
		call.Decline(603)
		d.state(ctx, "ready", "")
		return
	}
	if d.wait(ctx, call, time.Duration(800+d.r.IntN(5000))*time.Millisecond) {
		return // somebody else was faster, or the caller gave up
	}
	call.Answer()
	if d.wait(ctx, call, time.Duration(15+d.r.IntN(60))*time.Second) || ctx.Err() != nil {
		d.finish(ctx)
		return
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	if err := call.HangUp(end); err != nil {
		fmt.Fprintf(os.Stderr, "demo: %s hangs up: %v\n", d.member.login, err)
	}
	d.finish(ctx)
}

// finish wraps the call up after a moment's work and sometimes takes a break.
func (d *desk) finish(ctx context.Context) {
	if !pause(ctx, time.Duration(2+d.r.IntN(10))*time.Second) {
		return
	}
	var me struct{ State, Call string }
	if _, err := d.server.ask(ctx, d.member.token, "GET", "/api/v1/agents/"+d.member.login, nil, &me); err != nil || me.State != "wrapup" {
		return
	}
	var call struct{ Case, Queue, Number string }
	if _, err := d.server.ask(ctx, d.member.token, "GET", "/api/v1/calls/"+me.Call, nil, &call); err != nil {
		return
	}
	firm, err := company()
	if err != nil {
		return
	}
	about := firm.Problems[d.r.IntN(len(firm.Problems))]
	for about.Queue != call.Queue && call.Queue != "" {
		about = firm.Problems[d.r.IntN(len(firm.Problems))]
	}
	who := contact{person: person{Name: "来电客户", Number: call.Number}}
	end, at := outcome(d.r, about, who), "/api/v1/calls/"+me.Call
	status, err := d.server.ask(ctx, d.member.token, "POST", at+"/wrapup", end, nil)
	if status == http.StatusConflict { // a colleague has closed the case meanwhile: this call was about something else
		if _, err = d.server.ask(ctx, d.member.token, "POST", at+"/split", nil, nil); err == nil {
			_, err = d.server.ask(ctx, d.member.token, "POST", at+"/wrapup", end, nil)
		}
	}
	if err != nil && ctx.Err() == nil {
		fmt.Fprintf(os.Stderr, "demo: %s wraps up: %v\n", d.member.login, err)
		return
	}
	if d.r.IntN(12) == 0 {
		d.state(ctx, "paused", "break")
		pause(ctx, time.Duration(20+d.r.IntN(60))*time.Second)
		d.state(ctx, "ready", "")
	}
}

// wait is true when the call ended within d.
func (d *desk) wait(ctx context.Context, call *pbxtest.PhoneCall, limit time.Duration) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-call.Done(pbxtest.MarkEnded):
		return true
	case <-timer.C:
		return false
	case <-ctx.Done():
		return false
	}
}

// state says what the agent wants. What the hotline does not allow now (a call came in between) is no fault.
func (d *desk) state(ctx context.Context, state, reason string) {
	body := map[string]any{"state": state}
	if reason != "" {
		body["reason"] = reason
	}
	if status, err := d.server.ask(ctx, d.member.token, "POST", "/api/v1/agents/"+d.member.login+"/state", body, nil); err != nil && ctx.Err() == nil && status != 409 {
		fmt.Fprintf(os.Stderr, "demo: %v\n", err)
	}
}

// pause is false when the demo ended meanwhile.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
