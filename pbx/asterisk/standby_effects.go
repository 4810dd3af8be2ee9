package asterisk

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"hotline/pbx"
)

// Prepare names the phones that are likely to ring next: a leg stands ready for each that can be reached, and for no other. It
// returns at once; what cannot be made is tried again. pbx.ErrDown: the driver does not run.
func (d *Driver) Prepare(ctx context.Context, phones []string) error {
	return fail("prepare", len(phones), d.ask(ctx, true, func(t *tracker) error {
		t.prepare(phones, time.Now())
		return nil
	}))
}

// makeStandby makes the bridge and the channel of a leg that shall stand ready. StasisStart follows.
func (d *Driver) makeStandby(ctx context.Context, s *standby) error {
	if !d.stillWanted(ctx, s) {
		s.bridge.err = pbx.ErrGone
		close(s.bridge.ready)
		return nil
	}
	s.bridge.err = d.rest.do(ctx, http.MethodPost, "bridge", bridgePath(s.bridge.id, ""), map[string]string{"type": "mixing"}, nil)
	close(s.bridge.ready)
	err := s.bridge.err
	if err == nil {
		err = d.rest.do(ctx, http.MethodPost, "create", "/channels/create", map[string]string{
			"endpoint": "PJSIP/" + s.phone, "app": d.opt.App, "appArgs": standbyArg, "channelId": s.channel, "formats": standbyFormat,
		}, nil)
	}
	if err == nil && d.stillWanted(ctx, s) {
		return nil
	}
	return errors.Join(err, d.giveUp(ctx, s))
}

// seatStandby puts the channel into its bridge: now it can be dialled.
func (d *Driver) seatStandby(ctx context.Context, s *standby) error {
	if err := d.rest.addToBridge(ctx, s.bridge.id, s.channel); err != nil {
		return errors.Join(err, d.giveUp(ctx, s))
	}
	return d.ask(ctx, true, func(t *tracker) error {
		s.ready = t.standbys[s.phone] == s
		return nil
	})
}

// standbyFormat is what the phone is offered first, before its account's others: which codec the caller will come with is not known
// yet, and trunks are configured to prefer this one (configs/asterisk, pjsip.conf).
const standbyFormat = "alaw"

func (d *Driver) stillWanted(ctx context.Context, s *standby) (wanted bool) {
	_ = d.ask(ctx, true, func(t *tracker) error {
		wanted = t.standbys[s.phone] == s
		s.begun = true
		return nil
	})
	return wanted
}

// giveUp ends what was made of a leg.
func (d *Driver) giveUp(ctx context.Context, s *standby) error {
	return d.ask(ctx, true, func(t *tracker) error {
		t.dismiss(s)
		return nil
	})
}

// dial sends the INVITE of a leg that stands ready, with the caller's number and name.
func (d *Driver) dial(ctx context.Context, r ringing, seconds int) error {
	query := url.Values{"caller": {r.caller}, "timeout": {strconv.Itoa(seconds)}}
	return d.rest.do(ctx, http.MethodPost, "dial", channelPath(r.channel, "/dial?"+query.Encode()), nil, nil)
}

// dismissAll ends what stands ready when the driver does: nobody would dial it.
func (d *Driver) dismissAll(t *tracker) {
	ctx, cancel := context.WithTimeout(context.Background(), d.opt.Timeout)
	defer cancel()
	var hands sync.WaitGroup
	for _, s := range t.standbys {
		hands.Go(func() {
			if err := d.rest.hangUp(ctx, s.channel, "normal"); err == nil {
				_ = d.rest.do(ctx, http.MethodDelete, "bridge", bridgePath(s.bridge.id, ""), nil, nil)
			}
		})
	}
	hands.Wait()
}
