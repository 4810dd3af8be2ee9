package queue

import (
	"context"
	"errors"
	"time"
)

// holds says that this node may decide about a call it drove at since, before the board has heard of it.
func (d *Distributor) holds(since time.Time) bool {
	h, ok := d.board.(holder)
	return ok && h.Holds(since)
}

// settled says that a step needs no second try: the board has answered, though not with yes.
func settled(err error) bool {
	return errors.Is(err, ErrUnknown) || errors.Is(err, ErrFenced) || errors.Is(err, ErrTaken) || errors.Is(err, ErrBusy)
}

// insist repeats a step on the board until it is done: what a call leaves behind must not stay claimed because the board
// was away for a moment.
func (d *Distributor) insist(what string, step func(context.Context) ([]Match, error)) {
	d.beside(func(ctx context.Context) {
		for wait := newBackoff(); wait.sleep(ctx); {
			bounded, cancel := context.WithTimeout(ctx, d.cfg.BoardTimeout)
			matches, err := step(bounded)
			cancel()
			if err == nil || settled(err) {
				d.route(matches)
				return
			}
			d.trouble.Add(1)
			d.log.Warn("the board did not do a step; trying again", "step", what, "error", err)
		}
	})
}

// leave takes a call off the board.
func (d *Distributor) leave(call string) []Match {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(d.life), d.cfg.BoardTimeout)
	defer cancel()
	left, err := d.board.Leave(ctx, call)
	if err != nil && !settled(err) {
		d.insist("leave", func(ctx context.Context) ([]Match, error) {
			left, err := d.board.Leave(ctx, call)
			return left.Matches, err
		})
	}
	return left.Matches
}

// release ends a leg at the switch. One that is gone already is what was wanted.
func (d *Distributor) release(ctx context.Context, call, leg, why string) {
	if err := d.phones.Release(ctx, call, leg, why); err != nil && !errors.Is(err, ErrUnknown) {
		d.log.Warn("a phone could not be released", "call", call, "leg", leg, "error", err)
	}
}
