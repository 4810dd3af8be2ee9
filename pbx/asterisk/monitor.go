package asterisk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"hotline/pbx"
)

// A supervisor hears a talk through a snoop channel on the talker's leg: it carries what the agent says and hears, and with
// whisper what the supervisor says into the agent's ear. The snoop and the supervisor's leg meet in a bridge of their own,
// the ear. A listener's snoop has no way to whisper at all, so that nobody is heard by a mistake of ours. Whoever barges in is
// in the call's own bridge, without an ear.

// Ids: the ear is "ear~<leg>~<unique>", a snoop channel "snoop~<leg>~<unique>". Whose they are is read off them.
const (
	earPrefix   = "ear~"
	snoopPrefix = "snoop~"
	snoopArg    = "snoop"
)

// parseOf gives the leg that an id with a prefix was made for.
func parseOf(prefix, id string) (pbx.LegID, bool) {
	rest, ok := strings.CutPrefix(id, prefix)
	end := strings.LastIndexByte(rest, '~')
	if !ok || end < 0 {
		return "", false
	}
	leg := pbx.LegID(rest[:end])
	_, _, ok = leg.Parse()
	return leg, ok
}

// ear is how a leg hears a talk.
type ear struct {
	bridge *bridge
	snoop  *snoop // nil when it has ended: the talker it was on is gone
	mode   pbx.MonitorMode
}

// snoop is a channel that carries a talk to an ear.
type snoop struct {
	id     string
	leg    *leg
	target pbx.LegID
	ready  chan struct{} // closed when it is in Stasis, and can be put into a bridge
}

// errOwnTalk: the talker cannot listen to themself.
var errOwnTalk = errors.New("asterisk: the leg is the talker's own")

// Monitor lets an answered leg hear the talk; see pbx.Monitor.
func (d *Driver) Monitor(ctx context.Context, call pbx.CallID, leg pbx.LegID, mode pbx.MonitorMode) error {
	var err error
	switch mode {
	case pbx.MonitorBarge:
		if err = d.join(ctx, call, leg, false); err == nil {
			err = d.ask(ctx, true, func(t *tracker) error {
				if l := t.legs[leg]; l != nil {
					t.deafen(l)
				}
				return nil
			})
		}
	case pbx.MonitorListen, pbx.MonitorWhisper:
		err = d.hear(ctx, call, leg, mode)
	default:
		err = fmt.Errorf("mode %q: %w", mode, pbx.ErrUnsupported)
	}
	return fail("monitor", leg, err)
}

// hearing is what hear has to do.
type hearing struct {
	bridge *bridge
	snoop  *snoop
	leg    string // channel of who listens
	talker string // channel of who is listened to
	fresh  bool   // the ear is to be made
	done   bool   // it is heard so already
}

func (d *Driver) hear(ctx context.Context, call pbx.CallID, leg pbx.LegID, mode pbx.MonitorMode) error {
	free, err := d.turn(ctx, call)
	if err != nil {
		return err
	}
	defer free()
	var h hearing
	unique := strconv.FormatInt(time.Now().UnixMilli(), 36)
	err = d.ask(ctx, false, func(t *tracker) (err error) {
		h, err = t.hear(call, leg, mode, unique)
		return err
	})
	if err != nil || h.done {
		return err
	}
	if err = d.prick(ctx, h, mode); err == nil {
		err = d.ask(ctx, true, func(t *tracker) error { return t.heard(call, leg, h, mode, time.Now().UTC()) })
	}
	if err != nil {
		_ = d.ask(context.WithoutCancel(ctx), true, func(t *tracker) error {
			t.unheard(h)
			return nil
		})
	}
	return err
}

// prick makes ear and snoop and brings the leg to them.
func (d *Driver) prick(ctx context.Context, h hearing, mode pbx.MonitorMode) error {
	if h.fresh {
		h.bridge.err = d.rest.do(ctx, http.MethodPost, "bridge", bridgePath(h.bridge.id, ""), map[string]string{"type": "mixing"}, nil)
		close(h.bridge.ready)
		if h.bridge.err != nil {
			return h.bridge.err
		}
	}
	whisper := "none"
	if mode == pbx.MonitorWhisper {
		whisper = "out" // what Asterisk sends to the agent's phone
	}
	err := d.rest.do(ctx, http.MethodPost, "snoop", channelPath(h.talker, "/snoop/"+h.snoop.id),
		map[string]string{"spy": "both", "whisper": whisper, "app": d.opt.App, "appArgs": snoopArg}, nil)
	if err != nil {
		return err
	}
	bounded, cancel := context.WithTimeout(ctx, d.opt.Timeout)
	defer cancel()
	select {
	case <-h.snoop.ready:
	case <-bounded.Done():
		return fmt.Errorf("%w: the snoop channel did not come: %w", pbx.ErrDown, bounded.Err())
	}
	return d.rest.addToBridge(ctx, h.bridge.id, h.snoop.id, h.leg)
}

