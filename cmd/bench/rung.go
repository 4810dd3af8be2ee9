package main

import (
	"context"
	"sync"

	"hotline/pbx/pbxtest"
)

// rung brings a caller and the phone that rang for them together, by the caller's number.
type rung struct {
	mu     sync.Mutex
	wanted map[string]chan *pbxtest.PhoneCall
}

func newRung() *rung { return &rung{wanted: map[string]chan *pbxtest.PhoneCall{}} }

// expect gives the channel on which the first phone that rings for number will come.
func (r *rung) expect(number string) <-chan *pbxtest.PhoneCall {
	r.mu.Lock()
	defer r.mu.Unlock()
	ch := make(chan *pbxtest.PhoneCall, 1)
	r.wanted[number] = ch
	return ch
}

// listen passes on what rings at the phones until ctx ends.
func (r *rung) listen(ctx context.Context, phones ...*pbxtest.Phone) {
	for _, phone := range phones {
		go func() {
			for {
				call, err := phone.WaitInvite(ctx)
				if err != nil {
					return
				}
				r.deliver(call)
			}
		}()
	}
}

func (r *rung) deliver(call *pbxtest.PhoneCall) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if ch, ok := r.wanted[call.CallerNumber()]; ok {
		ch <- call
		delete(r.wanted, call.CallerNumber())
	}
}
