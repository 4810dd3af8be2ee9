package main

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"hotline/cmd/internal/house"
	"hotline/pbx"
	"hotline/pbx/pbxtest"
)

// TestStopLetsTalksEnd: a hotline with its own switch is asked to end while two people talk. They talk on and wrap up, new callers are
// refused, and when the talk is over the process ends in order.
func TestStopLetsTalksEnd(t *testing.T) {
	h := openHouse(t, house.Options{Embedded: true})
	li := h.Agent("li", pbxtest.Behaviour{})
	caller := h.Dial("13900139000", house.DIDMain)
	leg := h.Invite(li)
	h.Answer(caller, leg)
	h.AskToStop()
	h.Eventually("new callers are refused", func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), house.Patience)
		defer cancel()
		call, err := h.Trunk.Dial(ctx, house.DIDMain, pbxtest.DialOptions{FromUser: "13900139001"})
		if err != nil {
			t.Fatal(err)
		}
		_ = call.Wait(ctx, pbxtest.MarkRinging) // or it has ended
		_ = call.Cancel(ctx)
		return call.End().Code == 503
	})
	h.Wait("the talk goes on", func(ctx context.Context) error { return caller.WaitReceived(ctx, 50) })
	if status, _ := h.Try("GET", "/api/v1/agents", h.Admin, nil); status != 200 {
		t.Errorf("the desk is answered %d while the talk goes on", status)
	}
	h.Wait("hanging up", caller.HangUp)
	h.Ended("the agent's phone", leg)
	h.Stopped()
}

// endless is a switch whose callers never hang up.
type endless struct {
	pbx.Switch
	drained bool
}

func (e *endless) Drain()   { e.drained = true }
func (*endless) Calls() int { return 1 }

// TestStopDoesNotWaitForEver: a stop waits no longer than it says, and not at all for calls that live elsewhere.
func TestStopDoesNotWaitForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, own := time.Now(), &endless{}
		drain(map[string]pbx.Switch{"own": own, "elsewhere": struct{ pbx.Switch }{}}, drainTime, slog.New(slog.DiscardHandler))
		if took := time.Since(began); took != drainTime || !own.drained {
			t.Errorf("waited %v, drained %v", took, own.drained)
		}
		began = time.Now()
		drain(map[string]pbx.Switch{"elsewhere": struct{ pbx.Switch }{}}, drainTime, slog.New(slog.DiscardHandler))
		if took := time.Since(began); took != 0 {
			t.Errorf("waited %v for calls that go on without us", took)
		}
	})
}
