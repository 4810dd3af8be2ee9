package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"hotline/records"
)

// cards looks up who is calling, so that nothing on the way from ring to answer waits for the database. The look-up begins
// when the phone has been asked to ring: before, it would take the processor from what the caller waits for. The pop is on
// the screen by then, and the card follows it before the phone's first tone.
type cards struct {
	mu    sync.Mutex
	calls map[string]*pending
	store cardStore
	log   *slog.Logger
	wg    sync.WaitGroup
	ctx   context.Context //nolint:containedctx // the look-ups' life, not one request's
}

type cardStore interface {
	Card(ctx context.Context, number string) (records.Card, error)
}

// pending is one look-up: what it found, and who waits for it.
type pending struct {
	done  bool
	card  *records.Card
	waits []func(records.Card)
}

// cardTimeout bounds one look-up. With the database locked the pop shows the bare number.
const cardTimeout = 5 * time.Second

// precedence is how long a caller's way to a phone goes before what only follows it: the look-up, and news of presence. It takes
// a few ms.
const precedence = 15 * time.Millisecond

func newCards(ctx context.Context, store cardStore, log *slog.Logger) *cards {
	return &cards{calls: map[string]*pending{}, store: store, log: log, ctx: ctx}
}

// begin has a call looked up soon. A call without a number has none.
func (c *cards) begin(call, number string) {
	if number == "" {
		return
	}
	c.mu.Lock()
	if _, ok := c.calls[call]; ok {
		c.mu.Unlock()
		return
	}
	p := &pending{}
	c.calls[call] = p
	c.mu.Unlock()
	c.wg.Add(1)
	time.AfterFunc(precedence, func() {
		defer c.wg.Done()
		c.lookUp(call, number, p)
	})
}

func (c *cards) lookUp(call, number string, p *pending) {
	ctx, cancel := context.WithTimeout(c.ctx, cardTimeout)
	defer cancel()
	card, err := c.store.Card(ctx, number)
	if err != nil {
		c.log.Warn("card look-up failed; the pop shows the bare number", "call", call, "error", err)
	}
	c.mu.Lock()
	p.done = true
	waits := p.waits
	p.waits = nil
	if err == nil {
		p.card = &card
	}
	c.mu.Unlock()
	if err == nil {
		for _, wait := range waits {
			wait(card)
		}
	}
}

// get gives the card if it is known now; otherwise later is called once with it, from another goroutine.
func (c *cards) get(call string, later func(records.Card)) *records.Card {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, ok := c.calls[call]
	if !ok || p.done {
		if ok {
			return p.card
		}
		return nil
	}
	p.waits = append(p.waits, later)
	return nil
}

// forget ends a call.
func (c *cards) forget(call string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.calls, call)
}

// wait returns when no look-up is under way any more.
func (c *cards) wait() error {
	c.wg.Wait()
	return nil
}
