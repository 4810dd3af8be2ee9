package asterisk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/CyCoreSystems/ari/v5"

	"hotline/pbx"
)

var _ pbx.Dialer = (*Driver)(nil)

// trunkEndpoint is the one way out: `hotline asterisk-config` writes it when calls out are allowed, with the trunk's address
// and the number that is shown. Phones cannot reach it: their context dials nothing.
const trunkEndpoint = "trunkout"

// Dial rings the agent's phone; see pbx.Dialer. Errors: a request that makes no sense, pbx.ErrDown.
func (d *Driver) Dial(ctx context.Context, r pbx.Out) error {
	if !pbx.OutIDPattern.MatchString(string(r.Call)) || r.Call.Switch() != d.opt.Name {
		return fmt.Errorf("asterisk: dial: %q is no call out of switch %s", r.Call, d.opt.Name)
	}
	if r.Phone != "" && (!pbx.ValidPhone(r.Phone) || r.Timeout <= 0 || r.Timeout > maxRing) {
		return fmt.Errorf("asterisk: dial %s: phone %q for %s: no such phone, or no time", r.Call, r.Phone, r.Timeout)
	}
	seconds := (r.Timeout + time.Second - 1) / time.Second
	o := &out{id: r.Call, phone: r.Phone, state: outCalls}
	err := d.ask(ctx, false, func(t *tracker) error {
		if t.outs[r.Call] != nil || t.outsOver.has(string(r.Call)) {
			return fmt.Errorf("call %s was dialled before", r.Call)
		}
		o.nearTill = time.Now().Add(seconds * time.Second)
		if r.Phone == "" {
			o.state = outReady
		}
		t.outs[r.Call] = o
		return nil
	})
	if err != nil || r.Phone == "" {
		return fail("dial", r.Call, err)
	}
	sent := d.rest.do(ctx, http.MethodPost, "originate", "/channels", ari.OriginateRequest{
		Endpoint: "PJSIP/" + r.Phone, Timeout: int(seconds), CallerID: callerID(r.Name, r.Number),
		App: d.opt.App, AppArgs: outArg + "," + string(r.Call), ChannelID: o.nearID(),
	}, nil)
	return fail("dial", r.Call, d.dialled(ctx, o, sent))
}

// dialled tells the tracker what became of the request. It must be told even when ctx has ended.
func (d *Driver) dialled(ctx context.Context, o *out, sent error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.opt.Timeout)
	defer cancel()
	err := sent
	told := d.ask(ctx, true, func(t *tracker) error {
		o.near = true
		switch {
		case t.outs[o.id] != o: // over meanwhile; its channel, should there be one, is ended by the look that finds it
			err = nil
		case sent == nil:
			if o.want != "" {
				t.do(effect{kind: hangUp, channel: o.nearID(), reason: "normal"})
			}
		case status(sent) == http.StatusInternalServerError: // no contact: the phone is not registered
			t.endOut(o, pbx.OutAgentAway, pbx.LegUnreachable, time.Now().UTC())
			err = nil
		default:
			delete(t.outs, o.id)
			t.outsOver.bury(string(o.id))
			t.do(effect{kind: hangUp, channel: o.nearID(), reason: "normal"})
		}
		return nil
	})
	return errors.Join(err, told)
}

// errNotReady: the agent has not picked up, or the number was dialled before.
var errNotReady = errors.New("asterisk: the call out does not wait for a number")

// Reach dials the number; see pbx.Dialer. Errors: pbx.ErrGone (the agent hung up), a number that is none, or what the switch
// said; then OutEnded follows, too.
func (d *Driver) Reach(ctx context.Context, id pbx.CallID, number string, timeout time.Duration) error {
	if !pbx.DialPattern.MatchString(number) {
		return fmt.Errorf("asterisk: reach: %q is no number to dial", number)
	}
	if timeout <= 0 || timeout > maxRing {
		return fmt.Errorf("asterisk: reach %s: time-out %s: want more than 0, at most %s", id, timeout, maxRing)
	}
	seconds := (timeout + time.Second - 1) / time.Second
	var o *out
	err := d.ask(ctx, false, func(t *tracker) error {
		if o = t.outs[id]; o == nil || o.want != "" {
			return fmt.Errorf("call %s: %w", id, pbx.ErrGone)
		}
		if o.state != outReady {
			return errNotReady
		}
		now := time.Now()
		t.moveOut(o, outSent, now)
		o.far, o.farTill, o.ring = true, now.Add(seconds*time.Second), strconv.Itoa(int(seconds))
		o.bridge = &bridge{id: outChannelPrefix + string(id) + "~" + strconv.FormatInt(now.UnixMilli(), 36), ready: make(chan struct{})}
		return nil
	})
	if err != nil {
		return fail("reach", id, err)
	}
	if err = d.sendOut(ctx, o, number); err != nil {
		_ = d.ask(context.WithoutCancel(ctx), true, func(t *tracker) error {
			if t.outs[id] == o {
				t.endOut(o, pbx.OutFailed, "", time.Now().UTC())
			}
			return nil
		})
	}
	return fail("reach", id, err)
}

