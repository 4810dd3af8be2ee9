package asterisk

import (
	"testing"
	"time"

	"hotline/pbx"
)

// asked drives time on and gives the channels that are asked after on the way.
func (b *bench) asked(span time.Duration) (channels []string) {
	for end := b.now.Add(span); b.now.Before(end); {
		b.now = b.now.Add(250 * time.Millisecond)
		b.askVoice(b.now)
		events, effects, _ := b.take()
		b.events = append(b.events, events...)
		for _, e := range effects {
			if e.kind == listenTo {
				channels = append(channels, e.channel)
			}
		}
	}
	return channels
}

// talks brings li and the caller together.
func (b *bench) talks() (leg pbx.LegID) {
	b.feed("start " + line)
	leg = b.rings("li")
	b.feed("ringing "+string(leg), "up "+string(leg), "start "+string(leg))
	if err := b.connected(lineC, leg, true, b.now); err != nil {
		panic(err)
	}
	b.take()
	return leg
}

// TestVoiceIsAskedFor: a talk in which voice comes is asked after once; a phone from which none comes is given up after the second
// time, as unheard whether we or the switch end it; a caller from whom none comes is told of and kept.
func TestVoiceIsAskedFor(t *testing.T) {
	t.Run("good", func(t *testing.T) {
		b := newBench()
		leg := string(b.talks())
		check(t, b.asked(firstVoice-250*time.Millisecond))
		check(t, b.asked(time.Second), line, leg)
		b.listened(leg, true, b.now)
		b.listened(line, true, b.now)
		check(t, b.asked(time.Minute))
		check(t, b.told())
		check(t, b.feed("gone "+leg), "leg.ended li hung-up")
	})
	t.Run("nothing from the phone", func(t *testing.T) {
		b := newBench()
		leg := string(b.talks())
		b.asked(firstVoice)
		b.listened(leg, false, b.now)
		b.listened(line, true, b.now)
		check(t, b.asked(noVoice-firstVoice-250*time.Millisecond))
		check(t, b.asked(time.Second), leg)
		check(t, b.told())
		b.listened(leg, false, b.now)
		if _, effects, _ := b.take(); len(effects) != 1 || effects[0].kind != hangUp || effects[0].channel != leg {
			t.Errorf("to be done: %+v", effects)
		}
		check(t, b.feed("gone "+leg), "leg.ended li unheard")
		if b.calls[lineC] == nil || b.calls[lineC].want != "" {
			t.Error("the caller does not wait for somebody else")
		}
	})
	t.Run("the switch is faster", func(t *testing.T) {
		b := newBench()
		leg := b.talks()
		b.asked(firstVoice)
		b.listened(string(leg), false, b.now)
		if why := b.whyLeg(b.legs[leg], causeUnavailable, b.now); why != pbx.LegUnheard {
			t.Errorf("ended as %s", why)
		}
		b.listened(string(leg), true, b.now)
		if why := b.whyLeg(b.legs[leg], causeUnavailable, b.now); why != pbx.LegFault {
			t.Errorf("a phone that was heard ended as %s", why)
		}
	})
	t.Run("nothing from the caller", func(t *testing.T) {
		b := newBench()
		leg := string(b.talks())
		b.asked(firstVoice)
		b.listened(leg, true, b.now)
		b.listened(line, false, b.now)
		check(t, b.asked(noVoice), line)
		b.listened(line, false, b.now)
		check(t, b.told(), "call.unheard")
		check(t, b.asked(time.Minute))
	})
	t.Run("on hold by its own key", func(t *testing.T) {
		b := newBench()
		leg := string(b.talks())
		b.feed("hold " + leg)
		check(t, b.asked(time.Minute))
		b.feed("unhold " + leg)
		check(t, b.asked(noVoice), line, leg)
	})
	t.Run("off", func(t *testing.T) {
		b := newBench()
		b.noVoice = 0
		b.talks()
		check(t, b.asked(time.Minute))
	})
	t.Run("taken over", func(t *testing.T) {
		b := newBench()
		leg := string(b.talks())
		b.asked(firstVoice)
		b.listened(leg, true, b.now)
		b.listened(line, true, b.now)
		next := pbx.NewLegID(lineC, "bo", 2)
		if _, err := b.ring(lineC, pbx.Ring{Leg: next, Phone: "bo", Timeout: 20 * time.Second}, b.now); err != nil {
			t.Fatal(err)
		}
		b.rung(next)
		b.feed("up "+string(next), "start "+string(next))
		if err := b.connected(lineC, next, true, b.now); err != nil {
			t.Fatal(err)
		}
		b.take()
		check(t, b.asked(noVoice), string(next))
	})
}
