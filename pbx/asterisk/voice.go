package asterisk

import (
	"context"
	"net/http"
	"time"

	"hotline/pbx"
)

// A talk in which not one packet of voice ever comes from the agent's phone (a firewall, a browser whose DTLS fails, a headset box that
// lost its network side) is none for the caller. Asterisk's rtp_timeout does not find all of them: it counts RTCP and ICE's own checks as
// signs of life (res_pjsip_sdp_rtp.c, media_session_rtp_read_callback), and is half a minute for desk telephones, which may fall silent
// once they have spoken. So the driver asks what has come (GET /channels/{id}/rtp_statistics), once in a good talk. A phone that is
// muted or on hold and sends packets, comfort noise or RTCP reports is heard; a phone that holds by its own key is asked later.

// The times at which a talk is asked for voice, from the moment in which the two could hear each other.
const (
	firstVoice = 4 * time.Second // as a rule it has come, and nobody asks again
	noVoice    = 8 * time.Second // by default; see Options.NoVoice
)

// voice is what is known of the packets from one channel in a talk.
type voice struct {
	ask    time.Time // when to ask; zero: settled
	last   time.Time // when it counts as missing
	asking bool
	none   bool // asked at least once, and nothing had come
}

// await begins the watch over a channel.
func (v *voice) await(at time.Time, patience time.Duration) {
	*v = voice{}
	if patience > 0 {
		v.ask, v.last = at.Add(min(firstVoice, patience)), at.Add(patience)
	}
}

// due says whether to ask now.
func (v *voice) due(now time.Time) bool {
	return !v.ask.IsZero() && !v.asking && !now.Before(v.ask)
}

// heard takes the answer. It returns true when the channel counts as one from which nothing comes.
func (v *voice) heard(packets bool, now time.Time) (missing bool) {
	v.asking = false
	switch {
	case v.ask.IsZero():
	case packets:
		*v = voice{}
	case now.Before(v.last):
		v.none, v.ask = true, v.last
	default:
		*v = voice{none: true}
		return true
	}
	return false
}

// hearTalk begins the watch over the two of a talk: l is its talker.
func (t *tracker) hearTalk(c *call, l *leg, at time.Time) {
	l.voice.await(at, t.noVoice)
	if !c.spoke {
		c.spoke = true
		c.voice.await(at, t.noVoice)
	}
}

// askVoice asks after the talks that are due. It runs several times a second beside everything that callers wait for, so it sorts
// only what it asks.
func (t *tracker) askVoice(now time.Time) {
	due := map[string]effect{}
	ask := func(v *voice, channel string, call pbx.CallID) {
		if v.due(now) {
			v.asking = true
			due[channel] = effect{kind: listenTo, channel: channel, call: call}
		}
	}
	for _, l := range t.legs {
		c := l.call
		if l.state != legTalks || l.want != "" || c.talker != l.id {
			continue
		}
		if l.held { // by its own key: it may send nothing, and the switch may send it nothing
			l.voice.delay(now, t.noVoice)
		}
		if l.held || c.held {
			c.voice.delay(now, t.noVoice)
		}
		ask(&l.voice, l.channel(), c.ID)
		ask(&c.voice, c.channel, c.ID)
	}
	for _, e := range sorted(due) {
		t.do(e)
	}
}

// delay puts off a watch that is not settled.
func (v *voice) delay(now time.Time, patience time.Duration) {
	if !v.ask.IsZero() {
		asking := v.asking
		v.await(now, patience)
		v.asking = asking
	}
}

// listened takes what came from a channel so far. A leg from which nothing comes is ended as such; of a caller it is told: another
// agent would hear as little, and the caller may well hear this one.
func (t *tracker) listened(channel string, packets bool, now time.Time) {
	if l := t.legOf(channel); l != nil {
		if l.voice.heard(packets, now) && l.state == legTalks && l.want == "" {
			l.want = pbx.LegUnheard
			t.distrust(l.phone, now)
			t.do(effect{kind: hangUp, channel: channel, reason: "normal"})
		}
		return
	}
	if c := t.callOf(channel); c != nil && c.voice.heard(packets, now) && c.want == "" {
		t.tell(pbx.Event{Kind: pbx.CallUnheard, At: now, Call: c.ID})
	}
}

// rtpStatistics is what is read of ARI's RTPstat.
type rtpStatistics struct {
	Received int     `json:"rxcount"`
	RTT      float64 `json:"rtt"` // from RTCP reports of the other side; 0 as long as none came
}

// listenTo asks what came from a channel. What the switch cannot say (the channel has just ended, or has no RTP) counts as heard: only
// what is known to be missing is missed.
func (d *Driver) listenTo(ctx context.Context, e effect) error {
	var came rtpStatistics
	err := d.rest.do(ctx, http.MethodGet, "voice", channelPath(e.channel, "/rtp_statistics"), nil, &came)
	packets := err != nil || came.Received > 0 || came.RTT > 0
	asked := d.ask(ctx, true, func(t *tracker) error {
		t.listened(e.channel, packets, time.Now().UTC())
		return nil
	})
	if err != nil {
		return err
	}
	return asked
}
