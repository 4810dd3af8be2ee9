package main

import (
	"context"
	"errors"
	"fmt"

	"hotline/pbx"
	"hotline/queue"
)

// switches are all telephone switches of this hotline, by name. A call's id names its switch, so calls of two switches
// are never confused. It is what the queue needs of the telephone (queue.Phones, queue.Voice, queue.Parties), in plain ids.
type switches map[string]pbx.Switch

func (s switches) of(call string) (pbx.Switch, error) {
	name := pbx.CallID(call).Switch()
	sw, ok := s[name]
	if !ok {
		return nil, fmt.Errorf("call %s: no switch called %q: %w", call, name, queue.ErrUnknown)
	}
	return sw, nil
}

// on runs do on the call's switch and says "gone" in the queue's words.
func (s switches) on(call string, do func(pbx.Switch, pbx.CallID) error) error {
	sw, err := s.of(call)
	if err != nil {
		return err
	}
	err = do(sw, pbx.CallID(call))
	switch no := new(pbx.Unsupported); {
	case errors.Is(err, pbx.ErrGone):
		return fmt.Errorf("%w: %w", queue.ErrUnknown, err)
	case errors.As(err, no):
		return fmt.Errorf("%w: %w: %w", queue.ErrUnsupported, &queue.Refusal{Code: queue.RefusedUnsupported, What: no.What, Do: no.Do}, err)
	case errors.Is(err, pbx.ErrUnsupported):
		return fmt.Errorf("%w: %w", queue.ErrUnsupported, err)
	}
	return err
}

// Can says whether the call's switch lets a third party in (queue.Parties).
func (s switches) Can(call, what string) bool {
	sw, err := s.of(call)
	return err == nil && pbx.Can(sw, map[string]pbx.Ability{queue.AsExpert: pbx.CanJoin, queue.AsMonitor: pbx.CanMonitor}[what])
}

func (s switches) Join(ctx context.Context, call, leg string) error {
	return s.on(call, func(sw pbx.Switch, id pbx.CallID) error { return sw.Join(ctx, id, pbx.LegID(leg)) })
}

func (s switches) Monitor(ctx context.Context, call, leg, mode string) error {
	return s.on(call, func(sw pbx.Switch, id pbx.CallID) error {
		monitor, ok := sw.(pbx.Monitor)
		if !ok {
			return pbx.ErrUnsupported
		}
		return monitor.Monitor(ctx, id, pbx.LegID(leg), pbx.MonitorMode(mode))
	})
}

func (s switches) Ring(ctx context.Context, r queue.RingRequest) error {
	return s.on(r.Call, func(sw pbx.Switch, call pbx.CallID) error {
		return sw.Ring(ctx, call, pbx.Ring{
			Leg: pbx.LegID(r.Leg), Phone: r.Agent,
			CallerID: r.CallerID, CallerName: r.CallerName, Timeout: r.Timeout,
		})
	})
}

func (s switches) Connect(ctx context.Context, call, leg string) error {
	return s.on(call, func(sw pbx.Switch, id pbx.CallID) error { return sw.Connect(ctx, id, pbx.LegID(leg)) })
}

func (s switches) Release(ctx context.Context, call, leg, why string) error {
	return s.on(call, func(sw pbx.Switch, id pbx.CallID) error {
		return sw.Release(ctx, id, pbx.LegID(leg), pbx.LegEnd(why))
	})
}

func (s switches) HangUp(ctx context.Context, call, why string) error {
	return s.on(call, func(sw pbx.Switch, id pbx.CallID) error { return sw.HangUp(ctx, id, pbx.EndCode(why)) })
}

func (s switches) Play(ctx context.Context, call, media string) error {
	return s.on(call, func(sw pbx.Switch, id pbx.CallID) error { return sw.Play(ctx, id, media) })
}

func (s switches) Hold(ctx context.Context, call string) error {
	return s.on(call, func(sw pbx.Switch, id pbx.CallID) error { return sw.Hold(ctx, id) })
}

func (s switches) Resume(ctx context.Context, call string) error {
	return s.on(call, func(sw pbx.Switch, id pbx.CallID) error { return sw.Resume(ctx, id) })
}
