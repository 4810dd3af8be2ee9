package main

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"hotline/pbx/pbxtest"
)

// most bounds how many simulated callers are on the line at once.
const most = 60

// callIn lets the callers of the plan call, each at its time, and returns when the last has hung up.
func callIn(ctx context.Context, s *server, plan []caller) {
	bench := &bench{}
	defer bench.clear()
	network := pbxtest.NewPhone(bench, pbxtest.PhoneOptions{
		User: "network", Server: s.sip, IP: "127.0.0.2", PacketEvery: 200 * time.Millisecond,
	})
	began, lines := time.Now(), make(chan struct{}, most)
	var calls sync.WaitGroup
	defer calls.Wait()
	for _, c := range plan {
		if !pause(ctx, time.Until(began.Add(c.at))) {
			return
		}
		select {
		case lines <- struct{}{}:
			calls.Go(func() {
				defer func() { <-lines }()
				c.call(ctx, network)
			})
		default: // all lines are busy: this caller hears it and gives up
		}
	}
}

// call is one caller from dialling to hanging up.
func (c caller) call(ctx context.Context, network *pbxtest.Phone) {
	from := c.number
	if from == "" {
		from = "anonymous"
	}
	call, err := network.Dial(ctx, c.dial, pbxtest.DialOptions{FromUser: from, DisplayName: c.name})
	if err != nil {
		return
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Minute)
	defer cancel()
	patience := time.NewTimer(c.patience)
	defer patience.Stop()
	hangUp := call.Cancel
	select {
	case <-call.Done(pbxtest.MarkUp):
		hangUp = call.HangUp
		talk := time.NewTimer(c.talk)
		defer talk.Stop()
		select {
		case <-talk.C:
		case <-call.Done(pbxtest.MarkEnded):
			return
		case <-ctx.Done():
		}
	case <-patience.C:
	case <-call.Done(pbxtest.MarkEnded):
		return
	case <-ctx.Done():
	}
	if call.Passed(pbxtest.MarkUp) {
		hangUp = call.HangUp // answered in the very moment of giving up
	}
	if err := hangUp(end); err != nil && !call.Passed(pbxtest.MarkEnded) {
		fmt.Fprintf(os.Stderr, "demo: a caller hangs up: %v\n", err)
	}
}

// bench is what the phones need of the process (pbxtest.TB).
type bench struct{ ends []func() }

func (*bench) Helper() {}

// Fatalf ends the process: a phone that cannot be made is the machine's fault.
func (b *bench) Fatalf(format string, args ...any) {
	b.clear()
	fmt.Fprintf(os.Stderr, "demo: "+format+"\n", args...)
	os.Exit(1)
}

// Logf is silent: a phone's chatter is not for who looks at the demo.
func (*bench) Logf(string, ...any) {}

// Cleanup keeps f for clear.
func (b *bench) Cleanup(f func()) { b.ends = append(b.ends, f) }

// TempDir is not used by phones.
func (b *bench) TempDir() string { b.Fatalf("a phone asked for a directory"); return "" }

func (b *bench) clear() {
	for i := len(b.ends) - 1; i >= 0; i-- {
		b.ends[i]()
	}
	b.ends = nil
}