// hear notes a snoop before it is asked for.
func (t *tracker) hear(call pbx.CallID, id pbx.LegID, mode pbx.MonitorMode, unique string) (h hearing, err error) {
	c, l, err := t.liveLeg(call, id)
	if err != nil {
		return h, err
	}
	talker := t.legs[c.talker]
	switch {
	case talker == nil || talker.state != legTalks || talker.want != "":
		return h, errNotTalking
	case talker == l:
		return h, errOwnTalk
	case l.state != legAnswered && l.state != legTalks && l.state != legHears:
		return h, errNotAnswered
	}
	if e := l.ear; e != nil && e.snoop != nil && e.mode == mode && e.snoop.target == talker.id && l.state == legHears {
		return hearing{done: true}, nil
	}
	t.bridges++
	unique += "." + strconv.Itoa(t.bridges)
	h = hearing{leg: l.channel(), talker: talker.channel(), snoop: &snoop{id: snoopPrefix + string(id) + "~" + unique, leg: l, target: talker.id, ready: make(chan struct{})}}
	if l.ear != nil {
		h.bridge = l.ear.bridge
	} else {
		h.bridge, h.fresh = &bridge{id: earPrefix + string(id) + "~" + unique, ready: make(chan struct{})}, true
		l.ear = &ear{bridge: h.bridge}
	}
	t.snoops[h.snoop.id] = h.snoop
	return h, nil
}

// heard: the leg hears through its new snoop; the one before ends.
func (t *tracker) heard(call pbx.CallID, id pbx.LegID, h hearing, mode pbx.MonitorMode, at time.Time) error {
	_, l, err := t.liveLeg(call, id)
	if err != nil {
		return err
	}
	if t.snoops[h.snoop.id] == nil {
		return fmt.Errorf("the talker's leg has ended: %w", pbx.ErrGone)
	}
	if old := l.ear.snoop; old != nil {
		t.endSnoop(old)
	}
	l.ear.snoop, l.ear.mode = h.snoop, mode
	if l.state != legHears {
		t.move(l, legListens, at)
	}
	return nil
}

// unheard takes back what did not come about.
func (t *tracker) unheard(h hearing) {
	t.endSnoop(h.snoop)
	if l := h.snoop.leg; h.fresh {
		if l.ear != nil && l.ear.bridge == h.bridge {
			l.ear = nil
		}
		t.do(effect{kind: dropBridge, bridge: h.bridge})
	}
}

// deafen ends a leg's ear.
func (t *tracker) deafen(l *leg) {
	e := l.ear
	if e == nil {
		return
	}
	l.ear = nil
	if e.snoop != nil {
		t.endSnoop(e.snoop)
	}
	t.do(effect{kind: dropBridge, bridge: e.bridge})
}

func (t *tracker) endSnoop(s *snoop) {
	if t.snoops[s.id] == s {
		delete(t.snoops, s.id)
	}
	t.do(effect{kind: hangUp, channel: s.id, reason: "normal"})
}

// snoopStarted: a snoop is in Stasis. One that nobody waits for is of a life before, or came too late.
func (t *tracker) snoopStarted(id string) {
	s := t.snoops[id]
	if s == nil {
		t.do(effect{kind: hangUp, channel: id, reason: "normal"})
		return
	}
	select {
	case <-s.ready:
	default:
		close(s.ready)
	}
}

// snoopGone: the talker's leg has ended, or we ended the snoop. Who listened hears nothing until Monitor is said again.
func (t *tracker) snoopGone(id string) {
	t.ended.bury(id)
	s := t.snoops[id]
	if s == nil {
		return
	}
	delete(t.snoops, id)
	if e := s.leg.ear; e != nil && e.snoop == s {
		e.snoop = nil
	}
}

// foundEar takes over the ear of a leg that another process let listen.
func (t *tracker) foundEar(l *leg, v view) {
	found := v.ears[l.id]
	if found.bridge == "" || !found.members[l.channel()] {
		return
	}
	l.state, l.ear = legHears, &ear{bridge: madeBridge(found.bridge)}
	for member := range found.members {
		if of, ok := parseOf(snoopPrefix, member); ok && of == l.id {
			l.ear.snoop = &snoop{id: member, leg: l, ready: make(chan struct{})}
			t.snoops[member] = l.ear.snoop
		}
	}
}

// strayEar and straySnoop say that an ear, or a snoop channel, belongs to nothing that lives.
func (t *tracker) strayEar(bridge string) bool {
	id, ok := parseOf(earPrefix, bridge)
	if !ok {
		return false
	}
	if call, _, _ := id.Parse(); call.Switch() != t.name {
		return false
	}
	l := t.legs[id]
	return l == nil || l.ear == nil || l.ear.bridge.id != bridge
}

func (t *tracker) straySnoop(channel string) bool {
	id, ok := parseOf(snoopPrefix, channel)
	if !ok {
		return false
	}
	call, _, _ := id.Parse()
	return call.Switch() == t.name && t.snoops[channel] == nil
}