// sendOut makes the bridge with the agent in it, and the number's channel, which is dialled as soon as it is in Stasis: so the
// agent hears what the network says before anybody answers.
func (d *Driver) sendOut(ctx context.Context, o *out, number string) error {
	b := o.bridge
	b.err = d.rest.do(ctx, http.MethodPost, "bridge", bridgePath(b.id, ""), map[string]string{"type": "mixing"}, nil)
	close(b.ready)
	if b.err != nil {
		return b.err
	}
	if o.phone != "" {
		if err := d.rest.addToBridge(ctx, b.id, o.nearID()); err != nil {
			return err
		}
	}
	request := map[string]string{
		"endpoint": "PJSIP/" + number + "@" + trunkEndpoint, "app": d.opt.App, "appArgs": outArg + "," + string(o.id), "channelId": o.farID(),
	}
	return d.rest.do(ctx, http.MethodPost, "create", "/channels/create", request, nil)
}

// dialFar dials the number's channel. e.reason is the time-out in seconds.
func (d *Driver) dialFar(ctx context.Context, e effect) error {
	query := url.Values{"timeout": {e.reason}}
	err := d.rest.addToBridge(ctx, e.bridge.id, e.channel)
	if err == nil {
		err = d.rest.do(ctx, http.MethodPost, "dial", channelPath(e.channel, "/dial?"+query.Encode()), nil, nil)
	}
	if err == nil {
		return nil
	}
	return errors.Join(err, d.ask(ctx, true, func(t *tracker) error {
		if o := t.outs[e.call]; o != nil {
			t.endOut(o, pbx.OutFailed, "", time.Now().UTC())
		}
		return nil
	}))
}

// EndOut ends the call; see pbx.Dialer. Errors: pbx.ErrGone.
func (d *Driver) EndOut(ctx context.Context, id pbx.CallID, why pbx.OutEnd) error {
	return fail("end", id, d.ask(ctx, false, func(t *tracker) error {
		o := t.outs[id]
		if o == nil {
			return fmt.Errorf("call %s: %w", id, pbx.ErrGone)
		}
		o.want = why
		t.endOut(o, why, "", time.Now().UTC())
		return nil
	}))
}

// answered finds a call out that somebody picked up.
func (t *tracker) answered(id pbx.CallID) (*out, error) {
	if o := t.outs[id]; o != nil && o.state == outTalks && o.want == "" {
		return o, nil
	}
	return nil, fmt.Errorf("call %s: %w", id, pbx.ErrGone)
}

// Say plays media to the number's side; see pbx.Dialer.
func (d *Driver) Say(ctx context.Context, id pbx.CallID, media string) error {
	if !mediaPattern.MatchString(media) || strings.Contains(media, "..") {
		return fmt.Errorf("asterisk: say %q: %w", media, pbx.ErrUnsupported)
	}
	var far, play string
	err := d.ask(ctx, false, func(t *tracker) error {
		o, err := t.answered(id)
		if err != nil {
			return err
		}
		o.plays++
		o.playing = playID(id, o.plays)
		far, play = o.farID(), o.playing
		return nil
	})
	if err == nil {
		err = d.rest.do(ctx, http.MethodPost, "play", channelPath(far, "/play/"+play), map[string]string{"media": media}, nil)
	}
	return fail("say to", id, err)
}

// Hush stops what Say plays. Nothing played is no error.
func (d *Driver) Hush(ctx context.Context, id pbx.CallID) error {
	var play string
	err := d.ask(ctx, false, func(t *tracker) error {
		o, err := t.answered(id)
		if err == nil {
			play, o.playing = o.playing, ""
		}
		return err
	})
	if err != nil || play == "" {
		return fail("hush", id, err)
	}
	err = d.rest.do(ctx, http.MethodDelete, "hush", "/playbacks/"+url.PathEscape(play), nil, nil)
	if errors.Is(err, pbx.ErrGone) {
		err = nil // it had ended
	}
	return fail("hush", id, err)
}

// errNoBridge: found after a crash so that its two sides do not meet.
var errNoBridge = errors.New("asterisk: the call out has no bridge")

// RecordOut records both sides; see pbx.Dialer.
func (d *Driver) RecordOut(ctx context.Context, id pbx.CallID, name string) error {
	if !recordPattern.MatchString(name) {
		return fmt.Errorf("asterisk: recording name %q: want letters, digits, . _ -", name)
	}
	var path string
	err := d.ask(ctx, false, func(t *tracker) error {
		o, err := t.answered(id)
		if err != nil {
			return err
		}
		if o.bridge == nil {
			return errNoBridge
		}
		path = bridgePath(o.bridge.id, "/record")
		return nil
	})
	if err == nil {
		err = d.rest.do(ctx, http.MethodPost, "record", path, map[string]any{"name": name, "format": "wav", "ifExists": "fail"}, nil)
	}
	if code := status(err); code == http.StatusConflict || code == http.StatusUnprocessableEntity {
		return fail("record", id, fmt.Errorf("%w: %s", errRecordName, err.Error()))
	}
	return fail("record", id, err)
}
